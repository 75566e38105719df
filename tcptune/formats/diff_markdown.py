"""A comparison with a profile as Markdown: a headline and a table with the reasons."""

from __future__ import annotations

from collections.abc import Sequence

from tcptune.formats import diff_netns
from tcptune.formats.diff_rows import HEADERS, cells, headline
from tcptune.formats.style import visible
from tcptune.model.diff import Change, DiffReport


def markdown(report: DiffReport, *, everything: bool = False) -> str:
    """Return the comparison as Markdown; of several namespaces a column each."""
    rows = _several(report, everything) if report.parts is not None else _one(report, everything)
    lines = [_escaped(headline(report))]
    if len(rows) > 1:
        lines += ["", _row(rows[0]), _row(["---"] * len(rows[0])), *map(_row, rows[1:])]
    return "\n".join(lines) + "\n"


def _one(report: DiffReport, everything: bool) -> list[list[str]]:
    changes = report.changes if everything else report.differences
    return [
        [*HEADERS, "reason"],
        *([f"`{change.key}`", *map(_escaped, cells(change)), _escaped(_reason(change))] for change in changes),
    ]


def _reason(change: Change) -> str:
    return " ".join(filter(None, [change.explanation, f"Risk {change.risk}" if change.risk else ""]))


def _several(report: DiffReport, everything: bool) -> list[list[str]]:
    parts = report.parts or ()
    by_key = [{change.key: change for change in part.changes} for part in parts]
    return [
        ["parameter", *(_escaped(diff_netns.name_of(part)) for part in parts)],
        *(
            [f"`{key}`", *(_escaped(diff_netns.cell(changes.get(key))) for changes in by_key)]
            for key in diff_netns.keys(parts, everything=everything)
        ),
    ]


def _row(found: Sequence[str]) -> str:
    return f"| {' | '.join(found)} |"


def _escaped(text: str) -> str:
    return visible(text).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")
