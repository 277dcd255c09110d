"""The command ``exhook``."""

from __future__ import annotations

import re
import signal
import socket
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from broker import Broker, free_port
from conftest import Program

Run = Callable[..., Program]

PROGRAM = """
from exhook import App

app = App(timeout_ms=30_000, threads=3)
not_an_app = 5

@app.on_client_authenticate
def authenticate(request):
    return request.deadline_ms > 15_000

@app.on_message_publish("sensors/#", "jobs/#")
async def enrich(request):
    return None
"""


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A directory with ``main.py``."""
    (tmp_path / "main.py").write_text(PROGRAM)
    return tmp_path


def stop(run: Program) -> None:
    run.signal(signal.SIGTERM)
    assert run.ends() == 0, run.output


def test_run_serves_and_shows_a_banner(command: Run, directory: Path) -> None:
    run = command("run", "main:app", "--bind", "127.0.0.1:0")
    assert Broker(run.address()).authenticate() == "allow"
    for words in (
        "emqx.exhook.v1, v2 and v3",
        f"(pid {run.process.pid})",
        "client.authenticate",
        "message.publish",
        "sensors/# jobs/#",
        "3 threads",
        "exhook.server",  # A record of the core at level info.
    ):
        assert words in run.output, run.output
    stop(run)


def test_flags_win_over_the_environment_and_that_over_the_code(
    command: Run, directory: Path
) -> None:
    def verdict(*flags: str, **environment: str) -> str:
        run = command("run", "main", *flags, EXHOOK_BIND="127.0.0.1:0", **environment)
        told = Broker(run.address()).authenticate()
        stop(run)
        return told

    assert verdict() == "allow"
    assert verdict(EXHOOK_TIMEOUT_MS="10000") == "deny"
    assert verdict("--timeout-ms", "40000", EXHOOK_TIMEOUT_MS="10000") == "allow"


def test_admin_serves_metrics(command: Run, directory: Path) -> None:
    for flags, environment in ((["--admin", "0"], {}), ([], {"EXHOOK_ADMIN": "127.0.0.1:0"})):
        run = command("run", "main:app", *flags, EXHOOK_BIND="127.0.0.1:0", **environment)
        broker = Broker(run.address())
        assert broker.authenticate() == "allow"
        run.sees("/metrics")
        url = re.search(r"http://127\.0\.0\.1:\d+/metrics", run.output)
        assert url, run.output
        with urllib.request.urlopen(url[0], timeout=60) as response:
            metrics = response.read().decode()
        assert 'exhook_calls_total{hook="client.authenticate",package="v3"} 1\n' in metrics
        stop(run)


def test_quiet(command: Run, directory: Path) -> None:
    port = free_port()
    flags = ("--no-banner", "--log-level", "error", "--bind", f"127.0.0.1:{port}")
    run = command("run", "main:app", *flags)
    assert Broker(f"127.0.0.1:{port}").authenticate(timeout=60) == "allow"
    stop(run)
    assert run.output == ""


@pytest.mark.parametrize(
    ("arguments", "environment", "words"),
    [
        (["nothing:app"], {}, "no module 'nothing'"),
        (["main:ap"], {}, "did you mean 'app'"),
        (["main:not_an_app"], {}, "is a int, not an exhook.App"),
        (["main.py"], {}, "exhook run main:app"),
        (["main:app:x"], {}, "module:app"),
        (["main:app", "--bind", "nowhere"], {}, "host:port"),
        (["main:app", "--timeout-ms", "0"], {}, "timeout_ms"),
        (["main:app", "--admin", "nowhere"], {}, "admin"),
        (["main:app", "--log-level", "loud"], {}, "warning"),
        (["main:app"], {"EXHOOK_THREADS": "many"}, "EXHOOK_THREADS"),
        (["main:app"], {"EXHOOK_COMPANION": "perhaps"}, "EXHOOK_COMPANION"),
        (["main:app", "--timeout-ms", "x"], {}, "--timeout-ms"),
        ([], {}, "MODULE:APP"),
    ],
)
def test_mistakes_take_one_line_and_code_2(
    command: Run,
    directory: Path,
    arguments: list[str],
    environment: dict[str, str],
    words: str,
) -> None:
    run = command("run", *arguments, **{"EXHOOK_BIND": "127.0.0.1:0", **environment})
    assert run.ends() == 2
    assert words in run.output, run.output
    assert "Traceback" not in run.output, run.output


def test_a_port_in_use(command: Run, directory: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"127.0.0.1:{listener.getsockname()[1]}"
        run = command("run", "main:app", "--bind", address)
        assert run.ends() == 2
    assert address in run.output, run.output
    assert "Traceback" not in run.output, run.output


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("import nothing_at_all", "No module named 'nothing_at_all'"),
        ("def (", "SyntaxError"),
        ("from exhook import App; App(timeout=1)", "timeout_ms"),
        ("from exhook import App; app = App(); app.on_startup(lambda: 1 / 0)", "ZeroDivision"),
    ],
)
def test_errors_of_the_program_show_a_traceback(
    command: Run, directory: Path, source: str, words: str
) -> None:
    (directory / "main.py").write_text(source)
    run = command("run", "main:app", EXHOOK_BIND="127.0.0.1:0")
    assert run.ends() == 1
    assert words in run.output
    assert "main.py" in run.output
    assert "Traceback" in run.output


def test_run_in_code_reads_the_environment(program: Callable[..., Program]) -> None:
    run = program(
        """
        from exhook import App
        App().run("nowhere", banner=False)
        """,
        EXHOOK_BIND="127.0.0.1:0",
        EXHOOK_BANNER="yes",
    )
    run.address()
    stop(run)


def test_other_verbs_are_passed_on(command: Run) -> None:
    version, helped, unknown = command("--version"), command("--help"), command("unknown-verb")
    assert version.ends() == 0
    assert "exhook" in version.output
    assert helped.ends() == 0
    assert "exhook run" in helped.output
    assert unknown.ends() == 2
    assert "unknown-verb" in unknown.output


def test_ctrl_c_ends_a_replay_with_its_report(command: Run, directory: Path) -> None:
    run = command("run", "main:app", "--bind", "127.0.0.1:0")
    recordings = Path(__file__).parents[2] / "tests" / "data" / "recordings"
    recording = str(recordings / "emqx-5.9.2.calls.jsonl")
    replay = command("replay", recording, "--to", run.address(), "--speed", "1")
    run.sees("a broker has loaded this provider")
    replay.signal(signal.SIGINT)
    assert replay.ends() == 130, replay.output
    assert "interrupted" in replay.output
    assert "Traceback" not in replay.output
    stop(run)


def test_help_lists_every_option_with_its_variable(command: Run) -> None:
    from exhook import _native

    run = command("run", "--help", COLUMNS="200")
    assert run.ends() == 0
    for name in (
        "bind",
        "threads",
        "log_level",
        "reload",
        "workers",
        "banner",
        *_native.default_config(),
    ):
        assert f"--{name.replace('_', '-')}" in run.output
        assert f"EXHOOK_{name.upper()}" in run.output


def test_reload_restarts_on_a_change_and_survives_errors(command: Run, directory: Path) -> None:
    main = directory / "main.py"
    (directory / "part").mkdir()
    part = directory / "part" / "rules.py"
    part.write_text("ANSWER = True\n")
    main.write_text(
        "from exhook import App\nfrom part.rules import ANSWER\napp = App()\n"
        "app.on_client_authenticate(lambda request: ANSWER)\n"
    )
    port = free_port()
    run = command("run", "main:app", "--reload", "--bind", f"127.0.0.1:{port}")
    assert Broker(run.address()).authenticate() == "allow"
    part.write_text("ANSWER = False\n\n")
    assert Broker(run.address(2)).authenticate() == "deny"
    assert "rules.py has changed" in run.output
    part.write_text("ANSWER = (\n")
    run.sees("waiting for a change")
    assert "SyntaxError" in run.output
    assert run.process.poll() is None
    part.write_text("ANSWER = None\n")
    assert Broker(run.address(3)).authenticate() == "ignore"
    stop(run)


def test_reload_ends_with_code_2_when_the_port_is_in_use(command: Run, directory: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"127.0.0.1:{listener.getsockname()[1]}"
        run = command("run", "main:app", "--reload", "--bind", address)
        assert run.ends() == 2, run.output
