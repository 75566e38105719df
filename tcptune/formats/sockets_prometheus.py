"""The report of `tcptune sockets` as metrics; the names are those that an audit uses where they say the same."""

from __future__ import annotations

from collections import Counter

from tcptune.formats.exposition import Family, Labels, text
from tcptune.model.ports import budget
from tcptune.model.sockets_report import ProcessRow, SocketsPart, SocketsReport

Samples = list[tuple[Labels, int | float]]

_DESTINATION = {
    "tcptune_destination_ports_used": "Local ports that connections to one destination take, TIME_WAIT too.",
    "tcptune_destination_ports": "Ephemeral ports that there are for one destination.",
    "tcptune_destination_ports_held": "Ports that the next connect() to a destination cannot have.",
    "tcptune_destination_time_wait_sockets": "Sockets in TIME_WAIT of connections to one destination.",
    "tcptune_destination_closed_per_second": "Connections a second that went into TIME_WAIT in the last ten seconds.",
}


def sockets(report: SocketsReport) -> str:
    """Return the report in Prometheus' text format, ending in a newline."""
    states: Samples = []
    sides: Samples = []
    for part in report.parts:
        netns: Labels = {"netns": part.host.netns or ""}
        waiting = part.count("TIME_WAIT")
        states += [({"state": row.state, **netns}, row.total) for row in sorted(part.states, key=lambda row: row.state)]
        sides += [({"direction": "inbound", **netns}, waiting.inbound)]
        sides += [({"direction": "outbound", **netns}, waiting.outbound)]
    found = [
        _gauge("tcptune_sockets", "TCP sockets by state.", states),
        _gauge(
            "tcptune_time_wait_sockets", "TIME_WAIT by who connected: only outbound ones take an ephemeral port.", sides
        ),
    ]
    found += _destinations(report.parts)
    found += _processes(report.parts)
    found += _listeners(report.parts)
    return text(found)


def _destinations(parts: tuple[SocketsPart, ...]) -> list[Family]:
    samples: dict[str, Samples] = {name: [] for name in _DESTINATION}
    for part in parts:
        for use in part.destinations:
            labels: Labels = {"local": use.local, "destination": use.name, "netns": part.host.netns or ""}
            stand = budget(use, part.reuse)
            numbers = (use.used, use.budget, stand.held if stand else None, use.time_wait, round(use.rate, 2))
            for name, number in zip(_DESTINATION, numbers, strict=True):
                if number is not None:
                    samples[name].append((labels, number))
    return [_gauge(name, _DESTINATION[name], samples[name]) for name in _DESTINATION]


def _processes(parts: tuple[SocketsPart, ...]) -> list[Family]:
    """Return the sockets by program, those of its processes added up: a process's number never comes again."""
    sums: Counter[tuple[tuple[str, str], ...]] = Counter()
    for part in parts:
        for row in part.processes:
            who = {**_who(row), "netns": part.host.netns or ""}
            for state, number in (*row.states.items(), ("TIME_WAIT", row.time_wait)):
                sums[tuple({"state": state, **who}.items())] += number
    samples: Samples = [(dict(labels), number) for labels, number in sums.items() if number]
    return [_gauge("tcptune_process_sockets", "TCP sockets of a program's processes by state.", samples)]


def _who(row: ProcessRow) -> dict[str, str]:
    if row.owner is None:
        return {"process": "", "unit": "", "container": "", "what": row.what}
    owner = row.owner
    return {"process": owner.name, "unit": owner.unit or "", "container": owner.container or "", "what": ""}


def _listeners(parts: tuple[SocketsPart, ...]) -> list[Family]:
    states: Samples = []
    queues: Samples = []
    limits: Samples = []
    for part in parts:
        for row in part.listeners:
            labels = {"port": str(row.port), "netns": part.host.netns or ""}
            states += [({"state": state, **labels}, number) for state, number in row.states.items()]
            if row.waiting is not None and row.backlog is not None:
                queues.append((labels, row.waiting))
                limits.append((labels, row.backlog))
    return [
        _gauge("tcptune_listener_sockets", "Connections that came in on a port by state.", states),
        _gauge("tcptune_listener_queue", "Connections that wait to be accepted.", queues),
        _gauge("tcptune_listener_queue_limit", "Connections that may wait to be accepted.", limits),
    ]


def _gauge(name: str, help_text: str, samples: Samples) -> Family:
    return Family(name, "gauge", help_text, samples)
