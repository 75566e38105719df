"""How much of the ephemeral ports each destination takes: every local address, remote address and port has its own."""

from __future__ import annotations

from collections.abc import Mapping

from tcptune.model.report import Use
from tcptune.model.setting import Setting
from tcptune.model.sockets import SocketTable
from tcptune.model.value import Value

MOST = 20
"""So many destinations are listed, those with the most sockets first."""


def uses(table: SocketTable | None, settings: Mapping[str, Setting]) -> tuple[Use, ...] | None:
    """Return the destinations that take the most local ports; None where no socket table could be read."""
    if table is None:
        return None
    budget = port_budget(settings)
    found = [
        Use(to.local, to.remote, to.port, dict(sorted(states.items())), sum(states.values()), budget)
        for to, states in table.destinations().items()
    ]
    found.sort(key=lambda use: (-use.used, use.remote, use.port, use.local))
    return tuple(found[:MOST])


def port_budget(settings: Mapping[str, Setting]) -> int | None:
    """Return how many ephemeral ports connect() may choose from: the range without the reserved ports."""
    pair = _value(settings, "net.ipv4.ip_local_port_range")
    if not isinstance(pair, tuple) or len(pair) != 2 or pair[1] < pair[0]:
        return None
    low, high = pair
    reserved = _value(settings, "net.ipv4.ip_local_reserved_ports")
    taken = _overlap(reserved, low, high) if isinstance(reserved, str) else 0
    return high - low + 1 - taken


def _value(settings: Mapping[str, Setting], key: str) -> Value | None:
    setting = settings.get(key)
    return setting.value if setting else None


def _overlap(ports: str, low: int, high: int) -> int:
    """Return how many ports of a list such as `8080,9000-9010` lie in the range (the kernel prints none twice)."""
    count = 0
    for part in ports.split(","):
        first, _, last = part.strip().partition("-")
        if first.isdecimal() and (not last or last.isdecimal()):
            count += max(0, min(int(last or first), high) - max(int(first), low) + 1)
    return count
