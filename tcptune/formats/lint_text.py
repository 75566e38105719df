"""A lint report for a person: place, message, the source line with a marker under the column, reason, fix."""

from __future__ import annotations

import unicodedata
from collections import Counter

from tcptune.formats.style import Style, visible
from tcptune.formats.text import paragraph
from tcptune.model.finding import Finding, counts
from tcptune.model.lint import LintReport

LONGEST = 160
"""Columns of a source line that are shown; of a longer one the part around the marker."""


def lint(
    report: LintReport,
    style: Style,
    width: int,
    *,
    quiet: bool = False,
    verbose: bool = False,
    fold: bool = False,
) -> str:
    """Return the findings in the order of files and lines, then a line that counts them.

    With `fold`, for a terminal, the line that tells what is wrong is folded too; for programs it is one line.
    """
    lines: list[str] = []
    for finding in report.findings:
        head = _head(finding, style, width if fold else 0)
        lines += head if quiet else [*head, *_finding(finding, report, style, width, verbose=verbose)]
    if verbose:
        lines += [f"not read: {visible(item)}" for item in report.skipped]
        lines += [f"unused suppression: {visible(item)}" for item in report.unused]
        lines += [f"accepted: {visible(item)}" for item in report.accepted]
    if not quiet:
        lines.append(_summary(report, style))
    return "\n".join(lines) + "\n" if lines else ""


def _head(finding: Finding, style: Style, width: int) -> list[str]:
    """Return what is wrong and where: a line of its own, folded where a width is given."""
    place = visible(f"{finding.at}: ") if finding.at else ""
    plain = f"{place}{finding.severity} {finding.rule}"
    paint = {"error": style.red, "warning": style.yellow, "note": style.cyan}[finding.severity]
    painted = f"{place}{paint(finding.severity)} {style.bold(finding.rule)}"
    message = visible(finding.message)
    if not 0 < width < len(plain) + 1 + len(message):
        return [f"{painted} {message}"]
    first, *rest = paragraph(f"{plain} {message}", width, "    ", first="")
    return [first.replace(plain, painted, 1), *rest]


def _finding(finding: Finding, report: LintReport, style: Style, width: int, *, verbose: bool) -> list[str]:
    lines = _source(finding, report, style)
    if finding.kernels is not None:
        lines += paragraph(f"kernels: {shortened(finding.kernels)}", width, "    ")
    if finding.why:
        lines += paragraph(finding.why, width, "         ", first="    why: ")
    if finding.fix is not None:
        lines += paragraph(finding.fix.title, width, "         ", first="    fix: ")
    for other in finding.related:
        lines += paragraph(f"{other.at}: {other.message}", width, "         ", first="    see: ")
    if verbose:
        for reference in finding.references:
            lines += paragraph(reference, width, "         ", first="    ref: ")
    return [*lines, ""]


def shortened(kernels: tuple[str, ...]) -> str:
    """Return the kernels' names; a long row of releases as its ends."""
    return ", ".join(kernels) if len(kernels) <= 6 else f"{kernels[0]} … {kernels[-1]} ({len(kernels)} releases)"


def _source(finding: Finding, report: LintReport, style: Style) -> list[str]:
    at = finding.at
    if at is None:
        return []
    row = report.lines.get((at.path, at.line))
    if row is None or not row.strip():
        return []
    start = max(0, at.column - 1 - LONGEST // 2) if len(row) > LONGEST else 0
    shown = row[start : start + LONGEST].replace("\t", " ")
    marker_at = at.column - 1 - start
    length = max(1, (at.end_column or at.column + 1) - at.column) if at.end_line in (None, at.line) else 1
    before, marked = visible(shown[:marker_at]), visible(shown[marker_at : marker_at + length])
    number = f"{at.line:>5} | "
    marker = " " * (len(number) - 2) + "| " + " " * columns(before) + style.red("^" * max(1, columns(marked)))
    return [style.dim(number) + visible(shown), marker]


def columns(text: str) -> int:
    """Return how many columns of a terminal a text takes: wide characters two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
    )


def _summary(report: LintReport, style: Style) -> str:
    found = counts(list(report.findings))
    files = f"{report.files} file{'' if report.files == 1 else 's'} with settings"
    if not report.findings:
        return f"{files}: nothing found"
    parts = [f"{number} {name}{'' if number == 1 else 's'}" for name, number in found.items() if number]
    told = ", ".join(parts)
    more = f", {report.suppressed} suppressed" if report.suppressed else ""
    return f"{style.bold(told)} in {files}{more}; `tcptune explain RULE` says more of a rule"


def statistics(report: LintReport) -> str:
    """Return how often each rule spoke, the most frequent first."""
    tally = Counter((finding.rule, finding.slug, finding.severity) for finding in report.findings)
    rows = sorted(tally.items(), key=lambda item: (-item[1], item[0]))
    return "".join(f"{number:>6}  {rule}  {severity:<7}  {slug}\n" for (rule, slug, severity), number in rows)
