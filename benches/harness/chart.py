"""The chart: CPU time per call as horizontal bars, grouped by language, in SVG."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from harness.kinds import KINDS, LANGUAGES
from harness.results import Entry

WIDTH = 776
LABELS = 186
RIGHT = 84
TOP = 74
BAR = 18
STEP = 24
GROUP_HEAD = 30
BOTTOM = 34
# A round number of steps of the axis.
MOST_TICKS = 6

STYLE = """
  text { font-family: system-ui, -apple-system, "Segoe UI", sans-serif; fill: #24292f; }
  .page { fill: #ffffff; }
  .title { font-size: 17px; font-weight: 600; }
  .note, .tick { font-size: 12px; fill: #57606a; }
  .language { font-size: 13px; font-weight: 600; }
  .server, .figure { font-size: 13px; }
  .ours-text { font-weight: 600; }
  .ours { fill: #0a7d6c; }
  .peer { fill: #aab4be; }
  .grid { stroke: #d8dee4; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .page { fill: #0d1117; }
    .note, .tick { fill: #9198a1; }
    .ours { fill: #2fb59f; }
    .peer { fill: #565e68; }
    .grid { stroke: #2a313a; }
  }
"""


def chart(entries: Sequence[Entry], title: str, note: str) -> str:
    """The picture of these cases, which are of one work and shape."""
    groups = [
        (language, [entry for entry in entries if KINDS[entry["server"]].language == language])
        for language in LANGUAGES
    ]
    groups = [(language, own) for language, own in groups if own]
    height = TOP + len(groups) * GROUP_HEAD + len(entries) * STEP + BOTTOM
    most = max(float(entry["cpu_us_per_call"]) for entry in entries)
    scale = (WIDTH - LABELS - RIGHT) / most
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
        f'viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(title)}">',
        f"<style>{STYLE}</style>",
        f'<rect class="page" width="{WIDTH}" height="{height}"/>',
        _text(16, 30, "title", title),
        _text(16, 50, "note", note),
    ]
    step = _tick_step(most)
    for number in range(int(most / step) + 1):
        x = LABELS + number * step * scale
        parts.append(f'<path class="grid" d="M{x:.1f} {TOP - 8}V{height - BOTTOM + 2}"/>')
        parts.append(_text(x, height - 14, "tick", f"{number * step:g}", "middle"))
    parts.append(_text(WIDTH - 16, height - 14, "tick", "µs", "end"))
    y = TOP
    for language, own in groups:
        parts.append(_text(16, y + 20, "language", language))
        y += GROUP_HEAD
        for entry in sorted(own, key=lambda entry: float(entry["cpu_us_per_call"])):
            parts += _bar(entry, y, scale)
            y += STEP
    return "\n".join((*parts, "</svg>", ""))


def _bar(entry: Entry, y: int, scale: float) -> list[str]:
    spent = float(entry["cpu_us_per_call"])
    is_ours = KINDS[entry["server"]].is_ours
    bold = " ours-text" if is_ours else ""
    length = max(2.0, spent * scale)
    baseline = y + BAR - 5
    return [
        _text(LABELS - 10, baseline, f"server{bold}", entry["server"], "end"),
        f'<rect class="{"ours" if is_ours else "peer"}" x="{LABELS}" y="{y}" '
        f'width="{length:.1f}" height="{BAR}" rx="2"/>',
        _text(LABELS + length + 6, baseline, f"figure{bold}", f"{spent:.1f}"),
    ]


def _text(x: float, y: float, style: str, text: str, anchor: str = "start") -> str:
    return (
        f'<text class="{style}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">'
        f"{escape(text)}</text>"
    )


def _tick_step(most: float) -> float:
    """The smallest of 1, 2 and 5, times a power of ten, that needs few ticks."""
    power = 0.01
    while True:
        for factor in (1, 2, 5):
            if most / (factor * power) <= MOST_TICKS:
                return factor * power
        power *= 10
