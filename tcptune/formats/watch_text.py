"""A moment of `tcptune watch` as the lines of a screen, or as one line where there is none."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tcptune.formats.sockets_text import left, owners, taken
from tcptune.formats.style import Style, visible
from tcptune.formats.text import paragraph, table
from tcptune.model.ports import budget
from tcptune.model.watch import Frame

_ESCAPE = re.compile(r"\x1b\[[0-9;]*m")
_SPARKS = "▁▂▃▄▅▆▇█"
_SPARKS_ASCII = "_.-=+*%#"


def screen(frame: Frame, style: Style, width: int, height: int, *, ascii_only: bool = False) -> list[str]:
    """Return at most `height` lines of at most `width` columns.

    What does not fit is cut: first the alerts to a line each, so that the destinations can be seen, then the end.
    """
    lines = _lines(frame, style, width, ascii_only=ascii_only, short=False)
    if len(lines) > height:
        lines = _lines(frame, style, width, ascii_only=ascii_only, short=True)
    if ascii_only:
        lines = [line.replace("█", "#").replace("░", ".") for line in lines]
    return [_cut(each, width) for each in lines[:height]]


def _lines(frame: Frame, style: Style, width: int, *, ascii_only: bool, short: bool) -> list[str]:
    where = f" in {visible(frame.part.host.netns)}" if frame.part.host.netns else ""
    lines = [style.bold(f"{frame.at}{where}, every {frame.seconds:.2g} s; q quits"[:width])]
    lines += _states(frame, width)
    lines += ["", *_trend("TIME_WAIT", frame.waiting, style, width, ascii_only=ascii_only)]
    lines += _trend("closed a second", frame.closing, style, width, ascii_only=ascii_only)
    lines += _alerts(frame, style, width, short=short)
    lines += _destinations(frame, style, width, ascii_only=ascii_only)
    lines += _counters(frame, style, width, ascii_only=ascii_only)
    for limit in frame.limits:
        lines += paragraph(visible(f"not seen: {limit}"), width)
    return lines


def _cut(text: str, width: int) -> str:
    """Cut a line that a narrow terminal would fold; one with colours is left when it fits without them."""
    bare = _ESCAPE.sub("", text)
    return text if len(bare) <= width else bare[:width]


def line(frame: Frame) -> str:
    """Return the moment in one line."""
    part = frame.part
    words = [frame.at, f"TIME_WAIT {part.count('TIME_WAIT').total}"]
    if part.destinations:
        first = part.destinations[0]
        stand = budget(first, part.reuse)
        words.append(f"{first.name} {first.used}" + (f" ({100 * stand.pressed:.0f} % of its ports)" if stand else ""))
    words += [
        f"{name.partition('.')[2]} +{numbers[-1]:.3g}/s" for name, numbers in frame.counters.items() if numbers[-1]
    ]
    words += [f"{finding.severity} {finding.rule}" for finding in frame.findings if finding.severity != "note"]
    return visible(", ".join(words))


def sparks(numbers: Sequence[float], columns: int, *, ascii_only: bool = False) -> str:
    """Return the last numbers as a line of bars, the highest of them full; nothing is an empty place."""
    shown = numbers[-columns:]
    most = max(shown, default=0.0)
    signs = _SPARKS_ASCII if ascii_only else _SPARKS
    if most <= 0:
        return signs[0] * len(shown)
    return "".join(" " if number <= 0 else signs[min(7, int(number / most * 7.999))] for number in shown)


def _states(frame: Frame, width: int) -> list[str]:
    counted = [f"{row.total:,} {row.state}" for row in frame.part.states]
    return paragraph(", ".join(counted) or "no TCP socket", width)


def _trend(name: str, numbers: Sequence[float], style: Style, width: int, *, ascii_only: bool) -> list[str]:
    head = f"{name:<16} {numbers[-1] if numbers else 0:>10,.6g}  "
    return [head + style.cyan(sparks(numbers, max(8, width - len(head)), ascii_only=ascii_only))]


def _alerts(frame: Frame, style: Style, width: int, *, short: bool) -> list[str]:
    lines: list[str] = []
    for finding in frame.findings:
        if finding.severity == "note":
            continue
        told = paragraph(visible(f"{finding.severity} {finding.rule}: {finding.message}"), width, "  ", "")
        if short and len(told) > 1:
            told = [f"{told[0][: width - 4]} ..."]
        lines += [style.severity(finding.severity, row) for row in told]
        if finding.fix is not None and not short:
            lines += paragraph(visible(f"fix: {finding.fix.title}"), width, "    ", "  ")
    return ["", *lines] if lines else []


def _destinations(frame: Frame, style: Style, width: int, *, ascii_only: bool) -> list[str]:
    part = frame.part
    if not part.destinations:
        return []
    rows = []
    for use in part.destinations:
        stand = budget(use, part.reuse)
        trend = sparks(frame.destinations.get(use.name, ()), 12, ascii_only=ascii_only)
        rows.append([use.name, taken(stand), f"{use.time_wait:,}", trend, left(stand), owners(use)])
    drawn = table(["destination", "ports taken", "TIME_WAIT", "lately", "runs out", "who"], rows, width, shrink=(5,))
    return ["", style.bold(drawn[0]), *drawn[1:]]


def _counters(frame: Frame, style: Style, width: int, *, ascii_only: bool) -> list[str]:
    if not frame.counters:
        return []
    rows = [
        [name, f"{numbers[-1]:,.3g}", sparks(numbers, 24, ascii_only=ascii_only)]
        for name, numbers in frame.counters.items()
    ]
    drawn = table(["counter", "a second", "lately"], rows, width)
    return ["", style.bold(drawn[0]), *drawn[1:]]
