"""A broker for tests: a gRPC client that calls the hooks as EMQX does."""

from __future__ import annotations

import importlib
import socket
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import grpc
from grpc_tools import protoc

ROOT = Path(__file__).parents[2]
PROTO = ROOT / "proto"
_generated: str | None = None


def messages(package: str) -> Any:
    """Returns the protobuf module of ``v1``, ``v2`` or ``v3``, generated once per run."""
    global _generated
    if _generated is None:
        _generated = tempfile.mkdtemp()
        for path in sorted(PROTO.glob("*.proto")):
            assert protoc.main(["", f"-I{PROTO}", f"--python_out={_generated}", str(path)]) == 0
        sys.path.insert(0, _generated)
    return importlib.import_module(f"exhook_{package}_pb2")


class Broker:
    """One connection to a server, speaking one package."""

    def __init__(self, address: str, package: str = "v3") -> None:
        self.package = package
        self._messages = messages(package)
        self._service = self._messages.DESCRIPTOR.services_by_name["HookProvider"]
        self._channel = grpc.insecure_channel(
            address,
            options=[
                # For Unix sockets grpcio would send the escaped path, which is no valid authority.
                ("grpc.default_authority", "localhost"),
                # Otherwise channels to one address share a connection.
                ("grpc.use_local_subchannel_pool", 1),
            ],
        )

    def close(self) -> None:
        self._channel.close()

    def send(self, rpc: str, timeout: float = 60, **fields: Any) -> Any:
        """Begins a call and returns its future."""
        method = self._service.methods_by_name[rpc]
        request = getattr(self._messages, method.input_type.name)(**fields)
        return self.send_bytes(rpc, request.SerializeToString(), timeout)

    def send_bytes(self, rpc: str, request: bytes, timeout: float = 60) -> Any:
        """Begins a call with an encoded request."""
        output = self._service.methods_by_name[rpc].output_type.name
        call = self._channel.unary_unary(
            f"/emqx.exhook.{self.package}.HookProvider/{rpc}",
            request_serializer=lambda request: request,
            response_deserializer=getattr(self._messages, output).FromString,
        )
        return call.future(request, timeout=timeout, wait_for_ready=True)

    def call(self, rpc: str, timeout: float = 60, **fields: Any) -> Any:
        """Calls and returns the response message."""
        return self.send(rpc, timeout, **fields).result()

    def authenticate(self, clientid: str = "c1", timeout: float = 60, **client: Any) -> str:
        """Returns the verdict of a login."""
        client = {"clientid": clientid, "username": "alice", "password": "secret-word", **client}
        return verdict(self.call("OnClientAuthenticate", timeout, clientinfo=client))

    def authorize(self, topic: str = "a/b", clientid: str = "c1", **client: Any) -> str:
        """Returns the verdict of a publish to ``topic``."""
        client = {"clientid": clientid, **client}
        return verdict(self.call("OnClientAuthorize", clientinfo=client, topic=topic))

    def publish(
        self, topic: str = "a/b", payload: bytes = b"payload", clientid: str = "c1", qos: int = 1
    ) -> str:
        """Returns the verdict of a message."""
        return verdict(
            self.call("OnMessagePublish", message=message(topic, payload, clientid, qos))
        )

    def notify(self, rpc: str = "OnClientConnected", clientid: str = "c1", **fields: Any) -> None:
        """Calls a hook that only informs."""
        self.call(rpc, clientinfo={"clientid": clientid}, **fields)


def message(
    topic: str = "a/b", payload: bytes = b"payload", clientid: str = "c1", qos: int = 1
) -> dict[str, Any]:
    """Returns the fields of a message."""
    return {
        "node": "emqx@127.0.0.1",
        "id": "0005",
        "qos": qos,
        "from": clientid,
        "topic": topic,
        "payload": payload,
        "timestamp": 1_700_000_000_000,
        "headers": {"username": "alice"},
    }


def verdict(response: Any) -> str:
    """Returns a response in words: ``keep_going False``, ``replace topic payload qos``."""
    kind = response.ResponsedType.Name(response.type)
    value = response.WhichOneof("value")
    if kind == "IGNORE":
        assert value is None
        return "ignore"
    if value == "bool_result":
        word = "allow" if response.bool_result else "deny"
        return word if kind == "STOP_AND_RETURN" else f"keep_going {response.bool_result}"
    assert (value, kind) == ("message", "STOP_AND_RETURN"), response
    changed = response.message
    assert changed.id == "0005"
    assert changed.timestamp == 1_700_000_000_000
    if changed.headers["allow_publish"] == "false":
        return "block"
    return f"replace {changed.topic} {changed.payload.decode()} {changed.qos}"


def eventually(condition: Callable[[], Any], seconds: float = 60) -> Any:
    """Waits until ``condition`` holds, and returns what it returned."""
    end = time.monotonic() + seconds
    while True:
        result = condition()
        if result:
            return result
        assert time.monotonic() < end, f"{condition} did not come true within {seconds} s"
        time.sleep(0.005)


def free_port() -> int:
    """Returns a port that nobody listened on just now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
