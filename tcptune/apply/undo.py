"""Writes taken back, in reverse, each only if it still holds what we wrote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from tcptune.apply.persist import Failure, put_file, words
from tcptune.apply.procsys import ProcSys, means
from tcptune.errors import TcptuneError
from tcptune.model.journal import FileStep, Step


def put_back(
    proc: ProcSys, steps: Sequence[Step], file: FileStep | None, made: Mapping[str, str] | None = None
) -> list[str]:
    """Undo writes; return a line for each that could not be undone, or that somebody else has changed since.

    `made` is what the kernel made of our writes, where that was seen: a value that it keeps in another form than it
    was given is ours as well.
    """
    lost: list[str] = []
    if file is not None:
        try:
            put_file(replace(file, before=file.after, after=file.before))
        except (Failure, TcptuneError, OSError) as error:
            lost.append(f"{file.path} could not be put back: {words(error)}")
    lines = (_one(proc, step, (made or {}).get(step.key)) for step in reversed(steps))
    return lost + [line for line in lines if line is not None]


def _one(proc: ProcSys, step: Step, made: str | None) -> str | None:
    try:
        found = proc.read(step.key)
        if means(step.key, found, step.before):
            return None
        if not means(step.key, found, step.after) and found != made:
            return f"{step.key} was not put back to {step.before!r}: it is {found!r}, which we did not write"
        proc.write(step.key, step.before)
        found = proc.read(step.key)
    except OSError as error:
        return f"{step.key} could not be put back to {step.before!r}: {error.strerror}"
    if not means(step.key, found, step.before):
        return f"{step.key} could not be put back to {step.before!r}: the kernel made {found!r} of it"
    return None
