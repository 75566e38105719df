"""Sockets by the process that holds them, and what belongs to nobody by the process that it most likely came from."""

from __future__ import annotations

from collections import Counter, defaultdict

from tcptune.live import sock_diag
from tcptune.live.orphans import UNSEEN, Place, Told, holders, place, told
from tcptune.live.owners import hidden_processes, live_sockets, owners_of
from tcptune.live.processes import socket_owners
from tcptune.model.sockets import SocketTable
from tcptune.model.sockets_report import ListenerRow, ProcessRow

NOBODY = "no process any more"
HIDDEN = "a process that is not to be seen"


def process_rows(table: SocketTable) -> tuple[tuple[ProcessRow, ...], str | None]:
    """Return one row a process, the most sockets first, and a line about what could not be seen."""
    try:
        lives = live_sockets(sock_diag.OTHERS) + live_sockets(sock_diag.LISTEN)
    except OSError as error:
        return (), f"sockets cannot be told by process here: {error.strerror or error}"
    owners, hidden = socket_owners({live.inode for live in lives if live.inode})
    states: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for live in lives:
        if live.inode:
            states[owners.get(live.inode, UNSEEN)][live.state] += 1
    held = holders(lives, owners, table.listening)
    waiting: Counter[Place] = Counter()
    for counts in (table.outbound.get("TIME_WAIT", {}), table.inbound.get("TIME_WAIT", {})):
        waiting.update(counts)
    tw = told(waiting, held)
    lost = told(Counter(place(live, table.listening) for live in lives if not live.inode), held)
    rows = [_row(pid, states[pid], tw, lost) for pid in {*states, *tw.counts, *lost.counts}]
    rows.sort(key=lambda row: (row.owner is None, -row.total, row.owner.pid if row.owner else 0))
    if tw.left or lost.left:
        rows.append(ProcessRow(None, {}, tw.left, lost.left, NOBODY))
    return tuple(rows), hidden_processes(hidden)


def _row(pid: int, states: Counter[str], tw: Told, lost: Told) -> ProcessRow:
    owner = next(owners_of(Counter({pid: sum(states.values())}), "certain")) if pid != UNSEEN else None
    sure = {tw.confidence(pid), lost.confidence(pid)} - {None}
    return ProcessRow(
        owner,
        dict(sorted(states.items())),
        tw.counts[pid],
        lost.counts[pid],
        "" if owner is not None else HIDDEN,
        "guess" if "guess" in sure else "likely" if sure else None,
    )


def listener_rows(table: SocketTable) -> tuple[tuple[ListenerRow, ...], str | None]:
    """Return one row a port that is listened on, the most connections first, and a line about what was not seen."""
    states: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for state, ports in table.inbound.items():
        for port, count in ports.items():
            states[port][state] = count
    try:
        lives = live_sockets(sock_diag.LISTEN)
    except OSError as error:
        rows = [ListenerRow(port, dict(sorted(states[port].items()))) for port in table.listening]
        return _ordered(rows), f"who listens cannot be told here: {error.strerror or error}"
    owners, hidden = socket_owners({live.inode for live in lives if live.inode})
    found = []
    for port in table.listening:
        here = [live for live in lives if live.port == port]
        pids = Counter(owners[live.inode] for live in here if live.inode in owners)
        found.append(
            ListenerRow(
                port,
                dict(sorted(states[port].items())),
                tuple(owners_of(pids, "certain")),
                sum(live.queued for live in here) if here else None,
                sum(live.allowed for live in here) if here else None,
            )
        )
    return _ordered(found), hidden_processes(hidden)


def _ordered(rows: list[ListenerRow]) -> tuple[ListenerRow, ...]:
    return tuple(sorted(rows, key=lambda row: (-sum(row.states.values()), row.port)))
