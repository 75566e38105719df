"""Connections of this host end in a RST of our own instead of an orderly close.

Why:

A RST discards what is under way in both directions, and the peer sees ECONNRESET, perhaps before it has read the end
of the data. Two counters tell how it came about. TCPAbortOnClose: a program closed a socket in which received data was
left unread. TCPAbortOnData: a program closed with SO_LINGER on and 0 seconds, or data came after close(); which of the
two the counter alone cannot tell. Some programs do it on purpose, health checks of load balancers among them.

Below one a second in a sample it is a note, from there on a warning. Without a sample the number since boot is a note.

Which program it is, `tcptune sockets --trace 10` tells as root while it happens.

Fix:

- unread data: let the program read until the end of the stream (0 from recv) before it closes
- SO_LINGER with 0 seconds: remove it; shutdown(SHUT_WR), read to the end, then close
- data after close(): let the peer know when to stop, or go on reading until it has

Sources:

- net/ipv4/tcp.c: __tcp_close()
- net/ipv4/tcp_input.c: tcp_rcv_state_process()
- RFC 1122, section 4.2.2.13
"""

from __future__ import annotations

from collections.abc import Iterator

from tcptune.model.finding import Finding, Fix
from tcptune.model.severity import Severity
from tcptune.rules.base import Rule
from tcptune.rules.growth import Counted, counted, why
from tcptune.rules.view import View

UNREAD = "TcpExt.TCPAbortOnClose"
LINGER = "TcpExt.TCPAbortOnData"
PER_SECOND = 1

_RESET = "The peer gets a RST instead of the end of the stream, and may lose data that it has not read yet."
_WHO = "`tcptune sockets --trace 10`, as root, names the process while it happens."
_MEANING = {
    UNREAD: "TCPAbortOnClose: a program closed while received data was unread.",
    LINGER: (
        "TCPAbortOnData: a program closed with SO_LINGER on and 0 seconds, or data came after close(); which of the"
        " two this counter alone cannot tell."
    ),
}


def check(view: View) -> Iterator[Finding]:
    """Find connections that were ended by a RST of this host."""
    found = counted(view, UNREAD, LINGER)
    if found is None:
        return
    reason = " ".join([_RESET, *(_MEANING[name] for name in found.numbers), _WHO])
    yield RULE.finding(
        None,
        f"Connections were ended by a RST {found.when()}: {found.told()}.",
        why(found, reason),
        severity=_severity(found, view.options.get("TT607.value", PER_SECOND)),
        fix=Fix(_title(found)),
        references=("net/ipv4/tcp.c: __tcp_close()", "net/ipv4/tcp_input.c: tcp_rcv_state_process()"),
    )


def _severity(found: Counted, limit: int) -> Severity:
    return found.severity("warning" if found.per_second >= limit else "note")


def _title(found: Counted) -> str:
    if LINGER not in found.numbers:
        return "let the program read to the end of the stream before it closes"
    if UNREAD not in found.numbers:
        return "look for SO_LINGER in the programs that close: shutdown(SHUT_WR), read to the end, then close"
    return "let programs call shutdown(SHUT_WR) and read to the end before they close, without SO_LINGER"


RULE = Rule(
    "TT607",
    "abortive-close",
    "warning",
    "Connections end in a RST instead of an orderly close.",
    check,
    needs=frozenset({"live", "pressure"}),
)
