"""tcp_max_syn_backlog is above somaxconn, which is what really limits half-open connections.

Why:

A listener's queue gets no longer than the smaller of listen()'s argument and somaxconn. Before 4.4 that bound the
queue of half-open connections together with tcp_max_syn_backlog; since 4.4 it bounds it alone, and
tcp_max_syn_backlog is read only while tcp_syncookies is 0. So the number beyond somaxconn is never reached, and a
burst of SYNs meets a shorter queue than was meant. It is a warning where tcp_max_syn_backlog counts at all (before
4.4, or with SYN cookies off), and a note where it does nothing anyway. Where nothing sets somaxconn, it is the
kernel's default, 128 before 5.4 and 4096 since, and the finding says which kernels it holds for. Two defaults are never
spoken of.

Bad:

    Kernel: 6.1
    net.ipv4.tcp_max_syn_backlog = 65536
    net.core.somaxconn = 4096
    net.ipv4.tcp_syncookies = 0

Good:

    Kernel: 6.1
    net.ipv4.tcp_max_syn_backlog = 4096
    net.core.somaxconn = 4096

Fix:

Raise somaxconn and the program's own backlog, and start the program anew; or delete the line with
tcp_max_syn_backlog, whose default grows with memory.

Sources:

- net/ipv4/tcp_input.c: tcp_conn_request()
- include/net/inet_connection_sock.h: inet_csk_reqsk_queue_is_full()
- net/core/request_sock.c of 4.3: reqsk_queue_alloc()
"""

from __future__ import annotations

from collections.abc import Iterator

from tcptune.model.finding import Finding, Fix
from tcptune.model.version import KernelVersion, Target
from tcptune.rules import kernels
from tcptune.rules.base import Rule
from tcptune.rules.relations import by_somebody, other, refused, to_set
from tcptune.rules.view import View

BACKLOG = "net.ipv4.tcp_max_syn_backlog"
SOMAXCONN = "net.core.somaxconn"
SYNCOOKIES = "net.ipv4.tcp_syncookies"

QUEUE_BY_BACKLOG = KernelVersion(4, 4)
"""From here on the listener's backlog alone limits half-open connections."""

_OLD = "Before 4.4 a listener's table of half-open connections gets no larger than somaxconn and listen() allow."
_OFF = "A listener takes no more half-open connections than somaxconn and listen() allow, whatever stands here."
_NOTHING = (
    "While tcp_syncookies is on this number is not even read (since 4.4): somaxconn and listen() limit the half-open"
    " connections of a listener, and beyond them it answers with cookies."
)


def check(view: View) -> Iterator[Finding]:
    """Find a SYN backlog that somaxconn does not let through."""
    backlog, limit = view.number(BACKLOG), view.number(SOMAXCONN)
    concerned, by_default = view.targets, False
    stands = f"somaxconn = {limit}"
    if backlog is not None and limit is None and view.unset(SOMAXCONN):
        defaults = _by_default(view, backlog)
        concerned, limit = tuple(defaults), max(defaults.values(), default=None)
        by_default, stands = True, _told(view, defaults)
    if backlog is None or limit is None or backlog <= limit:
        return
    if not by_default and not by_somebody(view, BACKLOG, SOMAXCONN):
        return
    if refused(view, BACKLOG) or refused(view, SOMAXCONN):
        return
    # It has an effect on old kernels, and without cookies; these are on where nothing is said of them.
    off = view.number(SYNCOOKIES) == 0
    counting = tuple(target for target in concerned if off or target.version < QUEUE_BY_BACKLOG)
    old = any(target.version < QUEUE_BY_BACKLOG for target in counting)
    reason = (_OLD if old else _OFF) + " A burst of SYNs meets a shorter queue than was meant."
    yield RULE.finding(
        view.settings[BACKLOG],
        f"tcp_max_syn_backlog = {backlog} is above {stands}, which limits it.",
        reason if counting else _NOTHING,
        severity="warning" if counting else "note",
        fix=Fix(_title(view, backlog, limit, by_default)),
        related=other(view.settings.get(SOMAXCONN), f"somaxconn is {limit} here"),
        kernels=kernels.named(view, counting or concerned),
        references=("net/ipv4/tcp_input.c: tcp_conn_request()",),
    )


def _by_default(view: View, backlog: int) -> dict[Target, int]:
    """Return the kernels whose own somaxconn is below the backlog, with this default."""
    found = {}
    for target in view.targets:
        limit = view.default(SOMAXCONN, target)
        if isinstance(limit, int) and limit < backlog:
            found[target] = limit
    return found


def _told(view: View, defaults: dict[Target, int]) -> str:
    """Return somaxconn's default in words, each number with the kernels that have it where not all have the same."""
    having: dict[int, list[Target]] = {}
    for target, limit in defaults.items():
        having.setdefault(limit, []).append(target)
    if len(having) == 1 and len(defaults) == len(view.targets):
        return f"somaxconn = {next(iter(having))}, its default"
    parts = [f"{limit} on {_kernels(view, tuple(having[limit]))}" for limit in sorted(having)]
    return f"somaxconn, whose default is {' and '.join(parts)}"


def _kernels(view: View, targets: tuple[Target, ...]) -> str:
    """Return kernels in words; from one to another only where all between them are among them."""
    first = view.targets.index(targets[0]) if targets else 0
    if view.targets[first : first + len(targets)] == targets or len(targets) < 3:
        return kernels.span(targets)
    return ", ".join(map(str, targets[:-1])) + f" and {targets[-1]}"


def _title(view: View, backlog: int, limit: int, by_default: bool) -> str:
    if by_default:
        return f"set somaxconn as well, {to_set(view, SOMAXCONN, backlog)}, and raise the program's backlog"
    return f"raise somaxconn and the program's backlog, or lower this: {to_set(view, BACKLOG, limit)}"


RULE = Rule(
    "TT302",
    "backlog-exceeds-somaxconn",
    "warning",
    "tcp_max_syn_backlog is above what somaxconn lets through.",
    check,
    keys=(BACKLOG,),
)
