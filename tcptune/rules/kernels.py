"""Which of the kernels judged a finding holds for, and how it says so."""

from __future__ import annotations

from collections.abc import Callable

from tcptune.model.version import Target
from tcptune.rules.view import View


def holding(view: View, holds: Callable[[Target], bool]) -> tuple[Target, ...]:
    """Return the kernels of the view that the condition holds for."""
    return tuple(target for target in view.targets if holds(target))


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
