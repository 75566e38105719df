"""The numbers of a pair or triple stand in the wrong order.

The kernel refuses a port range whose low end is above the high one, or (since 4.11) below `ip_unprivileged_port_start`,
and a start of the unprivileged ports above the low end of the range. It takes a triple of buffer sizes in any order,
and then the limits contradict each other; a range of groups that does not ascend (`ping_group_range`) holds none.
Neither does it take an upper threshold for fragments below the lower one, or a lower one above the upper one, as they
are at that moment: who lowers both writes the lower one first, who raises both the upper one.

Bad:

    net.ipv4.ip_local_port_range = 60999 32768

Good:

    net.ipv4.ip_local_port_range = 32768 60999

Fix:

Put the smaller number first.

Sources:

- net/ipv4/sysctl_net_ipv4.c: ipv4_local_port_range(), ipv4_privileged_ports(), ipv4_ping_group_range()
- net/ipv4/ip_fragment.c, net/ipv6/reassembly.c, net/ipv6/netfilter/nf_conntrack_reasm.c: extra1 and extra2
- kernel/sysctl.c: proc_doulongvec_minmax()
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tcptune.catalog.bounds import SINCE, WIDTHS
from tcptune.model.finding import Finding, Fix
from tcptune.model.setting import Setting
from tcptune.model.value import show
from tcptune.model.version import KernelVersion, Target
from tcptune.rules import kernels
from tcptune.rules.base import Rule
from tcptune.rules.view import View
from tcptune.rules.written import numbers, told

PORTS = "net.ipv4.ip_local_port_range"
"""The range of ephemeral ports."""

_START = "net.ipv4.ip_unprivileged_port_start"
_LOW = 32768
_PRIVILEGED = 1024
_CHECKED = KernelVersion(4, 11)
"""Since when ephemeral ports and privileged ones must not overlap."""

_OVERLAP = "The kernel refuses it: an ordinary user could not use the ephemeral ports that are privileged."
_GROUPS = "net.ipv4.ping_group_range"
_SORTED = sorted({PORTS, _GROUPS, "net.ipv4.tcp_mem", "net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem", "net.ipv4.udp_mem"})
_NOBODY = (1, 0)
"""The kernel's own range of groups, which holds none."""

_FRAGMENTS = tuple(
    (f"{family}low_thresh", f"{family}high_thresh")
    for family in ("net.ipv4.ipfrag_", "net.ipv6.ip6frag_", "net.netfilter.nf_conntrack_frag6_")
)
_LOWER, _UPPER = 3145728, 4194304
"""The thresholds of fragments that every network namespace begins with."""

_ORDERLY = frozenset({"loader", "shell"})
"""Of which settings it is known that they are written in their order."""

_BOUND = "The old value stays: newer kernels refuse it with EINVAL, older ones (4.19) pass it over without a word."
_WHY = {
    PORTS: "The kernel refuses the range.",
    _GROUPS: "The kernel takes it for `1 0`, which is no group at all: nobody may open such a socket.",
}


def check(view: View) -> Iterator[Finding]:
    """Find pairs and triples that do not ascend, and a range below the unprivileged ports."""
    for key in _SORTED:
        setting = view.settings.get(key)
        value = _numbers(view, setting) if setting is not None and setting.touched else None
        if setting is None or value is None or value == _NOBODY:
            continue
        right = tuple(sorted(value))
        if right != value:
            message = f"{key} = {show(value)}: the numbers do not ascend."
            why = _WHY.get(key, "The kernel takes it, and its limits contradict.")
            overlaps = key == PORTS and right[0] < _PRIVILEGED
            fix = f"write two ascending numbers from {_PRIVILEGED} on" if overlaps else f"write {show(right)}"
            yield RULE.finding(setting, message, why, fix=Fix(fix))
    yield from _below_start(view)
    if view.host is None:
        for low, high in _FRAGMENTS:
            if low in view.settings or high in view.settings:
                yield from _thresholds(view, low, high)


def _thresholds(view: View, low_key: str, high_key: str) -> Iterator[Finding]:
    """Find the threshold that the kernel refuses, or passes over, for what the other one is when it is written."""
    keys = {low_key: _LOWER, high_key: _UPPER}
    last = [view.settings[key] for key in keys if key in view.settings]
    if len(last) == 1 and not view.anywhere.isdisjoint(keys.keys() - {last[0].key}):
        return
    concerned = kernels.holding(view, lambda target: target.version >= SINCE, ("TT203 thresholds",))
    now, wanted = dict(keys), {one.key: _plain(one) for one in last}
    if not concerned or None in wanted.values():
        return
    written: Sequence[Setting] = last
    if len(last) == 2:
        if all(one.facts & _ORDERLY for one in last):
            written = [one for one in view.assignments if one.key in keys]
        else:  # Nobody knows which is written first: so much as both together say.
            now[high_key], written = wanted[high_key] or 0, [view.settings[low_key]]
    refused = None
    for one in written:
        value, lower = _plain(one), one.key == low_key
        other = now[high_key if lower else low_key]
        if value is None:
            return
        if value > other if lower else value < other:
            refused = (one, value, other, lower)
        else:
            now[one.key] = value
    if refused is None or now[refused[0].key] == wanted[refused[0].key]:
        return
    about, value, other, lower = refused
    name = (high_key if lower else low_key).rpartition(".")[2]
    beyond = "above" if lower else "below"
    message = f"{about.key} = {value} is {beyond} {name}, which is {other} when it is written: it is not taken."
    fix = f"set {name} to {value} or {'more' if lower else 'less'} in a line before"
    yield RULE.finding(about, message, _BOUND, fix=Fix(fix), kernels=kernels.named(view, concerned))


def _plain(setting: Setting) -> int | None:
    """Return the one number that is set, as the kernel reads it; None where that is not known, or none it takes."""
    known = told(setting) and not setting.facts & {"exclude", "glob"}
    value = numbers(setting.raw, 1).value if known else None
    return value if isinstance(value, int) and value >= 0 else None


def _numbers(view: View, setting: Setting) -> tuple[int, ...] | None:
    """Return the numbers of a setting; of one without a page those that the kernel reads in its text."""
    value = setting.value
    if setting.key in WIDTHS and view.host is None and told(setting) and not setting.facts & {"exclude", "glob"}:
        value = numbers(setting.raw, WIDTHS[setting.key]).value
    return value if isinstance(value, tuple) else None


def refusing(view: View) -> tuple[Target, ...]:
    """Return the kernels that refuse the range of a file, since it begins with ports that are privileged."""
    pair = view.pair(PORTS)
    return _checking(view) if view.host is None and pair is not None and pair[0] < _first_open(view) else ()


def _first_open(view: View) -> int:
    first = view.number(_START)
    return first if first is not None else _PRIVILEGED


def _checking(view: View) -> tuple[Target, ...]:
    return kernels.holding(view, lambda target: target.version >= _CHECKED, ("TT203 start",))


def _below_start(view: View) -> Iterator[Finding]:
    """Find what the kernel refuses of a range and ip_unprivileged_port_start that overlap; where one is not set here
    it is taken to be the default.
    """
    ports, start = view.settings.get(PORTS), view.settings.get(_START)
    pair, first = view.pair(PORTS), view.number(_START)
    concerned = _checking(view)
    if not concerned or (pair is not None and pair[0] > pair[1]):
        return
    if ports is not None and pair is not None:
        low = _first_open(view)
        message = f"{PORTS} begins at {pair[0]}, below ip_unprivileged_port_start ({low})."
        about, fix, bad = ports, Fix(f"begin at {low} or above"), pair[0] < low
    elif start is not None and first is not None:
        message = f"{_START} = {first} is above the low end of the ephemeral range ({_LOW} by default)."
        about, fix, bad = (
            start,
            Fix(f"set {_LOW} or less, or a higher ip_local_port_range in the line before"),
            first > _LOW,
        )
    else:
        return
    if bad:
        yield RULE.finding(about, message, _OVERLAP, fix=fix, kernels=kernels.named(view, concerned))


RULE = Rule("TT203", "bad-order", "error", "The numbers stand in the wrong order.", check)
