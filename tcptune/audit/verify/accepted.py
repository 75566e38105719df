"""Which values the kernel takes: every sample is written, read back and compared with the catalogue's range."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from dataclasses import dataclass

from tcptune.audit.verify import samples as s
from tcptune.audit.verify.case import Case
from tcptune.live.probe import SHORT_WRITE, FreshNamespace, Here
from tcptune.model.history import RangeStep
from tcptune.model.value import WIDTH

SHOWN = 8
"""So many values that contradict the catalogue are named in one mismatch."""

NOT_ABOUT_THE_VALUE = (errno.ENOMEM, errno.ENOBUFS, errno.EBUSY, errno.EAGAIN)
"""Errors that say nothing of the range."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One value that was written; `taken` is None when the kernel's answer says nothing of the range."""

    value: int
    expected: bool
    taken: bool | None
    how: str


def check_accepted(case: Case) -> None:
    """Write samples wherever this parameter may be written, and compare."""
    step = case.accepted
    if step is None or (case.entry.kind not in WIDTH and step.handler != "ports"):
        return
    if case.may_write_inside:
        first = case.stage.first
        first.run(lambda: _check_on(case, step, first, "in a fresh namespace"))
    if case.may_write_outside and case.scope.scope == "host":
        _check_on(case, step, case.stage.outside, "in the initial namespace")
    elif case.inside is not None and case.scope.scope == "netns" and case.stage.writes and case.inside.writable:
        case.note(f"range not probed: {case.stage.writes}")


def _check_on(case: Case, step: RangeStep, ground: FreshNamespace | Here, where: str) -> None:
    key = case.entry.key
    before = ground.look(key)
    if before is None or before.text is None:
        return
    width = WIDTH.get(case.entry.kind, 1)
    for position in range(width):
        trials = list(_trials(case, step, ground, before.text, position))
        case.probes += len(trials)
        wrong = [trial for trial in trials if trial.taken is not None and trial.taken != trial.expected]
        low, high = _bounds(case, step, ground, position)
        which = f" as number {position + 1}" if width > 1 else ""
        named = ", ".join(trial.how for trial in wrong[:SHOWN]) + (", …" if len(wrong) > SHOWN else "")
        case.compare("range", not wrong, f"{s.spoken(low, high)}{which} {where} ({step.handler})", named)
    answer = ground.write(key, before.text.strip())
    if answer:
        case.note(f"{before.text.strip()!r} could not be put back {where}: {_named(answer)}")


def _bounds(case: Case, step: RangeStep, ground: FreshNamespace | Here, position: int) -> tuple[int | None, int | None]:
    """Return the range of one number, as it stands here: two keys about ports limit each other."""
    low, high = step.bounds(case.stage.outside_host.hz)
    numbers = _numbers(ground, case.entry.key)
    if step.handler == "ports" and len(numbers) == 2:
        low, high = (low, numbers[1]) if position == 0 else (numbers[0], high)
    floor = _numbers(ground, s.LIMITED_BELOW.get(case.entry.key))
    ceiling = _numbers(ground, s.LIMITED_ABOVE.get(case.entry.key))
    if floor:
        low = max(low or 0, floor[0])
    if ceiling:
        high = ceiling[0] if high is None else min(high, ceiling[0])
    return low, high


def _numbers(ground: FreshNamespace | Here, key: str | None) -> list[int]:
    """Return the numbers that a key holds now, none for one that is absent or holds no numbers."""
    seen = ground.look(key) if key is not None else None
    try:
        return [int(word) for word in (seen.text or "").split()] if seen is not None else []
    except ValueError:
        return []


def _trials(case: Case, step: RangeStep, ground: FreshNamespace | Here, before: str, position: int) -> Iterator[Trial]:
    """Write each sample at one position, the other numbers as they were."""
    key = case.entry.key
    words = before.split()
    low, high = _bounds(case, step, ground, position)
    for value in s.samples(key, low, high):
        written = [*words]
        written[position : position + 1] = [str(value)]
        ground.write(key, " ".join(words))
        answer = ground.write(key, " ".join(written))
        taken, how = _judge(case, step, ground, answer, value, position)
        yield Trial(value, s.within(value, low, high), taken, how)
    ground.write(key, " ".join(words))


def _judge(
    case: Case, step: RangeStep, ground: FreshNamespace | Here, answer: int, value: int, position: int
) -> tuple[bool | None, str]:
    """Tell whether the kernel took the value, and in words what it did."""
    if answer in NOT_ABOUT_THE_VALUE:
        return None, f"{value} fails with {_named(answer)}"
    if answer:
        return False, f"refuses {value} ({_named(answer)})"
    numbers = _numbers(ground, case.entry.key)
    if position >= len(numbers):
        return False, f"{value} is accepted and not kept"
    if s.same(step, value, numbers[position], case.stage.outside_host.hz):
        return True, f"takes {value}"
    return False, f"{value} is accepted and kept as {numbers[position]}"


def _named(answer: int) -> str:
    return "a short write" if answer == SHORT_WRITE else errno.errorcode.get(answer, os.strerror(answer))
