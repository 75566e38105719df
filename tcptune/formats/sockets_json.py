"""The report of `tcptune sockets` as a JSON document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast

from tcptune.formats.json_ import finding, summary, tool
from tcptune.formats.ports_json import destination, owner, port_range
from tcptune.model.ports import Lingering, Reuse, Use, budget
from tcptune.model.sockets_report import ListenerRow, ProcessRow, SocketsPart, SocketsReport, StateRow
from tcptune.model.trace import Closed, TraceReport

if TYPE_CHECKING:
    from tcptune.model.documents_sockets import (
        BudgetDocument,
        ClosedDocument,
        LingeringDocument,
        ListenerDocument,
        ProcessDocument,
        SocketsDestinationDocument,
        SocketsDocument,
        SocketsPartDocument,
        StateDocument,
        TraceDocument,
    )


def sockets(report: SocketsReport) -> SocketsDocument:
    """Return the report as a document."""
    return {
        "schema": "tcptune/sockets/1",
        "tool": tool(),
        "command": "sockets",
        "taken_at": report.taken_at,
        "sample_seconds": report.sample_seconds,
        "by": report.by,
        "namespaces": [_part(part, report.by) for part in report.parts],
        "trace": _trace(report.trace) if report.trace is not None else None,
        "findings": [finding(item) for item in report.findings],
        "summary": summary(report.findings),
    }


def _part(part: SocketsPart, by: str) -> SocketsPartDocument:
    return {
        "netns": part.host.netns,
        "kernel": str(part.host.kernel),
        "container": part.host.container,
        "limits": list(part.host.limits),
        "source": cast(Literal["sock_diag", "procfs"], part.source),
        "complete": part.complete,
        "states": [_state(row) for row in part.states],
        "ports": port_range(part.ports),
        "reuse": {
            "mode": part.reuse.mode,
            "timestamps": part.reuse.timestamps,
            "delay_seconds": part.reuse.delay,
        },
        "rows": part.number,
        "destinations": [_use(use, part.reuse) for use in part.destinations] if by == "destination" else None,
        "processes": [_process(row) for row in part.processes] if by == "process" else None,
        "listeners": [_listener(row) for row in part.listeners] if by == "listener" else None,
        "lingering": None if part.ports.lingering is None else [_lingering(row) for row in part.ports.lingering],
    }


def _state(row: StateRow) -> StateDocument:
    return {
        "state": row.state,
        "total": row.total,
        "inbound": row.inbound,
        "outbound": row.outbound,
        "growth": row.growth,
    }


def _use(use: Use, reuse: Reuse) -> SocketsDestinationDocument:
    return {**destination(use), "closed_per_second": round(use.rate, 2), "budget": _budget(use, reuse)}


def _budget(use: Use, reuse: Reuse) -> BudgetDocument | None:
    stand = budget(use, reuse)
    if stand is None:
        return None
    return {
        "held": stand.held,
        "reusable": stand.reusable,
        "free": max(0, stand.usable - stand.held),
        "pressed": round(stand.pressed, 4),
        "lifetime_seconds": stand.lifetime,
        "sustainable_per_second": round(stand.sustainable, 2),
        "seconds_left": None if stand.seconds is None else round(stand.seconds, 1),
    }


def _lingering(row: Lingering) -> LingeringDocument:
    return {
        "owner": owner(row.owner),
        "asked": row.asked,
        "zero": row.zero,
        "positive": row.positive,
        "reuse": row.reuse,
        "linger2": list(row.linger2),
    }


def _trace(found: TraceReport) -> TraceDocument:
    return {
        "seconds": found.seconds,
        "rows": [_closed(row) for row in found.rows],
        "elsewhere": found.elsewhere,
        "unplaced": found.unplaced,
        "received": found.received,
        "peers": found.peers,
        "lost": found.lost,
    }


def _closed(row: Closed) -> ClosedDocument:
    return {
        "pid": row.pid,
        "name": row.name,
        "unit": row.unit,
        "place": row.place,
        "act": row.act,
        "count": row.count,
    }


def _process(row: ProcessRow) -> ProcessDocument:
    return {
        "owner": owner(row.owner) if row.owner is not None else None,
        "states": dict(row.states),
        "time_wait": row.time_wait,
        "orphans": row.orphans,
        "what": row.what,
        "told": row.told,
    }


def _listener(row: ListenerRow) -> ListenerDocument:
    return {
        "port": row.port,
        "states": dict(row.states),
        "owners": [owner(one) for one in row.owners],
        "waiting": row.waiting,
        "backlog": row.backlog,
    }
