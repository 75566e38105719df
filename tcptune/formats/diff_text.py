"""A host beside a profile as text, as Markdown, and as a drop-in that sets what differs."""

from __future__ import annotations

from collections.abc import Sequence

from tcptune.formats.style import Style, visible
from tcptune.formats.text import INDENT, paragraph, table
from tcptune.model.diff import Change, DiffReport
from tcptune.model.value import show

HEADERS = ("parameter", "current", "wanted", "default", "action")


def text(report: DiffReport, style: Style, width: int, *, everything: bool = False) -> str:
    """Return the comparison for a person: the table, then the reason of each difference."""
    changes = _shown(report, everything)
    lines = [style.bold(line) for line in paragraph(_headline(report), width)]
    if changes:
        rows = [[change.key, *_cells(change)] for change in changes]
        drawn = table(HEADERS, rows, width, shrink=(1, 2, 3))
        lines += ["", style.bold(drawn[0]), *drawn[1:]]
    for change in changes:
        lines += _reason(change, style, width)
    rest = len(report.changes) - len(changes)
    if rest:
        lines += ["", *paragraph(f"{rest} more are right or do not concern this host; --all shows them.", width)]
    return "\n".join(lines) + "\n"


def markdown(report: DiffReport, *, everything: bool = False) -> str:
    """Return the comparison as Markdown: a headline and a table with the reasons."""
    lines = [_headline(report)]
    changes = _shown(report, everything)
    if changes:
        lines += ["", _row([*HEADERS, "reason"]), _row(["---"] * (len(HEADERS) + 1))]
        for change in changes:
            reason = " ".join(filter(None, [change.reason, f"Risk {change.risk}" if change.risk else ""]))
            lines.append(_row([f"`{change.key}`", *map(_escaped, _cells(change)), _escaped(reason)]))
    return "\n".join(lines) + "\n"


def sysctl(report: DiffReport, width: int = 120) -> str:
    """Return what is to be set as the text of a file for sysctl.d, each line under its reason."""
    wanted = [change for change in report.changes if change.action == "set"]
    lines = paragraph(f"What sets this host to the profile {report.profile}.", width, "# ")
    if not wanted:
        lines += ["# Nothing is to be set."]
    for change in wanted:
        lines += ["", *paragraph(change.reason, width, "# "), f"{change.key} = {show(change.wanted)}"]
    return "\n".join(lines) + "\n"


def _shown(report: DiffReport, everything: bool) -> Sequence[Change]:
    return report.changes if everything else report.differences


def _headline(report: DiffReport) -> str:
    where = f" in the network namespace {report.host.netns}" if report.host.netns else ""
    count = len(report.differences)
    if not count:
        return visible(f"Nothing differs from the profile {report.profile}{where}.")
    are = "parameter differs" if count == 1 else "parameters differ"
    return visible(f"{count} {are} from the profile {report.profile}{where}.")


def _cells(change: Change) -> list[str]:
    wanted = change.wish if change.action == "keep" else show(change.wanted)
    return [show(change.current), wanted, show(change.default), change.action]


def _reason(change: Change, style: Style, width: int) -> list[str]:
    """Return why a parameter is to be set or cannot be, and what the value risks."""
    if not change.reason and not change.risk:
        return []
    lines = ["", style.cyan(visible(change.key)), *paragraph(change.reason, width, INDENT)]
    if change.risk:
        lines += [style.yellow(line) for line in paragraph(f"risk {change.risk}", width, INDENT)]
    return lines


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _escaped(text: str) -> str:
    return visible(text).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")
