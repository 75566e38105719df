"""Defaults that the kernel derives from the size of TCP's hash of established connections.

The sizes are those of `tcp_init()` in net/ipv4/tcp.c and `alloc_large_system_hash()` in mm/.
"""

from __future__ import annotations

from collections.abc import Callable

from tcptune.model.host import Host
from tcptune.model.value import Value
from tcptune.model.version import KernelVersion, Target

MIB = 1 << 20
BYTES_PER_SLOT = 128 << 10
MAX_SLOTS = 512 << 10
SLOT_RULE_SINCE = KernelVersion(3, 8)
"""Older kernels gave one slot to 8 or 32 KiB; the release that changed it was not read, 3.8 is on the safe side."""

LEAST_SYN_BACKLOG = 128


def ehash_slots(target: Target, host: Host) -> int | None:
    """Return the number of slots in the established hash; None where neither size nor memory is known.

    One slot for each begun 128 KiB of memory (rounded up to a MiB before), a power of two, at most 524288.
    """
    if host.ehash_entries is not None:
        return abs(host.ehash_entries)
    if target.version < SLOT_RULE_SINCE or host.memory_bytes <= 0:
        return None
    memory = -(-host.memory_bytes // MIB) * MIB
    return min(1 << (memory // BYTES_PER_SLOT - 1).bit_length(), MAX_SLOTS)


def ehash_half(target: Target, host: Host) -> Value | None:
    """Return half of the slots: the limit of TIME_WAIT sockets, and that of orphans."""
    slots = ehash_slots(target, host)
    return None if slots is None else slots // 2


def syn_backlog_256th(target: Target, host: Host) -> Value | None:
    """Return a 256th of the slots, at least 128: the SYN backlog before 5.4."""
    slots = ehash_slots(target, host)
    return None if slots is None else max(LEAST_SYN_BACKLOG, slots // 256)


def syn_backlog_128th(target: Target, host: Host) -> Value | None:
    """Return a 128th of the slots, at least 128: the SYN backlog since 5.4."""
    slots = ehash_slots(target, host)
    return None if slots is None else max(LEAST_SYN_BACKLOG, slots // 128)


def ehash_entries(target: Target, host: Host) -> Value | None:
    """Return the slots as `tcp_ehash_entries` shows them: negative where a namespace shares the host's table."""
    if host.ehash_entries is not None:
        return host.ehash_entries
    slots = ehash_slots(target, host)
    return -slots if slots is not None and host.initial is False else slots


FORMULAS: dict[str, Callable[[Target, Host], Value | None]] = {
    "ehash_half": ehash_half,
    "syn_backlog_256th": syn_backlog_256th,
    "syn_backlog_128th": syn_backlog_128th,
    "ehash_entries": ehash_entries,
}
