"""Checks the files of deploy/ with the tools that read them, and plays traffic through Envoy."""

# These tests run without pytest.
# ruff: noqa: PT009

from __future__ import annotations

import contextlib
import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request
from collections.abc import Callable
from pathlib import Path

from commands import ROOT, run

DEPLOY = ROOT / "deploy"
BUILT = ROOT / "target" / "debug"
TOOLS = Path(sys.executable).parent
# Versions of Kubernetes from the oldest to the newest that the manifests are for.
KUBERNETES = ("1.28", "1.32", "1.36")
LIMIT_SECONDS = 60.0
# One broker of each generation of EMQX's gRPC client.
VERSIONS = ("4.4", "5.3", "5.8", "5.9")
CLIENTS = 20
# Long enough for Envoy to find out that an instance drains.
OPTIONS = {"EXHOOK_DRAIN_DELAY_MS": "4000"}
PUBLISHES = 60
SCENARIO = """\
[broker]
version = "{version}"

[[clients]]
name = "sensors"
count = {clients}
clientid = "sensor-{{n}}"
username = "{{clientid}}"
password = "secret"

  [[clients.publish]]
  topic = "sensors/{{n}}/temperature"
  payload = "{{seq}}"
  qos = 1
  every = "50ms"
  count = {publishes}
"""


class Manifests(unittest.TestCase):
    """The manifests of Kubernetes."""

    def manifests(self) -> list[Path]:
        """Those that are resources of a cluster."""
        text = (DEPLOY / "kubernetes" / "kustomization.yaml").read_text()
        return [DEPLOY / "kubernetes" / name for name in re.findall(r"^  - (\S+)$", text, re.M)]

    def test_every_manifest_is_what_kubernetes_expects(self) -> None:
        """Unknown and misspelled fields are errors."""
        for version in KUBERNETES:
            run(
                TOOLS / "kubernetes-validate",
                "--strict",
                "--kubernetes-version",
                version,
                *self.manifests(),
            )

    def test_every_variable_is_an_option_of_a_server(self) -> None:
        """Nobody would notice one that is misspelled."""
        known = set(re.findall(r"^    (\w+): \w+ = ", config_source(), re.M))
        known |= {"bind", "log_level", "threads", "banner", "config"}
        used: dict[str, str] = {}
        for path in sorted(DEPLOY.rglob("*")):
            # HAProxy's file has variables of its own.
            if path.is_file() and path.suffix != ".cfg":
                for name in re.findall(r"EXHOOK_([A-Z_]+)", path.read_text()):
                    used[name.lower()] = path.name
        self.assertGreater(len(used), 3)
        self.assertEqual({name: used[name] for name in used.keys() - known}, {})


class Dockerfiles(unittest.TestCase):
    """One Dockerfile for each language."""

    def dockerfiles(self) -> list[Path]:
        """All of them."""
        found = sorted((DEPLOY / "docker").glob("*.Dockerfile"))
        self.assertEqual(len(found), 4)
        return found

    def test_linting_finds_nothing(self) -> None:
        """Rules that are left out are named with the reason in the file of rules."""
        config = DEPLOY / "docker" / "hadolint.yaml"
        run(TOOLS / "hadolint", "--config", config, *self.dockerfiles())

    def test_what_is_copied_is_a_workspace_that_cargo_can_build(self) -> None:
        """A crate that was added must be copied too."""
        for dockerfile in self.dockerfiles():
            with tempfile.TemporaryDirectory(prefix="exhook-docker-") as folder:
                for words in re.findall(r"^COPY ([^$-].*)$", dockerfile.read_text(), re.M):
                    *sources, target = shlex.split(words)
                    for source in sources:
                        copy(ROOT / source, Path(folder) / target, is_folder=target == "./")
                run(
                    "cargo",
                    "metadata",
                    "--offline",
                    "--locked",
                    "--format-version=1",
                    "--manifest-path",
                    Path(folder) / "Cargo.toml",
                )


class Systemd(unittest.TestCase):
    """The unit for systemd."""

    @unittest.skipUnless(shutil.which("systemd-analyze"), "systemd is not installed")
    def test_the_unit_is_what_systemd_expects(self) -> None:
        """Sections and settings that systemd does not know are errors."""
        with tempfile.TemporaryDirectory(prefix="exhook-systemd-") as folder:
            unit = Path(folder) / "exhook.service"
            text = (DEPLOY / "systemd" / "exhook.service").read_text()
            # The program is not on this machine.
            unit.write_text(re.sub(r"^ExecStart=.*$", "ExecStart=/bin/true", text, flags=re.M))
            printed = run("systemd-analyze", "verify", unit)
            self.assertNotIn("exhook.service", printed)


class Envoy(unittest.TestCase):
    """Two instances behind Envoy."""

    def setUp(self) -> None:
        """Starts the instances, and Envoy with the file of deploy/ and free ports."""
        self.folder = Path(tempfile.mkdtemp(prefix="exhook-envoy-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.ports = free_ports(4)
        self.instances = [self.instance(port) for port in self.ports[:2]]
        self.port = self.ports[2]
        text = (DEPLOY / "envoy" / "envoy.yaml").read_text()
        addresses = {
            "address: 0.0.0.0, port_value: 9000": self.port,
            "address: exhook-1, port_value: 9000": self.ports[0],
            "address: exhook-2, port_value: 9000": self.ports[1],
            "address: 127.0.0.1, port_value: 9901": self.ports[3],
        }
        for address, port in addresses.items():
            self.assertEqual(text.count(address), 1, address)
            text = text.replace(address, f"address: 127.0.0.1, port_value: {port}")
        config = self.folder / "envoy.yaml"
        config.write_text(text)
        self.start(
            "envoy",
            [TOOLS / "envoy", "-c", config, "--use-dynamic-base-id", "--log-level", "warning"],
        )
        self.wait_until(lambda: self.healthy() == 2, "both instances are healthy")

    def instance(self, port: int) -> subprocess.Popen[bytes]:
        """A hook program that listens at a port."""
        program = BUILT / "examples" / "quickstart"
        started = self.start(
            f"program-{port}", [program], EXHOOK_BIND=f"127.0.0.1:{port}", **OPTIONS
        )
        self.wait_until(lambda: listens(port), f"the program listens at {port}")
        return started

    def start(
        self, name: str, command: list[str | Path], **environment: str
    ) -> subprocess.Popen[bytes]:
        """A process that ends with the test."""
        with (self.folder / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(
                command, stdout=log, stderr=log, env={**os.environ, **environment}
            )
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def healthy(self) -> int:
        """How many instances Envoy sends calls to."""
        url = f"http://127.0.0.1:{self.ports[3]}/clusters?format=json"
        with contextlib.suppress(OSError, ValueError):
            with urllib.request.urlopen(url, timeout=5) as answer:
                clusters = json.load(answer)["cluster_statuses"]
            hosts = [host for cluster in clusters for host in cluster.get("host_statuses", [])]
            return sum(host["health_status"] == {"eds_health_status": "HEALTHY"} for host in hosts)
        return 0

    def wait_until(self, condition: Callable[[], bool], what: str) -> None:
        """Fails where a condition does not come true."""
        end = time.monotonic() + LIMIT_SECONDS
        while not condition():
            if time.monotonic() > end:
                logs = "\n".join(path.read_text() for path in self.folder.glob("*.log"))
                self.fail(f"not within {LIMIT_SECONDS} s: {what}\n{logs}")
            time.sleep(0.05)

    def simulate(self, version: str) -> subprocess.Popen[str]:
        """MQTT clients whose broker calls through Envoy."""
        scenario = self.folder / f"{version}.toml"
        scenario.write_text(SCENARIO.format(version=version, clients=CLIENTS, publishes=PUBLISHES))
        process = subprocess.Popen(
            [
                BUILT / "exhook",
                "simulate",
                scenario,
                "--to",
                f"127.0.0.1:{self.port}",
                "--json",
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def finished(self, process: subprocess.Popen[str]) -> dict[str, object]:
        """What the clients have seen."""
        printed, complained = process.communicate(timeout=LIMIT_SECONDS)
        self.assertNotEqual(printed, "", complained)
        return dict(json.loads(printed))

    def clients_of(self, port: int) -> int:
        """How many clients an instance has been told of."""
        return (self.folder / f"program-{port}.log").read_text().count(" is here")

    def test_calls_of_every_generation_reach_both_instances(self) -> None:
        """Through few connections: what is spread are calls."""
        for version in VERSIONS:
            before = [self.clients_of(port) for port in self.ports[:2]]
            seen = self.finished(self.simulate(version))
            self.assertEqual((seen["failed_calls"], seen["unusable_answers"]), (0, 0), seen)
            self.assertEqual(totals(seen), (CLIENTS, CLIENTS * PUBLISHES), seen)

            def both_were_told(before: list[int] = before) -> bool:
                told = [self.clients_of(port) for port in self.ports[:2]]
                return all(now > then for now, then in zip(told, before, strict=True))

            self.wait_until(both_were_told, f"both instances see clients of {version}")

    def test_an_instance_that_is_told_to_stop_costs_no_call(self) -> None:
        """Envoy turns away from it while it still answers."""
        simulated = self.simulate("5.8")
        self.wait_until(lambda: self.clients_of(self.ports[0]) > 0, "clients are there")
        self.instances[0].send_signal(signal.SIGTERM)
        seen = self.finished(simulated)
        self.assertEqual(self.instances[0].wait(LIMIT_SECONDS), 0)
        self.assertEqual((seen["failed_calls"], seen["unusable_answers"]), (0, 0), seen)
        self.assertEqual(totals(seen), (CLIENTS, CLIENTS * PUBLISHES), seen)

    def test_an_instance_that_is_killed_costs_only_the_calls_it_had(self) -> None:
        """Calls that come afterwards go to the other one."""
        simulated = self.simulate("5.8")
        self.wait_until(lambda: self.clients_of(self.ports[0]) > 0, "clients are there")
        self.instances[0].kill()
        seen = self.finished(simulated)
        print(f"killed under load behind Envoy: {seen['failed_calls']} failed calls", flush=True)
        # A client waits for the answer to one call before it makes the next.
        self.assertLessEqual(int(str(seen["failed_calls"])), CLIENTS, seen)


def config_source() -> str:
    """The table of options."""
    folder = ROOT / "core" / "src"
    single = folder / "config.rs"
    paths = [single] if single.exists() else sorted((folder / "config").rglob("*.rs"))
    return "\n".join(path.read_text() for path in paths)


def copy(source: Path, target: Path, *, is_folder: bool) -> None:
    """Copies as COPY does, but for what was built."""
    if source.is_dir():
        ignored = shutil.ignore_patterns("node_modules", "target", "__pycache__", ".venv", "*.node")
        shutil.copytree(source, target, ignore=ignored, dirs_exist_ok=True)
    else:
        target.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target / source.name if is_folder else target)


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens at."""
    with contextlib.ExitStack() as open_sockets:
        sockets = [open_sockets.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in sockets]


def totals(seen: dict[str, object]) -> tuple[int, int]:
    """How many clients were accepted, and how many messages were rewritten."""
    counts = seen["totals"]
    assert isinstance(counts, dict)
    return int(counts["accepted"]), int(counts["rewritten"])


def listens(port: int) -> bool:
    """Whether somebody accepts connections."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


if __name__ == "__main__":
    # A job in the background of a shell has it ignored, and so would what is started here.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    unittest.main()
