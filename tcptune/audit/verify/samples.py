"""Which values are tried on a parameter, and which of them the catalogue says the kernel takes."""

from __future__ import annotations

from collections.abc import Mapping

from tcptune.model.history import INT_MAX, INT_MIN, LONG_MAX, UINT_MAX, RangeStep

_EDGES = (INT_MAX, UINT_MAX, LONG_MAX, 2 * LONG_MAX + 1, INT_MIN, -LONG_MAX)
_SMALL = (0, 1, 2, 3, 10, 63, 64, 127, 128, 255, 256, 1000, 4096, 65535, 65536, 1 << 20, 1 << 24, 1 << 30)
_NEGATIVE = (-1, -2, -255, -1000, -65536)
EVERYWHERE = (*_SMALL, *_NEGATIVE, *(edge + by for edge in _EDGES for by in (-1, 0, 1)))
"""Tried on every number: where C's types begin and end, and some values between."""

_FRAGMENTS = "net.netfilter.nf_conntrack_frag6_"
LIMITED_BELOW: Mapping[str, str] = {
    "net.ipv4.ip_local_port_range": "net.ipv4.ip_unprivileged_port_start",
    f"{_FRAGMENTS}high_thresh": f"{_FRAGMENTS}low_thresh",
}
LIMITED_ABOVE: Mapping[str, str] = {
    "net.ipv4.ip_unprivileged_port_start": "net.ipv4.ip_local_port_range",
    f"{_FRAGMENTS}low_thresh": f"{_FRAGMENTS}high_thresh",
}
"""Pairs that refuse each other's values: the port range may not reach below the first unprivileged port, and so on."""

ALLOCATES: Mapping[str, int] = {
    "net.netfilter.nf_conntrack_buckets": 1 << 16,
    "net.core.rps_sock_flow_entries": 1 << 16,
    "net.ipv4.tcp_child_ehash_entries": 1 << 40,
}
"""A write to these gets memory at once: greater values within the range are not tried."""


def samples(key: str, low: int | None, high: int | None) -> list[int]:
    """Return the values to try: both bounds with their neighbours, the middle, and those tried on every number.

    They descend, for there is a parameter that may be lowered and never raised again.
    """
    found = set(EVERYWHERE)
    for bound in (low, high):
        if bound is not None:
            found |= {bound - 1, bound, bound + 1}
    if low is not None and high is not None:
        found.add((low + high) // 2)
    most = ALLOCATES.get(key)
    if most is not None:
        found = {value for value in found if value <= most or (high is not None and value > high)}
    return sorted(found, reverse=True)


def spoken(low: int | None, high: int | None) -> str:
    """Return a range in words."""
    if low is None and high is None:
        return "any number"
    return f"{'any' if low is None else low} to {'any' if high is None else high}"


def within(value: int, low: int | None, high: int | None) -> bool:
    """Tell whether the catalogue says that the kernel takes the value."""
    return (low is None or value >= low) and (high is None or value <= high)


def same(step: RangeStep, written: int, read: int, hz: int) -> bool:
    """Tell whether what is read back is what was written.

    Milliseconds are kept as whole ticks, rounded up in size, and some sizes as a multiple. Newer kernels keep a
    negative time as it was written and print a number below any int for it; such a print counts as the value.
    """
    if step.multiple is not None:
        return read == -(-written // step.multiple) * step.multiple
    if step.handler not in ("jiffies", "ms_jiffies"):
        return written == read
    if written < 0 and read < INT_MIN:
        return True
    tick = -(-1000 // hz) if step.handler == "ms_jiffies" else 1
    return written * read >= 0 and 0 <= abs(read) - abs(written) < tick
