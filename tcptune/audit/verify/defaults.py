"""Whether the default is what the catalogue says: in a fresh namespace, and host-wide where nobody can have set it."""

from __future__ import annotations

from tcptune.audit.verify.case import Case
from tcptune.catalog import default_value
from tcptune.live.probe import Look
from tcptune.model.host import Host
from tcptune.model.value import Value, parse_live, show

MEMORY_TOLERANCE = 0.03
"""A default computed from memory may be off by so much: the kernel computed it from what was free early at boot."""


def check_default(case: Case) -> None:
    """Compare the default where a fresh value can be seen."""
    stage = case.stage
    if case.inside is not None and case.scope.scope == "netns":
        _compare(case, case.inside, stage.inside_host, "in a fresh namespace", fresh=_is_fresh(case))
    if case.outside is not None and (case.scope.scope == "host" or stage.disposable):
        _compare(case, case.outside, stage.outside_host, "in the initial namespace", fresh=stage.disposable)


def _is_fresh(case: Case) -> bool:
    """Tell whether a fresh namespace shows the default; a value that it inherits may be one that somebody has set."""
    return case.stage.disposable or not case.entry.inherited


def _compare(case: Case, seen: Look, host: Host, where: str, *, fresh: bool) -> None:
    step = case.entry.default_on(case.stage.target)
    expected = default_value(case.entry, case.stage.target, host)
    if step is None or expected is None or seen.text is None:
        return
    try:
        live = parse_live(case.entry.kind, seen.text)
    except ValueError as error:
        case.compare("default", False, f"a {case.entry.kind} {where}", str(error))
        return
    agrees = _close(expected, live) if step.formula else live == expected
    if agrees or fresh:
        how = f"{show(expected)} {where}" + (f" (formula {step.formula})" if step.formula else "")
        case.compare("default", agrees, how, show(live) or "empty")
    else:
        case.note(f"differs from the default {show(expected)} {where}: {show(live)}")


def _close(expected: Value, live: Value) -> bool:
    """Tell whether two values are the same, but for what a formula cannot know."""
    if isinstance(expected, int) and isinstance(live, int):
        return abs(expected - live) <= MEMORY_TOLERANCE * abs(expected)
    if isinstance(expected, tuple) and isinstance(live, tuple) and len(expected) == len(live):
        return all(map(_close, expected, live))
    return expected == live
