"""``exhook run --reload``: a parent process that restarts its child when the program changes.

The child watches the files, because it alone knows what was imported, and asks for a restart by
its exit code. The parent tells it to stop by closing a pipe, also by dying.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from types import FrameType

from exhook.errors import InvalidOptionError

_PIPE_VARIABLE = "EXHOOK_RELOAD_PIPE"
_RESTART = 75
_POLL_SECONDS = 0.25
_STOP_SECONDS = 10.0


def is_child() -> bool:
    """Tells whether this process is the child that runs the program."""
    return _PIPE_VARIABLE in os.environ


def supervise(words: Sequence[str]) -> int:
    """Runs ``exhook run`` with ``words`` in children until one ends for good; its exit code.

    The first SIGINT or SIGTERM stops the child, a second one kills it.
    """
    if sys.platform == "win32":
        raise InvalidOptionError("--reload needs a POSIX system")
    child: subprocess.Popen[bytes] | None = None
    pipe: int | None = None
    stopping = False

    def handle(number: int, _frame: FrameType | None) -> None:
        nonlocal stopping, pipe
        if stopping and child is not None:
            child.kill()
            os._exit(128 + number)
        stopping = True
        if pipe is not None:
            os.close(pipe)
            pipe = None

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, handle)
    command = [sys.executable, "-m", "exhook", "run", *words]
    while not stopping:
        reader, pipe = os.pipe()
        environment = {**os.environ, _PIPE_VARIABLE: str(reader)}
        child = subprocess.Popen(command, env=environment, pass_fds=(reader,))
        os.close(reader)
        code = child.wait()
        if pipe is not None:
            os.close(pipe)
            pipe = None
        if code != _RESTART:
            return code if code >= 0 else 128 - code
    return 0


def run_child(start: Callable[[Watch], int]) -> int:
    """Runs the program, and asks for a restart when its files change; the exit code.

    A program that fails, with code 1, is not the end: the next change restarts it.
    """
    watch = Watch(int(os.environ.pop(_PIPE_VARIABLE)))
    watch.start()
    code = start(watch)
    if code == 1:
        try:
            watch.wait()
        except KeyboardInterrupt:
            return 128 + signal.SIGINT
    return _RESTART if watch.changed else code


class Watch:
    """A thread that stops the program when one of its files changes or the parent says so."""

    def __init__(self, pipe: int) -> None:
        """Prepares; ``pipe`` reaches its end when the parent wants a stop."""
        os.set_inheritable(pipe, False)
        self.changed = False
        """Whether a file has changed, so that the program is to be restarted."""
        self._pipe = pipe
        self._stop: Callable[[], None] | None = None
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._files = _Files()

    def start(self) -> None:
        """Starts the thread."""
        threading.Thread(target=self._watch, name="exhook-reload", daemon=True).start()

    def stop_by(self, stop: Callable[[], None]) -> None:
        """Says how the program is stopped, now that all of it is imported."""
        self._look()
        self._stop = stop

    def wait(self) -> None:
        """Waits for a change or the parent's word."""
        self._look()
        print("exhook: waiting for a change of the program", file=sys.stderr, flush=True)
        self._over.wait()

    def _watch(self) -> None:
        while True:
            ended, _, _ = select.select([self._pipe], [], [], _POLL_SECONDS)
            if not ended:
                self._look()
            if ended or self.changed:
                break
        self._over.set()
        threading.Thread(target=self._stop_again, name="exhook-stop", daemon=True).start()
        time.sleep(_STOP_SECONDS)
        print("exhook: the program does not stop, ending it", file=sys.stderr, flush=True)
        os._exit(_RESTART if self.changed else 1)

    def _look(self) -> None:
        with self._lock:
            change = None if self.changed else self._files.changed()
            if change:
                self.changed = True
                print(f"exhook: {change} has changed, restarting", file=sys.stderr, flush=True)

    def _stop_again(self) -> None:
        # A program that is only just starting takes notice of a later attempt.
        while True:
            if self._stop is not None:
                self._stop()
            time.sleep(_POLL_SECONDS)


class _Files:
    """The modification times of a program's files.

    These are the ``*.py`` beside each imported module below the current directory, so that new
    files and those that failed to be imported count too.
    """

    def __init__(self) -> None:
        self._root = os.getcwd()
        self._times: dict[str, dict[str, int]] = {}

    def changed(self) -> str | None:
        """Returns a file that has changed since the last look, if there is one."""
        for directory in self._directories():
            times = _times(directory)
            before = self._times.get(directory)
            self._times[directory] = times
            if before is not None and before != times:
                name = min({item[0] for item in before.items() ^ times.items()})
                return os.path.relpath(os.path.join(directory, name), self._root)
        return None

    def _directories(self) -> set[str]:
        found = {self._root}
        for module in list(sys.modules.values()):
            file = getattr(module, "__file__", None)
            if isinstance(file, str):
                found.add(os.path.dirname(os.path.abspath(file)))
            for path in list(getattr(module, "__path__", None) or ()):
                found.add(os.path.abspath(path))
        return {path for path in found if self._is_own(path)}

    def _is_own(self, path: str) -> bool:
        inside = path == self._root or path.startswith(self._root + os.sep)
        return inside and "site-packages" not in path.split(os.sep)


def _times(directory: str) -> dict[str, int]:
    times = {}
    try:
        with os.scandir(directory) as entries:
            for entry in entries:
                if entry.name.endswith(".py"):
                    times[entry.name] = entry.stat().st_mtime_ns
    except OSError:  # It has been removed, or is being written anew.
        pass
    return times
