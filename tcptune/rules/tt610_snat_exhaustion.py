"""Connection tracking cannot enter translated connections: no free port is left, or two packets claim the same one.

Why:

A host that masquerades gives every connection a port of its own address towards the destination, out of the same 64,512
at the most, and holds it for as long as the entry lives: 120 s after closing by default. When no port is free, or two
connections got the same one at the same moment, the entry is not inserted and its packet is dropped. The client sends
its SYN again after a second: connections take one, three or seven seconds, or fail. insert_failed counts it, and drop.

Growth in a sample is a warning, and an error from one a second on. Without a sample the number since boot is a note. A
few may be two queries of a resolver that came at once. While the table itself is full TT604 speaks.

Fix:

`conntrack -L -p tcp --src-nat` shows which destination it is. Where all ports towards it are taken, more source
addresses (SNAT to a range) help, and keep-alive in the clients, which makes fewer connections. Where they are not,
--random-fully (`fully-random` in nftables) makes collisions of simultaneous connections rare; against exhaustion it
does nothing.

Sources:

- net/netfilter/nf_nat_core.c: get_unique_tuple(), nf_nat_l4proto_unique_tuple()
- net/netfilter/nf_conntrack_core.c: __nf_conntrack_confirm()
"""

from __future__ import annotations

from collections.abc import Iterator

from tcptune.model.finding import Finding, Fix
from tcptune.model.host import Conntrack
from tcptune.rules.base import Rule
from tcptune.rules.growth import SAMPLE, Counted, judged
from tcptune.rules.view import View

NAMES = ("insert_failed", "drop")
FULL_PERCENT = 99
PER_SECOND = 1

_WHY = (
    "The packet is dropped and the client sends again after 1, 3, 7 s: connections are slow or fail. Either no port is"
    " free for a translated (masqueraded) connection, or two were given the same one at the same moment."
)


def check(view: View) -> Iterator[Finding]:
    """Find entries that could not be inserted while the table had room."""
    found = _counted(view)
    if found is None or "insert_failed" not in found.numbers:
        return
    fast = found.per_second >= view.options.get("TT610.value", PER_SECOND)
    yield RULE.finding(
        None,
        f"Connection tracking could not enter connections {found.when()}: {found.told()}.",
        _WHY if found.sampled else _WHY + SAMPLE,
        severity=found.severity("error" if fast else "warning"),
        fix=Fix(
            "look which destination it is (`conntrack -L -p tcp --src-nat`, as root): where all its ports are taken,"
            " SNAT to more source addresses; where they are not, --random-fully keeps simultaneous connections apart"
        ),
        references=("net/netfilter/nf_conntrack_core.c: __nf_conntrack_confirm()",),
    )


def _counted(view: View) -> Counted | None:
    pressure = view.pressure
    tracked = pressure.conntrack if pressure else None
    if pressure is None or tracked is None or _full(tracked):
        return None
    return judged(view, pressure.conntrack_growth, tracked.stats, NAMES)


def _full(tracked: Conntrack) -> bool:
    return bool(tracked.count and tracked.limit and 100 * tracked.count >= FULL_PERCENT * tracked.limit)


RULE = Rule(
    "TT610",
    "snat-exhaustion",
    "error",
    "Connection tracking finds no free port for a translated connection.",
    check,
    needs=frozenset({"live", "pressure"}),
)
