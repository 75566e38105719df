"""GitLab's Code Quality report."""

from __future__ import annotations

import json

from tcptune.formats.style import encodable, unique
from tcptune.model.lint import LintReport

_LEVEL = {"error": "critical", "warning": "major", "note": "info"}


def lint(report: LintReport) -> str:
    """Return the list of issues that GitLab compares between two pipelines by their fingerprints."""
    issues = []
    names = unique([finding.fingerprint for finding in report.findings])
    for finding, name in zip(report.findings, names, strict=True):
        at = finding.at
        issues.append(
            {
                "description": f"{finding.rule}: {finding.message}",
                "check_name": finding.slug,
                "fingerprint": name,
                "severity": _LEVEL[finding.severity],
                "location": {"path": at.path if at else "", "lines": {"begin": at.line if at else 1}},
            }
        )
    return encodable(json.dumps(issues, indent=2, ensure_ascii=False)) + "\n"
