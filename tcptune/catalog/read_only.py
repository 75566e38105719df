"""Parameters that the kernel only tells: their files have mode 0444, and root may not write them either.

Source: the tables of the kernel; the modes below /proc/sys of Linux 6.18, where opening one for writing ends in EACCES.
"""

from __future__ import annotations

from tcptune.catalog import parameter

TOLD = frozenset(
    {"fs.aio-nr", "fs.dentry-state", "fs.file-nr", "fs.inode-nr", "fs.inode-state"}
    | {"kernel.ostype", "kernel.osrelease", "kernel.version", "kernel.cap_last_cap", "kernel.ngroups_max"}
    | {"kernel.bootloader_type", "kernel.bootloader_version", "kernel.pty.nr"}
    | {"kernel.random.boot_id", "kernel.random.entropy_avail", "kernel.random.poolsize", "kernel.random.uuid"}
    | {"net.mptcp.available_path_managers", "net.mptcp.available_schedulers"}
)
"""Those that no family of the catalogue describes; nobody but the kernel writes them."""

INSTEAD = {
    "fs.aio-nr": "fs.aio-max-nr",
    "fs.file-nr": "fs.file-max",
    "kernel.pty.nr": "kernel.pty.max",
    "net.ipv4.tcp_available_congestion_control": "net.ipv4.tcp_congestion_control",
    "net.netfilter.nf_conntrack_count": "net.netfilter.nf_conntrack_max",
}
"""What can be set where something is only told: the limit of a count, the choice among what there is."""

_OF_INTERFACES = ("net.ipv4.conf.", "net.ipv6.conf.")
_FORWARDING = ".mc_forwarding"
"""Whether a multicast router runs on an interface, which the router's daemon says by a socket option."""


def read_only(key: str) -> bool:
    """Tell whether a parameter can only be read."""
    if key in TOLD or (key.endswith(_FORWARDING) and key.startswith(_OF_INTERFACES)):
        return True
    entry = parameter(key)
    return entry is not None and not entry.mode & 0o222
