"""What the operating system says about processes: CPU time, memory, who else is busy."""

from __future__ import annotations

import os
import resource
import time
from pathlib import Path

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
PROC = Path("/proc")
# A process that spends no tick in that time has nothing to do.
SETTLE_S = 0.05
SETTLE_TIMEOUT_S = 3.0


def family(pid: int) -> list[int]:
    """``pid`` and all processes that descend from it."""
    children: dict[int, list[int]] = {}
    for entry in PROC.iterdir():
        if entry.name.isdigit() and (stat := _stat(int(entry.name))):
            children.setdefault(int(stat[1]), []).append(int(entry.name))
    members = [pid]
    for member in members:
        members.extend(children.get(member, []))
    return members


def cpu_seconds(pid: int) -> float:
    """User and system time of ``pid`` and its descendants, all their threads, living or ended."""
    return sum(_ticks(member) for member in family(pid)) / TICKS_PER_SECOND


def settled_cpu_seconds(pid: int) -> float:
    """As ``cpu_seconds``, once what was answered before its work was done is done as well."""
    deadline = time.monotonic() + SETTLE_TIMEOUT_S
    spent = cpu_seconds(pid)
    while time.monotonic() < deadline:
        time.sleep(SETTLE_S)
        before, spent = spent, cpu_seconds(pid)
        if spent == before:
            break
    return spent


def resident_bytes(pid: int) -> int:
    """Resident memory of ``pid`` and its descendants."""
    total = 0
    for member in family(pid):
        try:
            status = (PROC / str(member) / "status").read_text()
        except OSError:
            continue
        for line in status.splitlines():
            if line.startswith("VmRSS:"):
                total += int(line.split()[1]) * 1024
    return total


class Bystanders:
    """How busy the two measured CPUs are with what is neither the server nor its load."""

    def __init__(self, cpus: tuple[int, ...]) -> None:
        self._cpus = {f"cpu{cpu}" for cpu in cpus}
        self._began = time.monotonic()
        self._busy = self._busy_seconds()
        self._load = children_seconds()

    def share(self, server_seconds: float) -> float:
        """Their CPU time since the beginning, as a share of one CPU."""
        elapsed = time.monotonic() - self._began
        busy = self._busy_seconds() - self._busy
        load = children_seconds() - self._load
        return max(0.0, busy - load - server_seconds) / elapsed

    def _busy_seconds(self) -> float:
        ticks = 0
        for line in (PROC / "stat").read_text().splitlines():
            name, *values = line.split()
            if name in self._cpus:
                user, nice, system, _idle, _iowait, irq, softirq, steal = map(int, values[:8])
                ticks += user + nice + system + irq + softirq + steal
        return ticks / TICKS_PER_SECOND


def children_seconds() -> float:
    """User and system time of the children of this process that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _ticks(pid: int) -> int:
    stat = _stat(pid)
    return sum(map(int, stat[11:15])) if stat else 0


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat from the third on; none when the process is gone."""
    try:
        return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
