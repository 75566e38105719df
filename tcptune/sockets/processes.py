"""Sockets by the process that holds them, and what belongs to nobody by the process that it most likely came from."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from tcptune.live import sock_diag
from tcptune.live.owners import Live, hidden_processes, live_sockets, owners_of
from tcptune.live.processes import socket_owners
from tcptune.model.sockets import Destination, SocketTable
from tcptune.model.sockets_report import ListenerRow, ProcessRow

NOBODY = "no process any more"
UNSEEN = "a process that is not to be seen"

Holders = dict[Destination | int, Counter[int]]
"""How many live sockets each process has, by destination and by the port that it listens on."""


def process_rows(table: SocketTable) -> tuple[tuple[ProcessRow, ...], str | None]:
    """Return one row a process, the most sockets first, and a line about what could not be seen."""
    try:
        lives = live_sockets(sock_diag.OTHERS) + live_sockets(sock_diag.LISTEN)
    except OSError as error:
        return (), f"sockets cannot be told by process here: {error.strerror or error}"
    owners, hidden = socket_owners({live.inode for live in lives if live.inode})
    states: defaultdict[int, Counter[str]] = defaultdict(Counter)
    unseen: Counter[str] = Counter()
    for live in lives:
        if live.inode:
            (states[owners[live.inode]] if live.inode in owners else unseen)[live.state] += 1
    holders = _holders(lives, owners, table)
    orphans = Counter(_place(live, table) for live in lives if not live.inode)
    waiting = Counter(dict(table.outbound.get("TIME_WAIT", {})))
    waiting.update(table.inbound.get("TIME_WAIT", {}))  # type: ignore[arg-type]
    tw, tw_left = _told(waiting, holders)  # type: ignore[arg-type]
    lost, lost_left = _told(orphans, holders)
    rows = []
    for pid in {*states, *tw, *lost}:
        owner = next(owners_of(Counter({pid: sum(states[pid].values())}), "certain"))
        rows.append(ProcessRow(owner, dict(sorted(states[pid].items())), tw[pid], lost[pid]))
    rows.sort(key=lambda row: (-row.total, row.owner.pid if row.owner else 0))
    if unseen:
        rows.append(ProcessRow(None, dict(sorted(unseen.items())), what=UNSEEN))
    if tw_left or lost_left:
        rows.append(ProcessRow(None, {}, tw_left, lost_left, NOBODY))
    return tuple(rows), hidden_processes(hidden)


def _place(live: Live, table: SocketTable) -> Destination | int:
    """Return what a socket goes by: the port that we listen on for one that came in, else its destination."""
    return live.port if live.port in table.listening else live.to


def _holders(lives: Iterable[Live], owners: dict[int, int], table: SocketTable) -> Holders:
    holders: Holders = {}
    for live in lives:
        if live.inode in owners:
            holders.setdefault(_place(live, table), Counter())[owners[live.inode]] += 1
    return holders


def _told(counts: Counter[Destination | int], holders: Holders) -> tuple[Counter[int], int]:
    """Return how many go to each process, and how many to none."""
    found: Counter[int] = Counter()
    left = 0
    for place, count in counts.items():
        held = holders.get(place)
        if held:
            found[min(held, key=lambda pid: (-held[pid], pid))] += count
        else:
            left += count
    return found, left


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
