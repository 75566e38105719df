"""What is made of the files that may hold settings: settings → views → rules → suppressions → report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from tcptune.lint import judge, reading, suppress
from tcptune.lint.folders import Folders
from tcptune.lint.look import Candidate, Share
from tcptune.model.finding import Finding, order
from tcptune.model.lint import LintReport
from tcptune.model.version import Target
from tcptune.rules.base import Rule

if TYPE_CHECKING:
    from tcptune.lint.policy import Holder
    from tcptune.profiles.policy import Policy


@dataclass(frozen=True, slots=True)
class Options:
    """What a run is asked for: the kernels judged against, the rules, thresholds that were moved, ignores per file.

    `policy` is the profile that the settings are held against.
    """

    targets: tuple[Target, ...]
    rules: tuple[Rule, ...]
    thresholds: Mapping[str, int] = field(default_factory=dict)
    per_file: Mapping[str, Sequence[str]] = field(default_factory=dict)
    policy: Policy | None = None


def check(candidates: Sequence[Candidate], options: Options, share: Share) -> LintReport:
    """Judge the candidates; `share` is what all files say about others."""
    files: list[reading.File] = []
    skipped: list[str] = []
    for path, data, named in candidates:
        file = reading.read(path, data, named=named)
        if file is not None:
            files.append(file)
        elif b"\0" in data[:8192]:
            skipped.append(f"{path}: is binary")
    return _report(files, options, share, skipped)


def _report(files: list[reading.File], options: Options, share: Share, skipped: list[str]) -> LintReport:
    slugs = {rule.code: rule.slug for rule in options.rules}
    findings: list[Finding] = []
    suppressions: list[suppress.Suppression] = []
    folders = Folders(files, share)
    holder = _holder(options)
    for file in files:
        settings = folders.settings(file)
        if holder is not None:
            holder.replaced = folders.replaced(file)
        findings += [judge.of_problem(problem, slugs) for problem in file.problems if problem.rule in slugs]
        findings += judge.judge(settings, options.targets, options.rules, options.thresholds, holder)
        suppressions += suppress.of_comments(file.path, file.reading.comments, file.text.lines)
    findings += [finding for finding in folders.findings(options) if finding.rule in slugs]
    texts = {file.path: file.text.lines for file in files}
    findings = [_anchored(finding, texts) for finding in findings]
    left = suppress.apply(findings, suppressions, options.per_file)
    remaining, accepted = _sifted(left.findings, options.policy)
    lines = _source_lines(remaining, texts)
    return LintReport(
        findings=tuple(sorted(remaining, key=by_place)),
        files=len(files),
        skipped=tuple(skipped),
        unused=tuple(left.unused),
        suppressed=left.count + len(left.findings) - len(remaining),
        lines=lines,
        texts=_texts(remaining, files),
        accepted=accepted,
    )


def _holder(options: Options) -> Holder | None:
    if options.policy is None:
        return None
    from tcptune.lint.policy import Holder

    return Holder(options.policy, options.targets)


def _sifted(findings: list[Finding], policy: Policy | None) -> tuple[list[Finding], tuple[str, ...]]:
    """Take out what the profile takes on purpose."""
    return policy.sift(findings) if policy is not None else (findings, ())


def by_place(finding: Finding) -> tuple[object, ...]:
    """Sort key: place, then rule."""
    at = finding.at
    return (at.path, at.line, at.column, finding.rule) if at else ("", 0, 0, finding.rule, *order(finding))


def _anchored(finding: Finding, texts: Mapping[str, Sequence[str]]) -> Finding:
    """Give a finding without an anchor the text of its line, so that its fingerprint survives a shift."""
    if finding.anchor or finding.at is None:
        return finding
    rows = texts.get(finding.at.path, ())
    if 0 < finding.at.line <= len(rows):
        return replace(finding, anchor=rows[finding.at.line - 1].strip())
    return finding


def _texts(findings: Sequence[Finding], files: list[reading.File]) -> dict[str, str]:
    wanted = {edit.path for finding in findings if finding.fix for edit in finding.fix.edits}
    return {file.path: file.text.text for file in files if file.path in wanted}


def _source_lines(findings: Sequence[Finding], texts: Mapping[str, Sequence[str]]) -> dict[tuple[str, int], str]:
    found = {}
    for finding in findings:
        if finding.at is not None and finding.at.path in texts:
            rows = texts[finding.at.path]
            if 0 < finding.at.line <= len(rows):
                found[finding.at.path, finding.at.line] = rows[finding.at.line - 1]
    return found
