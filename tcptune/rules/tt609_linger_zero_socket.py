"""A process's sockets carry SO_LINGER with 0 seconds: each close() of theirs resets the connection.

Why:

close() then sends a RST and throws away what is not sent yet; the peer sees ECONNRESET and may lose what it has not
read. There is no TIME_WAIT, which is why it is set, and with it goes the protection against old segments. It is told by
`tcptune sockets --deep` alone, which asks the sockets themselves.

Fix:

Let the program close without it: shutdown(SHUT_WR), read to the end, then close. To spare ports keep connections open,
or let the other side close first.

Sources:

- net/ipv4/tcp.c: __tcp_close()
- socket(7): SO_LINGER
"""

from __future__ import annotations

from collections.abc import Iterator

from tcptune.model.finding import Finding, Fix
from tcptune.rules.base import Rule
from tcptune.rules.view import View

_WHY = (
    "close() sends a RST and discards what is not sent yet; the peer sees ECONNRESET and may lose what it has not read."
    " The socket does not go through TIME_WAIT, and what that protects from can happen."
)


def check(view: View) -> Iterator[Finding]:
    """Find processes whose sockets were asked and would reset on close."""
    ports = view.pressure.ports if view.pressure else None
    for row in (ports.lingering or ()) if ports else ():
        if row.zero:
            yield RULE.finding(
                None,
                f"{row.zero:,} of {row.asked:,} sockets of {row.owner} that were asked carry SO_LINGER with 0 seconds.",
                _WHY,
                fix=Fix(
                    f"let {row.owner.name} close without SO_LINGER: shutdown(SHUT_WR), read to the end, then close"
                ),
                references=("net/ipv4/tcp.c: __tcp_close()", "socket(7): SO_LINGER"),
            )


RULE = Rule(
    "TT609",
    "linger-zero-socket",
    "note",
    "A process's sockets carry SO_LINGER with 0 seconds.",
    check,
    needs=frozenset({"live", "pressure"}),
)
