"""``exhook run --workers``: several processes behind one address."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import sys
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from broker import Broker, eventually, free_port
from conftest import Program

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX system")

Run = Callable[..., Program]
LIMIT = 30

PROGRAM = """
import os, sys, time
from exhook import App

app = App()

def say(words):
    # In one piece: the processes share what they print to.
    os.write(sys.stdout.fileno(), f"{words}\\n".encode())

@app.on_startup
def begin():
    say(f"begins {os.getpid()}")

@app.on_shutdown
def end():
    say(f"ends {os.getpid()}")

@app.on_message_publish
def tell(request):
    return request.message.replace(payload=str(os.getpid()).encode())

@app.on_client_authorize
def wait(request):
    say("waits")
    time.sleep(float(request.topic))
    return True

@app.on_client_authenticate
def abstain(request):
    return None
"""


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A directory with ``main.py``."""
    (tmp_path / "main.py").write_text(PROGRAM)
    return tmp_path


class Pool:
    """Connections as a broker's pool opens them."""

    def __init__(self, address: str, size: int, package: str = "v3") -> None:
        self.brokers = [Broker(address, package) for _ in range(size)]

    def close(self) -> None:
        for broker in self.brokers:
            broker.close()

    def workers(self) -> Counter[int]:
        """Returns the process ids of the workers, each with its number of connections."""
        return Counter(int(broker.publish().split()[2]) for broker in self.brokers)


@pytest.fixture
def pool() -> Iterator[Callable[..., Pool]]:
    """Opens pools of connections, which end with the test."""
    with contextlib.ExitStack() as stack:

        def opened(address: str, size: int, package: str = "v3") -> Pool:
            made = Pool(address, size, package)
            stack.callback(made.close)
            return made

        yield opened


def served(run: Program, workers: int) -> str:
    """Waits until all workers serve, and returns the address."""
    run.sees(f"{workers} workers serve")
    return run.address()


def begun(run: Program) -> list[int]:
    return told(run, "begins")


def told(run: Program, word: str) -> list[int]:
    """Returns the process ids that were printed behind a word, maybe behind half a line."""
    return [int(pid) for pid in re.findall(rf"{word} (\d+)$", run.output, re.M)]


def stop(run: Program, workers: int) -> None:
    run.signal(signal.SIGTERM)
    assert run.ends(LIMIT) == 0, run.output
    assert len(told(run, "ends")) >= workers, run.output
    assert not any(exists(pid) for pid in begun(run))


def exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize(("workers", "size", "share"), [(2, 8, [4, 4]), (3, 8, [3, 3, 2])])
def test_each_worker_has_its_share_of_the_connections(
    command: Run,
    directory: Path,
    pool: Callable[..., Pool],
    workers: int,
    size: int,
    share: list[int],
) -> None:
    run = command("run", "main:app", "--bind", "127.0.0.1:0", "--workers", str(workers))
    brokers = pool(served(run, workers), size)
    shares = brokers.workers()
    assert sorted(shares.values(), reverse=True) == share
    assert sorted(shares) == sorted(begun(run))
    assert f"{workers} workers serve" in run.output
    assert run.output.count("(pid ") == 1, "one banner"
    stop(run, workers)


def test_a_worker_that_dies_is_started_again_and_has_its_share_again(
    command: Run, directory: Path, pool: Callable[..., Pool]
) -> None:
    run = command("run", "main:app", "--bind", "127.0.0.1:0", EXHOOK_WORKERS="2")
    brokers = pool(served(run, 2), 4)
    first = brokers.workers()
    dead, alive = first
    os.kill(dead, signal.SIGKILL)
    again = eventually(lambda: _whole(brokers), LIMIT)
    assert f"(pid {dead}) has ended with code 137; it is started again in 0.5 s" in run.output
    # What was lost waits for the newcomer, unless that takes long; later connections even it out.
    newcomer = begun(run)[-1]
    late = pool(run.address(), again[alive] - again[newcomer] + 2)
    both = again + late.workers()
    assert both[alive] == both[newcomer]
    # One that is told to stop drains, and makes room for the next.
    os.kill(alive, signal.SIGTERM)
    run.sees(f"(pid {alive}) has ended; it is started again at once")
    run.sees("serving emqx.exhook", 4)
    stop(run, 3)


def _whole(pool: Pool) -> Counter[int] | None:
    """The workers of all connections, once those that were lost are open again."""
    try:
        return pool.workers()
    except Exception:
        return None


def test_what_one_worker_learns_of_a_broker_the_others_know(
    command: Run, directory: Path, pool: Callable[..., Pool]
) -> None:
    admin = free_port()
    flags = ("--bind", "127.0.0.1:0", "--workers", "2", "--admin", str(admin))
    run = command("run", "main:app", *flags)
    brokers = pool(served(run, 2), 4, "v1")
    dead = min(brokers.workers())
    # EMQX 4.3.0 reads 0 as ignore, 1 as continue, and says its version on one connection only.
    told = [ignored(broker) for broker in brokers.brokers]
    assert told == [1, 1, 1, 1]
    brokers.brokers[0].call("OnProviderLoaded", broker={"version": "4.3.0"})
    assert [ignored(broker) for broker in brokers.brokers] == [0, 0, 0, 0]
    ports = [int(port) for port in re.findall(r"page is at http://127.0.0.1:(\d+)/", run.output)]
    assert ports == [admin, admin + 1]
    assert all("4.3.0" in json.dumps(status(port)) for port in ports)
    # So does one that comes later.
    os.kill(dead, signal.SIGKILL)
    run.sees("serving emqx.exhook", 3)
    eventually(lambda: _whole(brokers), LIMIT)
    assert [ignored(broker) for broker in brokers.brokers] == [0, 0, 0, 0]
    stop(run, 2)


def ignored(broker: Broker) -> int:
    client = {"clientid": "c1", "username": "alice"}
    return int(broker.call("OnClientAuthenticate", LIMIT, clientinfo=client).type)


def status(port: int) -> object:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/events", timeout=60) as events:
        for line in events:
            if line.startswith(b"data:"):
                return json.loads(line[5:])
    return None


def test_a_signal_drains_all_workers_and_a_second_one_ends_them(
    command: Run, directory: Path, pool: Callable[..., Pool]
) -> None:
    run = command("run", "main:app", "--bind", "127.0.0.1:0", "--workers", "2")
    brokers = pool(served(run, 2), 2)
    calls = [
        broker.send("OnClientAuthorize", LIMIT, clientinfo={"clientid": "c"}, topic="1")
        for broker in brokers.brokers
    ]
    run.sees("waits", 2)
    run.signal(signal.SIGINT)
    assert all(call.result().bool_result for call in calls)
    assert run.ends(LIMIT) == 0, run.output
    assert len(told(run, "ends")) == 2
    run = command("run", "main:app", "--bind", "127.0.0.1:0", "--workers", "2")
    brokers = pool(served(run, 2), 1)
    endless = {"clientinfo": {"clientid": "c"}, "topic": "60"}
    stuck = brokers.brokers[0].send("OnClientAuthorize", LIMIT, **endless)
    run.sees("waits")
    run.signal(signal.SIGINT)
    run.sees("\nends ")
    assert not stuck.done()
    run.signal(signal.SIGINT)
    assert run.ends(LIMIT) == 130, run.output
    eventually(lambda: not any(exists(pid) for pid in begun(run)), LIMIT)


def test_workers_end_when_their_parent_is_killed(command: Run, directory: Path) -> None:
    flags = ("--bind", "127.0.0.1:0", "--workers", "2")
    run = command("run", "main:app", *flags, TMPDIR=str(directory))
    served(run, 2)
    pids = begun(run)
    run.signal(signal.SIGKILL)
    eventually(lambda: not any(exists(pid) for pid in pids), LIMIT)
    assert not list(directory.glob("exhook-*"))


@pytest.mark.parametrize(
    ("arguments", "environment", "words"),
    [
        (["--workers", "0"], {}, "from 1 to 64"),
        (["--workers", "-1"], {}, "from 1 to 64"),
        (["--workers", "65"], {}, "from 1 to 64"),
        (["--workers", "x"], {}, "argument --workers"),
        ([], {"EXHOOK_WORKERS": "many"}, "EXHOOK_WORKERS"),
        (["--workers", "2", "--reload"], {}, "leave out one of --reload and --workers"),
        (["--workers", "2", "--bind", "unix:x.sock"], {}, "give host:port"),
        (["--workers", "2", "--bind", "nowhere"], {}, "host:port"),
        (["--workers", "2", "--timeout-ms", "0"], {}, "timeout_ms"),
    ],
)
def test_mistakes_are_told_once_with_code_2(
    command: Run,
    directory: Path,
    arguments: list[str],
    environment: dict[str, str],
    words: str,
) -> None:
    run = command("run", "main:app", *arguments, **{"EXHOOK_BIND": "127.0.0.1:0", **environment})
    assert run.ends(LIMIT) == 2, run.output
    assert run.output.count(words) == 1, run.output
    assert "Traceback" not in run.output, run.output


def test_a_port_in_use_ends_all_workers(command: Run, directory: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"127.0.0.1:{listener.getsockname()[1]}"
        run = command("run", "main:app", "--workers", "2", "--bind", address)
        assert run.ends(LIMIT) == 2, run.output
    assert f"cannot listen on {address}: another process does already" in run.output
    assert not any(exists(pid) for pid in begun(run))


def test_a_program_that_fails_shows_one_traceback(command: Run, directory: Path) -> None:
    (directory / "main.py").write_text("1 / 0")
    run = command("run", "main:app", "--workers", "4", "--bind", "127.0.0.1:0")
    assert run.ends(LIMIT) == 1, run.output
    assert run.output.count("ZeroDivisionError") == 1, run.output
    assert "worker 0" in run.output
