"""Defaults that the kernel computes from memory or its clock: buffers, files and connection tracking.

What depends on the pages that were free at one moment of the boot cannot be computed later: it has no exact figure.
"""

from __future__ import annotations

from collections.abc import Callable

from tcptune.model.host import Host
from tcptune.model.value import Value
from tcptune.model.version import KernelVersion, Target

MIB = 1 << 20
GIB = 1 << 30

BOOT_MARGIN = 256 * MIB
"""Memory that a running host may show beyond what the kernel counted while it started."""

SHARE = 128
"""A socket's greatest buffer is at most this part of the memory that is free for buffers."""

SHARE_RULE_SINCE = KernelVersion(3, 10)
PAGE = 4096
"""With other pages older kernels begin the triples with another number."""


def free_at_boot(target: Target, host: Host) -> Value | None:
    """Return None: the kernel starts from the pages that were free at that moment, which nobody sees afterwards."""
    return None


def _has_more(host: Host, limit: int) -> bool | None:
    """Tell whether the kernel counted more than `limit` bytes at boot; None where it may have been either."""
    if host.memory_bytes <= 0:
        return None
    if host.memory_bytes <= limit:
        return False
    return True if host.memory_bytes > limit + BOOT_MARGIN else None


def _largest_buffer(target: Target, host: Host, cap: int) -> int | None:
    """Return the cap of a buffer where memory is plentiful; None where the memory that was free decides."""
    known = target.version >= SHARE_RULE_SINCE and host.page_size == PAGE
    return cap if known and _has_more(host, cap * SHARE * 17 // 16) else None


def _triple(least: int, start: int, most: int | None) -> Value | None:
    return None if most is None else (least, start, most)


def rmem_87380(target: Target, host: Host) -> Value | None:
    """Return tcp_rmem before 4.20: 85 KiB at the start, up to 6 MiB."""
    return _triple(PAGE, 87380, _largest_buffer(target, host, 6 * MIB))


def rmem_6_mib(target: Target, host: Host) -> Value | None:
    """Return tcp_rmem from 4.20 on: 128 KiB at the start, up to 6 MiB."""
    return _triple(PAGE, 131072, _largest_buffer(target, host, 6 * MIB))


def rmem_32_mib(target: Target, host: Host) -> Value | None:
    """Return tcp_rmem from 6.16 on: 128 KiB at the start, up to 32 MiB."""
    return _triple(PAGE, 131072, _largest_buffer(target, host, 32 * MIB))


def wmem_4_mib(target: Target, host: Host) -> Value | None:
    """Return tcp_wmem: 16 KiB at the start, up to 4 MiB."""
    return _triple(PAGE, 16384, _largest_buffer(target, host, 4 * MIB))


def _stepped(host: Host, above_1_gib: int, above_4_gib: int) -> int | None:
    """Return one of two sizes by memory; None at 1 GiB or less, where the kernel counts pages, and near a border."""
    if not _has_more(host, GIB):
        return None
    if above_1_gib == above_4_gib:
        return above_1_gib
    most = _has_more(host, 4 * GIB)
    return None if most is None else above_4_gib if most else above_1_gib


def conntrack_max_4_0(target: Target, host: Host) -> Value | None:
    """Return nf_conntrack_max before 4.1: four entries for each of 16384 slots."""
    return _stepped(host, 65536, 65536)


def conntrack_max(target: Target, host: Host) -> Value | None:
    """Return nf_conntrack_max since 4.1; 5.15 has other slots and the same entries."""
    return _stepped(host, 65536, 262144)


def conntrack_buckets_4_0(target: Target, host: Host) -> Value | None:
    """Return nf_conntrack_buckets before 4.1."""
    return _stepped(host, 16384, 16384)


def conntrack_buckets_5_14(target: Target, host: Host) -> Value | None:
    """Return nf_conntrack_buckets from 4.1 to 5.14: a quarter of the entries."""
    return _stepped(host, 16384, 65536)


def conntrack_buckets(target: Target, host: Host) -> Value | None:
    """Return nf_conntrack_buckets since 5.15: as many as entries."""
    return _stepped(host, 65536, 262144)


def two_ticks(target: Target, host: Host) -> Value | None:
    """Return two of the kernel's ticks in microseconds."""
    return 2_000_000 // host.hz


FORMULAS: dict[str, Callable[[Target, Host], Value | None]] = {
    "free_at_boot": free_at_boot,
    "rmem_87380": rmem_87380,
    "rmem_6_mib": rmem_6_mib,
    "rmem_32_mib": rmem_32_mib,
    "wmem_4_mib": wmem_4_mib,
    "conntrack_max_4_0": conntrack_max_4_0,
    "conntrack_max": conntrack_max,
    "conntrack_buckets_4_0": conntrack_buckets_4_0,
    "conntrack_buckets_5_14": conntrack_buckets_5_14,
    "conntrack_buckets": conntrack_buckets,
    "two_ticks": two_ticks,
}
