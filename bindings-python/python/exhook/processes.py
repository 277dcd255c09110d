"""``exhook run --workers``: several processes that serve one address, and the one that minds them.

The parent runs no handler. It accepts the connections and deals them out (``dealer``), starts a
worker that has ended again, and tells workers to stop by a byte in a pipe, or by dying, which ends
the pipe without one.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

from exhook.dealer import Dealer
from exhook.errors import InvalidOptionError
from exhook.settings import Settings

MOST_WORKERS = 64
_VARIABLE = "EXHOOK_WORKER_PROCESS"
_POLL_SECONDS = 0.25
_STOP = b"."
_FIRST_DELAY_SECONDS = 0.5
_LONGEST_DELAY_SECONDS = 30.0
_STEADY_SECONDS = 10.0


def check(count: int) -> None:
    """Raises ``InvalidOptionError`` where so many workers cannot be."""
    if not 1 <= count <= MOST_WORKERS:
        raise InvalidOptionError(f"workers is {count}; give a number from 1 to {MOST_WORKERS}")
    if count > 1 and sys.platform == "win32":
        raise InvalidOptionError(
            "several workers need a POSIX system; leave out --workers, or start several programs "
            "behind a proxy for TCP"
        )


def supervise(words: Sequence[str], count: int) -> int:
    """Runs ``exhook run`` with ``words`` in so many processes until a signal; the exit code.

    The first SIGINT or SIGTERM drains all workers, a second one kills them. A worker that cannot
    start at all ends the others too.
    """
    return _Supervisor([sys.executable, "-m", "exhook", "run", *words], count).run()


class Worker:
    """This process, where it is one of several that serve an address together."""

    def __init__(self) -> None:
        """Reads what the parent says, and stops the program when it is told to."""
        number, pipe, self._door = os.environ.pop(_VARIABLE).split(":", 2)
        self._number = int(number)
        self._pipe = int(pipe)
        self._parent = os.getppid()
        self._stop: Callable[[], None] | None = None
        os.set_inheritable(self._pipe, False)
        threading.Thread(target=self._obey, name="exhook-parent", daemon=True).start()

    @staticmethod
    def is_this() -> bool:
        """Tells whether this process is a worker."""
        return _VARIABLE in os.environ

    def stop_by(self, stop: Callable[[], None]) -> None:
        """Says how the program is stopped."""
        self._stop = stop

    def flags(self, settings: Settings) -> dict[str, Any]:
        """Returns what is different in this worker from what all of them are told.

        What can be only once, an address and a file that rotates, the first has as it is given;
        the others have the following port, and a number in the file's name.
        """
        if settings.bind.startswith("unix:"):
            raise InvalidOptionError(
                f"several workers cannot share {settings.bind}; give host:port, or leave out "
                "--workers"
            )
        flags: dict[str, Any] = {"bind": f"dealer:{self._door},{settings.bind}"}
        if self._number:
            flags["banner"] = False
            flags["admin"] = _next_port(settings.native["admin"].strip(), self._number)
            flags["decision_log"] = _numbered(settings.native["decision_log"], self._number)
        return flags

    def _obey(self) -> None:
        word = _STOP
        with contextlib.suppress(OSError):
            word = os.read(self._pipe, 1)
        # A program that is only just starting takes notice of a later attempt.
        while True:
            if word != _STOP or os.getppid() != self._parent:
                # It was killed, and could not tidy up. Done first, as the stop may end the process.
                shutil.rmtree(os.path.dirname(self._door), ignore_errors=True)
            if self._stop is not None:
                with contextlib.suppress(Exception):
                    self._stop()
            time.sleep(_POLL_SECONDS)


def _next_port(address: str, number: int) -> str:
    host, colon, port = address.rpartition(":")
    if not port.isdecimal() or int(port) == 0:
        return address
    if int(port) + number > 65535:
        raise InvalidOptionError(
            f"admin is {address}, and worker {number} has no port above it; choose a lower one"
        )
    return f"{host}{colon}{int(port) + number}"


def _numbered(path: str, number: int) -> str:
    if path in ("", "log"):
        return path
    stem, ending = os.path.splitext(path)
    return f"{stem}-{number}{ending}"


@dataclass
class _Child:
    """A worker as its parent knows it."""

    number: int
    process: subprocess.Popen[bytes] | None = None
    pipe: int | None = None
    began: float = 0.0
    has_served: bool = False
    delay: float = 0.0
    due: float = field(default=0.0)

    def tell_to_stop(self) -> None:
        if self.pipe is not None:
            with contextlib.suppress(OSError):  # It has ended already.
                os.write(self.pipe, _STOP)
            self.close_pipe()

    def close_pipe(self) -> None:
        if self.pipe is not None:
            os.close(self.pipe)
            self.pipe = None


class _Supervisor:
    """The parent of the workers."""

    def __init__(self, command: Sequence[str], count: int) -> None:
        self._command = command
        self._count = count
        self._children: list[_Child] = []
        self._selector = selectors.DefaultSelector()
        self._dealer = Dealer(self._selector, self._note_serving)
        self._stopping = False
        self._code = 0

    def run(self) -> int:
        reader, writer = os.pipe()
        for end in (reader, writer):
            os.set_blocking(end, False)
        self._selector.register(reader, selectors.EVENT_READ, lambda: os.read(reader, 4096))
        signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._handle)
        try:
            # The others follow when it serves: what is wrong with the program is then told once.
            self._children.append(_Child(0))
            self._start(self._children[0])
            while any(child.process is not None or child.due for child in self._children):
                for key, _ in self._selector.select(_POLL_SECONDS):
                    if key.fileobj in self._selector.get_map():
                        key.data()
                self._dealer.go_on()
                if self._stopping:
                    self._dealer.refuse()
                for child in self._children:
                    self._mind(child)
        finally:
            self._dealer.close()
            self._kill()
        return self._code

    def _handle(self, number: int, _frame: FrameType | None) -> None:
        if self._stopping:
            with contextlib.suppress(OSError):
                os.write(2, b"exhook: second signal, ending the workers at once\n")
            self._kill()
            self._dealer.close()
            os._exit(128 + number)
        self._stop()

    def _stop(self) -> None:
        """Tells all workers to drain."""
        self._stopping = True
        self._dealer.expected = 0
        for child in self._children:
            child.due = 0.0
            child.tell_to_stop()

    def _kill(self) -> None:
        for child in self._children:
            if child.process is not None:
                child.process.kill()

    def _start(self, child: _Child) -> None:
        reader, child.pipe = os.pipe()
        word = f"{child.number}:{reader}:{self._dealer.door(child.number)}"
        child.began = time.monotonic()
        child.due = 0.0
        try:
            child.process = subprocess.Popen(
                self._command,
                env={**os.environ, _VARIABLE: word},
                pass_fds=(reader,),
                # Ctrl-C of a terminal is the parent's; the second one would end workers at once.
                start_new_session=True,
            )
        except OSError as error:
            child.close_pipe()
            child.due = child.began + _LONGEST_DELAY_SECONDS
            _tell(
                f"worker {child.number} cannot be started ({error}); it is tried again in "
                f"{_LONGEST_DELAY_SECONDS:g} s"
            )
        finally:
            os.close(reader)

    def _note_serving(self, number: int, address: str) -> None:
        is_first = not any(child.has_served for child in self._children)
        self._children[number].has_served = True
        if is_first and not self._stopping:
            for other in range(1, self._count):
                self._children.append(_Child(other))
                self._start(self._children[-1])
        if self._dealer.expected or sum(child.has_served for child in self._children) < self._count:
            return
        # Brokers connect only now, because the first worker would have all who come before.
        try:
            self._dealer.listen()
        except OSError as error:
            _tell(f"cannot listen on {address}: {error}")
            self._code = 2
            self._stop()
            return
        self._dealer.expected = 0 if self._stopping else self._count
        _tell(f"{self._count} workers serve {address} (parent {os.getpid()})")

    def _mind(self, child: _Child) -> None:
        """Notices that a worker has ended, and starts it again when that is due."""
        if child.process is None:
            if child.due and time.monotonic() >= child.due:
                self._start(child)
            return
        code = child.process.poll()
        if code is None:
            return
        pid, child.process = child.process.pid, None
        child.close_pipe()
        code = code if code >= 0 else 128 - code
        if self._stopping:
            self._code = self._code or code
            return
        if not child.has_served:
            _tell(f"worker {child.number} (pid {pid}) does not start; all end")
            self._code = code or 1
            self._stop()
            return
        now = time.monotonic()
        is_steady = now - child.began >= _STEADY_SECONDS
        longer = max(_FIRST_DELAY_SECONDS, min(child.delay * 2, _LONGEST_DELAY_SECONDS))
        child.delay = 0.0 if is_steady or code == 0 else longer
        child.due = now + child.delay
        how = f"has ended with code {code}" if code else "has ended"
        when = f"in {child.delay:g} s" if child.delay else "at once"
        _tell(f"worker {child.number} (pid {pid}) {how}; it is started again {when}")


def _tell(text: str) -> None:
    with contextlib.suppress(OSError):
        print(f"exhook: {text}", file=sys.stderr, flush=True)
