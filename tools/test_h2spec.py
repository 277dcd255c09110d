"""Runs h2spec, the conformance tests of HTTP/2, against the quickstart: every case must pass.

``--beside PROGRAM`` runs them against another server too, which is started with an address of its
own as its last argument and prints it once it listens, such as target/release/peer-tonic: ours must
pass as many cases. Without Go, nothing is tested.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from commands import ROOT, run

PACKAGE = "github.com/summerwind/h2spec/cmd/h2spec"
MODULE = ROOT / "tests" / "h2spec"
H2SPEC = ROOT / "target" / "h2spec" / "h2spec"
QUICKSTART = ROOT / "target" / "debug" / "examples" / "quickstart"
# Of Go: older ones do not read the module's file.
OLDEST = (1, 24)
# Five fields of that many bytes are more than a frame of ours may have.
FIELD_BYTES = 16_000
# A connection that is closed while bytes of the peer are unread is reset: h2spec takes that for an
# error, though it waits for the end of the connection.
RESET = "connection reset by peer"
START_SECONDS = 30.0
STOP_SECONDS = 10.0


@dataclass(frozen=True)
class Result:
    """How many cases a server passed, and what is to be said of the others."""

    passed: int
    skipped: int
    failures: list[str]

    def __str__(self) -> str:
        """Its counts."""
        return f"{self.passed} passed, {self.skipped} skipped, {len(self.failures)} failed"


def main() -> int:
    """0 when every case passes that can be tried."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--beside", metavar="PROGRAM", type=Path)
    beside = parser.parse_args().beside
    if not has_go():
        wanted = ".".join(map(str, OLDEST))
        print(f"the conformance tests of HTTP/2 are skipped: there is no Go {wanted} or newer")
        return 0
    run("go", "build", "-C", MODULE, "-o", H2SPEC, PACKAGE)
    with serving(QUICKSTART) as port:
        ours = conformance(port)
    print(f"h2spec: {ours}")
    for failure in ours.failures:
        print(failure)
    if beside is None:
        return int(bool(ours.failures))
    with serving(beside) as port:
        other = conformance(port)
    print(f"h2spec on {beside.name}: {other}")
    return int(bool(ours.failures) or ours.passed < other.passed)


def has_go() -> bool:
    """Whether there is a Go that can build h2spec."""
    if shutil.which("go") is None:
        return False
    version = re.search(r"go(\d+)\.(\d+)", run("go", "env", "GOVERSION"))
    return version is not None and tuple(map(int, version.groups())) >= OLDEST


@contextmanager
def serving(program: Path) -> Iterator[int]:
    """The port at which a server listens."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    address = f"127.0.0.1:{port}"
    server = subprocess.Popen(
        [program, address],
        env={**os.environ, "EXHOOK_BIND": address, "EXHOOK_LOG_LEVEL": "error"},
        stdout=subprocess.DEVNULL,
    )
    try:
        end = time.monotonic() + START_SECONDS
        while not listens(port):
            if server.poll() is not None or time.monotonic() > end:
                sys.exit(f"{program} does not listen at {address}")
            time.sleep(0.02)
        yield port
    finally:
        server.terminate()
        try:
            server.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def listens(port: int) -> bool:
    """Whether somebody accepts connections."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def conformance(port: int) -> Result:
    """What becomes of all cases, the strict ones too."""
    with tempfile.TemporaryDirectory(prefix="exhook-h2spec-") as folder:
        report = Path(folder) / "report.xml"
        # Its status says what the report says too.
        subprocess.run(
            [
                H2SPEC,
                "--strict",
                f"--port={port}",
                f"--max-header-length={FIELD_BYTES}",
                f"--junit-report={report}",
            ],
            stdout=subprocess.DEVNULL,
            check=False,
        )
        cases = list(ET.parse(report).getroot().iter("testcase"))
    passed, skipped, failures = 0, 0, []
    for case in cases:
        failed = [*case.iter("failure"), *case.iter("error")]
        text = "".join("".join(one.itertext()) for one in failed)
        if case.find("skipped") is not None:
            skipped += 1
        elif not failed or (RESET in text and "Connection closed" in text):
            passed += 1
        else:
            failures.append(f"{case.get('package')}: {case.get('classname')}\n{text.strip()}")
    return Result(passed, skipped, failures)


if __name__ == "__main__":
    sys.exit(main())
