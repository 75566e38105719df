"""Which lines of a YAML text may be about a setting: what lies between the others is not walked through."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

TELLING = re.compile(
    r"[*&]\w|<<|sysctl|proc/sys|modprobe|modules|llowed|tcp_|conntrack|somaxconn|crio\.conf"
    r"|\b(?:net|vm|kernel|fs|user|dev|abi|debug|crypto|sunrpc|fscache)\b|net_?(?:ipv|core)",
    re.IGNORECASE,
)
"""What a line has in it that may be about a setting, or may bring one in from elsewhere."""


_FRAGMENTS = (
    *("*", "&", "<<", "net", "vm", "kernel", "fs", "user", "dev", "abi", "debug", "crypto", "sunrpc"),
    *("sysctl", "proc/sys", "modprobe", "modules", "llowed", "tcp_", "conntrack", "somaxconn", "crio.conf"),
)
"""One of these stands in whatever `TELLING` finds."""


def tell(lines: Sequence[str]) -> list[bool]:
    """Tell of each line whether it may be about a setting; looking for words first costs a tenth of the pattern."""
    text = "\n".join(lines)
    if not text.isascii():
        return [TELLING.search(line) is not None for line in lines]
    text = text.lower()
    starts = [0, *accumulate(len(line) + 1 for line in lines)]
    found = [False] * len(lines)
    for fragment in _FRAGMENTS:
        at = text.find(fragment)
        while at >= 0:
            line = bisect_right(starts, at) - 1
            found[line] = True
            at = text.find(fragment, starts[line + 1])
    return [may and TELLING.search(line) is not None for may, line in zip(found, lines, strict=True)]
