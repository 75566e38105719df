"""What settings sustain, as a document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tcptune.formats.json_ import tool
from tcptune.model.capacity import Capacity
from tcptune.model.host import Host
from tcptune.model.value import as_json

if TYPE_CHECKING:
    from tcptune.model.documents_capacity import CapacityDocument


def capacity(found: Capacity, host: Host, profile: str | None) -> CapacityDocument:
    """Return the document `tcptune/capacity/1`; rates are rounded to a hundredth."""
    wanted = found.wanted
    return {
        "schema": "tcptune/capacity/1",
        "tool": tool(),
        "command": "capacity",
        "kernel": str(host.kernel),
        "netns": host.netns,
        "profile": profile,
        "usable_ports": found.ports.usable if found.ports is not None else None,
        "limits": [
            {
                "scope": each.scope,
                "connections_per_second": round(each.per_second, 2),
                "count": each.count,
                "seconds": each.seconds,
                "why": each.why,
                "keys": list(each.keys),
                "destinations": each.destinations,
            }
            for each in found.limits
        ],
        "wanted": None
        if wanted is None
        else {
            "connections_per_second": wanted.rate,
            "destinations": wanted.destinations,
            "open_seconds": wanted.open_seconds,
        },
        "needs": [
            {
                "key": each.key,
                "count": each.count,
                "now": as_json(each.now),
                "enough": each.enough,
                "why": each.why,
                "advice": each.advice or None,
            }
            for each in found.needs
        ],
        "enough": found.enough if wanted is not None else None,
        "time_wait_bytes_each": found.bytes_each,
        "time_wait_bytes": found.memory,
        "closing": [{"state": each.state, "seconds": each.seconds, "why": each.why} for each in found.stays],
    }
