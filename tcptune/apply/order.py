"""In which order parameters are written: what another one rests on comes first; the way back is the reverse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tcptune.catalog import parameters
from tcptune.model.value import Value

_RESTS_ON = {
    "net.ipv4.tcp_tw_reuse": ("net.ipv4.tcp_timestamps",),
    "net.ipv4.tcp_tw_recycle": ("net.ipv4.tcp_timestamps",),
    "net.ipv4.tcp_tw_reuse_delay": ("net.ipv4.tcp_tw_reuse",),
    "net.ipv4.tcp_max_syn_backlog": ("net.core.somaxconn",),
    "net.netfilter.nf_conntrack_max": ("net.netfilter.nf_conntrack_buckets",),
    "net.ipv4.ip_local_port_range": ("net.ipv4.ip_local_reserved_ports",),
    "net.ipv4.tcp_allowed_congestion_control": ("net.ipv4.tcp_congestion_control",),
}
"""What a parameter rests on when it is switched on or raised; switched off or lowered, it goes first."""

_SWITCHES = frozenset({"net.ipv4.tcp_tw_reuse", "net.ipv4.tcp_tw_recycle"})
"""Any number but 0 switches these on, so a smaller one than before is no switching off."""

RANGE = "net.ipv4.ip_local_port_range"
FIRST_PRIVILEGED = "net.ipv4.ip_unprivileged_port_start"


def ordered(values: Mapping[str, tuple[Value | None, Value]]) -> list[str]:
    """Return the keys in the order of writing; `values` are each key's old and new value."""
    place = {key: number for number, key in enumerate(parameters())}
    first: dict[str, set[str]] = {key: set() for key in values}
    for key, others in _RESTS_ON.items():
        for other in others:
            if key in values and other in values:
                if values[key][1] != 0 if key in _SWITCHES else _grows(*values[key]):
                    first[key].add(other)
                else:
                    first[other].add(key)
    if RANGE in values and FIRST_PRIVILEGED in values:
        # The kernel refuses a range that begins below the unprivileged ports, at every moment.
        old, new = values[FIRST_PRIVILEGED]
        later, sooner = (FIRST_PRIVILEGED, RANGE) if _grows(old, new) else (RANGE, FIRST_PRIVILEGED)
        first[later].add(sooner)
    return _sorted(sorted(values, key=lambda key: place.get(key, len(place))), first)


def _grows(old: Value | None, new: Value) -> bool:
    return not (isinstance(old, int) and isinstance(new, int) and new < old)


def _sorted(keys: Sequence[str], first: Mapping[str, set[str]]) -> list[str]:
    done: list[str] = []
    left = list(keys)
    while left:
        ready = next((key for key in left if first[key] <= set(done)), left[0])
        left.remove(ready)
        done.append(ready)
    return done
