"""The conformance runner of Python: makes a hook program of the lines on standard input."""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from exhook import App, allow, block, deny, ignore, keep_going

FIXED: dict[str, Callable[[], object]] = {
    "allow": allow,
    "deny": deny,
    "ignore": ignore,
    "block": block,
    "true": lambda: True,
    "false": lambda: False,
    "none": lambda: None,
    "text": lambda: "allow",
}
output = threading.Lock()


def say(line: str) -> None:
    """Writes a whole line, whatever thread it comes from."""
    with output:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


class Gate:
    """Where handlers wait that hold their answer back."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.number = 0
        self.stays_open = False

    def wait(self, number: int) -> None:
        with self.changed:
            self.changed.wait_for(lambda: self.stays_open or self.number != number)

    def open(self, *, stays_open: bool = False) -> None:
        with self.changed:
            self.number += 1
            self.stays_open = stays_open
            self.changed.notify_all()


class Handler:
    """One handler of the program, and what it answers whom."""

    def __init__(self, gate: Gate, hook: str, **options: str) -> None:
        self.gate, self.hook, self.options = gate, hook, options
        self.answers: dict[str, str] = {}

    def register(self, app: App) -> None:
        options: dict[str, Any] = {**self.options}
        kind = options.pop("kind")
        topics = [topic for topic in options.pop("topics", "").split(",") if topic]
        if "timeout_ms" in options:
            options["timeout_ms"] = int(options["timeout_ms"])
        if "shadow" in options:
            options["shadow"] = options["shadow"] == "true"
        decorate = getattr(app, "on_" + self.hook.replace(".", "_"))
        if kind == "inline":
            options["inline"] = True
        if self.hook == "provider.loaded":
            decorate(**options)(self.loaded)
        elif self.hook == "provider.unloaded":
            decorate(**options)(lambda meta: self.loaded(None, meta))
        else:
            decorate(*topics, **options)(self.answer_async if kind == "async" else self.answer)

    def loaded(self, broker: Any, meta: Any) -> None:
        """Handles a call about the program itself, whose handlers take fields."""
        words = [self.hook]
        words += [f"node={meta.node}"] if meta else []
        words += [f"version={broker.version}"] if broker else []
        for kind in ("called", "ended"):
            say(" ".join([kind, *words]))
        if self.answers.get("*") == "raise":
            raise RuntimeError("as the program says")

    def answer(self, request: Any) -> object:
        number = self.gate.number
        say(report("called", request))
        words = self.words(request)
        while words[0] in ("hold", "sleep"):
            if words.pop(0) == "hold":
                self.gate.wait(number)
            else:
                time.sleep(int(words.pop(0)) / 1000)
        return verdict(words, request)

    async def answer_async(self, request: Any) -> object:
        number = self.gate.number
        say(report("called", request))
        words = self.words(request)
        while words[0] in ("hold", "sleep"):
            if words.pop(0) == "hold":
                # The gate is opened by another thread.
                await asyncio.get_running_loop().run_in_executor(None, self.gate.wait, number)
            else:
                await asyncio.sleep(int(words.pop(0)) / 1000)
        return verdict(words, request)

    def words(self, request: Any) -> list[str]:
        name = request.clientid.partition("/")[0]
        return self.answers.get(name, self.answers.get("*", "none")).split(" ")


def verdict(words: list[str], request: Any) -> object:
    """What the handler returns."""
    try:
        if words[0] in FIXED:
            return FIXED[words[0]]()
        if words[0] == "keep_going":
            return keep_going(words[1] == "true")
        if words[0] == "echo":
            return request.message.replace(payload=bytes(request.message.payload))
        if words[0] == "replace":
            changes: dict[str, Any] = dict(word.split("=", 1) for word in words[1:])
            if "qos" in changes:
                changes["qos"] = int(changes["qos"])
            if "payload" in changes:
                changes["payload"] = changes["payload"].encode()
            return request.message.replace(**changes)
        if words[0] == "wrong":
            return allow() if request.hook == "message.publish" else block()
        raise RuntimeError("as the program says")
    finally:
        say(report("ended", request))


def report(kind: str, request: Any) -> str:
    """What a handler was called with."""
    words = [kind, request.hook]
    words += [f"client={request.clientid}"] if request.clientid else []
    words += [f"node={request.node}"] if request.node else []
    words += [f"topic={request.topic}"] if request.topic else []
    if hasattr(request, "message"):
        words.append(f"size={len(request.message.payload)}")
    if hasattr(request, "result"):
        words.append(f"result={str(request.result).lower()}")
    if request.hook == "client.subscribe":
        words += [f"filter={each.name}:{each.subopts.qos}" for each in request.topic_filters]
        words += [f"user={name}:{value}" for name, value in request.user_props]
    return " ".join(words)


def main() -> None:
    """Reads the program, runs it, and ends with standard input."""
    logging.disable()
    say("runner python kinds=sync,inline,async waits=sync,async lacks=unanswered")
    gate = Gate()
    config: dict[str, Any] = {}
    handlers: list[Handler] = []
    bind = ""
    for line in sys.stdin:
        verb, *words = line.rstrip("\n").split(" ")
        if verb == "option":
            named = {"true": True, "false": False}
            config[words[0]] = named.get(words[1], words[1])
            if words[1].isdigit():
                config[words[0]] = int(words[1])
        elif verb == "handler":
            options = dict(word.split("=", 1) for word in words[1:])
            handlers.append(Handler(gate, words[0], **options))
        elif verb == "answer":
            handlers[-1].answers[words[0]] = " ".join(words[1:])
        elif verb == "bind":
            bind = words[0]
        elif verb == "start":
            break
    else:
        return
    app = App(**config)
    for handler in handlers:
        handler.register(app)
    app.start(bind)
    say(f"listening {app.address}")
    for line in sys.stdin:
        if line == "release\n":
            gate.open()
            say("released")
    gate.open(stays_open=True)
    app.stop()


main()
