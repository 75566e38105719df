"""SARIF 2.1.0, as code scanning shows it: rules with their help, relative URIs, fingerprints that survive a shift."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from tcptune import __version__
from tcptune.formats import page as pages
from tcptune.formats.style import Style, encodable, unique
from tcptune.model.finding import Finding
from tcptune.model.lint import LintReport
from tcptune.model.page import Page
from tcptune.model.setting import Location

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def lint(report: LintReport, rules: Mapping[str, tuple[str, str, Page]]) -> str:
    """Return the log. `rules` gives for each code that spoke its slug, severity and page."""
    used = sorted({finding.rule for finding in report.findings})
    index = {code: number for number, code in enumerate(used)}
    names = unique([finding.fingerprint for finding in report.findings])
    run: dict[str, Any] = {
        "tool": {
            "driver": {
                "name": "tcptune",
                "semanticVersion": __version__,
                "rules": [
                    _rule(code, *rules.get(code, (code, "warning", Page(code, "rule", code, ())))) for code in used
                ],
            }
        },
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "The folder that tcptune was run in."}}},
        "results": [_result(one, index, name) for one, name in zip(report.findings, names, strict=True)],
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return encodable(json.dumps(log, indent=2, ensure_ascii=False)) + "\n"


def _rule(code: str, slug: str, severity: str, page: Page) -> dict[str, Any]:
    return {
        "id": code,
        "name": "".join(part.capitalize() for part in slug.split("-")),
        "shortDescription": {"text": page.summary},
        "fullDescription": {"text": page.summary},
        "help": {"text": pages.text(page, Style(False), pages.WIDEST), "markdown": pages.markdown(page)},
        "defaultConfiguration": {"level": severity},
        "properties": {
            "tags": ["sysctl", slug],
            "precision": "high",
            "problem.severity": {"note": "recommendation"}.get(severity, severity),
        },
    }


def _result(finding: Finding, index: Mapping[str, int], name: str) -> dict[str, Any]:
    fix = f" Fix: {finding.fix.title}." if finding.fix else ""
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": index[finding.rule],
        "level": finding.severity,
        "message": {"text": f"{finding.message} {finding.why}{fix}".strip()},
        # The first name is the one that GitHub's code scanning tells findings apart by.
        "partialFingerprints": {"primaryLocationLineHash": name, "tcptune/1": finding.fingerprint},
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
    path = path.removeprefix("./")
    plain = quote(path, errors="surrogateescape")
    if path.startswith("/"):
        return {"uri": f"file://{plain}"}
    if re.match(r"[A-Za-z]:/", path):
        return {"uri": f"file:///{path[:2]}{plain[4:]}"}
    return {"uri": plain, "uriBaseId": "%SRCROOT%"}


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
