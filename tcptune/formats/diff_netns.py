"""A comparison of several network namespaces with a profile: a row for each parameter, a column for each namespace."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from tcptune.formats.diff_rows import headline
from tcptune.formats.diff_rows import shown as value
from tcptune.formats.diff_text import absent, details
from tcptune.formats.style import Style
from tcptune.formats.text import INDENT, paragraph, table
from tcptune.model.diff import Change, DiffPart, DiffReport

MOST = 3
"""Names of namespaces that are listed in a sentence."""


def text(report: DiffReport, style: Style, width: int, *, everything: bool = False) -> str:
    """Return the tables, as many namespaces side by side as fit, then the reason of each difference once."""
    parts = report.parts or ()
    shown = keys(parts, everything=everything)
    lines = [style.bold(line) for line in paragraph(headline(report), width)]
    if shown:
        for headers, rows in _tables(parts, shown, width):
            drawn = table(headers, rows, width)
            head = max(header.count("\n") for header in headers) + 1
            lines += ["", *(style.bold(line) for line in drawn[:head]), *drawn[head:]]
        lines += [
            "",
            *paragraph("a → b: is a, wanted b; !: cannot be set there; (a): not the profile's concern", width),
        ]
    obstacles: dict[str, str] = {}
    for key in shown:
        lines += _reasons(parts, key, style, width, obstacles)
    if not everything:
        lines += absent(tuple({change.key: change for part in parts for change in part.changes}.values()), width)
    return "\n".join(lines) + "\n"


def keys(parts: Sequence[DiffPart], *, everything: bool = False) -> list[str]:
    """Return the parameters to show, those first that matter most in some namespace."""
    found: dict[str, int] = {}
    for part in parts:
        for place, change in enumerate(part.changes if everything else part.differences):
            found[change.key] = min(place, found.get(change.key, place))
    return sorted(found, key=lambda key: (found[key], key))


def cell(change: Change | None) -> str:
    """Return what one namespace has of a parameter, and what is wanted where that is another value."""
    if change is None:
        return "-"
    if change.action == "skip":
        return f"({value(change.current)})"
    if change.action == "keep":
        return value(change.current)
    arrow = "→" if change.action == "set" else "!→"
    return f"{value(change.current)} {arrow} {value(change.wanted)}"


def name_of(part: DiffPart) -> str:
    """Return a namespace's name."""
    return part.host.netns or "current"


def _tables(parts: Sequence[DiffPart], shown: Sequence[str], width: int) -> Iterator[tuple[list[str], list[list[str]]]]:
    """Yield headers and rows of each table: columns are taken while they fit beside the names of the parameters."""
    names = [key.rpartition(".")[2] for key in shown]
    names = names if len(set(names)) == len(names) else list(shown)
    columns = [_column(part, shown) for part in parts]
    first = max(len("parameter"), *map(len, names))
    start = 0
    while start < len(columns):
        end, used = start, first
        while end < len(columns) and (end == start or used + 2 + _width(columns[end]) <= width):
            used += 2 + _width(columns[end])
            end += 1
        chosen = columns[start:end]
        yield (
            ["parameter", *(column[0] for column in chosen)],
            [[name, *(column[row + 1] for column in chosen)] for row, name in enumerate(names)],
        )
        start = end


def _column(part: DiffPart, shown: Sequence[str]) -> list[str]:
    by_key = {change.key: change for change in part.changes}
    return [name_of(part), *(cell(by_key.get(key)) for key in shown)]


def _width(column: Sequence[str]) -> int:
    return max(map(len, column))


def _reasons(parts: Sequence[DiffPart], key: str, style: Style, width: int, obstacles: dict[str, str]) -> list[str]:
    """Return what is to be said of a parameter once, then where it cannot be set, each obstacle with its namespaces."""
    held = [(name_of(part), change) for part in parts for change in part.changes if change.key == key]
    differing = [change for _, change in held if change.differs]
    if not differing:
        return []
    main = next((change for change in differing if change.action == "set"), differing[0])
    # Who set it is another matter in each namespace; the audit tells.
    lines = details(replace(main, origin=None, default=None), style, width, obstacles)
    others: dict[str, list[str]] = {}
    for name, change in held:
        if change.action == "blocked" and change.explanation != main.explanation:
            others.setdefault(change.explanation, []).append(name)
    for explanation, names in others.items():
        told = f"{', '.join(names[:MOST])}{f' and {len(names) - MOST} more' if len(names) > MOST else ''}"
        lines += [style.yellow(line) for line in paragraph(f"blocked in {told}: {explanation}", width, INDENT)]
    return lines
