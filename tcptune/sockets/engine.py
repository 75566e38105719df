"""From what was seen to the report: rows by the way that was asked for, growth, and the findings about sockets."""

from __future__ import annotations

import time
from dataclasses import replace

from tcptune.live import pressure
from tcptune.model.finding import Finding, order
from tcptune.model.host import Pressure
from tcptune.model.ports import PortPressure, Use, reuse_of
from tcptune.model.sockets import SocketTable
from tcptune.model.sockets_report import SocketsPart, SocketsReport, StateRow
from tcptune.rules.base import Rule
from tcptune.rules.registry import run
from tcptune.rules.view import View
from tcptune.sockets.gather import Request, Seen, gather, listen


def rules() -> tuple[Rule, ...]:
    """Return the rules about sockets; the others are not even imported."""
    from tcptune.rules import (
        tt4xx_documented_risks,
        tt601_port_exhaustion,
        tt602_bucket_overflow,
        tt605_orphans_near_limit,
        tt606_close_wait_leak,
        tt607_abortive_close,
        tt609_linger_zero_socket,
        tt610_snat_exhaustion,
    )

    modules = (
        tt601_port_exhaustion,
        tt602_bucket_overflow,
        tt605_orphans_near_limit,
        tt606_close_wait_leak,
        tt607_abortive_close,
        tt609_linger_zero_socket,
        tt610_snat_exhaustion,
    )
    return (tt4xx_documented_risks.RULES_BY_CODE["TT412"], *(module.RULE for module in modules))


def sockets(request: Request) -> SocketsReport:
    """Return the sockets of the namespaces that were asked for. Raises `TcptuneError` when none can be looked at."""
    pairs, lost = gather(request)
    parts: list[SocketsPart] = []
    findings: list[Finding] = []
    for before, now in pairs:
        grown = growth_of(before, now)
        found = findings_of(now, grown, request)
        findings += [replace(item, netns=now.host.netns) for item in found] if request.all_netns else found
        parts.append(part_of(before, now, grown, request))
    return SocketsReport(
        by=request.by,
        parts=tuple(parts),
        findings=tuple(sorted(findings, key=order)),
        taken_at=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        sample_seconds=round(pairs[0][1].at - pairs[0][0].at, 3) if pairs[0][0] is not None else None,
        everywhere=request.all_netns,
        trace=listen(request, pairs[0][1].table.listening),
        lost=lost,
    )


def growth_of(before: Seen | None, now: Seen) -> Pressure:
    """Return the pressure with what grew in the sample."""
    if before is None:
        return now.pressure
    first = pressure.Mark(
        before.pressure.counters,
        before.pressure.conntrack.stats if before.pressure.conntrack else {},
        before.at,
    )
    return pressure.since(first, now.pressure)[0]


def findings_of(now: Seen, grown: Pressure, request: Request) -> list[Finding]:
    """Return what the rules about sockets find."""
    view = View(now.settings, (now.host.target,), now.host, grown, request.thresholds or {})
    return list(run(view, rules()))


def part_of(before: Seen | None, now: Seen, grown: Pressure, request: Request) -> SocketsPart:
    """Return the rows of the way that was asked for, with their growth since the look before."""
    number = {
        "destination": len({to for counts in now.table.outbound.values() for to in counts}),
        "process": len(now.processes),
        "listener": len(now.listeners),
        "state": len(now.table.states),
    }[request.by]
    return SocketsPart(
        host=now.host,
        source=now.table.source,
        complete=now.table.complete,
        states=_states(before, now),
        ports=grown.ports or PortPressure(),
        reuse=reuse_of({key: setting.value for key, setting in now.settings.items()}),
        number=number,
        destinations=tuple(_growing(use, before, now) for use in now.destinations),
        processes=now.processes[: request.top],
        listeners=now.listeners[: request.top],
    )


def _states(before: Seen | None, now: Seen) -> tuple[StateRow, ...]:
    rows = []
    for state, total in sorted(now.table.states.items(), key=lambda item: (-item[1], item[0])):
        growth = None
        if before is not None:
            growth = round((total - before.table.states.get(state, 0)) / (now.at - before.at), 2)
        rows.append(StateRow(state, total, now.table.inbound_count(state), now.table.outbound_count(state), growth))
    return tuple(rows)


def _growing(use: Use, before: Seen | None, now: Seen) -> Use:
    if before is None:
        return use
    return replace(use, growth=round((use.used - _used(before.table, use)) / (now.at - before.at), 2))


def _used(table: SocketTable, use: Use) -> int:
    return sum(counts.get(use.destination, 0) for counts in table.outbound.values())
