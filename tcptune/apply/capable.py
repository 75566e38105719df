"""What even root may lack: found before anything is written, and named."""

from __future__ import annotations

import errno

from tcptune.apply.procsys import ProcSys
from tcptune.live.host import CAP_NET_ADMIN, CAP_SYS_ADMIN, capable, in_initial_user_namespace

CHOSEN, LOADED = "net.ipv4.tcp_congestion_control", "net.ipv4.tcp_available_congestion_control"

_SYS_ADMIN = frozenset(f"net.core.bpf_jit_{name}" for name in ("enable", "harden", "kallsyms", "limit"))
"""The kernel asks who writes these for CAP_SYS_ADMIN on the host (net/core/sysctl_net_core.c)."""


def obstacle(proc: ProcSys, key: str, text: str) -> str | None:
    """Return why this process cannot write a value to a parameter, None when it can."""
    if key in _SYS_ADMIN and not (capable(CAP_SYS_ADMIN) and in_initial_user_namespace()):
        return "this process lacks CAP_SYS_ADMIN on the host"
    if key == CHOSEN and text not in _loaded(proc) and not (capable(CAP_NET_ADMIN) and in_initial_user_namespace()):
        # net/ipv4/tcp_cong.c: tcp_ca_find_autoload()
        return f"{text} is not loaded, and the kernel loads it for CAP_NET_ADMIN on the host only"
    found = proc.writable(key)
    return None if found is None else said(found)


def said(error: OSError) -> str:
    """Return what keeps a parameter from being opened for writing, with what is missing to do so."""
    text = error.strerror or str(error)
    if error.errno == errno.EROFS:
        return f"{text}: /proc/sys is mounted so, as in a container; from the host, with --pid, it can be written"
    if error.errno not in (errno.EACCES, errno.EPERM):
        return text
    if not in_initial_user_namespace():
        return f"{text}: this process is root of a user namespace that lacks CAP_NET_ADMIN for this network namespace"
    return text if capable(CAP_NET_ADMIN) else f"{text}: this process lacks CAP_NET_ADMIN"


def _loaded(proc: ProcSys) -> list[str]:
    try:
        return proc.read(LOADED).split()
    except OSError:
        return []
