"""Ephemeral ports, destinations and owners as parts of JSON documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tcptune.model.ports import Closing, Owner, PortPressure, Use

if TYPE_CHECKING:
    from tcptune.model.documents_ports import DestinationDocument, LeakDocument, OwnerDocument, PortRangeDocument


def destination(use: Use) -> DestinationDocument:
    """Return what a destination takes."""
    return {
        "local": use.local,
        "remote": use.remote,
        "port": use.port,
        "states": dict(sorted(use.states.items())),
        "ports_used": use.used,
        "ports": use.budget,
        "young": use.young,
        "ending": use.ending,
        "bound": use.bound,
        "timestamps": use.timestamps,
        "owners": [owner(one) for one in use.owners],
        "growth": use.growth,
    }


def owner(one: Owner) -> OwnerDocument:
    """Return a process."""
    return {
        "pid": one.pid,
        "name": one.name,
        "sockets": one.sockets,
        "container": one.container,
        "unit": one.unit,
        "confidence": one.confidence,
    }


def port_range(found: PortPressure | None) -> PortRangeDocument | None:
    """Return the ephemeral ports; None where they are not known."""
    if found is None or found.ports is None:
        return None
    ports = found.ports
    return {
        "low": ports.low,
        "high": ports.high,
        "reserved": ports.reserved,
        "usable": ports.usable,
        "taken": found.taken,
    }


def leaks(found: PortPressure | None) -> list[LeakDocument]:
    """Return the processes with many sockets whose closing hangs."""
    return [_leak(one) for one in found.leaks] if found is not None else []


def _leak(one: Closing) -> LeakDocument:
    return {"state": one.state, "owner": owner(one.owner), "place": one.place}
