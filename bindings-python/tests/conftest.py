"""Fixtures: a server for an app, and programs in processes of their own."""

from __future__ import annotations

import contextlib
import logging
import os
import re
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from broker import Broker, eventually
from exhook import App

Serve = Callable[..., Broker]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts an app and returns a broker that calls it; both end with the test."""
    with contextlib.ExitStack() as stack:

        def start(app: App, package: str = "v3") -> Broker:
            app.start("127.0.0.1:0")
            stack.callback(app.stop)
            broker = Broker(app.address, package)
            stack.callback(broker.close)
            return broker

        yield start


def handler_records(caplog: pytest.LogCaptureFixture, count: int = 1) -> list[logging.LogRecord]:
    """Returns what was logged about handlers; the broker is answered before that."""

    def found() -> list[logging.LogRecord]:
        return [record for record in caplog.records if record.name == "exhook.handlers"]

    eventually(lambda: len(found()) >= count)
    assert len(found()) == count
    return found()


class Program:
    """A Python program in a process of its own, whose output is gathered."""

    def __init__(self, arguments: list[str], directory: Path, **environment: str) -> None:
        inherited = {name: text for name, text in os.environ.items() if "EXHOOK" not in name}
        self.process = subprocess.Popen(
            [sys.executable, "-X", "faulthandler", *arguments],
            cwd=directory,
            env={**inherited, "PYTHONUNBUFFERED": "1", **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.output = ""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.output += line

    def sees(self, text: str, times: int = 1) -> None:
        """Waits until the program has printed ``text`` so many times."""
        try:
            eventually(lambda: self.output.count(text) >= times)
        except AssertionError:
            raise AssertionError(f"no {text!r} in:\n{self.output}") from None

    def address(self, times: int = 1) -> str:
        """Returns the address in the banner that was printed last."""
        self.sees("(pid ", times)
        return str(re.findall(r"serves.* on (\S+) \(pid", self.output)[-1])

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    def ends(self, seconds: float = 60) -> int:
        """Waits for the end and returns the exit code."""
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGABRT)
            self._reader.join(20)
            raise AssertionError(f"the program does not end:\n{self.output}") from None
        self.close()
        return code

    def close(self) -> None:
        """Kills the program where it still runs, and reads the last of its output."""
        self.process.kill()
        self.process.wait()
        self._reader.join(20)
        if self.process.stdout is not None:
            self.process.stdout.close()


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Callable[..., Program]]:
    """Runs source code as a program; a program that still runs is killed with the test."""
    started: list[Program] = []

    def run(source: str, *arguments: str, **environment: str) -> Program:
        path = tmp_path / "program.py"
        path.write_text(textwrap.dedent(source))
        started.append(Program([*arguments, str(path)], tmp_path, **environment))
        return started[-1]

    yield run
    _kill(started)


@pytest.fixture
def command(tmp_path: Path) -> Iterator[Callable[..., Program]]:
    """Runs ``exhook`` with arguments, in ``tmp_path``."""
    started: list[Program] = []

    def run(*arguments: str, directory: Path = tmp_path, **environment: str) -> Program:
        started.append(Program(["-m", "exhook", *arguments], directory, **environment))
        return started[-1]

    yield run
    _kill(started)


def _kill(programs: list[Program]) -> None:
    for each in programs:
        each.close()
