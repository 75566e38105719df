"""The audit: read the host, judge it with the rules, put the report together."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import replace

from tcptune.audit.gather import Request, gather
from tcptune.audit.origins import live_origins, measured
from tcptune.audit.refused import refused
from tcptune.audit.rows import rows
from tcptune.audit.verdict import verdict
from tcptune.live.snapshot import Snapshot
from tcptune.model.finding import Finding, order
from tcptune.model.origin import Origins
from tcptune.model.report import AuditReport, Part
from tcptune.rules.base import Rule
from tcptune.rules.registry import run, select
from tcptune.rules.view import View


def audit(request: Request) -> AuditReport:
    """Audit the running host, or what the request names instead.

    Raises `TcptuneError` when nothing can be said at all.
    """
    if request.root is not None:
        from tcptune.audit.root import audit_root

        return audit_root(request.root, request)
    if request.snapshot is not None:
        from tcptune.audit.saved import audit_saved

        return audit_saved(request.snapshot, request)
    rules = select(request.select, request.ignore)
    snapshots, lost = gather(request)
    findings: list[Finding] = []
    accepted: list[str] = []
    parts: list[Part] = []
    files = live_origins(snapshots)
    for snapshot in snapshots:
        here = measured(files, snapshot.host)
        found, taken = _judge(snapshot, rules, request, here)
        if not parts and snapshot.host.initial:
            found += refused(files, snapshot.host.target, rules, request.thresholds, request.policy)
        findings += found
        accepted += taken
        parts.append(_part(snapshot, found, here, () if parts else (*lost, *files.problems)))
    findings.sort(key=order)
    first = snapshots[0]
    return AuditReport(
        verdict=verdict(first.settings, parts[0], findings),
        part=parts[0],
        findings=tuple(findings),
        boot_id=first.boot_id or None,
        taken_at=utc(first.taken),
        parts=tuple(parts) if request.all_netns else None,
        accepted=tuple(dict.fromkeys(accepted)),
    )


def _judge(
    snapshot: Snapshot, rules: Sequence[Rule], request: Request, origins: Origins | None
) -> tuple[list[Finding], tuple[str, ...]]:
    """Return what the rules find in a namespace, and a line for what the profile takes on purpose."""
    host = snapshot.host
    view = View(snapshot.settings, (host.target,), host, snapshot.pressure, request.thresholds, origins=origins)
    taken: tuple[str, ...] = ()
    if request.policy is None:
        found = list(run(view, rules))
    else:
        from tcptune.audit.policy import comparison, running

        seen = running(host, snapshot.settings, origins)
        found, taken = request.policy.sift(run(replace(view, policy=comparison(request.policy, seen)), rules))
    return [replace(item, netns=host.netns) for item in found] if request.all_netns else found, taken


def _part(snapshot: Snapshot, findings: Iterable[Finding], origins: Origins | None, lost: tuple[str, ...]) -> Part:
    host = replace(snapshot.host, limits=(*snapshot.host.limits, *snapshot.problems, *lost))
    table = rows(snapshot.settings, host, findings, origins)
    return Part(host, table, snapshot.pressure, snapshot.pressure.ports.uses if snapshot.pressure.ports else None)


def utc(seconds: float) -> str:
    """Return a time in seconds since 1970 as ISO 8601 in UTC."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
