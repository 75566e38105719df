"""The ephemeral range covers ports that services listen on, and ip_local_reserved_ports does not keep them free.

Why:

connect() takes any port of the range that is free. While the service runs its port is taken; when it stops, or before
it starts, an outgoing connection may get the port, and the service fails to start with EADDRINUSE until that
connection is gone. It is spoken of where listeners are seen on a running host, or where the file that sets the range
for a container or pod names the ports it listens on: a warning where somebody moved the range over them, a note for
the kernel's own range. A program that asks for any port (0) and listens on what it is given takes no harm.

Fix:

Name the ports in ip_local_reserved_ports (each write replaces the list), or begin the range above them.

Sources:

- net/ipv4/inet_hashtables.c: __inet_hash_connect()
- Documentation/networking/ip-sysctl.rst: ip_local_reserved_ports
"""

from __future__ import annotations

from collections.abc import Iterator

from tcptune.model.finding import Finding, Fix
from tcptune.model.value import show
from tcptune.rules.base import Rule
from tcptune.rules.portlist import covered, listed
from tcptune.rules.relations import to_set
from tcptune.rules.view import View

RANGE = "net.ipv4.ip_local_port_range"
RESERVED = "net.ipv4.ip_local_reserved_ports"

_WHY = (
    "An outgoing connection may hold such a port when its service starts, which then fails with EADDRINUSE, and"
    " succeeds on a later try. A program that listens on whatever port it is given is not concerned."
)


def check(view: View) -> Iterator[Finding]:
    """Find listeners on ports that the kernel may give to outgoing connections."""
    ports, reserved = view.pair(RANGE), view.value(RESERVED)
    if ports is None or (reserved is None and _elsewhere(view)):
        return
    listening = view.settings[RANGE].listening if view.pressure is None else view.pressure.listening
    kept = show(reserved) if reserved else ""
    colliding = sorted(port for port in listening if ports[0] <= port <= ports[1] and not covered(kept, port))
    if not colliding:
        return
    touched = view.touched(RANGE) is not None and not _own(view, ports)
    whose = f"The ephemeral range {show(ports)}" if touched else f"The kernel's ephemeral range {show(ports)}"
    noun = "a port" if len(colliding) == 1 else f"{len(colliding)} ports"
    wanted = ",".join([*filter(None, [kept]), *map(str, colliding)])
    yield RULE.finding(
        view.settings[RANGE],
        f"{whose} covers {noun} that services listen on: {listed(colliding)}.",
        _WHY,
        severity="warning" if touched else "note",
        fix=Fix(f"reserve the ports of services: {to_set(view, RESERVED, wanted)}"),
        references=("net/ipv4/inet_hashtables.c: __inet_hash_connect()",),
    )


def _elsewhere(view: View) -> bool:
    """Tell whether ports are reserved whose numbers are not known here."""
    return not view.live and (RESERVED in view.settings or RESERVED in view.anywhere)


def _own(view: View, ports: tuple[int, int]) -> bool:
    """Tell whether a file writes down the kernel's own range."""
    return not view.live and all(view.default(RANGE, target) == ports for target in view.targets)


RULE = Rule(
    "TT304",
    "port-range-collides",
    "warning",
    "The ephemeral range covers ports that services listen on.",
    check,
    keys=(RANGE,),
)
