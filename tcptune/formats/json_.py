"""JSON: the documents of `tcptune.model.documents`, in a fixed order, ending in a newline."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal, cast

from tcptune import __version__
from tcptune.formats import ports_json
from tcptune.model.finding import Finding, counts
from tcptune.model.host import Conntrack, Host, Pressure
from tcptune.model.origin import Line
from tcptune.model.report import AuditReport, Part, Row, Use
from tcptune.model.setting import Location
from tcptune.model.value import as_json

if TYPE_CHECKING:
    from tcptune.model.documents import (
        AuditDocument,
        ConntrackDocument,
        FindingDocument,
        FixDocument,
        HostDocument,
        LocationDocument,
        Origin,
        ParameterDocument,
        PartDocument,
        PressureDocument,
        RelatedDocument,
        Summary,
        Tool,
    )


def dump(document: Mapping[str, Any]) -> str:
    """Return a document as text; the same document is the same bytes."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def tool() -> Tool:
    """Return who writes the document."""
    return {"name": "tcptune", "version": __version__}


def audit(report: AuditReport) -> AuditDocument:
    """Return an audit as a document."""
    part = _part(report.part)
    return {
        "schema": "tcptune/audit/1",
        "tool": tool(),
        "command": "audit",
        "taken_at": report.taken_at,
        "boot_id": report.boot_id,
        "verdict": list(report.verdict),
        "host": part["host"],
        "parameters": part["parameters"],
        "findings": [finding(item) for item in report.findings],
        "summary": summary(report.findings),
        "pressure": part["pressure"],
        "namespaces": None if report.parts is None else [_part(item) for item in report.parts],
    }


def summary(findings: Iterable[Finding], files: int = 0) -> Summary:
    """Return how many findings there are of each gravity."""
    found = counts(list(findings))
    return {"error": found["error"], "warning": found["warning"], "note": found["note"], "files": files}


def finding(item: Finding) -> FindingDocument:
    """Return one finding as it stands in every document."""
    return {
        "rule": item.rule,
        "slug": item.slug,
        "severity": item.severity,
        "key": item.key,
        "value": as_json(item.value),
        "message": item.message,
        "why": item.why,
        "fix": _fix(item),
        "location": _location(item.at),
        "related": _related(item),
        "kernels": list(item.kernels) if item.kernels is not None else None,
        "netns": item.netns,
        "fingerprint": item.fingerprint,
        "references": list(item.references),
    }


def _fix(item: Finding) -> FixDocument | None:
    if item.fix is None:
        return None
    return {
        "title": item.fix.title,
        "safe": item.fix.safe,
        "edits": [
            {
                "path": edit.path,
                "line": edit.line,
                "column": edit.column,
                "end_line": edit.end_line,
                "end_column": edit.end_column,
                "text": edit.text,
            }
            for edit in item.fix.edits
        ],
    }


def _location(at: Location | None) -> LocationDocument | None:
    if at is None:
        return None
    return {
        "path": at.path,
        "line": at.line,
        "column": at.column,
        "end_line": at.end_line,
        "end_column": at.end_column,
    }


def _related(item: Finding) -> list[RelatedDocument]:
    return [
        {"path": other.at.path, "line": other.at.line, "column": other.at.column, "message": other.message}
        for other in item.related
    ]


def _part(part: Part) -> PartDocument:
    return {
        "host": host_facts(part.host),
        "parameters": [_parameter(row) for row in part.rows],
        "pressure": _pressure(part.pressure, part.uses),
    }


def host_facts(host: Host) -> HostDocument:
    """Return a host as it stands in every document."""
    return {
        "kernel": str(host.kernel),
        "release": host.release,
        "distro": host.distro,
        "vendor": host.vendor,
        "memory_bytes": host.memory_bytes,
        "page_size": host.page_size,
        "cpus": host.cpus,
        "hz": host.hz,
        "netns": host.netns,
        "initial": host.initial,
        "container": host.container,
        "privileged": host.privileged,
        "uptime_seconds": host.uptime_seconds,
        "limits": list(host.limits),
    }


def _parameter(row: Row) -> ParameterDocument:
    return {
        "key": row.key,
        "value": as_json(row.value),
        "default": as_json(row.default),
        "unit": row.unit,
        "scope": row.scope,
        "origin": origin(row.origin),
        "persisted": None
        if row.persisted is None
        else {"systemd": as_json(row.persisted[0]), "procps": as_json(row.persisted[1])},
        "status": cast(Literal["default", "changed", "unknown"], row.status),
    }


def origin(line: Line | None) -> Origin | None:
    """Return where a value was set, as it stands in every document."""
    return None if line is None else {"path": line.at.path, "line": line.at.line, "loader": line.by}


def _pressure(pressure: Pressure, uses: tuple[Use, ...] | None) -> PressureDocument:
    return {
        "sockets": _sorted(pressure.sockets),
        "states": _sorted(pressure.states),
        "destinations": None if uses is None else [ports_json.destination(use) for use in uses],
        "counters": _sorted(pressure.counters),
        "growth": None if pressure.growth is None else _sorted(pressure.growth),
        "sample_seconds": pressure.sample_seconds,
        "conntrack": _conntrack(pressure.conntrack, pressure.conntrack_growth),
        "listening": sorted(pressure.listening),
        "time_wait_inbound": pressure.time_wait_inbound,
        "time_wait_outbound": pressure.time_wait_outbound,
        "ports": ports_json.port_range(pressure.ports),
        "leaks": ports_json.leaks(pressure.ports),
    }


def _conntrack(found: Conntrack | None, growth: Mapping[str, int] | None) -> ConntrackDocument | None:
    if found is None:
        return None
    return {
        "count": found.count,
        "limit": found.limit,
        "buckets": found.buckets,
        "stats": _sorted(found.stats),
        "growth": None if growth is None else _sorted(growth),
    }


def _sorted(numbers: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(numbers.items()))
