"""A comparison with a profile as the document `tcptune/diff/1`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tcptune.formats import json_
from tcptune.model.diff import Change, DiffPart, DiffReport
from tcptune.model.value import as_json

if TYPE_CHECKING:
    from tcptune.model.documents import ChangeDocument, DiffDocument, DiffPartDocument


def diff(report: DiffReport) -> DiffDocument:
    """Return the report as a document."""
    first = _part(report.part)
    return {
        "schema": "tcptune/diff/1",
        "tool": json_.tool(),
        "command": "diff",
        "profile": report.profile,
        "against": report.against,
        "host": first["host"],
        "changes": first["changes"],
        "findings": [json_.finding(item) for item in report.findings],
        "summary": json_.summary(report.findings),
        "namespaces": None if report.parts is None else [_part(part) for part in report.parts],
    }


def _part(part: DiffPart) -> DiffPartDocument:
    return {"host": json_.host_facts(part.host), "changes": [_change(item) for item in part.changes]}


def _change(item: Change) -> ChangeDocument:
    return {
        "key": item.key,
        "current": as_json(item.current),
        "wanted": as_json(item.wanted),
        "default": as_json(item.default),
        "action": item.action,
        "reason": item.explanation,
        "risk": item.risk,
        "origin": json_.origin(item.origin),
    }
