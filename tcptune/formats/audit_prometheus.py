"""An audit as metrics: findings, values, sockets and counters, one set for each namespace that was looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from tcptune import __version__
from tcptune.catalog.counters import COUNTERS
from tcptune.formats.exposition import Family, Labels, text
from tcptune.model.finding import counts
from tcptune.model.report import AuditReport, Part, Row, Use
from tcptune.model.sockets import STATES
from tcptune.model.value import Value

Samples = list[tuple[Labels, int | float]]

MOST_DESTINATIONS = 50
"""Destinations that get a time series, for each namespace: those that take the most ports. A proxy has thousands."""

MEMORY = "TCP.mem"
"""The one gauge of /proc/net/sockstat that counts no sockets, but pages."""


def audit(report: AuditReport) -> str:
    """Return the report in Prometheus' text format, ending in a newline."""
    parts = report.parts or (report.part,)
    return text([*_findings(report), *_parameters(parts), *_sockets(parts), *_conntrack(parts), *_counters(parts)])


def _findings(report: AuditReport) -> Iterator[Family]:
    host = report.part.host
    about: Labels = {"version": __version__, "kernel": host.release or str(host.kernel)}
    yield _gauge("tcptune_info", "The tcptune that wrote these metrics, and the kernel it looked at.", [(about, 1)])
    found = counts(list(report.findings))
    help_text = "Findings of the audit by severity."
    yield _gauge("tcptune_findings", help_text, [({"severity": name}, found[name]) for name in found])
    groups = Counter(
        (item.rule, item.slug, item.severity, item.key or "", item.netns or "") for item in report.findings
    )
    names = ("rule", "slug", "severity", "key", "netns")
    samples: Samples = [(dict(zip(names, labels, strict=True)), number) for labels, number in sorted(groups.items())]
    yield _gauge("tcptune_finding", "Findings of one rule on one parameter; `tcptune explain RULE` says more.", samples)
    yield _gauge("tcptune_audit_limits", "Things that the audit could not see.", [({}, len(report.limits))])


def _parameters(parts: tuple[Part, ...]) -> Iterator[Family]:
    values: Samples = []
    defaults: Samples = []
    for part in parts:
        for row in part.rows:
            if row.full:
                values += _numbers(part, row, row.value)
                defaults += _numbers(part, row, row.default)
    yield _gauge("tcptune_parameter_value", "The live value of a kernel parameter, in the kernel's own unit.", values)
    yield _gauge("tcptune_parameter_default", "What this kernel gives the parameter by itself on this host.", defaults)


def _numbers(part: Part, row: Row, value: Value | None) -> Samples:
    """Return a sample for each number of a value; `field` counts those of a pair or triple from 0."""
    numbers = value if isinstance(value, tuple) else (value,)
    return [
        ({"key": row.key, "field": str(index), "unit": row.unit or "", **_netns(part)}, number)
        for index, number in enumerate(numbers)
        if isinstance(number, int)
    ]


def _sockets(parts: tuple[Part, ...]) -> Iterator[Family]:
    states: Samples = []
    sides: Samples = []
    gauges: Samples = []
    memory: Samples = []
    for part in parts:
        netns, pressure = _netns(part), part.pressure
        if pressure.states:
            names = sorted({*STATES.values(), *pressure.states})
            states += [({"state": name, **netns}, pressure.states.get(name, 0)) for name in names]
        told = [name for name in _described(gauge=True) if name in pressure.sockets]
        gauges += [({"gauge": name, **netns}, pressure.sockets[name]) for name in told if name != MEMORY]
        memory += [(netns, pressure.sockets[name] * part.host.page_size) for name in told if name == MEMORY]
        for side, count in (("inbound", pressure.time_wait_inbound), ("outbound", pressure.time_wait_outbound)):
            if count is not None:
                sides.append(({"direction": side, **netns}, count))
    yield _gauge("tcptune_sockets", "TCP sockets by state.", states)
    yield _gauge("tcptune_sockstat", "Sockets as /proc/net/sockstat counts them; `tcptune explain` says which.", gauges)
    yield _gauge("tcptune_tcp_memory_bytes", "Memory that the buffers of TCP take on the whole host.", memory)
    yield _gauge(
        "tcptune_time_wait_sockets", "TIME_WAIT by who connected: only outbound ones take an ephemeral port.", sides
    )
    yield from _destinations(parts)


def _destinations(parts: tuple[Part, ...]) -> Iterator[Family]:
    used: Samples = []
    ports: Samples = []
    for part in parts:
        uses = sorted(part.uses or (), key=_fullest)[:MOST_DESTINATIONS]
        for use in uses:
            where: Labels = {"local": use.local, "destination": use.name, **_netns(part)}
            used.append((where, use.used))
            if use.budget is not None:
                ports.append((where, use.budget))
    yield _gauge(
        "tcptune_destination_ports_used", "Local ports that connections to one destination take, TIME_WAIT too.", used
    )
    yield _gauge("tcptune_destination_ports", "Ephemeral ports that there are for one destination.", ports)


def _fullest(use: Use) -> tuple[int, str, str]:
    return -use.used, use.name, use.local


def _conntrack(parts: tuple[Part, ...]) -> Iterator[Family]:
    entries: Samples = []
    limits: Samples = []
    events: Samples = []
    for part in parts:
        found = part.pressure.conntrack
        if found is None:
            continue
        if found.count is not None:
            entries.append((_netns(part), found.count))
        if found.limit is not None:
            limits.append((_netns(part), found.limit))
        named = {f"nf_conntrack.{name}": number for name, number in found.stats.items()}
        events += [({"event": name, **_netns(part)}, named[name]) for name in _described() if name in named]
    yield _gauge("tcptune_conntrack_entries", "Entries in the connection tracking table.", entries)
    yield _gauge("tcptune_conntrack_entries_limit", "Entries that the connection tracking table may hold.", limits)
    yield _counter("tcptune_conntrack_events_total", "Statistics of connection tracking since boot.", events)


def _counters(parts: tuple[Part, ...]) -> Iterator[Family]:
    samples: Samples = [
        ({"event": name, **_netns(part)}, part.pressure.counters[name])
        for part in parts
        for name in _described()
        if name in part.pressure.counters
    ]
    yield _counter("tcptune_kernel_events_total", "The kernel's own counters since boot, by their names.", samples)


def _described(*, gauge: bool = False) -> list[str]:
    """Return what the catalogue describes: the kernel counts hundreds of things more, which nothing here speaks of."""
    return sorted(entry.id for entry in COUNTERS if entry.gauge is gauge)


def _netns(part: Part) -> Labels:
    """Return the label that tells namespaces apart; it is empty, which is as good as absent, for the one asked for."""
    return {"netns": part.host.netns or ""}


def _gauge(name: str, help_text: str, samples: Samples) -> Family:
    return Family(name, "gauge", help_text, samples)


def _counter(name: str, help_text: str, samples: Samples) -> Family:
    return Family(name, "counter", help_text, samples)
