"""What a rule found."""

from __future__ import annotations

from dataclasses import field

from tcptune.model.record import dataclass
from tcptune.model.setting import Edit, Location
from tcptune.model.severity import Severity
from tcptune.model.value import Value, as_json

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")


@dataclass(frozen=True, slots=True)
class Related:
    """Another place that the finding is about."""

    at: Location
    message: str


@dataclass(frozen=True, slots=True)
class Fix:
    """What to do instead. `safe` is true only where the result is provably the same or better.

    `title` is one line a person can act on; for a live host it ends in the exact command or value.
    """

    title: str
    safe: bool = False
    edits: tuple[Edit, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding: what, why, what to do, where.

    `message` is one sentence, `why` the reason with what goes wrong and how it shows. `kernels` names the targets
    concerned when it is not all of them. `netns` is set with several namespaces.
    """

    rule: str
    slug: str
    severity: Severity
    message: str
    why: str
    key: str | None = None
    value: Value | None = None
    fix: Fix | None = None
    at: Location | None = None
    related: tuple[Related, ...] = ()
    kernels: tuple[str, ...] | None = None
    netns: str | None = None
    references: tuple[str, ...] = ()
    anchor: str = field(default="", compare=False)

    @property
    def fingerprint(self) -> str:
        """A text that names the same finding when its line has moved: rule, key, value, file and `anchor`.

        `anchor` tells apart findings that agree in all of these (the source line's text, an index).
        """
        import hashlib

        path = self.at.path if self.at else ""
        parts = (self.rule, self.key or "", str(as_json(self.value)), path, self.netns or "", self.anchor)
        return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogateescape")).hexdigest()[:24]


def order(finding: Finding) -> tuple[int, str, int, int, str, str]:
    """Sort key: gravity first, then place, then rule."""
    at = finding.at
    place = (at.path, at.line, at.column) if at else ("", 0, 0)
    return (SEVERITIES.index(finding.severity), *place, finding.rule, finding.key or "")


def counts(findings: list[Finding]) -> dict[str, int]:
    """Return the number of findings of each severity."""
    return {name: sum(f.severity == name for f in findings) for name in SEVERITIES}


def reaches(findings: list[Finding], fail_on: str) -> bool:
    """Tell whether any finding is at or above `fail_on` (`error`, `warning`, `note`, or `never`)."""
    if fail_on == "never":
        return False
    limit = SEVERITIES.index(fail_on)
    return any(SEVERITIES.index(f.severity) <= limit for f in findings)
