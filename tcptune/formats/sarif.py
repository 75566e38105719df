"""SARIF 2.1.0, as code scanning shows it: rules with their help, relative URIs, fingerprints that survive a shift."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from tcptune import __version__
from tcptune.formats.style import encodable
from tcptune.model.finding import Finding
from tcptune.model.lint import LintReport
from tcptune.model.setting import Location

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def lint(report: LintReport, rules: Mapping[str, tuple[str, str, str, str]]) -> str:
    """Return the log. `rules` gives for each code its slug, severity, summary and page."""
    used = sorted({finding.rule for finding in report.findings})
    index = {code: number for number, code in enumerate(used)}
    run: dict[str, Any] = {
        "tool": {
            "driver": {
                "name": "tcptune",
                "semanticVersion": __version__,
                "rules": [_rule(code, *rules.get(code, (code, "warning", code, code))) for code in used],
            }
        },
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "The folder that tcptune was run in."}}},
        "results": [_result(finding, index) for finding in report.findings],
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return encodable(json.dumps(log, indent=2, ensure_ascii=False)) + "\n"


def _rule(code: str, slug: str, severity: str, summary: str, page: str) -> dict[str, Any]:
    return {
        "id": code,
        "name": "".join(part.capitalize() for part in slug.split("-")),
        "shortDescription": {"text": summary},
        "fullDescription": {"text": summary},
        "help": {"text": page, "markdown": page},
        "defaultConfiguration": {"level": severity},
        "properties": {"tags": ["sysctl", slug]},
    }


def _result(finding: Finding, index: Mapping[str, int]) -> dict[str, Any]:
    fix = f" Fix: {finding.fix.title}." if finding.fix else ""
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": index[finding.rule],
        "level": finding.severity,
        "message": {"text": f"{finding.message} {finding.why}{fix}".strip()},
        "partialFingerprints": {"tcptune/1": finding.fingerprint},
    }
    if finding.at is not None:
        result["locations"] = [{"physicalLocation": _physical(finding.at)}]
    if finding.related:
        result["relatedLocations"] = [
            {"id": number, "physicalLocation": _physical(other.at), "message": {"text": other.message}}
            for number, other in enumerate(finding.related)
        ]
    if finding.fix is not None and finding.fix.edits:
        result["fixes"] = [_fix(finding)]
    return result


def _physical(at: Location) -> dict[str, Any]:
    region = {"startLine": at.line, "startColumn": at.column}
    if at.end_line is not None and at.end_column is not None:
        region |= {"endLine": at.end_line, "endColumn": at.end_column}
    return {"artifactLocation": _artifact(at.path), "region": region}


def _artifact(path: str) -> dict[str, str]:
    plain = path.replace("\\", "/").removeprefix("./")
    if plain.startswith("/"):
        return {"uri": "file://" + quote(plain, errors="surrogateescape")}
    return {"uri": quote(plain, errors="surrogateescape"), "uriBaseId": "%SRCROOT%"}


def _fix(finding: Finding) -> dict[str, Any]:
    assert finding.fix is not None
    changes: dict[str, list[dict[str, Any]]] = {}
    for edit in finding.fix.edits:
        region = {
            "startLine": edit.line,
            "startColumn": edit.column,
            "endLine": edit.end_line,
            "endColumn": edit.end_column,
        }
        change = {"deletedRegion": region, "insertedContent": {"text": edit.text}}
        changes.setdefault(edit.path, []).append(change)
    return {
        "description": {"text": finding.fix.title},
        "artifactChanges": [
            {"artifactLocation": _artifact(path), "replacements": found} for path, found in changes.items()
        ],
    }
