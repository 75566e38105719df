"""The change itself: journal, arm, write, verify, persist; and all of it put back when anything fails on the way."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from types import FrameType
from typing import Literal

from tcptune.apply import trust
from tcptune.apply.journal import Journal
from tcptune.apply.procsys import ProcSys, means
from tcptune.errors import TcptuneError
from tcptune.model.journal import FileStep, Header, Step
from tcptune.model.record import dataclass

Arm = Callable[[Header], str]
"""Arms the undo of an entry and sees that it is armed; returns what can disarm it."""

INTERRUPTED: Literal[130] = 130


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a change.

    `status` is the exit status (0, 3, 4, 130). `verified` are the parameters that were read back as wanted. `lines`
    say what failed, what was put back and what could not be.
    """

    header: Header
    status: Literal[0, 3, 4, 130]
    verified: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()


class Failure(Exception):
    """Something on the way failed; its text is one sentence for a person."""


class Interrupted(Failure):
    """A signal asked for an end."""


def run(header: Header, journal: Journal, proc: ProcSys, arm: Arm | None = None) -> Outcome:
    """Make a change and return what came of it. Raises `TcptuneError` when the journal cannot be begun.

    Nothing is written before the entry is on disk. With `arm` the drop-in is left to `confirm`.
    """
    with _signals() as asked:
        header = journal.begin(header)
        return _Run(header, journal, proc, asked).make(arm)


def resume(header: Header, journal: Journal, proc: ProcSys) -> Outcome:
    """Finish a change whose process ended on the way."""
    with _signals() as asked:
        return _Run(header, journal, proc, asked).make(None)


class _Run:
    def __init__(self, header: Header, journal: Journal, proc: ProcSys, asked: Callable[[], str | None]) -> None:
        self.header, self.journal, self.proc, self.asked = header, journal, proc, asked

    def make(self, arm: Arm | None) -> Outcome:
        done: list[Step] = []
        filed = False
        try:
            if arm is not None:
                self.journal.add(self.header.id, "armed", undo=arm(self.header))
            for step in self.header.steps:
                self._stop_if_asked()
                done.append(step)
                self._write(step)
            self._verify()
            if arm is None and self.header.file is not None:
                self._stop_if_asked()
                filed = True
                put_file(self.header.file)
            self._stop_if_asked()
            self.journal.add(self.header.id, "applied" if arm is None else "pending")
        except (Failure, TcptuneError, OSError) as error:
            return self._undone(error, done, self.header.file if filed else None)
        return Outcome(self.header, 0, tuple(step.key for step in self.header.steps))

    def _stop_if_asked(self) -> None:
        name = self.asked()
        if name is not None:
            raise Interrupted(f"{name}: the change was given up")

    def _write(self, step: Step) -> None:
        """Write a parameter that still holds what the plan saw, and see that the kernel took it as meant."""
        try:
            found = self.proc.read(step.key)
        except OSError as error:
            raise Failure(f"{step.key} cannot be read: {error.strerror}") from None
        if means(step.key, found, step.after):
            return
        if not means(step.key, found, step.before):
            raise Failure(f"{step.key} is {found!r} and not {step.before!r}: somebody changed it since it was planned")
        try:
            self.proc.write(step.key, step.after)
            found = self.proc.read(step.key)
        except OSError as error:
            raise Failure(f"{step.key} = {step.after}: {error.strerror}") from None
        if not means(step.key, found, step.after):
            raise Failure(f"{step.key} = {step.after}: the kernel made {found!r} of it")

    def _verify(self) -> None:
        """See at the end that no later write and nobody else has changed an earlier one."""
        for step in self.header.steps:
            try:
                found = self.proc.read(step.key)
            except OSError as error:
                raise Failure(f"{step.key} cannot be read back: {error.strerror}") from None
            if not means(step.key, found, step.after):
                raise Failure(f"{step.key} became {found!r} after {step.after!r} was written")

    def _undone(self, error: Exception, done: Sequence[Step], file: FileStep | None) -> Outcome:
        said = str(error) if isinstance(error, Failure | TcptuneError) else f"{error.strerror or error}"  # type: ignore[attr-defined]
        lines = [said]
        lost = put_back(self.proc, done, file)
        lines += lost or (["everything was put back"] if done or file else ["nothing had been written"])
        try:
            self.journal.add(self.header.id, "failed" if lost else "undone", lines=lines)
        except OSError as broken:
            lines.append(f"the journal could not be completed: {broken.strerror}")
        status: Literal[3, 4, 130] = 4 if lost else INTERRUPTED if isinstance(error, Interrupted) else 3
        return Outcome(self.header, status, lines=tuple(lines))


def put_back(proc: ProcSys, steps: Sequence[Step], file: FileStep | None) -> list[str]:
    """Undo writes in reverse, each only if it still holds what we wrote; return a line for what could not be undone."""
    lost: list[str] = []
    if file is not None:
        try:
            put_file(replace(file, before=file.after, after=file.before))
        except (Failure, TcptuneError, OSError) as error:
            lost.append(f"{file.path} could not be put back: {_words(error)}")
    for step in reversed(steps):
        try:
            found = proc.read(step.key)
            if means(step.key, found, step.before):
                continue
            if not means(step.key, found, step.after):
                lost.append(f"{step.key} was not put back to {step.before!r}: it is {found!r}, which we did not write")
                continue
            proc.write(step.key, step.before)
            found = proc.read(step.key)
        except OSError as error:
            lost.append(f"{step.key} could not be put back to {step.before!r}: {error.strerror}")
            continue
        if not means(step.key, found, step.before):
            lost.append(f"{step.key} could not be put back to {step.before!r}: the kernel made {found!r} of it")
    return lost


def put_file(step: FileStep) -> None:
    """Bring the drop-in from its state before to that after; one that is as it should be is left.

    Raises `Failure` when it is neither, `TcptuneError` for an unsafe path, `OSError`.
    """
    head, name = os.path.split(step.path)
    with trust.folder(head) as folder:
        data = trust.read(folder, name, step.path)
        found = None if data is None else data.decode("utf-8", "surrogateescape")
        if found == step.after:
            return
        if found != step.before:
            raise Failure(f"{step.path} was changed by somebody else since it was planned")
        if step.after is None:
            trust.remove(folder, name)
        else:
            trust.replace(folder, name, step.after.encode("utf-8", "surrogateescape"), 0o644)


def _words(error: Exception) -> str:
    return (error.strerror or str(error)) if isinstance(error, OSError) else str(error)


_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def _signals() -> Iterator[Callable[[], str | None]]:
    """Note the signals that ask for an end instead of dying of them: between two steps there is time to put back."""
    asked: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        asked.append(number)

    before = {each: signal.signal(each, note) for each in _ENDING}
    try:
        yield lambda: signal.Signals(asked[0]).name if asked else None
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
