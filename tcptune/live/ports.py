"""The pressure on the ephemeral ports of this network namespace: what destinations take, and who, where it matters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from tcptune.model.ports import KEYS, PortPressure, Use, port_range
from tcptune.model.setting import Setting
from tcptune.model.sockets import Destination, SocketTable
from tcptune.model.value import Value

MOST = 20
"""So many destinations are listed, those with the most sockets first."""

LOOK_CLOSER = 0.5
"""From this part of its ports on it is looked up who connects to a destination."""

LEAK = 100
"""From so many sockets whose closing hangs on it is looked up whose they are."""

FEW = 20_000
"""With more live sockets than these all of them are not gone through for orphans: that would take seconds."""

CLOSING = ("FIN_WAIT1", "FIN_WAIT2", "LAST_ACK", "CLOSING")
"""The states of sockets that are closed and not acknowledged yet."""


def values(settings: Mapping[str, Setting]) -> dict[str, Value | None]:
    """Return the values of the parameters that make the budget."""
    return {key: setting.value for key in KEYS if (setting := settings.get(key)) is not None}


def uses(table: SocketTable, settings: Mapping[str, Setting], most: int | None = MOST) -> tuple[Use, ...]:
    """Return the destinations that take the most local ports."""
    ports = port_range(values(settings))
    low = ports.low if ports else 0
    found = [_use(table, to, states, ports.usable if ports else None, low) for to, states in _busiest(table, most)]
    found.sort(key=lambda use: (-use.used, use.remote, use.port, use.local))
    return tuple(found)


def _busiest(table: SocketTable, most: int | None) -> list[tuple[Destination, dict[str, int]]]:
    """Return the destinations with the most sockets and their states, in no order; equal ones by name."""
    found = table.destinations()
    if most is None or len(found) <= most:
        return list(found.items())
    import heapq

    def rank(item: tuple[Destination, dict[str, int]]) -> tuple[int, str, int, str]:
        to, states = item
        return -sum(states.values()), to.remote, to.port, to.local

    return heapq.nsmallest(most, found.items(), key=rank)


def _use(table: SocketTable, to: Destination, states: Mapping[str, int], usable: int | None, low: int) -> Use:
    waiting, odd = states.get("TIME_WAIT", 0), table.odd.get(to, 0)
    return Use(
        to.local,
        to.remote,
        to.port,
        dict(sorted(states.items())),
        sum(states.values()),
        usable,
        young=table.young.get(to, 0),
        ending=table.ending.get(to, 0),
        bound=(waiting - odd if low % 2 else odd) if table.source == "sock_diag" else 0,
    )


def port_pressure(table: SocketTable | None, settings: Mapping[str, Setting]) -> PortPressure | None:
    """Return the pressure on the ports; None where no socket table could be read.

    Who connects is looked up only for destinations that take `LOOK_CLOSER` of their ports, who does not close only from
    `LEAK` sockets on: both go through the descriptors of all processes.
    """
    if table is None:
        return None
    found = uses(table, settings)
    unseen: str | None = None
    pressed = [use for use in found if use.share >= LOOK_CLOSER]
    if pressed:
        from tcptune.live.owners import with_owners

        told, unseen = with_owners(pressed, patient=True)
        by_name = {use.destination: use for use in told}
        found = tuple(by_name.get(use.destination, use) for use in found)
    pressure = PortPressure(
        ports=port_range(values(settings)),
        uses=found,
        taken=table.taken,
        unseen=unseen,
    )
    if table.states.get("CLOSE_WAIT", 0) >= LEAK:
        from tcptune.live.owners import close_waiting

        leaks, hidden = close_waiting(LEAK, table.listening)
        pressure = replace(pressure, leaks=leaks, unseen=unseen or hidden)
    return _with_orphans(pressure, table)


def _with_orphans(pressure: PortPressure, table: SocketTable) -> PortPressure:
    """Add whose sockets hang in closing that no process holds any more, where there are many."""
    live = sum(count for state, count in table.states.items() if state not in ("TIME_WAIT", "LISTEN"))
    if sum(table.states.get(state, 0) for state in CLOSING) < LEAK or live > FEW:
        return pressure
    from tcptune.live.orphans import orphaned

    try:
        found, hidden = orphaned(LEAK, table.listening)
    except OSError:
        return pressure
    return replace(pressure, leaks=(*pressure.leaks, *found), unseen=pressure.unseen or hidden)
