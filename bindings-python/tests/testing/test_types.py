"""What type checkers see of ``exhook.testing``."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_typing import mypy

RIGHT = """
from exhook import App
from exhook.testing import Broker, Client, HookCall, Message, Provider, Publication, Published

def test(app: App) -> None:
    with Broker([app, Provider("http://127.0.0.1:9000", name="other")], version="5.8") as broker:
        will = Publication("gone", "text", qos=1)
        client: Client = broker.client("c1", username="alice", will=will, keepalive=9)
        accepted: bool = client.connect().accepted
        published: Published = client.publish("a", b"x", qos=1, retain=True)
        message: Message | None = published.delivered_as
        call: HookCall = published.call("message.publish")
        decided: bool = call.verdict == "replace"
        calls: list[HookCall] = broker.calls(verdict="deny")
        with broker.request_timeout(0.05):
            broker.assert_called("client.connected", clientid="c1", times=1)

async def test_async(app: App) -> None:
    async with Broker(app) as broker:
        client = broker.client("c1")
        accepted: bool = (await client.connect()).accepted
        published: Published = await client.publish("a")
        async with broker.request_timeout(0.05):
            await broker.wait_until_handled()
        call: HookCall = broker.assert_called("client.connected", clientid="c1", times=1)
"""

WRONG = (
    "Broker(app, nods=2)",
    "Broker(app, failed_action='denny')",
    "Broker(App)",
    "Broker(app).client('c1', usrname='alice')",
    "Broker(app).client('c1').publish('a', 5)",
    "Broker(app).client('c1').connect().acepted",
    "Broker(app).calls(verdict='yes')",
    "AsyncBroker(Broker(app)).client('c1', usrname='alice')",
    "AsyncBroker(Broker(app)).assert_called(5)",
)


@pytest.fixture
def checked(tmp_path: Path) -> str:
    header = "from exhook import App\nfrom exhook.testing import AsyncBroker, Broker\napp = App()\n"
    (tmp_path / "right.py").write_text(RIGHT)
    (tmp_path / "wrong.py").write_text(header + "\n".join(WRONG) + "\n")
    return mypy("right.py", "wrong.py", directory=tmp_path).stdout


def test_right_uses_pass_and_each_wrong_one_is_flagged(checked: str) -> None:
    assert "right.py" not in checked, checked
    for number, line in enumerate(WRONG, 4):
        assert f"wrong.py:{number}: error" in checked, (line, checked)
