"""Which of the kernels judged a finding holds for, and how it says so."""

from __future__ import annotations

from collections.abc import Callable, Hashable

from tcptune.model.version import Target
from tcptune.rules.view import View

_MOST = 100_000
"""Answers that are remembered; a run over many files asks the same of the same kernels again and again."""

_answers: dict[Hashable, tuple[Target, ...]] = {}
_asked: list[tuple[Target, ...]] = []


def holding(view: View, holds: Callable[[Target], bool], memo: Hashable = None) -> tuple[Target, ...]:
    """Return the kernels of the view that the condition holds for.

    `memo` names the question where its answer depends on nothing but itself and the kernels: then it is asked once.
    """
    if memo is None:
        return tuple(target for target in view.targets if holds(target))
    if not _asked or _asked[0] is not view.targets or len(_answers) > _MOST:
        _answers.clear()
        _asked[:] = [view.targets]
    found = _answers.get(memo)
    if found is None:
        found = _answers[memo] = tuple(target for target in view.targets if holds(target))
    return found


def named(view: View, targets: tuple[Target, ...]) -> tuple[str, ...] | None:
    """Return the names of the kernels concerned; None when it is all of them."""
    return None if len(targets) == len(view.targets) else tuple(str(target) for target in targets)


def span(targets: tuple[Target, ...]) -> str:
    """Return the kernels in words: one name, or the oldest and the newest."""
    if len(targets) == 1:
        return str(targets[0])
    if len(targets) <= 3:
        return ", ".join(str(target) for target in targets[:-1]) + f" and {targets[-1]}"
    return f"{targets[0]} to {targets[-1]}"
