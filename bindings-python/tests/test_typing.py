"""What type checkers see."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

RIGHT = """
import contextlib
from collections.abc import AsyncIterator

import exhook
from exhook import App, ClientAuthenticateRequest, MessagePublishRequest, Verdict, allow, block

app = App(threads=4, timeout_ms=100, companion=True, admin="127.0.0.1:9090")

@app.on_client_authenticate
async def authenticate(request: ClientAuthenticateRequest) -> bool | None:
    name: str = request.clientinfo.username
    left: float | None = request.deadline_ms
    return name == "alice" or None

@app.on_client_authorize(timeout_ms=50, fallback="allow")
def authorize(request: exhook.ClientAuthorizeRequest) -> Verdict:
    return allow()

@app.on_message_publish("sensors/#", inline=True, fallback="block")
def enrich(request: MessagePublishRequest) -> exhook.Message | Verdict | None:
    if not request.message.payload:
        return block()
    return request.message.replace(payload=b"x", qos=1)

@app.on_client_connected(ack="late")
def connected(request: exhook.ClientConnectedRequest) -> None:
    current = exhook.current_request()
    if current is not None:
        print(current.clientid, current.hook, current.node)

@app.lifespan
async def lifespan(app: App) -> AsyncIterator[None]:
    yield

@app.lifespan
@contextlib.asynccontextmanager
async def other(app: App) -> AsyncIterator[None]:
    yield

@app.on_startup
async def up() -> None: ...

async def main() -> None:
    async with app.serving("127.0.0.1:0") as server:
        address: str = server.address

async def same(request: ClientAuthenticateRequest) -> bool | None:
    return await authenticate(request)
"""

WRONG = """
from exhook import App, ClientConnectedRequest, MessagePublishRequest

app = App()

@app.on_client_authenticate
def wrong_result(request: object) -> str:
    return "yes"

@app.on_client_connected("topic/#")
def no_topics(request: ClientConnectedRequest) -> None: ...

@app.on_client_authorize
def wrong_request(request: MessagePublishRequest) -> bool:
    return True

@app.on_message_publish(fallback="deny")
def wrong_fallback(request: MessagePublishRequest) -> None: ...

@app.on_client_authenticate
def wrong_field(request: MessagePublishRequest) -> None:
    print(request.message.playload)
"""


def mypy(*arguments: str, directory: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mypy", "--strict", "--no-incremental", *arguments]
    return subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)


def test_right_uses_pass_and_wrong_ones_do_not(tmp_path: Path) -> None:
    (tmp_path / "right.py").write_text(RIGHT)
    (tmp_path / "wrong.py").write_text(WRONG)
    checked = mypy("right.py", "wrong.py", directory=tmp_path)
    lines = [line for line in checked.stdout.splitlines() if " error: " in line]
    assert not [line for line in lines if line.startswith("right.py")], checked.stdout
    flagged = {int(line.split(":")[1]) for line in lines}
    decorators = [
        number for number, line in enumerate(WRONG.splitlines(), 1) if line.startswith("@app")
    ]
    for first in decorators:
        assert flagged & set(range(first, first + 4)), (first, checked.stdout)


def test_the_package_is_strict(tmp_path: Path) -> None:
    checked = mypy("-p", "exhook", directory=tmp_path)
    assert checked.returncode == 0, checked.stdout


def test_the_stub_tells_the_truth(tmp_path: Path) -> None:
    (tmp_path / "allowed").write_text("exhook._native.__all__\n")  # Added by pyo3.
    allowed = ["--allowlist", "allowed", "--ignore-unused-allowlist"]
    checked = subprocess.run(
        [sys.executable, "-m", "mypy.stubtest", "exhook._native", *allowed],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout


def test_the_package_names_every_request_class() -> None:
    import exhook
    from exhook import _native

    for *_, request in _native.HOOKS:
        assert request in exhook.__all__
    assert all(hasattr(exhook, name) for name in exhook.__all__)
