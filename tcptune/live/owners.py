"""A closer look at live sockets: to which process they belong, and whether their connections carry timestamps.

A socket in TIME_WAIT has no owner any more, so live connections to the same destination have to tell.
"""

from __future__ import annotations

import struct
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from tcptune.live import sock_diag
from tcptune.live.processes import describe, socket_owners
from tcptune.live.sock_diag import FAMILY, INODE, KEY, KEY_END, LOCAL_PORT, MESSAGE, OTHERS, QUEUES, STATE
from tcptune.live.sockets import destination, state_name
from tcptune.model.ports import Closing, Confidence, Owner, Use
from tcptune.model.sockets import Destination

_INFO, _SOCKOPT = 2, 22
"""Attributes: `struct tcp_info`, and the bits of `struct inet_diag_sockopt`."""
_WANT_INFO = 1 << (_INFO - 1)
_OPTIONS_AT, _TIMESTAMPS = 5, 1
_TRIES, _PAUSE = 5, 0.04
_MOST_OWNERS = 5
_INODE, _QUEUES = struct.Struct("=I"), struct.Struct("=II")
_NEVER_OPEN = frozenset({"SYN_SENT", "SYN_RECV", "CLOSE"})


class Live(NamedTuple):
    """A socket that is not in TIME_WAIT and does not listen.

    `inode` is 0 for an orphan, which no process holds. `timestamps` tells whether its connection carries them, None
    where that is not settled yet; `late` whether its port is chosen by connect() (IP_BIND_ADDRESS_NO_PORT). Of a
    listener `queued` of `allowed` connections wait to be accepted.
    """

    state: str
    to: Destination
    port: int
    inode: int
    timestamps: bool | None = None
    late: bool = False
    queued: int = 0
    allowed: int = 0


def live_sockets(states: int = OTHERS) -> list[Live]:
    """Return the live sockets in a set of states. Raises `OSError` where sock_diag does not give them."""
    found: list[Live] = []

    def take(data: bytes) -> bool:
        for offset, length, kind, _ in sock_diag.messages(data):
            if kind == sock_diag.NLMSG_DONE:
                return True
            if kind == sock_diag.NLMSG_ERROR:
                raise sock_diag.refusal(data, offset)
            if length >= MESSAGE:
                found.append(_live(data, offset, length))
        return False

    sock_diag.dump(states, take, _WANT_INFO)
    return found


def _live(data: bytes, offset: int, length: int) -> Live:
    """Read one message."""
    state = state_name(data[offset + STATE])
    timestamps, late = None, False
    for kind, content in sock_diag.attributes(data, offset, length):
        if kind == _INFO and len(content) > _OPTIONS_AT and state not in _NEVER_OPEN:
            timestamps = bool(content[_OPTIONS_AT] & _TIMESTAMPS)
        elif kind == _SOCKOPT and len(content) > 1:
            late = bool(content[1] & 1)
    to = destination(data[offset + FAMILY], data[offset + KEY : offset + KEY_END])
    port = int.from_bytes(data[offset + LOCAL_PORT : offset + KEY], "big")
    queued, allowed = _QUEUES.unpack_from(data, offset + QUEUES)
    return Live(state, to, port, _INODE.unpack_from(data, offset + INODE)[0], timestamps, late, queued, allowed)


def with_owners(uses: Iterable[Use], *, patient: bool = False) -> tuple[tuple[Use, ...], str | None]:
    """Return destinations with who has live connections to them and whether these carry timestamps.

    The second is a line about what could not be seen, None when all was. `patient` looks a few times within a fifth of
    a second where no connection is alive at once: short ones are seldom met.
    """
    uses = tuple(uses)
    found: dict[Destination, list[Live]] = {use.destination: [] for use in uses}
    owned: dict[int, int] = {}
    hidden = 0
    for _ in range(_TRIES if patient else 1):
        try:
            met = [live for live in live_sockets() if live.to in found]
        except OSError as error:
            return uses, f"live connections cannot be looked at: {error.strerror or error}"
        for live in met:
            found[live.to].append(live)
        owners, hidden = socket_owners({live.inode for live in met if live.inode} - owned.keys())
        owned |= owners
        if all(any(live.inode in owned for live in lives) for lives in found.values()):
            break
        if patient:
            time.sleep(_PAUSE)
    told = tuple(_told(use, found[use.destination], owned) for use in uses)
    return told, hidden_processes(hidden)


def hidden_processes(number: int) -> str | None:
    """Return the line about processes that may not be looked at."""
    if not number:
        return None
    noun = "1 process" if number == 1 else f"{number} processes"
    return f"{noun} may not be looked at (this needs root): sockets of theirs are shown without an owner"


def _told(use: Use, lives: list[Live], owned: dict[int, int]) -> Use:
    """Return a destination with its owners and its timestamps."""
    carried = {live.timestamps for live in lives} - {None}
    inodes = {live.inode for live in lives}
    counts = Counter(owned[inode] for inode in inodes if inode in owned)
    return replace(
        use,
        owners=tuple(owners_of(counts)),
        timestamps=True if True in carried else False if carried else None,
    )


def owners_of(counts: Counter[int], confidence: Confidence | None = None) -> Iterator[Owner]:
    """Yield the processes with the most sockets; without a confidence given, how far they tell about others."""
    total = sum(counts.values())
    for pid, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:_MOST_OWNERS]:
        process = describe(pid)
        sure: Confidence = confidence or ("likely" if count * 10 >= total * 9 else "guess")
        yield Owner(pid, process.name, count, process.container, process.unit, sure)


def close_waiting(least: int, listening: frozenset[int]) -> tuple[tuple[Closing, ...], str | None]:
    """Return the processes with at least so many sockets in CLOSE_WAIT, and a line about what could not be seen."""
    try:
        lives = live_sockets(sock_diag.CLOSE_WAIT)
    except OSError as error:
        return (), f"sockets in CLOSE_WAIT cannot be looked at: {error.strerror or error}"
    owners, hidden = socket_owners({live.inode for live in lives if live.inode})
    counts = Counter(owners[live.inode] for live in lives if live.inode in owners)
    many = Counter({pid: count for pid, count in counts.items() if count >= least})
    leaks = []
    for owner in owners_of(many, "certain"):
        places = Counter(named_place(live, listening) for live in lives if owners.get(live.inode) == owner.pid)
        leaks.append(Closing(owner, "CLOSE_WAIT", owner.sockets, min(places, key=lambda name: (-places[name], name))))
    return tuple(leaks), hidden_processes(hidden)


def named_place(live: Live, listening: frozenset[int]) -> str:
    """Return where a socket goes: `to 10.0.0.1:5432`, or `on port 80` for one that came in."""
    return f"on port {live.port}" if live.port in listening else f"to {live.to}"
