"""Sockets that belong to no process any more, told by the living: those to the same destination, or the listener's.

That is a guess by its nature: the process that closed may be gone. Where nearly all live connections of a place are one
process's it is a likely one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from tcptune.live import sock_diag
from tcptune.live.owners import Live, hidden_processes, live_sockets, owners_of
from tcptune.live.ports import CLOSING
from tcptune.live.processes import socket_owners
from tcptune.model.ports import Closing, Confidence
from tcptune.model.sockets import Destination

Place = Destination | int
"""A destination, or the port that we listen on."""

Holders = Mapping[Place, Counter[int]]
"""How many live sockets each process has, by place; process 0 stands for all that are not to be seen."""

UNSEEN = 0
NEARLY_ALL = 0.9


class Told(NamedTuple):
    """How many sockets go to each process (`UNSEEN`: to one that is not to be seen), and how many to none.

    `guessed` counts those of them for which other processes have live connections to the same place.
    """

    counts: Counter[int]
    guessed: Counter[int]
    left: int

    def confidence(self, pid: int) -> Confidence | None:
        """Tell how sure it is that these are the process's; None where nothing was told of it."""
        if not self.counts[pid]:
            return None
        return "guess" if self.guessed[pid] > (1 - NEARLY_ALL) * self.counts[pid] else "likely"


def place(live: Live, listening: frozenset[int]) -> Place:
    """Return what a socket goes by: the port that we listen on for one that came in, else its destination."""
    return live.port if live.port in listening else live.to


def holders(lives: Iterable[Live], owners: Mapping[int, int], listening: frozenset[int]) -> Holders:
    """Return who has live sockets where."""
    found: dict[Place, Counter[int]] = {}
    for live in lives:
        if live.inode:
            found.setdefault(place(live, listening), Counter())[owners.get(live.inode, UNSEEN)] += 1
    return found


def told(counts: Mapping[Place, int], held: Holders) -> Told:
    """Give the sockets of each place to the process with the most live ones there."""
    found: Counter[int] = Counter()
    guessed: Counter[int] = Counter()
    left = 0
    for where, count in counts.items():
        by = held.get(where)
        if not by:
            left += count
            continue
        pid = min(by, key=lambda each: (-by[each], each))
        found[pid] += count
        if by[pid] < NEARLY_ALL * sum(by.values()):
            guessed[pid] += count
    return Told(found, guessed, left)


def orphaned(least: int, listening: frozenset[int]) -> tuple[tuple[Closing, ...], str | None]:
    """Return the processes of which at least so many closed sockets wait for the far end, and what was not seen.

    Raises `OSError` where sock_diag does not give the sockets.
    """
    lives = live_sockets(sock_diag.OTHERS) + live_sockets(sock_diag.LISTEN)
    orphans = Counter(place(live, listening) for live in lives if not live.inode and live.state in CLOSING)
    if sum(orphans.values()) < least:
        return (), None
    owners, hidden = socket_owners({live.inode for live in lives if live.inode and place(live, listening) in orphans})
    held = holders((live for live in lives if place(live, listening) in orphans), owners, listening)
    given = told(orphans, held)
    found = []
    for pid, count in sorted(given.counts.items(), key=lambda item: (-item[1], item[0])):
        if pid != UNSEEN and count >= least:
            owner = next(owners_of(Counter({pid: count}), given.confidence(pid)))
            found.append(Closing(owner, "ORPHAN", count, _busiest(orphans, held, pid)))
    return tuple(found), hidden_processes(hidden)


def _busiest(counts: Mapping[Place, int], held: Holders, pid: int) -> str:
    """Return the place of most of a process's sockets, in words."""
    its = {where: count for where, count in counts.items() if pid in held.get(where, {})}
    where = max(its, key=lambda each: (its[each], str(each)))
    return f"on port {where}" if isinstance(where, int) else f"to {where}"
