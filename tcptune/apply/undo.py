"""Writes taken back, in reverse, each only if it still holds what we wrote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from tcptune.apply.persist import Failure, put_file, words
from tcptune.apply.procsys import ProcSys, blanks, means, partly
from tcptune.errors import TcptuneError
from tcptune.model.journal import FileStep, Step
from tcptune.model.record import dataclass


@dataclass(frozen=True, slots=True)
class Left:
    """What was not put back, a line for each: what somebody else has changed since, and what could not be written."""

    changed: tuple[str, ...]
    failed: tuple[str, ...]

    @property
    def lines(self) -> tuple[str, ...]:
        """All of it."""
        return self.failed + self.changed


class _Changed(Exception):
    """Somebody else has changed it since: it is not ours to put back."""


def put_back(
    proc: ProcSys, steps: Sequence[Step], file: FileStep | None, made: Mapping[str, str] | None = None
) -> Left:
    """Undo writes and return what is left of them; what fails is tried once more when the rest is done.

    `made` is what the kernel made of our writes, where that was seen: a value that it keeps in another form than it
    was given is ours as well.
    """
    changed: list[str] = []
    failed: list[str] = []
    todo: list[FileStep | Step] = [*([file] if file is not None else []), *reversed(steps)]
    for _ in range(2):
        again: list[FileStep | Step] = []
        failed.clear()
        for each in todo:
            try:
                if isinstance(each, FileStep):
                    _file(each)
                else:
                    _one(proc, each, (made or {}).get(each.key))
            except _Changed as error:
                changed.append(str(error))
            except Exception as error:
                failed.append(f"{_what(each)} could not be put back: {words(error)}")
                again.append(each)
        todo = again
    return Left(tuple(changed), tuple(failed))


def _what(step: FileStep | Step) -> str:
    return step.path if isinstance(step, FileStep) else f"{step.key} = {blanks(step.before)!r}"


def _file(step: FileStep) -> None:
    try:
        put_file(replace(step, before=step.after, after=step.before))
    except Failure as error:
        raise _Changed(f"{step.path} was not put back: {error}") from None


def _one(proc: ProcSys, step: Step, made: str | None) -> None:
    found = proc.read(step.key)
    if means(step.key, found, step.before):
        return
    if not ours(step, found) and found != made:
        raise _Changed(
            f"{step.key} was not put back to {blanks(step.before)!r}: it is {blanks(found)!r}, which we did not write"
        )
    proc.write(step.key, step.before)
    found = proc.read(step.key)
    if not means(step.key, found, step.before):
        raise TcptuneError(f"the kernel made {blanks(found)!r} of it")


def ours(step: Step, found: str) -> bool:
    """Tell whether a value is what a step has written, or a killed one began to write in either direction."""
    return means(step.key, found, step.after) or any(
        partly(step.key, found, each) for each in (step.after, step.before)
    )
