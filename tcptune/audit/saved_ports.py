"""The pressure on ports as a saved audit holds it; what an older one did not say is not known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tcptune.model.ports import Closing, Owner, PortPressure, PortRange, Use


def port_pressure(said: Mapping[str, Any]) -> PortPressure | None:
    """Return the pressure on ports that a document's part tells; None where it had no sockets."""
    if said["destinations"] is None:
        return None
    ports = said.get("ports")
    return PortPressure(
        ports=PortRange(ports["low"], ports["high"], ports["reserved"]) if ports else None,
        uses=tuple(map(_use, said["destinations"])),
        taken=ports["taken"] if ports else 0,
        leaks=tuple(_leak(one) for one in said.get("leaks", ())),
    )


def _use(one: Mapping[str, Any]) -> Use:
    return Use(
        one["local"],
        one["remote"],
        one["port"],
        dict(one["states"]),
        one["ports_used"],
        one["ports"],
        one.get("young", 0),
        one.get("ending", 0),
        one.get("bound", 0),
        one.get("timestamps"),
        tuple(map(_owner, one.get("owners", ()))),
        one.get("growth"),
    )


def _owner(said: Mapping[str, Any]) -> Owner:
    return Owner(said["pid"], said["name"], said["sockets"], said["container"], said["unit"], said["confidence"])


def _leak(said: Mapping[str, Any]) -> Closing:
    owner = _owner(said["owner"])
    return Closing(owner, said["state"], owner.sockets, said.get("place", ""))
