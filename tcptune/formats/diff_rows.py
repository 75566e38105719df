"""What the texts of a comparison share: the headline, and the cells of a parameter."""

from __future__ import annotations

from collections.abc import Sequence

from tcptune.formats.style import visible
from tcptune.model.diff import Change, DiffPart, DiffReport
from tcptune.model.origin import LOADERS
from tcptune.model.value import Value, show

HEADERS = ("parameter", "current", "wanted", "default", "set by", "action", "risk")


def headline(report: DiffReport) -> str:
    """Return how much differs, in a sentence."""
    parts = report.parts or (report.part,)
    keys = {change.key for part in parts for change in part.differences}
    where = f" {report.place}" if report.place else ""
    if report.parts is not None:
        differing = sum(1 for part in parts if part.differences)
        count = len(parts)
        where = f" in {differing if keys else count} of {count} network namespace{'' if count == 1 else 's'}"
        where = where if keys else f" in {'it' if count == 1 else f'any of {count} network namespaces'}"
    if keys:
        are = "parameter differs" if len(keys) == 1 else "parameters differ"
        return visible(f"{len(keys)} {are} from the profile {report.profile}{where}.")
    return visible(f"Nothing differs from the profile {report.profile}{where}: {_why_nothing(parts)}.")


def _why_nothing(parts: Sequence[DiffPart]) -> str:
    """Return what is behind an empty difference: all is right, or nothing of the profile concerns this place."""
    changes = [change for part in parts for change in part.changes]
    right = {change.key for change in changes if change.action == "keep"}
    skipped = {change.key for change in changes} - right
    if not changes:
        return "it names no parameter"
    if not right:
        reasons = sorted({change.reason for change in changes})
        return f"it concerns nothing here ({'; '.join(reasons[:3])}{'; …' if len(reasons) > 3 else ''})"
    others = f", {len(skipped)} do{'es' if len(skipped) == 1 else ''} not concern it" if skipped else ""
    return f"{len(right)} parameter{' is' if len(right) == 1 else 's are'} right{others}"


def shown(value: Value | None) -> str:
    """Return a value for a person: an empty list has a word of its own."""
    return show(value) or "empty"


def cells(change: Change) -> list[str]:
    """Return current, wanted and default value, who set it, the action and the risk's rule."""
    wanted = change.wish if change.action == "keep" else shown(change.wanted)
    return [
        shown(change.current),
        wanted or "-",
        shown(change.default),
        set_by(change),
        change.action,
        change.risk.partition(":")[0] if change.risk else "",
    ]


def set_by(change: Change) -> str:
    """Return who set the current value, in a word or two: the file's name and line, `run time`, `default`."""
    if change.origin is not None:
        manager = "" if change.origin.by in LOADERS or change.origin.by == "profile" else f"{change.origin.by}, "
        return f"{manager}{change.origin.at.path.rpartition('/')[2]}:{change.origin.at.line}"
    if change.current is None or change.default is None:
        return "-"
    if change.current == change.default:
        return "default"
    return "run time" + (f" ({' or '.join(change.candidates)}?)" if change.candidates else "")


def setter(change: Change) -> str:
    """Return who set the current value, in full; empty where nothing is known or it is the default."""
    line = change.origin
    if line is not None:
        return f"{line.at.path}:{line.at.line}" + (
            "" if line.by == "profile" else f" ({LOADERS.get(line.by, line.by)})"
        )
    if change.current is None or change.default is None or change.current == change.default:
        return ""
    managers = f"; {' or '.join(change.candidates)} may have done so" if change.candidates else ""
    return f"at run time: no file says so{managers}"
