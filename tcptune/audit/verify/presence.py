"""Whether a key is there, in the initial namespace and in a fresh one, and with which permissions."""

from __future__ import annotations

import stat

from tcptune.audit.verify.case import Case
from tcptune.live.probe import Look


def is_left_out(case: Case) -> bool:
    """Tell whether the key is absent for a reason that the catalogue knows: its module is not loaded or not built.

    An option that the kernel is known to be built with is no such reason.
    """
    life, stage = case.entry.lifetime, case.stage
    if case.outside or case.inside or not case.entry.exists(stage.target):
        return False
    for needed, there in (
        (life.module, life.module in stage.modules),
        (life.option, stage.options.get(life.option or "")),
    ):
        if needed is not None and not there:
            case.note(f"not there: needs {needed}")
            return True
    return False


def check_existence(case: Case) -> None:
    """Compare the existence outside and in a fresh namespace."""
    expected = case.entry.exists(case.stage.target)
    in_child = expected and case.scope.child != "absent"
    if case.stage.initial:
        _compare(case, "in the initial namespace", expected, case.outside)
    _compare(case, "in a fresh namespace", in_child, case.inside)


def _compare(case: Case, where: str, expected: bool, seen: Look | None) -> None:
    said = "exists" if expected else "does not exist"
    found = "it is there" if seen else "there is no such file"
    target = case.stage.target
    case.compare("existence", expected == (seen is not None), f"it {said} {where} on {target}", found)


def check_mode(case: Case) -> None:
    """Compare the permission bits, outside and in a fresh namespace."""
    mode = case.entry.mode
    if case.stage.initial and case.outside is not None:
        _compare_mode(case, "in the initial namespace", mode, case.outside)
    if case.inside is not None and case.scope.child != "absent":
        _compare_mode(case, "in a fresh namespace", mode if case.scope.child == "own" else mode & ~0o222, case.inside)


def _compare_mode(case: Case, where: str, expected: int, seen: Look) -> None:
    agrees = stat.S_IMODE(expected) == seen.mode
    case.compare("mode", agrees, f"{expected:04o} {where}", f"{seen.mode:04o}")
