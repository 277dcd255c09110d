"""The parts of docs/benchmarks.md that are made of the results."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from harness import BenchError, tables
from harness.kinds import BASELINE, KINDS, LANGUAGES
from harness.results import Entry
from harness.shapes import ALONE, HALF_LOAD, PEAK

MAIN_WORK = "publish-replace-365"
WORKS = {
    "authenticate": "authenticate",
    "notify": "notify",
    "publish-unchanged": "publish unchanged",
    MAIN_WORK: "publish replaced",
    "publish-replace-8k": "8 KiB",
    "publish-replace-32k": "32 KiB",
}
NONE = "-"

Results = dict[str, Any]


def fill(page: str, parts: dict[str, str]) -> str:
    """The page with each of the parts between its marks made anew; all else stays."""
    for name, text in parts.items():
        begin, end = f"<!-- results: {name} -->\n", f"<!-- end of {name} -->"
        before, found, rest = page.partition(begin)
        _, closed, after = rest.partition(end)
        if not (found and closed):
            raise BenchError(f"the page has no {begin.strip()} … {end}: put them back")
        page = f"{before}{begin}\n{text.strip()}\n\n{end}{after}"
    return page


def made(results: Results) -> dict[str, str]:
    """The parts that ``make bench`` measures."""
    return {name: make(results) for name, make in PARTS.items()}


def main_entries(results: Results) -> list[Entry]:
    """The cases that the chart shows."""
    return _of(results, MAIN_WORK, PEAK.name)


def _of(results: Results, work: str, shape: str) -> list[Entry]:
    return [entry for entry in results["cases"] if (entry["work"], entry["shape"]) == (work, shape)]


def _machine(results: Results) -> str:
    machine = results["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in results["versions"].items())
    lines = [
        f"- {machine['cpu']}, {machine['cpus']} CPUs, {machine['memory_gb']} GB of memory, "
        f"Linux {machine['kernel']}",
        f"- commit `{results['commit']}`, {results['date']}, rounds of each case: "
        f"{results['rounds']}, of {results['seconds']:g} s",
        f"- {versions}",
    ]
    busiest = max((float(entry["others"]) for entry in results["cases"]), default=0.0)
    lines.append(f"- other processes took at most {busiest:.0%} of a CPU from any measurement")
    lines += [f"- `{name}` was left out" for name in results["skipped"]]
    return "\n".join(lines)


def _chart(results: Results) -> str:
    return (
        "![CPU time per call of each server, grouped by language](benchmarks.svg)"
        if main_entries(results)
        else "(no figures)"
    )


def _works(results: Results) -> str:
    """CPU time per call, a column for each work."""
    by_case = {(entry["server"], entry["work"]): entry for entry in _at(results, PEAK.name)}
    return tables.table(
        ("server", *(f"{title}" for title in WORKS.values())),
        [
            (
                _name(server),
                *(_figure(by_case.get((server, work)), "cpu_us_per_call", 2) for work in WORKS),
            )
            for server in _servers(results)
        ],
    )


def _ratios(results: Results) -> str:
    """CPU time as a multiple of the baseline's and of the peer's of the same language."""
    by_case = {(entry["server"], entry["work"]): entry for entry in _at(results, PEAK.name)}
    rows = []
    for server in _servers(results):
        if not KINDS[server].is_ours:
            continue
        cells = []
        for work in WORKS:
            entry = by_case.get((server, work))
            to_tonic, to_peer = (
                tables.ratio(entry[key]) if entry else NONE
                for key in ("ratio_to_tonic", "ratio_to_peer")
            )
            cells.append(f"{to_tonic} / {to_peer}" if KINDS[server].peer else to_tonic)
        rows.append((f"**{server}**", KINDS[server].peer or BASELINE, *cells))
    return tables.table(("server", "peer", *WORKS.values()), rows)


def _shapes(results: Results) -> str:
    """CPU time and calls a second of the main work, a column for each shape."""
    entries = [entry for entry in results["cases"] if entry["work"] == MAIN_WORK]
    shapes = sorted(
        {entry["shape"] for entry in entries} - {HALF_LOAD.name, ALONE.name},
        key=lambda shape: [int(number) for number in shape.split("x")],
    )
    by_case = {(entry["server"], entry["shape"]): entry for entry in entries}

    def cell(server: str, shape: str) -> str:
        entry = by_case.get((server, shape))
        spent = _figure(entry, "cpu_us_per_call", 2)
        return f"{spent} µs, {entry['req_per_s']:,.0f}/s" if entry else NONE

    return tables.table(
        ("server", *shapes),
        [
            (_name(server), *(cell(server, shape) for shape in shapes))
            for server in _servers(results)
        ],
    )


def _latency(results: Results) -> str:
    """Latencies at half of the peak."""
    by_server = {entry["server"]: entry for entry in _of(results, MAIN_WORK, HALF_LOAD.name)}
    tonic = by_server.get(BASELINE)

    def row(server: str) -> tuple[str, ...]:
        entry = by_server[server]
        same_rate = tonic is not None and entry["rate"] == tonic["rate"]
        ratio = entry["p99_ms"] / tonic["p99_ms"] if tonic and same_rate else None
        return (
            _name(server),
            f"{entry['rate']:,.0f}",
            _figure(entry, "p50_ms", 2),
            _figure(entry, "p99_ms", 2),
            tables.ratio(ratio),
            _figure(entry, "p999_ms", 2),
            _figure(entry, "cpu_us_per_call", 2),
        )

    head = ("server", "calls/s", "p50 ms", "p99 ms", f"x {BASELINE}", "p99.9 ms", "CPU µs/call")
    return tables.table(head, [row(server) for server in _servers(results) if server in by_server])


def _alone(results: Results) -> str:
    """How long a call takes when none is under way beside it."""
    by_server = {entry["server"]: entry for entry in _of(results, MAIN_WORK, ALONE.name)}
    tonic = by_server.get(BASELINE)

    def row(server: str) -> tuple[str, ...]:
        entry = by_server[server]
        mean = 1e6 / entry["req_per_s"]
        return (
            _name(server),
            f"{mean:.0f}",
            f"{mean - 1e6 / tonic['req_per_s']:+.0f}" if tonic else NONE,
            f"{entry['p50_ms'] * 1e3:.0f}",
            f"{entry['p99_ms'] * 1e3:.0f}",
            _figure(entry, "cpu_us_per_call", 1),
        )

    head = ("server", "mean µs", f"beside {BASELINE}", "p50 µs", "p99 µs", "CPU µs/call")
    return tables.table(head, [row(server) for server in _servers(results) if server in by_server])


def _memory(results: Results) -> str:
    """Resident memory after the main work, and after all of them."""
    first = {entry["server"]: entry for entry in main_entries(results)}
    last = {
        server: max(
            (float(entry["rss_mb"]) for entry in results["cases"] if entry["server"] == server),
            default=0.0,
        )
        for server in _servers(results)
    }
    return tables.table(
        ("server", "after 365 B publishes, MB", "largest of all cases, MB"),
        [
            (_name(server), _figure(first.get(server), "rss_mb", 1), f"{last[server]:.1f}")
            for server in _servers(results)
        ],
    )


def _at(results: Results, shape: str) -> list[Entry]:
    return [entry for entry in results["cases"] if entry["shape"] == shape]


def _servers(results: Results) -> list[str]:
    """Those with figures, by language, ours last of each."""
    measured = {entry["server"] for entry in results["cases"]}
    order = {language: number for number, language in enumerate(LANGUAGES)}
    return sorted(
        (name for name in KINDS if name in measured),
        key=lambda name: (order[KINDS[name].language], KINDS[name].is_ours),
    )


def _name(server: str) -> str:
    return f"**{server}**" if KINDS[server].is_ours else server


def _figure(entry: Entry | None, key: str, digits: int) -> str:
    return NONE if entry is None else f"{float(entry[key]):.{digits}f}"


PARTS: dict[str, Callable[[Results], str]] = {
    "chart": _chart,
    "works": _works,
    "ratios": _ratios,
    "shapes": _shapes,
    "latency": _latency,
    "alone": _alone,
    "memory": _memory,
    "machine": _machine,
}
