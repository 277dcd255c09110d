"""Accepts connections and deals them out to the worker processes of ``exhook run --workers``.

A broker opens a few connections and keeps them, so each worker should have as many of them as the
others, which kernels leave to chance. Workers meet the dealer at Unix sockets, one for each, where
lines of JSON go both ways; an empty line comes with a connection.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import shutil
import socket
import tempfile
import time
from collections.abc import Callable
from typing import Any

_BACKLOG = 1024
_PAUSE_SECONDS = 0.05
_PATIENCE_SECONDS = 3.0


class Dealer:
    """The listening socket, and the workers that serve what is accepted there."""

    def __init__(
        self, selector: selectors.BaseSelector, on_serving: Callable[[int, str], None]
    ) -> None:
        """Prepares; ``on_serving`` is told of each worker that has come, and of the address."""
        self.expected = 0
        """How many workers there should be; where one is missing, connections wait for a while."""
        self._selector = selector
        self._on_serving = on_serving
        self._waits_until = 0.0
        self._folder = tempfile.mkdtemp(prefix="exhook-")
        self._doors: dict[int, socket.socket] = {}
        self._places: list[Place] = []
        self._listener: socket.socket | None = None
        self._is_listening = False
        self._is_accepting = False
        self._pause_ends = 0.0
        self._loads: dict[tuple[Any, Any], bytes] = {}

    def door(self, number: int) -> str:
        """Returns the path of the Unix socket where the worker of this number comes."""
        path = os.path.join(self._folder, str(number))
        if number not in self._doors:
            door = socket.socket(socket.AF_UNIX)
            door.bind(path)
            door.listen()
            door.setblocking(False)
            self._doors[number] = door
            self._selector.register(door, selectors.EVENT_READ, lambda: self._meet(number))
        return path

    def refuse(self) -> None:
        """Listens no longer, where no worker is left that takes connections."""
        if self._listener is not None and not self._places:
            self._listener.close()
            self._listener = None

    def listen(self) -> None:
        """Lets brokers connect, now that all workers are there; raises ``OSError``."""
        if self._listener is not None:
            self._listener.listen(_BACKLOG)
            self._is_listening = True
            self._look()

    def go_on(self) -> None:
        """Accepts again where that was put off; called now and then."""
        self._look()

    def close(self) -> None:
        """Listens no longer."""
        for place in list(self._places):
            self._leave(place)
        for door in self._doors.values():
            self._selector.unregister(door)
            door.close()
        self._doors.clear()
        self.refuse()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _meet(self, number: int) -> None:
        with contextlib.suppress(OSError):
            stream, _ = self._doors[number].accept()
            stream.setblocking(False)
            place = Place(number, stream, self)
            self._selector.register(stream, selectors.EVENT_READ, lambda: self._listen_to(place))

    def _listen_to(self, place: Place) -> None:
        words = place.read()
        if words is None:
            self._leave(place)
            return
        for word in words:
            self._heed(place, word)
        self._look()

    def _heed(self, place: Place, word: Any) -> None:
        if word == "closed":
            place.open -= 1
        elif "bind" in word:
            self._welcome(place, word)
        elif "loaded" in word or "unloaded" in word:
            self._share(place, word)

    def _welcome(self, place: Place, greeting: dict[str, Any]) -> None:
        try:
            address = self._bind(greeting["bind"])
        except OSError as error:
            place.say({"errno": error.errno})
            return
        place.most = greeting["most"]
        place.say({"address": address})
        for load in self._loads.values():
            place.write(load)
        self._places.append(place)
        self._on_serving(place.number, address)

    def _bind(self, wanted: str) -> str:
        if self._listener is None:
            host, _, port = wanted.rpartition(":")
            is_ipv6 = host.startswith("[")
            listener = socket.socket(socket.AF_INET6 if is_ipv6 else socket.AF_INET)
            try:
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                listener.bind((host.strip("[]"), int(port)))
            except OSError:
                listener.close()
                raise
            listener.setblocking(False)
            self._listener = listener
        host, port = self._listener.getsockname()[:2]
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

    def _share(self, place: Place, word: dict[str, Any]) -> None:
        line = _line(word)
        news = word.get("loaded") or word["unloaded"]
        broker = (news["address"], news["node"])
        self._loads.pop(broker, None)
        if "loaded" in word:
            self._loads[broker] = line
        for other in self._places:
            if other is not place:
                other.write(line)
        if "loaded" in word:
            place.say("told")

    def _accept(self) -> None:
        assert self._listener is not None
        try:
            connection, _ = self._listener.accept()
        except BlockingIOError:
            return
        except OSError:  # There are no more files, or the connection has ended on its way.
            self._pause_ends = time.monotonic() + _PAUSE_SECONDS
            self._look()
            return
        with connection:
            for place in sorted(self._free(), key=lambda place: place.open):
                if place.deal(connection):
                    break
        self._look()

    def _free(self) -> list[Place]:
        return [place for place in self._places if place.open < place.most]

    def _look(self) -> None:
        """Listens for connections where there is somebody to take them; else they wait."""
        now = time.monotonic()
        # Who is about to come back would have no share of what connects meanwhile.
        is_waiting = len(self._places) < self.expected and now < self._waits_until
        wanted = bool(self._free()) and now >= self._pause_ends and not is_waiting
        if self._listener is None or not self._is_listening or wanted == self._is_accepting:
            return
        self._is_accepting = wanted
        if wanted:
            self._selector.register(self._listener, selectors.EVENT_READ, self._accept)
        else:
            self._selector.unregister(self._listener)

    def _leave(self, place: Place) -> None:
        self._selector.unregister(place.stream)
        place.stream.close()
        if place in self._places:
            self._places.remove(place)
            self._waits_until = time.monotonic() + _PATIENCE_SECONDS
        self._look()


class Place:
    """A worker as the dealer knows it."""

    def __init__(self, number: int, stream: socket.socket, dealer: Dealer) -> None:
        """Takes the worker's side of a Unix socket."""
        self.number = number
        self.stream = stream
        self.open = 0
        """How many connections it has."""
        self.most = 0
        """How many it can have."""
        self._dealer = dealer
        self._heard = b""
        self._unsaid = b""

    def read(self) -> list[Any] | None:
        """Returns what the worker has said; ``None`` when it has gone."""
        try:
            heard = self.stream.recv(65536)
        except BlockingIOError:
            return []
        except OSError:
            return None
        if not heard:
            return None
        self._flush()
        *lines, self._heard = (self._heard + heard).split(b"\n")
        return [json.loads(line) for line in lines]

    def say(self, word: Any) -> None:
        """Says something to the worker."""
        self.write(_line(word))

    def write(self, line: bytes) -> None:
        """Says a line to the worker, later where it does not listen now."""
        self._unsaid += line
        self._flush()

    def deal(self, connection: socket.socket) -> bool:
        """Gives the worker a connection; tells whether it takes it."""
        self._flush()
        if self._unsaid:
            return False
        try:
            socket.send_fds(self.stream, [b"\n"], [connection.fileno()])
        except OSError:
            return False
        self.open += 1
        return True

    def _flush(self) -> None:
        with contextlib.suppress(OSError):
            while self._unsaid:
                self._unsaid = self._unsaid[self.stream.send(self._unsaid) :]


def _line(word: Any) -> bytes:
    return json.dumps(word).encode() + b"\n"
