"""Runs the tests of the npm package on the Node.js of this machine, and on others from npm."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "bindings-node"
NODES = ROOT / "target" / "nodes"
OTHERS = (18, 24)
# Beside them with EVERY_VERSION=1.
BETWEEN = (22,)
# How the report names a file of tests whose process has failed, rather than a test in it.
CRASHED = re.compile(r"^✖ \S+\.test\.js \(", re.MULTILINE)
# What is the same on every Node.js, and takes its time.
ONCE = {"package.test.js"}


def main() -> int:
    """Tests the package as it is built in its folder."""
    failed = []
    failures = []
    installed = Path(shutil.which("node") or "node")
    nodes = {major_of(installed): installed}
    NODES.mkdir(parents=True, exist_ok=True)
    for major in (*OTHERS, *(BETWEEN if os.environ.get("EVERY_VERSION") else ())):
        if major not in nodes:
            node = from_npm(major)
            if node is None:
                print(f"Node.js {major} is skipped: npm cannot install it", flush=True)
            else:
                nodes[major] = node
    for major, node in nodes.items():
        print(f"Node.js {major}", flush=True)
        tests = sorted((PACKAGE / "test").rglob("*.test.js"))
        chosen = [test for test in tests if node == installed or test.name not in ONCE]
        # What takes its time on the Node.js of this machine is shorter on the others.
        env = os.environ if node == installed else {**os.environ, "HOLD_SECONDS": "3"}
        passed, report = run_tests(node, major, chosen, env)
        if not passed and not CRASHED.search(report):
            # A machine that stands still for a moment fails tests of deadlines: once more, alone.
            # A crash is final.
            again = [test for test in chosen if test.name in report] or chosen
            print(f"once more: {', '.join(test.name for test in again)}", flush=True)
            failures.append(f"Node.js {major}: {report}")
            passed, report = run_tests(node, major, again, env)
        if not passed:
            failed.append(str(major))
            failures.append(f"Node.js {major}, at last: {report}")
    # At the end, where a reader of a long log looks first; also what passed the second time.
    for failure in failures:
        print(failure)
    if failed:
        print(f"failed on Node.js {', '.join(failed)}")
    return 1 if failed else 0


def run_tests(
    node: Path, major: int, tests: list[Path], env: Mapping[str, str]
) -> tuple[bool, str]:
    """Whether all tests of these files pass; if not, which fail, and why."""
    report = NODES / f"tests-{major}.txt"
    report.unlink(missing_ok=True)
    reporters = [
        f"--test-reporter={'dot' if major >= 20 else 'spec'}",
        "--test-reporter-destination=stdout",
        "--test-reporter=spec",
        f"--test-reporter-destination={report}",
    ]
    command = [str(node), "--test", "--test-concurrency=2", *reporters, *map(str, tests)]
    done = subprocess.run(command, cwd=PACKAGE, env=env, check=False)
    return done.returncode == 0, "" if done.returncode == 0 else failing_tests(report)


def failing_tests(report: Path) -> str:
    """The end of what the reporter ``spec`` has written: each test that failed, and why."""
    text = report.read_text() if report.exists() else "node has written no report"
    return text[max(text.rfind("failing tests:"), 0) :].strip()


def major_of(node: Path) -> int:
    """The major version of a Node.js."""
    answer = subprocess.run([node, "--version"], check=True, capture_output=True, text=True)
    return int(answer.stdout.removeprefix("v").partition(".")[0])


def from_npm(major: int) -> Path | None:
    """The newest Node.js of a major version as the package ``node`` of npm has it."""
    folder = NODES / str(major)
    node = folder / "node_modules" / "node" / "bin" / "node"
    if not node.exists():
        folder.mkdir(parents=True, exist_ok=True)
        npm = ["npm", "--loglevel=error", "install", "--no-save", f"--prefix={folder}"]
        subprocess.run([*npm, f"node@{major}"], check=False)
    return node if node.exists() else None


if __name__ == "__main__":
    sys.exit(main())
