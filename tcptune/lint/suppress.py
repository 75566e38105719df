"""Findings silenced on purpose: `# tcptune: ignore[TT402] reason`, `ignore-file[…]`, and files in the configuration."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import field

from tcptune.lint.patterns import Patterns
from tcptune.model.finding import Finding
from tcptune.model.record import dataclass
from tcptune.sources.base import Comment

_MARK = re.compile(r"tcptune:\s*ignore(?P<file>-file)?\[(?P<rules>[^\]]*)\]")


@dataclass(slots=True)
class Suppression:
    """One of them: the rules it names, the line it is about (None: the whole file), whether it silenced anything."""

    path: str
    line: int
    names: tuple[str, ...]
    about: int | None
    used: bool = False

    def covers(self, finding: Finding) -> bool:
        """Tell whether it silences a finding of its file."""
        if finding.at is None or finding.at.path != self.path:
            return False
        if self.about is not None and finding.at.line != self.about:
            return False
        return any(matches(name, finding) for name in self.names)


def matches(name: str, finding: Finding) -> bool:
    """Tell whether a code, a slug or a prefix such as `TT3` names a finding's rule."""
    return finding.slug == name or (name.upper().startswith("TT") and finding.rule.startswith(name.upper()))


def of_comments(path: str, comments: Sequence[Comment], lines: Sequence[str]) -> list[Suppression]:
    """Collect the suppressions that a file's comments hold.

    One that stands alone is about the next line that holds more than a comment, one behind a setting about its line;
    where a format has no trailing comments, the latter is part of the value and no suppression.
    """
    found = []
    following: list[int] | None = None
    for comment in comments:
        match = _MARK.search(comment.text)
        if match is None or not (comment.alone or comment.real):
            continue
        names = tuple(name.strip() for name in match["rules"].split(",") if name.strip())
        about: int | None = comment.at.line
        if match["file"]:
            about = None
        elif comment.alone:
            following = following or _following(lines)
            about = following[comment.at.line]
        found.append(Suppression(path, comment.at.line, names, about))
    return found


def _following(lines: Sequence[str]) -> list[int]:
    """Return for each line number the number of the next line that holds more than a comment, or itself."""
    found = list(range(len(lines) + 1))
    after = 0
    for number in range(len(lines), 0, -1):
        found[number] = after or number
        bare = lines[number - 1].strip()
        if bare and not bare.startswith(("#", ";", "//")):
            after = number
    return found


@dataclass(slots=True)
class Silenced:
    """What is left, how many were silenced, and which suppressions hit nothing."""

    findings: list[Finding] = field(default_factory=list)
    count: int = 0
    unused: list[str] = field(default_factory=list)


def apply(
    findings: Sequence[Finding], suppressions: Sequence[Suppression], per_file: Patterns[Sequence[str]]
) -> Silenced:
    """Take out the findings that are silenced, by a comment or by the configuration's per-file ignores."""
    result = Silenced()
    about: dict[tuple[str, int | None], list[Suppression]] = {}
    for entry in suppressions:
        about.setdefault((entry.path, entry.about), []).append(entry)
    for finding in findings:
        at = finding.at
        near = [*about.get((at.path, at.line), ()), *about.get((at.path, None), ())] if at is not None else []
        hits = [entry for entry in near if entry.covers(finding)]
        for entry in hits:
            entry.used = True
        path = finding.at.path if finding.at else ""
        listed = any(matches(name, finding) for names in per_file.of(path) for name in names)
        if hits or listed:
            result.count += 1
        else:
            result.findings.append(finding)
    result.unused = [
        f"{entry.path}:{entry.line}: ignore[{','.join(entry.names)}] silences nothing"
        for entry in suppressions
        if not entry.used
    ]
    return result
