"""A comparison with a profile as a drop-in that sets what differs, for systemd-sysctl and `sysctl --system` alike."""

from __future__ import annotations

from tcptune.catalog import parameter
from tcptune.formats.text import paragraph
from tcptune.model.diff import Change, DiffReport
from tcptune.model.value import show


def sysctl(report: DiffReport, width: int = 120, *, everything: bool = False) -> str:
    """Return a line for each parameter that is to be set, under its reason; comments have lines of their own.

    What cannot be set here is a comment. `everything` also pins what is right already.
    """
    where = f" {report.place}" if report.place else ""
    actions = ("set", "keep") if everything else ("set",)
    wanted = [change for change in report.changes if change.action in actions and change.wanted is not None]
    lines = _comment(f"What makes it the profile {report.profile}{where}.", width)
    if not wanted:
        lines += ["# Nothing is to be set."]
    for change in wanted:
        lines += ["", *_about(change, width), *_line(change, width)]
    for change in report.changes:
        if change.action == "blocked":
            lines += ["", *_comment(f"not set: {change.key} to {show(change.wanted)}: {change.explanation}", width)]
    return "\n".join(lines) + "\n"


def _line(change: Change, width: int) -> list[str]:
    """Return the line that sets a value; that it is empty can be said at run time only."""
    text = show(change.wanted)
    if text:
        return [f"{change.key} = {text}"]
    return _comment(f"Not every loader takes an empty value: `sysctl -w {change.key}=` empties {change.key}.", width)


def _about(change: Change, width: int) -> list[str]:
    lines = _comment(change.why, width)
    if change.risk:
        lines += _comment(f"Risk {change.risk}", width)
    entry = parameter(change.key)
    if entry is not None and entry.lifetime.module:
        module = entry.lifetime.module
        lines += _comment(f"It is there at boot only if {module} stands in a file of /etc/modules-load.d.", width)
    return lines


def _comment(text: str, width: int) -> list[str]:
    return paragraph(text, width, "# ") if text.strip() else []
