"""A lint report as the document `tcptune/lint/1`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tcptune.formats import json_
from tcptune.model.lint import LintReport

if TYPE_CHECKING:
    from tcptune.model.documents import LintDocument


def lint(report: LintReport) -> LintDocument:
    """Return the report as a document."""
    return {
        "schema": "tcptune/lint/1",
        "tool": json_.tool(),
        "command": "lint",
        "findings": [json_.finding(finding) for finding in report.findings],
        "summary": json_.summary(report.findings, report.files),
        "skipped": list(report.skipped),
        "unused_suppressions": list(report.unused),
        "suppressed": report.suppressed,
    }
