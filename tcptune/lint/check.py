"""What is made of the files that may hold settings: settings → views → rules → suppressions → report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from typing import TYPE_CHECKING

from tcptune.lint import judge, reading, suppress
from tcptune.lint.around import VARIABLES
from tcptune.lint.context import beside
from tcptune.lint.fitting import fitting
from tcptune.lint.folders import Folders
from tcptune.lint.look import Candidate, Share
from tcptune.lint.patterns import Patterns
from tcptune.model.finding import Finding, order
from tcptune.model.lint import LintReport
from tcptune.model.record import dataclass
from tcptune.model.version import Target
from tcptune.rules.base import Rule

if TYPE_CHECKING:
    from tcptune.lint.policy import Holder
    from tcptune.lint.root import HostFiles
    from tcptune.profiles.policy import Policy


LONGEST = 1200
"""Characters of what a finding says; its own words are fewer, and what it quotes may be of any length."""


@dataclass(frozen=True, slots=True)
class Options:
    """What a run is asked for: the kernels judged against, the rules, thresholds that were moved, ignores per file.

    `kernels` are those of particular paths, which beat `targets`. `policy` is the profile that the settings are held
    against. `host` is the root whose files are judged as a whole.
    """

    targets: tuple[Target, ...]
    rules: tuple[Rule, ...]
    thresholds: Mapping[str, int] = field(default_factory=dict)
    per_file: Patterns[Sequence[str]] = field(default_factory=Patterns)
    kernels: Patterns[tuple[Target, ...]] = field(default_factory=Patterns)
    policy: Policy | None = None
    host: HostFiles | None = None

    def targets_of(self, path: str) -> tuple[Target, ...]:
        """Return the kernels that a file is for."""
        return self.kernels.last(path) or self.targets


def check(
    candidates: Sequence[Candidate], options: Options, share: Share, holders: Holders | None = None
) -> LintReport:
    """Judge the candidates; `share` is what all files say about others, `holders` those of several such calls."""
    files: list[reading.File] = []
    skipped: list[str] = []
    for path, data, named in candidates:
        file = reading.read(path, data, named=named)
        if file is not None:
            files.append(file)
        elif b"\0" in data[:8192]:
            skipped.append(f"{path}: is binary")
    return _report(files, options, share, skipped, holders or Holders(options.policy))


def _report(
    files: list[reading.File], options: Options, share: Share, skipped: list[str], holders: Holders
) -> LintReport:
    slugs = {rule.code: rule.slug for rule in options.rules}
    findings: list[Finding] = []
    suppressions: list[suppress.Suppression] = []
    folders, host = Folders(files, share), options.host
    told = [file for file in files if file.path not in share.context]
    for file in told:
        settings = folders.settings(file)
        targets = options.targets_of(file.path)
        holder = holders.of(targets, folders.replaced(file)) if options.policy is not None else None
        rules = options.rules if host is None else host.rules_of(file.path, options.rules)
        findings += [judge.of_problem(problem, slugs) for problem in file.problems if problem.rule in slugs]
        around = folders.around(file) if host is None else ([], [])
        if any(around):
            related = [rule for rule in rules if rule.code.startswith(judge.OF_RELATIONS)]
            findings += judge.together(settings, around, targets, related, options.thresholds)
            rules = [rule for rule in rules if rule not in related]
        named = beside(file.path, share.mentioned)
        findings += judge.judge(settings, targets, rules, options.thresholds, holder, named)
        suppressions += suppress.of_comments(file.path, file.reading.comments, file.text.lines)
    together = [*(folders.findings() if host is None else host.findings(files, options))]
    if host is None and any(file.path.endswith(VARIABLES) for file in files):
        from tcptune.lint import roles

        together += roles.findings(files, folders, options)
    findings += [_placed(one) for one in together if one.rule in slugs and _told_of(one, host, share)]
    texts = {file.path: file.text.lines for file in files}
    findings = [_short(fitting(_anchored(finding, texts), texts)) for finding in findings]
    left = suppress.apply(findings, suppressions, options.per_file)
    remaining, accepted = _sifted(left.findings, options.policy)
    lines = _source_lines(remaining, texts)
    return LintReport(
        findings=tuple(sorted(remaining, key=by_place)),
        files=len(told),
        skipped=tuple(skipped),
        unused=tuple(left.unused),
        suppressed=left.count + len(left.findings) - len(remaining),
        lines=lines,
        texts=_texts(remaining, files),
        accepted=accepted,
    )


def _told_of(finding: Finding, host: HostFiles | None, share: Share) -> bool:
    """Tell whether a finding is of the files given; what no file sets is said only where all of a host's are."""
    if finding.at is not None:
        return finding.at.path not in share.context
    return host is None or not host.files & share.context


def _placed(finding: Finding) -> Finding:
    """Return what stands in no file with the place of what asks for it: reports in CI have no room for less."""
    if finding.at is not None or not finding.related:
        return finding
    return replace(finding, at=finding.related[0].at, related=finding.related[1:])


class Holders:
    """What holds the profile against settings, one for each set of kernels that files are for."""

    def __init__(self, policy: Policy | None) -> None:
        self.policy = policy
        self._found: dict[tuple[Target, ...], Holder] = {}

    def of(self, targets: tuple[Target, ...], replaced: frozenset[str]) -> Holder | None:
        """Return the one for these kernels, told which parameters a later file of the folder sets again."""
        if self.policy is None:
            return None
        if targets not in self._found:
            from tcptune.lint.policy import Holder

            self._found[targets] = Holder(self.policy, targets)
        holder = self._found[targets]
        holder.replaced = replaced
        return holder


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


def _short(finding: Finding) -> Finding:
    """Return the finding with what it says cut where a value of many thousand characters stands in it."""
    fix = finding.fix
    if max(len(finding.message), len(finding.why), len(fix.title) if fix is not None else 0) <= LONGEST:
        return finding
    short = replace(fix, title=_cut(fix.title)) if fix is not None else None
    return replace(finding, message=_cut(finding.message), why=_cut(finding.why), fix=short)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST // 2]} … {text[-LONGEST // 4 :]}"


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
