"""The parts of benches/run.py."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class BenchError(Exception):
    """What keeps the measurement from being made or from being believed; says what to do."""
