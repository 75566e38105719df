"""GitHub's workflow commands: an annotation on the line of the pull request for every finding."""

from __future__ import annotations

from tcptune.formats.style import visible
from tcptune.model.lint import LintReport

_LEVEL = {"error": "error", "warning": "warning", "note": "notice"}


def lint(report: LintReport) -> str:
    """Return one command a finding. GitHub takes columns only within one line."""
    rows = []
    for finding in report.findings:
        fields = [f"title={_property(f'{finding.rule} {finding.slug}')}"]
        at = finding.at
        if at is not None:
            fields += [f"file={_property(at.path)}", f"line={at.line}"]
            if at.end_line in (None, at.line):
                fields.append(f"col={at.column}")
                fields += [f"endColumn={at.end_column}"] if at.end_column is not None else []
        fix = f"\nFix: {finding.fix.title}" if finding.fix else ""
        text = f"{finding.message}\n{finding.why}{fix}"
        rows.append(f"::{_LEVEL[finding.severity]} {','.join(fields)}::{_data(text)}")
    return "".join(f"{row}\n" for row in rows)


def _data(text: str) -> str:
    safe = "\n".join(visible(line) for line in text.split("\n"))
    return safe.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
