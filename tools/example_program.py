"""A program that is tested with `exhook replay`."""

# These tests run without pytest.
# ruff: noqa: PT009

from __future__ import annotations

import base64
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import time
import unittest
from collections import Counter
from pathlib import Path

from commands import ROOT, run

COMMAND = ROOT / "target" / "debug" / "exhook"
START_SECONDS = 60.0
STOP_SECONDS = 60.0
# What the library may say: among it that recordings have logins which a program does not decide.
EXPECTED = ("exhook: info: ", "exhook: warn: answered ignore to client.authenticate")
Verdicts = dict[str, Counter[str]]


class Example(unittest.TestCase):
    """A program that runs in a folder of its own, and listens at a socket there."""

    def setUp(self) -> None:
        """Makes the folder."""
        self.folder = Path(tempfile.mkdtemp(prefix="exhook-example-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.address = f"unix:{self.folder}/socket"

    def start(self, program: Path, *wrapper: str) -> None:
        """Returns once the program listens."""
        self.output = (self.folder / "output.txt").open("w+")
        self.addCleanup(self.output.close)
        self.program = subprocess.Popen(
            [*wrapper, program],
            cwd=self.folder,
            env={**os.environ, "EXHOOK_BIND": self.address},
            stdout=self.output,
            stderr=subprocess.STDOUT,
        )
        self.addCleanup(self.kill)
        end = time.monotonic() + START_SECONDS
        while not self.listens():
            if self.program.poll() is not None or time.monotonic() > end:
                self.fail(f"{program} does not listen: {self.program.returncode}\n{self.printed()}")
            time.sleep(0.02)

    def listens(self) -> bool:
        """Whether somebody accepts connections."""
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(self.address.removeprefix("unix:")) == 0

    def replay(self, *recordings: Path, **options: str) -> Verdicts:
        """Plays recordings; how often the broker was told what, by hook."""
        flags = [f"--{name}={value}" for name, value in options.items()]
        command: list[str | Path] = [COMMAND, "replay", *recordings, "--to", self.address, *flags]
        report = json.loads(run(*command, "--json", "--quiet"))
        self.assertEqual(report["failures"], 0)
        self.assertEqual(report["calls"], report["recorded"])
        return {hook["hook"]: Counter(hook["verdicts"]) for hook in report["hooks"]}

    def ask(self, method: str, request: bytes) -> str:
        """The verdict on one call."""
        encoded = base64.b64encode(request).decode()
        line = {"t": 0, "method": f"/emqx.exhook.v2.HookProvider/{method}", "request_b64": encoded}
        recording = self.folder / "one.calls.jsonl"
        recording.write_text(json.dumps(line))
        ((_, verdicts),) = self.replay(recording).items()
        (verdict,) = verdicts
        return verdict

    def stop(self) -> str:
        """What the program printed of its own, after SIGTERM has ended it with success."""
        self.program.send_signal(signal.SIGTERM)
        self.assertEqual(self.program.wait(STOP_SECONDS), 0, self.printed())
        lines = self.printed().splitlines(keepends=True)
        return "".join(line for line in lines if not line.startswith(EXPECTED))

    def printed(self) -> str:
        """What the program has printed so far."""
        return (self.folder / "output.txt").read_text()

    def kill(self) -> None:
        """Ends a program that a failed test has left."""
        self.program.kill()
        self.program.wait()

    def rows(self, database: str, query: str) -> list[tuple[object, ...]]:
        """What an SQLite database of the program has."""
        connection = sqlite3.connect(self.folder / database)
        self.addCleanup(connection.close)
        return list(connection.execute(query))
