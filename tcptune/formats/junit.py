"""JUnit XML: a suite for each file, a test case for each finding."""

from __future__ import annotations

import re
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

from tcptune.model.finding import Finding
from tcptune.model.lint import LintReport

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def lint(report: LintReport) -> str:
    """Return the report; notes are cases that passed, warnings and errors failures."""
    failures = sum(finding.severity != "note" for finding in report.findings)
    tests = max(1, len(report.findings))
    rows = ['<?xml version="1.0" encoding="UTF-8"?>']
    rows.append(f'<testsuites name="tcptune lint" tests="{tests}" failures="{failures}" errors="0">')
    for path, group in groupby(report.findings, key=lambda finding: finding.at.path if finding.at else ""):
        found = list(group)
        bad = sum(finding.severity != "note" for finding in found)
        rows.append(f'  <testsuite name={_quoted(path)} tests="{len(found)}" failures="{bad}" errors="0">')
        rows += [line for finding in found for line in _case(finding, path)]
        rows.append("  </testsuite>")
    if not report.findings:
        rows.append('  <testsuite name="tcptune lint" tests="1" failures="0" errors="0">')
        rows.append('    <testcase classname="tcptune" name="lint"/>')
        rows.append("  </testsuite>")
    return "\n".join([*rows, "</testsuites>"]) + "\n"


def _case(finding: Finding, path: str) -> list[str]:
    line = finding.at.line if finding.at else 0
    name = f"{finding.rule} {finding.slug} line {line}"
    head = f"    <testcase classname={_quoted(path)} name={_quoted(name)}"
    if finding.severity == "note":
        return [f"{head}/>"]
    fix = f"\nfix: {finding.fix.title}" if finding.fix else ""
    text = escape(_clean(f"{path}:{line}: {finding.message}\n{finding.why}{fix}"))
    kind = _quoted(finding.severity)
    return [
        f"{head}>",
        f"      <failure type={kind} message={_quoted(finding.message)}>{text}</failure>",
        "    </testcase>",
    ]


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", text)


def _quoted(text: str) -> str:
    return quoteattr(_clean(text), {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})
