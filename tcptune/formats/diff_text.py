"""A comparison with a profile for a person: the table, then reasons, obstacles and what to do."""

from __future__ import annotations

from collections.abc import Sequence

from tcptune.formats.diff_rows import HEADERS, cells, headline, setter
from tcptune.formats.style import Style, visible
from tcptune.formats.text import INDENT, paragraph, table
from tcptune.model.diff import Change, DiffReport

VALUES = (1, 2, 3)
"""The columns that are folded where the table is too wide: current, wanted and default value."""

SET_BY, RISK = 3, 5
"""The cells that tell who set a value, and the risk of the one wanted."""


def text(report: DiffReport, style: Style, width: int, *, everything: bool = False) -> str:
    """Return the comparison for a person; `everything` also has what is right and what does not concern it."""
    if report.parts is not None:
        from tcptune.formats import diff_netns

        return diff_netns.text(report, style, width, everything=everything)
    shown = report.changes if everything else report.differences
    lines = [style.bold(line) for line in paragraph(headline(report), width)]
    if shown:
        drawn = _fitting(shown, width)
        lines += ["", style.bold(drawn[0]), *drawn[1:]]
    obstacles: dict[str, str] = {}
    for change in shown:
        lines += details(change, style, width, obstacles)
    if not everything:
        lines += absent(report.changes, width)
    lines += _rest(report, len(shown), width)
    return "\n".join(lines) + "\n"


def _fitting(changes: Sequence[Change], width: int) -> list[str]:
    """Return the table with whole names where they fit, else with their last parts and then with folded values.

    Who set a value is left out rather than folded: the lines below say it in full.
    """
    rows = [cells(change) for change in changes]
    risky = any(row[RISK] for row in rows)
    columns = [column for column in range(len(HEADERS) - 1) if column != RISK or risky]
    names = [change.key for change in changes]
    short = [name.rpartition(".")[2] for name in names]
    short = short if len(set(short)) == len(short) else names
    for chosen in (names, short):
        drawn = table(*_body(chosen, rows, columns), width, columns_only=True)
        if _fits(drawn, width):
            return drawn
    # A list of ports is folded behind its commas.
    rows = [[cell.replace(",", ", ") if column != SET_BY else cell for column, cell in enumerate(row)] for row in rows]
    drawn = table(*_body(short, rows, columns), width, shrink=VALUES, columns_only=True)
    if not _fits(drawn, width):
        drawn = table(*_body(short, rows, [column for column in columns if column != SET_BY]), width, shrink=VALUES)
    return drawn


def _body(
    names: Sequence[str], rows: Sequence[Sequence[str]], columns: Sequence[int]
) -> tuple[list[str], list[list[str]]]:
    """Return the headers and the rows of a table with these columns of the cells."""
    headers = [HEADERS[0], *(HEADERS[column + 1] for column in columns)]
    return headers, [[name, *(row[column] for column in columns)] for name, row in zip(names, rows, strict=True)]


def _fits(drawn: Sequence[str], width: int) -> bool:
    return max(map(len, drawn)) <= width


def details(change: Change, style: Style, width: int, obstacles: dict[str, str]) -> list[str]:
    """Return why a parameter is to be set or cannot be, who set it, and what the value risks.

    `obstacles` are those that were told, each with the parameter it was told of; the next step is told once.
    """
    by = setter(change)
    if not (change.differs or change.reason or change.risk or by):
        return []
    lines = ["", style.cyan(visible(change.key))]
    if change.differs:
        lines += paragraph(change.why or "The profile gives no reason.", width, INDENT)
    elif change.reason:
        lines += paragraph(change.explanation, width, INDENT)
    if change.action == "blocked":
        first = obstacles.setdefault(change.explanation, change.key)
        told = change.reason if first == change.key else f"as {first}"
        lines += [style.yellow(line) for line in paragraph(f"blocked: {told}", width, INDENT)]
        if change.remedy and first == change.key:
            lines += paragraph(f"next step: {change.remedy}", width, INDENT)
    if change.differs and change.wish and change.wish != cells(change)[1]:
        lines += paragraph(f"wanted: {change.wish}", width, INDENT)
    if by:
        lines += paragraph(f"{'said by' if change.origin else 'set'} {by}", width, INDENT)
    if change.risk:
        lines += [style.yellow(line) for line in paragraph(f"risk {change.risk}", width, INDENT)]
    return lines


def absent(changes: Sequence[Change], width: int) -> list[str]:
    """Return a line for each parameter that the kernel does not have: the profile names it all the same."""
    found = [change for change in changes if change.absent]
    lines = ["", "not here:"] if found else []
    for change in found:
        lines += paragraph(f"{change.key}: {change.reason}", width, INDENT * 2, first=INDENT)
    return lines


def _rest(report: DiffReport, shown: int, width: int) -> list[str]:
    rest = len(report.changes) - shown - (0 if shown == len(report.changes) else sum(c.absent for c in report.changes))
    lines = []
    if rest > 0 and report.differences:
        verb = "is right or does" if rest == 1 else "are right or do"
        lines += ["", *paragraph(f"{rest} more {verb} not concern this host; --all shows them.", width)]
    if any(change.action == "set" for change in report.changes):
        lines += ["", *paragraph("--sysctl prints what is to be set as a file for sysctl.d.", width)]
    return lines
