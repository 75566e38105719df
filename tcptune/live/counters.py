"""Counters and gauges of the network stack, by the catalogue's ids: `TcpExt.TW`, `Tcp.RetransSegs`, `TCP.tw`."""

from __future__ import annotations

from tcptune.live.files import read_number, read_text
from tcptune.model.host import Conntrack

PROC_NET = "/proc/net"
CONNTRACK = "/proc/sys/net/netfilter/nf_conntrack"

_GROUPS = {"netstat": ("TcpExt",), "snmp": ("Tcp",)}


def parse_pairs(text: str, groups: tuple[str, ...] | None = None) -> dict[str, int]:
    """Read netstat or snmp: a line with the names, then a line with the numbers, both led by the group.

    Names without a number, numbers without a name and words that are none are left out; `groups` None takes all.
    """
    found: dict[str, int] = {}
    names: dict[str, list[str]] = {}
    for line in text.splitlines():
        group, colon, rest = line.partition(":")
        if not colon or (groups is not None and group not in groups):
            continue
        header = names.pop(group, None)
        if header is None:
            names[group] = rest.split()
            continue
        for name, word in zip(header, rest.split(), strict=False):
            number = _number(word)
            if number is not None:
                found[f"{group}.{name}"] = number
    return found


def parse_sockstat(text: str) -> dict[str, int]:
    """Read sockstat or sockstat6: `TCP: inuse 1 orphan 0 …`, a name and a number in turn."""
    found: dict[str, int] = {}
    for line in text.splitlines():
        group, colon, rest = line.partition(":")
        if not colon:
            continue
        words = rest.split()
        for name, word in zip(words[::2], words[1::2], strict=False):
            number = _number(word)
            if number is not None:
                found[f"{group}.{name}"] = number
    return found


def parse_conntrack(text: str) -> dict[str, int]:
    """Read /proc/net/stat/nf_conntrack: names, then one line of hexadecimal numbers for each processor, summed.

    `entries` is left out: it is a gauge that stands in every line alike.
    """
    lines = text.splitlines()
    if not lines:
        return {}
    header = lines[0].split()
    found: dict[str, int] = {}
    for line in lines[1:]:
        for name, word in zip(header, line.split(), strict=False):
            number = _number(word, 16)
            if number is not None and name != "entries":
                found[name] = found.get(name, 0) + number
    return found


def _number(word: str, base: int = 10) -> int | None:
    """Return the number that a word is; only what the kernel prints counts, no `1_000` and no other alphabet's."""
    if not word.isascii() or "_" in word:
        return None
    try:
        return int(word, base)
    except ValueError:
        return None


def read_counters(root: str = PROC_NET) -> dict[str, int]:
    """Return what netstat and snmp say about TCP, since boot; empty when neither can be read."""
    found: dict[str, int] = {}
    for name, groups in _GROUPS.items():
        found |= parse_pairs(read_text(f"{root}/{name}") or "", groups)
    return found


def read_sockets(root: str = PROC_NET) -> dict[str, int]:
    """Return the gauges of sockstat and sockstat6."""
    found: dict[str, int] = {}
    for name in ("sockstat", "sockstat6"):
        found |= parse_sockstat(read_text(f"{root}/{name}") or "")
    return found


def read_conntrack(root: str = PROC_NET, sysctl: str = CONNTRACK) -> Conntrack | None:
    """Return the state of connection tracking; None where it is not loaded."""
    count = read_number(f"{sysctl}_count")
    limit = read_number(f"{sysctl}_max")
    if count is None and limit is None:
        return None
    text = read_text(f"{root}/stat/nf_conntrack")
    if text is None and root == PROC_NET:
        from tcptune.live.ctnetlink import read_stats

        stats = read_stats()
    else:
        stats = parse_conntrack(text or "")
    return Conntrack(count=count, limit=limit, buckets=read_number(f"{sysctl}_buckets"), stats=stats)
