#!/usr/bin/env python3
"""Writes docs/benchmarks.svg and the figures in docs/benchmarks.md from what was measured."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from harness import ROOT, BenchError
from harness.chart import chart
from harness.document import fill, made, main_entries
from harness.scale_tables import filled

RESULTS = ROOT / "benches" / "results.json"
SCALE = ROOT / "benches" / "scale.json"
DOCS = ROOT / "docs"
TITLE = "CPU time of the server per call"
NOTE = (
    "message.publish of 365 bytes, payload replaced; 8 connections with 16 calls in flight; "
    "µs, shorter is better"
)


def main() -> int:
    """Reads, and writes both files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, default=RESULTS, metavar="FILE")
    parser.add_argument("--scale", type=Path, default=SCALE, metavar="FILE")
    parser.add_argument(
        "--folder", type=Path, default=DOCS, help="of both files (default: docs)", metavar="FOLDER"
    )
    arguments = parser.parse_args()
    try:
        results = json.loads(arguments.results.read_text())
        page = fill((DOCS / "benchmarks.md").read_text(), made(results))
        if arguments.scale.exists():
            page = fill(page, filled(json.loads(arguments.scale.read_text())))
        (arguments.folder / "benchmarks.md").write_text(page)
        if entries := main_entries(results):
            (arguments.folder / "benchmarks.svg").write_text(chart(entries, TITLE, NOTE))
    except (OSError, BenchError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
