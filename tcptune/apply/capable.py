"""What even root may lack: found before anything is written, and named."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

from tcptune.apply.procsys import ProcSys
from tcptune.audit.modules import idle, modprobe, words_of
from tcptune.live.files import read_text
from tcptune.live.host import CAP_NET_ADMIN, CAP_SYS_ADMIN, capable, in_initial_user_namespace
from tcptune.live.modules import on_disk
from tcptune.loaders.tree import DiskTree

CHOSEN, LOADED = "net.ipv4.tcp_congestion_control", "net.ipv4.tcp_available_congestion_control"

_SYS_ADMIN = frozenset(f"net.core.bpf_jit_{name}" for name in ("enable", "harden", "kallsyms", "limit"))
"""The kernel asks who writes these for CAP_SYS_ADMIN on the host (net/core/sysctl_net_core.c)."""


def obstacle(proc: ProcSys, key: str, text: str, root: Path = Path("/")) -> str | None:
    """Return why this process cannot write a value to a parameter, None when it can; `root` is for tests."""
    if key in _SYS_ADMIN and not (capable(CAP_SYS_ADMIN) and in_initial_user_namespace()):
        return "this process lacks CAP_SYS_ADMIN on the host"
    if key == CHOSEN and text not in _loaded(proc) and (why := _unloadable(text, root)) is not None:
        return why
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


def _unloadable(text: str, root: Path) -> str | None:
    """Return why the kernel would not load a congestion control; None where it would, or where that cannot be told."""
    if not (capable(CAP_NET_ADMIN) and in_initial_user_namespace()):
        # net/ipv4/tcp_cong.c: tcp_ca_find_autoload()
        return f"{text} is not loaded, and the kernel loads it for CAP_NET_ADMIN on the host only"
    if (read_text("/proc/sys/kernel/modules_disabled") or "").strip() == "1":
        return f"{text} is not loaded, and kernel.modules_disabled is 1: no module can be loaded before a reboot"
    wanted = f"tcp_{text}".replace("-", "_")
    names = on_disk(root)
    if names is None:
        return None
    lines = list(_lines(root, wanted))
    if any(line[0] == "install" and idle(line) for line in lines):
        return f"{text} is not loaded, and modprobe's configuration has `install {wanted}` do nothing"
    if wanted in names or lines:
        return None
    return f"{text} is not loaded, and the running kernel has no module {wanted}"


def _lines(root: Path, module: str) -> Iterator[list[str]]:
    """Yield what the files of modprobe and depmod say of a module's name: aliases and install lines, by their words."""
    tree = DiskTree(root)
    for words in (*modprobe(tree), *words_of(tree, f"/lib/modules/{os.uname().release}/modules.alias", "#")):
        if words[0] in ("alias", "install") and len(words) > 2 and fnmatchcase(module, words[1].replace("-", "_")):
            yield words


def _loaded(proc: ProcSys) -> list[str]:
    try:
        return proc.read(LOADED).split()
    except OSError:
        return []
