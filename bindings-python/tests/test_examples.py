"""The examples, against calls that real brokers made."""

from __future__ import annotations

import base64
import contextlib
import json
import signal
import sqlite3
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from broker import ROOT, Broker, verdict
from conftest import Program

Run = Callable[..., Program]
EXAMPLES = ROOT / "examples" / "python"
RECORDINGS = ROOT / "tests" / "data" / "recordings"


def replay(address: str, recording: str) -> Counter[str]:
    """Makes the calls of a recording one after another, and counts the verdicts."""
    calls = [json.loads(line) for line in (RECORDINGS / recording).read_text().splitlines()]
    package = calls[0]["method"].split(".")[2].partition("/")[0]
    broker = Broker(address, package)
    told: Counter[str] = Counter()
    for call in calls:
        rpc = call["method"].rpartition("/")[2]
        response: Any = broker.send_bytes(rpc, base64.b64decode(call["request_b64"])).result()
        if hasattr(response, "bool_result"):
            told[f"{rpc} {_kind(response)}"] += 1
    broker.close()
    return told


def _kind(response: Any) -> str:
    if response.WhichOneof("value") == "message":
        blocked = response.message.headers["allow_publish"] == "false"
        return "block" if blocked else "replace"
    return verdict(response)


def start(command: Run, name: str, directory: Path, **environment: str) -> Program:
    environment["PYTHONPATH"] = str(EXAMPLES)
    return command("run", name, "--bind", "127.0.0.1:0", directory=directory, **environment)


def stop(run: Program) -> None:
    run.signal(signal.SIGTERM)
    assert run.ends() == 0, run.output
    assert "Traceback" not in run.output, run.output
    assert " ERROR " not in run.output, run.output


@pytest.mark.parametrize("version", ["4.3.22", "4.4.19", "5.3.2", "5.8.9", "5.9.2"])
def test_quickstart_decides_on_every_brokers_calls(
    command: Run, tmp_path: Path, version: str
) -> None:
    run = start(command, "quickstart", tmp_path)
    told = replay(run.address(), f"emqx-{version}.calls.jsonl")
    authorize = "OnClientCheckAcl" if version[0] == "4" else "OnClientAuthorize"
    decisions = {name for name, count in told.items() if count}
    assert {
        "OnClientAuthenticate allow",
        "OnClientAuthenticate deny",
        f"{authorize} allow",
        f"{authorize} deny",
        "OnMessagePublish replace",
        "OnMessagePublish ignore",
    } <= decisions
    run.sees("client.disconnected")
    stop(run)
    assert "login accepted" in run.output
    assert "login refused" in run.output


def test_authentication_database(command: Run, tmp_path: Path) -> None:
    run = start(command, "authentication_database", tmp_path)
    broker = Broker(run.address())
    assert broker.authenticate(username="alice", password="pw") == "allow"
    assert broker.authenticate(username="alice", password="b") == "deny"
    assert broker.authenticate(username="nobody", password="") == "deny"
    stop(run)
    assert (tmp_path / "users.db").exists()


def test_persistence_stores_every_message(command: Run, tmp_path: Path) -> None:
    run = start(command, "persistence", tmp_path)
    told = replay(run.address(), "emqx-5.9.2.calls.jsonl")
    stop(run)
    with contextlib.closing(sqlite3.connect(tmp_path / "messages.db")) as messages:
        rows = messages.execute("SELECT topic, payload FROM messages").fetchall()
    assert len(rows) == told["OnMessagePublish ignore"] > 20
    assert any(topic.startswith("sensors/") for topic, _ in rows)


def test_class_based_blocks_what_is_too_much(command: Run, tmp_path: Path) -> None:
    run = start(command, "class_based", tmp_path)
    broker = Broker(run.address())
    assert broker.publish("sensors/a", b"x" * 1001) == "block"
    assert [broker.publish("jobs/a") for _ in range(5)] == ["ignore"] * 4 + ["block"]
    assert broker.publish("other") == "ignore"
    broker.notify("OnClientDisconnected")
    run.sees("c1 published 6 messages")
    stop(run)


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.py")), ids=lambda path: path.name)
def test_examples_run_as_scripts(program: Run, path: Path, tmp_path: Path) -> None:
    run = program(path.read_text(), EXHOOK_BIND="127.0.0.1:0")
    run.address()
    stop(run)
