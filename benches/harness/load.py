"""The load: h2load on its own CPU, and what it reports."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from harness import BenchError
from harness.works import GRPC_PREFIX_BYTES, Work

FINISHED = re.compile(r"^finished in \S+, ([\d.]+) req/s", re.MULTILINE)
REQUESTS = re.compile(r"(\d+) done, (\d+) succeeded, (\d+) failed, (\d+) errored, (\d+) timeout")
# A server whose answers take longer does not keep up.
BACKLOG_MS = 1_000
# A run takes seconds; a server that stops answering fails it rather than hangs it.
LONGEST_RUN_S = 600
# How `exhook bench` ends when answers failed.
FAILED = 1
DATA_BYTES = re.compile(r"\((\d+)\) data$", re.MULTILINE)


@dataclass(frozen=True)
class Target:
    """A server that waits for calls of one work."""

    address: str
    cpu: int
    work: Work
    request_file: Path
    answer_bytes: int


@contextmanager
def aimed(python: Path, address: str, cpu: int, work: Work) -> Iterator[Target]:
    """The server at ``address`` as a target, once it has answered what ``work`` asks for."""
    with tempfile.TemporaryDirectory() as folder:
        request_file = Path(folder) / "request"
        request_file.write_bytes(work.frame)
        yield Target(address, cpu, work, request_file, probe(python, address, work))


@dataclass(frozen=True)
class Latency:
    """How long so many calls took, in milliseconds; at a rate from when each was due."""

    calls: int
    p50_ms: float
    p99_ms: float
    p999_ms: float
    # By how much the load itself was late at a rate, which is in the times above.
    sent_late_p99_ms: float | None = None


def probe(python: Path, address: str, work: Work) -> int:
    """Makes one call with grpcio, checks what the answer says, and returns its length."""
    command = [str(python), str(Path(__file__).with_name("probe.py")), address, work.method]
    done = subprocess.run(command, input=work.request, capture_output=True, timeout=30, check=False)
    if done.returncode != 0:
        reason = done.stderr.decode(errors="replace").strip().splitlines()
        raise BenchError("the first call failed:\n  " + "\n  ".join(reason[-8:]))
    work.check(done.stdout)
    return len(done.stdout)


def send(target: Target, calls: int, connections: int, streams: int) -> float:
    """Makes ``calls`` calls and returns how many were answered in a second."""
    return _h2load(target, calls, connections, streams, [])


def send_timed(target: Target, calls: int, connections: int, streams: int) -> Latency:
    """Makes ``calls`` calls and returns how long they took."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "requests.tsv"
        _h2load(target, calls, connections, streams, [f"--log-file={log}"])
        times = sorted(int(line.split("\t")[2]) for line in log.read_text().splitlines())
    if len(times) != calls:
        raise BenchError(f"h2load logged {len(times)} of {calls} calls")
    return Latency(
        calls=calls,
        p50_ms=times[calls // 2] / 1e3,
        p99_ms=times[calls * 99 // 100] / 1e3,
        p999_ms=times[calls * 999 // 1000] / 1e3,
    )


def send_at_rate(target: Target, exhook: Path, calls_per_second: float, seconds: float) -> Latency:
    """Makes calls at a rate that does not depend on the answers; fails when too many wait."""
    command = ["taskset", "-c", str(target.cpu), str(exhook), "bench", "--to", target.address]
    command += ["--rate", f"{calls_per_second:.0f}", "--seconds", str(seconds), "--warm-up", "0"]
    command += ["--timeout-ms", str(BACKLOG_MS), "--json", "--quiet", *target.work.bench]
    done = _run(command)
    if done.returncode not in (0, FAILED):
        raise BenchError(f"exhook bench ended with status {done.returncode}: {done.stderr}")
    told = json.loads(done.stdout)
    if done.returncode == FAILED:
        reasons = [reason["reason"] for reason in told["reasons"]] or [told["ended_early"]]
        raise BenchError(f"it did not keep up with {calls_per_second:,.0f} calls/s: {reasons[0]}")
    if told["verdicts"] != {target.work.verdict: told["calls"]}:
        raise BenchError(f"not every answer is {target.work.verdict}: {told['verdicts']}")
    times = told["latency_us"]
    return Latency(
        calls=told["calls"],
        p50_ms=times["p50"] / 1e3,
        p99_ms=times["p99"] / 1e3,
        p999_ms=times["p99_9"] / 1e3,
        sent_late_p99_ms=told["sent_late_us"]["p99"] / 1e3,
    )


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            command, capture_output=True, text=True, timeout=LONGEST_RUN_S, check=False
        )
    except subprocess.TimeoutExpired:
        raise BenchError(f"{command[3]} was not done after {LONGEST_RUN_S} seconds") from None


def _h2load(
    target: Target, calls: int, connections: int, streams: int, options: list[str]
) -> float:
    command = ["taskset", "-c", str(target.cpu), "h2load", "-t", "1"]
    command += ["-n", str(calls), "-c", str(connections), "-m", str(streams)]
    # A server that stops answering fails the run instead of hanging it.
    command += ["--connection-inactivity-timeout=30s", "-d", str(target.request_file)]
    command += ["-H", "content-type: application/grpc+proto"]
    command += ["-H", "te: trailers", "-H", "grpc-timeout: 5S"]
    command += [*options, f"http://{target.address}{target.work.method}"]
    done = _run(command)
    if done.returncode != 0:
        print(done.stdout, done.stderr, sep="\n", file=sys.stderr)
        raise BenchError(f"h2load ended with status {done.returncode}")
    return _rate(done.stdout, calls, target.answer_bytes)


def _rate(output: str, calls: int, answer_bytes: int) -> float:
    """The calls per second in h2load's report, if it says that all went well.

    A gRPC error also comes with HTTP status 200, so the answers are believed only when all of
    them together have as many bytes as the one that was decoded, times ``calls``.
    """
    finished, requests, data = (
        pattern.search(output) for pattern in (FINISHED, REQUESTS, DATA_BYTES)
    )
    if not (finished and requests and data):
        raise BenchError(f"h2load's report cannot be read:\n{output}")
    done, succeeded, failed, errored, timeout = map(int, requests.groups())
    if done != calls or succeeded != calls or failed or errored or timeout:
        raise BenchError(f"not all {calls} calls succeeded: {requests.group()}")
    expected = calls * (GRPC_PREFIX_BYTES + answer_bytes)
    if int(data.group(1)) != expected:
        raise BenchError(
            f"{calls} answers like the decoded one have {expected} bytes, but "
            f"{data.group(1)} came: some of them were not the answer"
        )
    return float(finished.group(1))
