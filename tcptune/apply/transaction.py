"""The change itself: journal, arm, write, verify, persist; and all of it put back when anything fails on the way."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Literal

from tcptune.apply import undo
from tcptune.apply.arm import Arm, disarm
from tcptune.apply.journal import Journal
from tcptune.apply.persist import Failure, put_file, words
from tcptune.apply.procsys import PartlyTaken, ProcSys, blanks, means, partly
from tcptune.apply.signals import noted
from tcptune.errors import TcptuneError
from tcptune.model.journal import FileStep, Header, Step
from tcptune.model.record import dataclass

Status = Literal[0, 3, 4, 130]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a change.

    `status` is the exit status (0, 3, 4, 130). `verified` are the parameters that were read back as wanted. `lines`
    say what failed, what was put back and what could not be.
    """

    header: Header
    status: Status
    verified: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()


class Interrupted(Failure):
    """A signal asked for an end."""


def run(header: Header, journal: Journal, proc: ProcSys, arm: Arm | None = None) -> Outcome:
    """Make a change and return what came of it. Raises `TcptuneError` when the journal cannot be begun.

    Nothing is written before the entry is on disk. With `arm` the drop-in is left to `confirm`.
    """
    with noted() as asked:
        header = journal.begin(header)
        return _Run(header, journal, proc, asked).make(arm)


def resume(header: Header, journal: Journal, proc: ProcSys, arm: Arm | None = None) -> Outcome:
    """Finish a change whose process ended on the way; what it had written already is left as it is."""
    with noted() as asked:
        return _Run(header, journal, proc, asked, resumed=True).make(arm)


class _Run:
    def __init__(
        self,
        header: Header,
        journal: Journal,
        proc: ProcSys,
        asked: Callable[[], str | None],
        *,
        resumed: bool = False,
    ) -> None:
        self.header, self.journal, self.proc, self.asked = header, journal, proc, asked
        self.resumed = resumed
        self.begun: list[Step] = []
        self.made: dict[str, str] = {}
        self.filed = False
        self.undo: str | None = None

    def make(self, arm: Arm | None) -> Outcome:
        """Do all of it, or none."""
        name = self.header.id
        try:
            if arm is not None:
                self.undo = arm(self.header)
                self.journal.add(name, "armed", undo=self.undo)
            for step in self.header.steps:
                self._stop_if_asked()
                self._write(step)
            self._verify()
            self._stop_if_asked()
            if arm is None and self.header.file is not None:
                self._keep(self.header.file)
            self._stop_if_asked()
            self.journal.add(name, "applied" if arm is None else "pending")
        except Exception as error:
            # Whatever it is, also a module that is gone meanwhile: half a change is the worst that can be left.
            return self._undone(error)
        return Outcome(self.header, 0, tuple(step.key for step in self.header.steps))

    def _keep(self, file: FileStep) -> None:
        """Write the drop-in, unless somebody has changed it since it was planned: then it is not ours to put back."""
        self.filed = True
        try:
            put_file(file)
        except Failure:
            self.filed = False
            raise
        except OSError as error:
            raise TcptuneError(f"{file.path} could not be written: {error.strerror}") from None

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
        if self.resumed and means(step.key, found, step.after):
            self.begun.append(step)
            return
        begun = self.resumed and partly(step.key, found, step.after)
        if not means(step.key, found, step.before) and not begun:
            wanted = blanks(step.before)
            raise Failure(
                f"{step.key} is {blanks(found)!r} and not {wanted!r}: somebody changed it since it was planned"
            )
        self.begun.append(step)
        try:
            self.proc.write(step.key, step.after)
            found = self.proc.read(step.key)
        except PartlyTaken as error:
            with suppress(OSError):
                self.made[step.key] = self.proc.read(step.key)
            raise Failure(f"{step.key} = {blanks(step.after)}: {error.strerror}") from None
        except OSError as error:
            raise Failure(f"{step.key} = {blanks(step.after)}: {error.strerror}") from None
        self.made[step.key] = found
        if not means(step.key, found, step.after):
            raise Failure(f"{step.key} = {blanks(step.after)}: the kernel made {blanks(found)!r} of it")

    def _verify(self) -> None:
        """See at the end that no later write and nobody else has changed an earlier one."""
        for step in self.header.steps:
            try:
                found = self.proc.read(step.key)
            except OSError as error:
                raise Failure(f"{step.key} cannot be read back: {error.strerror}") from None
            if not means(step.key, found, step.after):
                raise Failure(f"{step.key} became {blanks(found)!r} after {blanks(step.after)!r} was written")

    def _begun(self) -> tuple[str, ...]:
        """Put back what this process wrote; return what is left of it."""
        return undo.put_back(self.proc, self.begun, self.header.file if self.filed else None, self.made).lines

    def _killed(self) -> tuple[str, ...]:
        """Put back what the killed process wrote and this one has not come to; return what could not be.

        What holds neither is left: nobody knows whether it was written at all.
        """
        if not self.resumed:
            return ()
        rest = [step for step in self.header.steps if step not in self.begun]
        return undo.put_back(self.proc, rest, None if self.filed else self.header.file).failed

    def _undone(self, error: Exception) -> Outcome:
        """Put everything back and say what became of it."""
        lost = (*self._killed(), *self._begun())
        written = self.begun or self.filed or self.resumed
        fate = lost or (["everything was put back"] if written else ["nothing had been written"])
        lines = [words(error), *fate]
        try:
            self.journal.add(self.header.id, "failed" if lost else "undone", lines=lines)
        except OSError as broken:
            lines.append(f"the journal could not be completed: {broken.strerror}")
        if not lost:
            disarm(self.undo)
        status: Status = 4 if lost else 130 if isinstance(error, Interrupted) else 3
        return Outcome(self.header, status, lines=tuple(lines))
