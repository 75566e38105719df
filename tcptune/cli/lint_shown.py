"""What becomes of a lint report: files mended, or the report in one of its formats."""

from __future__ import annotations

import os
from typing import NamedTuple

from tcptune.cli import console
from tcptune.errors import TcptuneError
from tcptune.model.lint import LintReport


class Shown(NamedTuple):
    """How a report is shown: its colour, where it goes, and how much of it."""

    colour: str
    output: str | None
    quiet: bool
    verbose: bool


def mended(report: LintReport, *, unsafe: bool, write: bool, output: str | None, quiet: bool) -> LintReport:
    """Show or make the changes; with them made, return the report of what is left."""
    from dataclasses import replace

    from tcptune.lint import fix

    changes = [change for change in fix.plan(report, unsafe=unsafe) if os.path.exists(change.path)]  # noqa: PTH110
    if not write:
        console.emit(fix.diff(changes), output)
        return report
    fix.write(changes)
    settled = [finding for change in changes for finding in change.settled]
    if settled and not quiet:
        console.notice(f"mended {len(settled)} finding{'' if len(settled) == 1 else 's'} in {len(changes)} file(s)")
    left = tuple(finding for finding in report.findings if finding not in settled)
    return replace(report, findings=left)


def rendered(report: LintReport, output_format: str, show: Shown) -> str:
    """Return the report in a format."""
    if output_format == "text":
        from tcptune.formats import lint_text

        width = console.width(show.output)
        return lint_text.lint(
            report, console.style(show.colour, show.output), width, quiet=show.quiet, verbose=show.verbose
        )
    if output_format == "json":
        from tcptune.formats import json_, lint_json

        return json_.dump(lint_json.lint(report))
    if output_format == "sarif":
        from tcptune.formats import sarif
        from tcptune.rules.pages import rule_page
        from tcptune.rules.registry import rules

        spoke = {finding.rule for finding in report.findings}
        told = {rule.code: (rule.slug, rule.severity, rule_page(rule.code)) for rule in rules() if rule.code in spoke}
        return sarif.lint(report, told)
    from tcptune.formats import github, gitlab, junit

    writers = {"github": github.lint, "gitlab": gitlab.lint, "junit": junit.lint}
    if output_format not in writers:
        raise TcptuneError(f"there is no format {output_format!r}")
    return writers[output_format](report)
