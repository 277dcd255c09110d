"""Tests the examples in C and C++ with calls that real brokers made."""

# These tests run without pytest.
# ruff: noqa: PT009

from __future__ import annotations

import os
import re
import socket
import sqlite3
import subprocess
import sys
import unittest
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from commands import ROOT, install_c, run
from example_program import STOP_SECONDS, Example
from recorded_calls import RECORDINGS, calls, field, text

STAGE = ROOT / "target" / "c-stage"
BUILD = {"c": ROOT / "target" / "c-examples", "cpp": ROOT / "target" / "cpp-examples"}
# Rust points behind the beginning of what it counts the owners of, so "possible" says nothing.
VALGRIND = (
    "valgrind",
    "--quiet",
    "--error-exitcode=99",
    "--leak-check=full",
    "--errors-for-leak-kinds=definite,indirect,possible",
    "--show-leak-kinds=definite,indirect,possible",
)


class Quickstart(Example):
    """The one that `make demo` shows; it says what it decides."""

    def decides(self, language: str) -> None:
        """Compares what the program says with what the broker was told."""
        self.start(BUILD[language] / "quickstart")
        told = self.replay(*RECORDINGS)
        printed = self.stop()
        for hook in ("client.authenticate", "client.authorize"):
            self.assertEqual(set(told[hook]), {"allow", "deny"})
        logins = Counter(re.findall(r": login (accepted|refused)$", printed, re.MULTILINE))
        verdicts = told["client.authenticate"]
        self.assertEqual(logins, {"accepted": verdicts["allow"], "refused": verdicts["deny"]})
        topics = Counter(re.findall(r": \S+ (allowed|denied)$", printed, re.MULTILINE))
        verdicts = told["client.authorize"]
        self.assertEqual(topics, {"allowed": verdicts["allow"], "denied": verdicts["deny"]})
        times = re.findall(r": sensors/\S+ gets a time$", printed, re.MULTILINE)
        self.assertEqual(len(times), told["message.publish"]["replace"])
        self.assertGreater(told["message.publish"]["ignore"], 0)
        presence = Counter(re.findall(r": (client\.\w+), \d+ online$", printed, re.MULTILINE))
        hooks = ("client.connected", "client.disconnected")
        self.assertEqual(presence, {hook: told[hook]["done"] for hook in hooks})
        said = sum((logins + topics + presence).values()) + len(times)
        self.assertEqual(len(printed.splitlines()), said)

    def test_in_c_says_what_it_decides(self) -> None:
        self.decides("c")

    def test_in_cpp_says_what_it_decides(self) -> None:
        self.decides("cpp")

    def test_in_c_passes_its_tests(self) -> None:
        self.assertIn("all is well", run(*VALGRIND, BUILD["c"] / "quickstart_test"))

    def test_a_port_that_is_taken_is_named(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as other:
            address = f"127.0.0.1:{other.getsockname()[1]}"
            done = subprocess.run(
                [BUILD["c"] / "quickstart"],
                env={**os.environ, "EXHOOK_BIND": address},
                check=False,
                capture_output=True,
                text=True,
                timeout=STOP_SECONDS,
            )
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, f"quickstart: .*{address}")


class Authentication(Example):
    """Passwords in a database."""

    def test_in_c_admits_those_whose_password_is_right(self) -> None:
        self.start(BUILD["c"] / "authentication")
        expected = {
            ("alice", "pw"): "allow",
            ("bob", "b"): "allow",
            ("alice", "b"): "deny",
            ("alice", ""): "deny",
            ("alice", "pw\0"): "deny",
            ("nobody", "pw"): "deny",
            ("", ""): "deny",
        }
        for (username, password), verdict in expected.items():
            clientinfo = field(2, "c1") + field(3, username) + field(4, password)
            with self.subTest(username=username, password=password):
                told = self.ask("OnClientAuthenticate", field(1, clientinfo))
                self.assertEqual(told, verdict)
        self.stop()
        names = [name for name, hashed in self.rows("users.db", "SELECT * FROM users ORDER BY 1")]
        self.assertEqual(names, ["alice", "bob"])

    def test_in_c_decides_every_recorded_login(self) -> None:
        self.start(BUILD["c"] / "authentication")
        told = self.replay(*RECORDINGS)["client.authenticate"]
        self.assertEqual(self.stop(), "")
        admitted = Counter(
            "allow" if (text(info, 3), text(info, 4)) in {("alice", "pw"), ("bob", "b")} else "deny"
            for _, info in calls("OnClientAuthenticate", 1)
        )
        self.assertEqual(told, admitted)


class Authorization(Example):
    """Rules for users and topics."""

    def test_in_c_goes_by_user_and_topic(self) -> None:
        self.start(BUILD["c"] / "authorization")
        publish, subscribe = 0, 1
        expected = (
            ("dashboard", subscribe, "#", "allow"),
            ("alice", subscribe, "#", "deny"),
            ("alice", subscribe, "+/a", "deny"),
            ("alice", publish, "$SYS/a", "deny"),
            ("alice", publish, "sensors/a", "allow"),
            ("alice", subscribe, "sensors/#", "continue true"),
            ("alice", subscribe, "jobs/#", "continue false"),
            ("worker", subscribe, "jobs/#", "allow"),
            ("worker", publish, "jobs/a", "continue false"),
            ("alice", publish, "other", "ignore"),
            ("alice", publish, "", "ignore"),
        )
        for username, kind, topic, verdict in expected:
            clientinfo = field(2, "c1") + field(3, username)
            request = field(1, clientinfo) + bytes([2 << 3, kind]) + field(3, topic)
            with self.subTest(username=username, kind=kind, topic=topic):
                self.assertEqual(self.ask("OnClientAuthorize", request), verdict)
        told = self.replay(*RECORDINGS)["client.authorize"]
        self.assertLess({"allow", "ignore", "continue false"}, set(told) | {""})
        self.assertEqual(self.stop(), "")


class Persistence(Example):
    """Messages in a database."""

    def test_in_c_stores_every_message(self) -> None:
        self.start(BUILD["c"] / "persistence")
        told = self.replay(*RECORDINGS)["message.publish"]
        self.assertEqual(self.stop(), "")
        stored = self.rows("messages.db", "SELECT publisher, topic, payload FROM messages")
        sent = [
            (text(message, 4), text(message, 5), message.get(6, b""))
            for _, message in calls("OnMessagePublish", 1)
        ]
        self.assertEqual(sorted(stored), sorted(sent))
        self.assertEqual(told, {"ignore": len(sent)})

    def test_in_c_blocks_messages_while_it_cannot_store_them(self) -> None:
        self.start(BUILD["c"] / "persistence")
        with sqlite3.connect(self.folder / "messages.db") as connection:
            connection.execute("DROP TABLE messages")
        connection.close()
        told = self.replay(RECORDINGS[-1])["message.publish"]
        self.assertEqual(set(told), {"block"})
        self.assertIn("no such table", self.stop())


class Presence(Example):
    """Who is online, in a database."""

    def test_in_c_knows_who_is_online(self) -> None:
        self.start(BUILD["c"] / "presence")
        # At the end of a recording everybody is gone.
        half = self.folder / "half.calls.jsonl"
        lines = RECORDINGS[0].read_text().splitlines(keepends=True)
        half.write_text("".join(lines[: len(lines) // 2]))
        recordings = [*RECORDINGS, half]
        self.replay(*recordings)
        self.assertEqual(self.stop(), "")
        online: dict[str, tuple[str, ...]] = {}
        for hook, info in calls("OnClient(Connected|Disconnected)", 1, recordings):
            clientid, node = text(info, 2), text(info, 1)
            if hook == "OnClientConnected":
                online[clientid] = (clientid, node, text(info, 3), text(info, 5))
            elif clientid in online and online[clientid][1] == node:
                del online[clientid]
        query = "SELECT clientid, node, username, peerhost FROM online"
        self.assertEqual(sorted(self.rows("presence.db", query)), sorted(online.values()))
        self.assertGreater(len(online), 5)


class Memory(Example):
    """What valgrind finds: nothing."""

    def leaves_nothing(self, name: str) -> None:
        """Plays recordings of each package to a program in C, and ends it."""
        self.start(BUILD["c"] / name, *VALGRIND)
        for recording in RECORDINGS[1::2] + RECORDINGS[-1:]:
            self.replay(recording, **{"timeout-ms": "60000"})
        self.assertNotIn("==", self.stop())

    def test_of_the_quickstart(self) -> None:
        self.leaves_nothing("quickstart")

    def test_of_authentication(self) -> None:
        self.leaves_nothing("authentication")

    def test_of_authorization(self) -> None:
        self.leaves_nothing("authorization")

    def test_of_persistence(self) -> None:
        self.leaves_nothing("persistence")

    def test_of_presence(self) -> None:
        self.leaves_nothing("presence")


class Cpp(Example):
    """The other examples in C++."""

    def test_every_example_answers_as_brokers_need_it(self) -> None:
        for source in sorted((ROOT / "examples" / "cpp").glob("*.cpp")):
            with self.subTest(source.name):
                self.start(BUILD["cpp"] / source.stem)
                self.replay(*RECORDINGS)
                self.stop()


def build() -> None:
    """Compiles the library, the command and the examples as their readers would."""
    run("cargo", "build", "-p", "exhook-c", "-p", "exhook-c-test", "-p", "exhook-cli")
    install_c(f"--prefix={STAGE}")
    run(
        "make",
        f"-C{ROOT / 'examples' / 'c'}",
        f"BUILD={BUILD['c']}",
        PKG_CONFIG_PATH=str(STAGE / "lib" / "pkgconfig"),
        LD_RUN_PATH=str(STAGE / "lib"),
    )
    sources = f"-S{ROOT / 'examples' / 'cpp'}"
    run("cmake", sources, f"-B{BUILD['cpp']}", f"-DCMAKE_PREFIX_PATH={STAGE}")
    run("cmake", "--build", BUILD["cpp"], "--parallel")


def main() -> int:
    """Runs the tests, as many at once as there are processors; 1 when one fails."""
    build()
    suite = unittest.defaultTestLoader.loadTestsFromModule(sys.modules["__main__"])
    tests = list(flat(suite))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        failed = sum(not passed for passed in pool.map(passes, tests))
    print(f"{len(tests) - failed} of {len(tests)} tests passed")
    return 1 if failed else 0


def flat(suite: unittest.TestSuite) -> Iterator[unittest.TestCase]:
    """The tests of a suite."""
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from flat(test)
        else:
            yield test


def passes(test: unittest.TestCase) -> bool:
    """Runs a test, and prints how it went."""
    result = unittest.TestResult()
    test.run(result)
    problems = [trace for _, trace in (*result.failures, *result.errors)]
    print("\n".join([f"{'FAILED' if problems else 'ok'} {test.id()}", *problems]), flush=True)
    return not problems


if __name__ == "__main__":
    sys.exit(main())
