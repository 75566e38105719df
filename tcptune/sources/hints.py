"""Whether a file can hold anything to check: told from its bytes alone, before anything else is imported."""

from __future__ import annotations

HINTS = (
    b"ysctl",  # sysctl, Sysctls
    b"bridge-nf",
    b"/proc/sys",
    b"net.ipv",
    b"net/ipv",
    b"net.core",
    b"nf_conntrack",
    b"tcp_",
    b"somaxconn",
)
"""A file that holds none of these sets nothing that there is a rule for."""

NAMES = ("sysctl", "tuned")
"""What a path has in it that is read even without a hint inside."""


def worth(path: str, data: bytes) -> bool:
    """Tell quickly whether a file can hold anything to check."""
    for hint in HINTS:
        if hint in data:
            return True
    return NAMES[0] in path or NAMES[1] in path
