"""A process does not close sockets whose other end has closed: they pile up in CLOSE_WAIT.

Why:

CLOSE_WAIT means that the peer has sent its FIN and this program has not called close() since. No timeout of the kernel
ends it: keepalive does not, tcp_fin_timeout does not. Each such socket holds a descriptor, memory and, for an outgoing
connection, a local port; in the end the program runs into its limit of open files.

It is spoken of from 100 sockets of one process on. Under load some of them may be on their way to be closed.

Fix:

The program has to close: where recv() returns 0 the other side has ended, and close() is due. Pools need a check for
connections that the server has closed. A restart frees the sockets and hides the defect for a while.

Sources:

- RFC 9293, section 3.6
- net/ipv4/tcp_input.c: tcp_fin()
"""

from __future__ import annotations

from collections.abc import Iterator

from tcptune.model.finding import Finding, Fix
from tcptune.rules.base import Rule
from tcptune.rules.view import View

MANY = 100

_WHY = (
    "The other side has closed and the program has not. No setting of the kernel ends CLOSE_WAIT: each such socket"
    " keeps a descriptor and memory until the program closes it or ends."
)


def check(view: View) -> Iterator[Finding]:
    """Find processes with many sockets in CLOSE_WAIT, or many such sockets whose process is not to be seen."""
    pressure = view.pressure
    if pressure is None or pressure.ports is None:
        return
    limit = view.options.get("TT606.value", MANY)
    leaks = [leak for leak in pressure.ports.leaks if leak.state == "CLOSE_WAIT"]
    for leak in leaks:
        if leak.count >= limit:
            where = f", most of them {leak.place}" if leak.place else ""
            yield _finding(
                f"{leak.owner} has {leak.count:,} sockets in CLOSE_WAIT{where}.", f"let {leak.owner.name} close"
            )
    waiting = pressure.states.get("CLOSE_WAIT", 0)
    if not leaks and pressure.ports.unseen and waiting >= limit:
        text = f"{waiting:,} sockets are in CLOSE_WAIT; whose they are is not to be seen without root."
        yield _finding(text, "look as root whose they are, and let the program close")


def _finding(message: str, title: str) -> Finding:
    return RULE.finding(
        None,
        message,
        _WHY,
        fix=Fix(f"{title} each socket once recv() has returned 0; a restart frees them for now"),
        references=("RFC 9293, section 3.6", "net/ipv4/tcp_input.c: tcp_fin()"),
    )


RULE = Rule(
    "TT606",
    "close-wait-leak",
    "warning",
    "A process does not close: CLOSE_WAIT piles up.",
    check,
    needs=frozenset({"live", "pressure"}),
)
