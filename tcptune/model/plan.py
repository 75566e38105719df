"""A change before it is made: what will be written where, in which order, and what speaks against it."""

from __future__ import annotations

from tcptune.model.diff import Change
from tcptune.model.finding import Finding
from tcptune.model.host import Host
from tcptune.model.journal import FileStep, Header, Place, Step
from tcptune.model.record import dataclass


@dataclass(frozen=True, slots=True)
class Plan:
    """What a change comes to.

    `changes` is every parameter that was asked for, `steps` those that are written, in order. `file` is the drop-in
    before and after, None where it stays as it is; `persists` is its path where values are kept for the next boot.
    `refusals` are sentences for what keeps the plan from being made, `risks` the findings that it would bring;
    `present` are findings that were there before and that it does not touch. `notices` are worth knowing.
    """

    profile: str
    digest: str
    place: Place
    host: Host
    changes: tuple[Change, ...]
    steps: tuple[Step, ...]
    file: FileStep | None = None
    persists: str | None = None
    refusals: tuple[str, ...] = ()
    risks: tuple[Finding, ...] = ()
    present: tuple[Finding, ...] = ()
    notices: tuple[str, ...] = ()

    @property
    def refused(self) -> bool:
        """Tell whether something keeps the plan from being made."""
        return bool(self.refusals or self.risks)

    @property
    def empty(self) -> bool:
        """Tell whether there is nothing to do."""
        return not self.steps and self.file is None


@dataclass(frozen=True, slots=True)
class Applied:
    """What `apply`, `rollback` or `confirm` came to: the plan, and what was made of it.

    `status` is the exit status. `header` is the journal's entry and `journal` its path, None where nothing was begun;
    `verified` the parameters that were read back as wanted. `lines` say what failed and what became of it. `deadline`
    are the seconds left to confirm.
    """

    command: str
    plan: Plan
    status: int
    dry_run: bool = False
    header: Header | None = None
    journal: str | None = None
    verified: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    deadline: float | None = None

    @property
    def changed(self) -> bool:
        """Tell whether something was changed, or with `dry_run` would be."""
        if self.dry_run:
            return not self.plan.empty and not self.plan.refused
        if self.status != 0:
            # What could not be put back is a change.
            return self.status == 4
        if self.command == "confirm":
            return self.plan.file is not None
        return self.header is not None and not self.plan.empty
