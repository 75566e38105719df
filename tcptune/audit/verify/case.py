"""One parameter under comparison: what the catalogue says of it here, what was seen, what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from tcptune.audit.verify.report import Aspect, Mismatch
from tcptune.audit.verify.stage import Stage, shares_file
from tcptune.live.probe import Look
from tcptune.model.history import RangeStep, ScopeStep
from tcptune.model.parameter import Parameter


@dataclass(slots=True)
class Case:
    """A parameter, how it looks outside and in a fresh namespace, and the findings so far.

    `shared` tells that both looks are at one and the same file.
    """

    entry: Parameter
    stage: Stage
    outside: Look | None
    inside: Look | None
    shared: bool
    checks: int = 0
    probes: int = 0
    mismatches: list[Mismatch] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, entry: Parameter, stage: Stage) -> Case:
        """Look at the parameter on every side."""
        first = stage.first
        outside, inside = stage.outside.look(entry.key), first.run(lambda: first.look(entry.key))
        return cls(entry, stage, outside, inside, shares_file(entry.key, stage.outside, first))

    @property
    def scope(self) -> ScopeStep:
        """Where the catalogue says that the value lives here."""
        return self.entry.scope_on(self.stage.target) or ScopeStep(scope="host", child="absent")

    @property
    def accepted(self) -> RangeStep | None:
        """What the catalogue says that this kernel accepts."""
        return self.entry.accepted_on(self.stage.target)

    @property
    def may_write_inside(self) -> bool:
        """Whether a fresh namespace's file is its own by all signs, so that a write there is felt nowhere else."""
        own = self.scope.scope == "netns" and self.scope.child == "own" and not self.shared
        return own and self.stage.writes is None and self.inside is not None and self.inside.writable

    @property
    def may_write_outside(self) -> bool:
        """Whether the value outside may be written: only where the whole kernel is thrown away."""
        return self.stage.disposable and self.outside is not None and self.outside.writable

    def compare(self, aspect: Aspect, agrees: bool, catalogue: str, kernel: str) -> bool:
        """Count a fact, and note it down when the two sides disagree."""
        self.checks += 1
        if not agrees:
            self.mismatches.append(Mismatch(self.entry.key, aspect, catalogue, kernel))
        return agrees

    def note(self, line: str) -> None:
        """Note down what is worth knowing and no mismatch."""
        self.notes.append(f"{self.entry.key}: {line}")
