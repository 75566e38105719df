"""What becomes of a lint report: files mended, or the report in one of its formats."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from tcptune.cli import console, standby
from tcptune.errors import TcptuneError
from tcptune.model.lint import LintReport

if TYPE_CHECKING:
    from tcptune.model.page import Page


class Shown(NamedTuple):
    """How a report is shown: its colour, where it goes, and how much of it."""

    colour: str
    output: str | None
    quiet: bool
    verbose: bool


_ROUNDS = 10
"""Times that files are mended: where two findings are about the same place, the second one waits for the next time."""


def changes(report: LintReport, *, unsafe: bool) -> str:
    """Return what mending would change, as a unified diff."""
    from tcptune.lint import fix

    return fix.diff(fix.plan(report, unsafe=unsafe))


def mended(report: LintReport, again: Callable[[], LintReport], *, unsafe: bool, quiet: bool) -> LintReport:
    """Mend the files until nothing is left that can be; return the report of `again`, of what they hold then."""
    from tcptune.lint import fix

    settled = 0
    paths: set[str] = set()
    for _ in range(_ROUNDS):
        planned = fix.plan(report, unsafe=unsafe)
        if not planned:
            break
        fix.write(planned)
        settled += sum(len(change.settled) for change in planned)
        paths |= {change.path for change in planned}
        report = again()
    if settled and not quiet:
        console.notice(f"mended {settled} finding{'' if settled == 1 else 's'} in {len(paths)} file(s)")
    return report


def counted(report: LintReport) -> str:
    """Return how often each rule spoke."""
    from tcptune.formats.lint_text import statistics

    return statistics(report)


def prepare() -> None:
    """Import what most reports are written with; it is a few milliseconds of a run that waits for nothing else."""
    from tcptune.formats import lint_text  # noqa: F401


def rendered(report: LintReport, output_format: str, show: Shown) -> str:
    """Return the report in a format."""
    spoke = frozenset(finding.rule for finding in report.findings)
    told = standby.do(_pages, spoke) if output_format == "sarif" else {}
    standby.release()
    if output_format == "text":
        from tcptune.formats import lint_text

        return lint_text.lint(
            report,
            console.style(show.colour, show.output),
            console.width(show.output),
            quiet=show.quiet,
            verbose=show.verbose,
            fold=show.output in (None, "-") and sys.stdout.isatty(),
        )
    if output_format == "json":
        from tcptune.formats import json_, lint_json

        return json_.dump(lint_json.lint(report))
    if output_format == "sarif":
        from tcptune.formats import sarif

        return sarif.lint(report, told)
    from tcptune.formats import github, gitlab, junit

    writers = {"github": github.lint, "gitlab": gitlab.lint, "junit": junit.lint}
    if output_format not in writers:
        raise TcptuneError(f"there is no format {output_format!r}")
    return writers[output_format](report)


def _pages(codes: frozenset[str]) -> dict[str, tuple[str, str, Page]]:
    """Return of each of these rules what SARIF says of it."""
    from tcptune.rules.pages import rule_page
    from tcptune.rules.registry import rules

    return {rule.code: (rule.slug, rule.severity, rule_page(rule.code)) for rule in rules() if rule.code in codes}
