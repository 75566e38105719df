"""The numbers of a pair or triple stand in the wrong order.

The kernel refuses a port range whose low end is above the high one, or below `ip_unprivileged_port_start`. It takes a
triple of buffer sizes in any order, and then the limits contradict each other.

Bad:

    net.ipv4.ip_local_port_range = 60999 32768

Good:

    net.ipv4.ip_local_port_range = 32768 60999

Fix:

Put the smaller number first.

Sources:

- net/ipv4/sysctl_net_ipv4.c: ipv4_local_port_range
"""

from __future__ import annotations

from collections.abc import Iterator

from tcptune.model.finding import Finding, Fix
from tcptune.model.value import show
from tcptune.rules.base import Rule
from tcptune.rules.view import View

_RANGE = "net.ipv4.ip_local_port_range"
_START = "net.ipv4.ip_unprivileged_port_start"
_SORTED = frozenset({_RANGE, "net.ipv4.tcp_mem", "net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem", "net.ipv4.udp_mem"})


def check(view: View) -> Iterator[Finding]:
    """Find pairs and triples that do not ascend, and a range below the unprivileged ports."""
    for key in _SORTED:
        setting = view.settings.get(key)
        if setting is None or not isinstance(setting.value, tuple) or not setting.touched:
            continue
        right = tuple(sorted(setting.value))
        if right != setting.value:
            refused = key == _RANGE
            message = f"{key} = {show(setting.value)}: the numbers do not ascend."
            why = "The kernel refuses the range." if refused else "The kernel takes it, and its limits contradict."
            yield RULE.finding(setting, message, why, fix=Fix(f"write {show(right)}"))
        elif key == _RANGE:
            yield from _below_start(view)


def _below_start(view: View) -> Iterator[Finding]:
    setting, pair = view.settings[_RANGE], view.pair(_RANGE)
    start = view.number(_START)
    low = start if start is not None else 1024
    if pair is None or pair[0] >= low or view.host is not None:
        return
    message = f"{_RANGE} begins at {pair[0]}, below ip_unprivileged_port_start ({low})."
    why = "The kernel refuses a range that begins below it: an ordinary user could not use those ports."
    yield RULE.finding(setting, message, why, fix=Fix(f"begin at {low} or above"))


RULE = Rule("TT203", "bad-order", "error", "The numbers stand in the wrong order.", check)
