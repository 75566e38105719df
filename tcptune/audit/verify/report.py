"""What a comparison of the catalogue with a kernel ends in."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any, Literal

Aspect = Literal["existence", "mode", "scope", "default", "range", "inherited"]


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One fact on which the catalogue and the kernel disagree, with what each of them says."""

    key: str
    aspect: Aspect
    catalogue: str
    kernel: str

    def __str__(self) -> str:
        return f"{self.key}: {self.aspect}: the catalogue says {self.catalogue}; the kernel: {self.kernel}"


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """The catalogue compared with the running kernel.

    `entries` counts the parameters compared, `checks` the facts looked at, `probes` the values written. `notes` are
    lines on what could not be compared or somebody has set, `unknown` the TCP, core and connection-tracking keys that
    this kernel has and the catalogue does not.
    """

    release: str
    entries: int
    checks: int
    probes: int
    mismatches: tuple[Mismatch, ...] = ()
    notes: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        """Return the report for a person: a summary, each mismatch, then what is worth knowing."""
        counted = f"{self.entries} parameters, {self.checks} facts, {self.probes} values written"
        verdict = f"{len(self.mismatches)} mismatches" if self.mismatches else "the catalogue agrees with it"
        unknown = [f"not in the catalogue: {key}" for key in self.unknown]
        notes = [f"note: {line}" for line in self.notes]
        return [f"Linux {self.release}: {counted}: {verdict}.", *map(str, self.mismatches), *notes, *unknown]

    def as_json(self) -> dict[str, Any]:
        """Return the report as JSON has it."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> VerifyReport:
        """Read what `as_json` gave."""
        found = {field.name: data[field.name] for field in fields(cls)}
        found["mismatches"] = tuple(Mismatch(**one) for one in found["mismatches"])
        return cls(**{**found, "notes": tuple(found["notes"]), "unknown": tuple(found["unknown"])})
