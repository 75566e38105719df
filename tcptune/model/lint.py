"""What `lint` ends in: findings with their files, and what was passed over."""

from __future__ import annotations

from dataclasses import field

from tcptune.model.finding import Finding
from tcptune.model.record import dataclass


@dataclass(frozen=True, slots=True)
class LintReport:
    """The findings of all files.

    `files` is how many were read as settings, `seen` how many were looked at; `skipped` says which were not read and
    why, `unused` names suppressions that hit nothing, `suppressed` counts the findings that were silenced. `lines`
    gives the source line of every place that a finding names, by path and line number. `accepted` are lines about
    findings that the profile takes on purpose; they count as suppressed.
    """

    findings: tuple[Finding, ...]
    files: int = 0
    seen: int = 0
    skipped: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()
    suppressed: int = 0
    lines: dict[tuple[str, int], str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    accepted: tuple[str, ...] = ()
