"""Plays the recordings of five EMQX brokers to a quickstart, and shows what it decides."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples"
RECORDINGS = sorted((ROOT / "tests" / "data" / "recordings").glob("*.calls.jsonl"))
MOST_DECISIONS = 24
MOST_OF_A_KIND = 1
WIDTH = 96
START_SECONDS = 30.0
STOP_SECONDS = 10.0


@dataclass(frozen=True)
class Language:
    """How the quickstart and the command line of a language are started."""

    quickstart: Path
    interpreter: tuple[str, ...]
    command: tuple[str, ...]


LANGUAGES = {
    "python": Language(
        EXAMPLES / "python" / "quickstart.py",
        (sys.executable, "-u"),
        (str(Path(sys.executable).parent / "exhook"),),
    ),
    "node": Language(
        EXAMPLES / "node" / "quickstart.mjs",
        ("node",),
        ("node", str(ROOT / "bindings-node" / "bin" / "exhook.js")),
    ),
    "c": Language(
        ROOT / "target" / "c-examples" / "quickstart",
        (),
        (str(ROOT / "target" / "debug" / "exhook"),),
    ),
}


def main() -> int:
    """Runs the demo of a language; 0 when every call was answered as its broker needs it."""
    language = LANGUAGES[sys.argv[1]]
    quickstart = language.quickstart
    # Ended from outside, the program is stopped all the same.
    signal.signal(signal.SIGTERM, lambda *_: interrupted())
    address = f"127.0.0.1:{free_port()}"
    brokers = ", ".join(path.name.split("-")[1].removesuffix(".calls.jsonl") for path in RECORDINGS)
    say(f"Recorded traffic of EMQX {brokers} meets {quickstart.relative_to(ROOT)} at {address}.")
    program = subprocess.Popen(
        [*language.interpreter, str(quickstart)],
        env={**os.environ, "EXHOOK_BIND": address},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    decisions = Decisions(program)
    try:
        wait_until_it_listens(address, program, quickstart.name)
        replay = subprocess.run(
            [*language.command, "replay", *map(str, RECORDINGS), "--to", address],
            check=False,
            stdout=subprocess.PIPE,
            text=True,
        )
    except KeyboardInterrupt:
        say("interrupted")
        return 130
    finally:
        stop(program)
    decisions.show()
    print(replay.stdout, end="", flush=True)
    if replay.returncode == 0:
        say("Every call was answered as its broker needs it.")
    return replay.returncode


class Decisions:
    """The lines that the program prints, read while it runs."""

    def __init__(self, program: subprocess.Popen[str]) -> None:
        """Begins to read."""
        self._lines: list[str] = []
        self._threads = [
            threading.Thread(target=self._read, args=(program,), daemon=True),
            threading.Thread(target=self._pass_on, args=(program,), daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def _read(self, program: subprocess.Popen[str]) -> None:
        assert program.stdout is not None
        for line in program.stdout:
            self._lines.append(line.rstrip())

    def _pass_on(self, program: subprocess.Popen[str]) -> None:
        assert program.stderr is not None
        for line in program.stderr:
            print(line.rstrip(), file=sys.stderr, flush=True)

    def show(self) -> None:
        """Prints the first decisions of each kind, and how many there are."""
        for thread in self._threads:
            thread.join(STOP_SECONDS)
        # Different decisions say more than the same one for many clients.
        kinds: dict[str, list[str]] = {}
        for line in self._lines:
            decision = re.sub(r"\d+", "N", line.partition(":")[2])
            kinds.setdefault(decision, []).append(line)
        shown = [line for lines in kinds.values() for line in lines[:MOST_OF_A_KIND]]
        shown = shown[:MOST_DECISIONS]
        print()
        say(f"What the program decided ({len(shown)} of {len(self._lines)}):")
        for line in shown:
            print(f"  {line}" if len(line) <= WIDTH else f"  {line[: WIDTH - 1]}…")
        print(flush=True)


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def wait_until_it_listens(address: str, program: subprocess.Popen[str], name: str) -> None:
    """Returns once somebody accepts connections at ``address``."""
    host, _, port = address.rpartition(":")
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if program.poll() is not None:
            sys.exit(f"{name} ended with {program.returncode} before it listened")
        try:
            socket.create_connection((host, int(port)), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    sys.exit(f"{name} does not listen at {address} after {START_SECONDS:.0f} seconds")


def stop(program: subprocess.Popen[str]) -> None:
    """Ends the program in order, or else by force."""
    program.terminate()
    try:
        program.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        program.kill()
        program.wait()


def interrupted() -> NoReturn:
    """Ends the demo as Ctrl-C does."""
    raise KeyboardInterrupt


def say(text: str) -> None:
    """Prints a line at once, so that it does not mix with what others print."""
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
