"""The table of connection tracking is full, or nearly so; full it drops every new connection.

Why:

At nf_conntrack_max a packet that would need a new entry is dropped, in both directions and for forwarded traffic too;
the log says `nf_conntrack: table full, dropping packet`. Connections that are in the table go on. Each network
namespace has a table of its own, and all are held against the one limit of the host.

It is an error when the table is full and packets were dropped for it, and a warning above 80 percent.

Fix:

Raise nf_conntrack_max on the host, with nf_conntrack_buckets in step, after a look at what fills the table (`conntrack
-L`). Shorter timeouts help where dead connections fill it.

Sources:

- net/netfilter/nf_conntrack_core.c: __nf_conntrack_alloc(), nf_conntrack_in()
"""

from __future__ import annotations

from collections.abc import Iterator

from tcptune.model.finding import Finding, Fix
from tcptune.model.host import Pressure
from tcptune.rules.base import Rule
from tcptune.rules.relations import to_set
from tcptune.rules.view import View

KEY = "net.netfilter.nf_conntrack_max"
PERCENT = 80
FULL_PERCENT = 99
"""From here on the table counts as full: entries come and go while it is read."""

_WHY = (
    "In a full table no new connection gets an entry: its packets are dropped, of forwarded traffic too, and the log"
    " says 'nf_conntrack: table full, dropping packet'. Connections that are in it go on."
)


def check(view: View) -> Iterator[Finding]:
    """Find a table that is full, or fuller than it should be."""
    pressure = view.pressure
    tracked = pressure.conntrack if pressure else None
    if pressure is None or tracked is None or not tracked.limit or tracked.limit < 0 or tracked.count is None:
        return
    percent = 100 * tracked.count / tracked.limit
    if percent <= view.options.get("TT604.value", PERCENT):
        return
    dropped = _dropped(pressure) if percent >= FULL_PERCENT else 0
    state = "full" if percent >= FULL_PERCENT else f"{percent:.0f} % full"
    tail = f"; {dropped:,} packets were dropped {_when(pressure)}" if dropped else ""
    yield RULE.finding(
        view.settings.get(KEY),
        f"The connection-tracking table is {state}: {tracked.count:,} of {tracked.limit:,} entries{tail}.",
        _WHY,
        severity="error" if dropped else "warning",
        fix=Fix(_title(view, tracked.limit)),
        references=("net/netfilter/nf_conntrack_core.c: __nf_conntrack_alloc()",),
    )


def _dropped(pressure: Pressure) -> int:
    """Return how many packets the table dropped: in the sample, or since boot where none was taken."""
    if pressure.conntrack_growth is not None:
        return pressure.conntrack_growth.get("drop", 0)
    return pressure.conntrack.stats.get("drop", 0) if pressure.conntrack else 0


def _when(pressure: Pressure) -> str:
    return f"in {pressure.sample_seconds or 0:.1f} s" if pressure.conntrack_growth is not None else "since boot"


def _title(view: View, limit: int) -> str:
    where = "raise the limit on the host itself" if view.host and view.host.initial is False else "raise the limit"
    return f"{where}, after a look at what fills the table: {to_set(view, KEY, limit * 2)}"


RULE = Rule(
    "TT604",
    "conntrack-full",
    "error",
    "The connection-tracking table is full, or nearly so.",
    check,
    needs=frozenset({"live", "pressure"}),
)
