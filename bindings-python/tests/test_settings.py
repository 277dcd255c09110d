"""Where options get their values from: flags, environment, file, code."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from broker import Broker
from conftest import Program, Serve
from exhook import App, ExhookError, InvalidOptionError

Run = Callable[..., Program]

PROGRAM = """
from exhook import App

app = App(timeout_ms=700, threads=3, tls_cert="cert.pem", tls_key="key.pem")

@app.on_client_authenticate
def authenticate(request):
    return request.deadline_ms > 600
"""


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A directory with ``main.py`` and a file of options."""
    (tmp_path / "main.py").write_text(PROGRAM)
    (tmp_path / "exhook.toml").write_text('log_level = "error"\n\ntimeout_ms = 500\nthreads = 4\n')
    return tmp_path


def printed(run: Program) -> dict[str, tuple[str, str]]:
    """Returns the value and the source of each option that was printed."""
    assert run.ends() == 0, run.output
    lines = re.findall(r"^(\w+) = (.*?) +# (.*)$", run.output, re.MULTILINE)
    return {name: (value, source) for name, value, source in lines}


def test_print_config_tells_each_value_and_its_source(command: Run, directory: Path) -> None:
    code = printed(command("run", "main:app", "--print-config"))
    assert code["timeout_ms"] == ("700", "code")
    assert code["max_inflight"] == ("10000", "default")
    assert code["tls_key"] == ('"(hidden)"', "code")
    file = printed(command("run", "main:app", "--print-config", EXHOOK_CONFIG="exhook.toml"))
    assert file["timeout_ms"] == ("500", "file exhook.toml:3")
    assert file["threads"] == ("4", "file exhook.toml:4")
    assert file["log_level"] == ('"error"', "file exhook.toml:1")
    variable = printed(
        command(
            *("run", "main:app", "--print-config", "--config", "exhook.toml", "--threads", "5"),
            EXHOOK_CONFIG="nothing.toml",
            EXHOOK_TIMEOUT_MS="400",
            EXHOOK_THREADS="6",
        )
    )
    assert variable["timeout_ms"] == ("400", "environment EXHOOK_TIMEOUT_MS")
    assert variable["threads"] == ("5", "flag --threads")


def test_a_file_that_the_code_names_counts_wherever_the_app_serves(
    serve: Serve, directory: Path
) -> None:
    app = App(config_file=directory / "exhook.toml", timeout_ms=700)

    @app.on_client_authenticate
    def authenticate(request: object) -> bool:
        return request.deadline_ms > 600  # type: ignore[attr-defined,no-any-return]

    broker: Broker = serve(app)
    assert broker.authenticate() == "deny"


def test_mistakes_in_a_file_take_one_line_with_their_place(command: Run, directory: Path) -> None:
    for text, words in (
        ("\nbind = 5", "exhook.toml:2:8: bind is 5; it takes a text"),
        ("thread = 5", "exhook.toml:1:1: there is no option thread; did you mean threads?"),
        ("io_threads = 0", "exhook.toml:1:14: io_threads is 0; it must be at least 1"),
    ):
        (directory / "exhook.toml").write_text(text)
        run = command("run", "main:app", "--config", "exhook.toml")
        assert run.ends() == 2
        assert run.output == f"exhook: {words}\n"


def test_a_file_that_is_not_there_is_an_error() -> None:
    app = App(config_file="no/such.toml")
    with pytest.raises(ExhookError, match=r"cannot read the configuration file no/such\.toml"):
        app.start("127.0.0.1:0")
    with pytest.raises(InvalidOptionError, match="did you mean 'config_file'"):
        App(config_fil="exhook.toml")
