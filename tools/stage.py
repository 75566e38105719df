"""A stage: namespaces that are this process's own, seen to be so, and empty file systems over what a change writes.

What tests and tools share. Everything that mounts or writes here refuses to do so in the namespaces that this program
was started in.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import socket
import struct
import subprocess
from pathlib import Path

CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWNET = 0x00020000, 0x20000000, 0x40000000
MS_RDONLY, MS_REMOUNT, MS_BIND = 0x1, 0x20, 0x1000
MS_REC_PRIVATE = 0x4000 | 0x40000
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 1

NETWORK, MOUNTS = "/proc/self/ns/net", "/proc/self/ns/mnt"
MACHINE = str(Path(NETWORK).readlink())
"""The network namespace that this program was started in, where nothing is ever written."""
MACHINES_MOUNTS = str(Path(MOUNTS).readlink())
"""The mount namespace that it was started in, where nothing is ever mounted."""

WRITTEN = ("/etc/sysctl.d", "/run", "/var/lib")
"""The folders that a change writes to."""
READ = ("/usr/lib/sysctl.d", "/etc/modules-load.d")
"""Folders whose files would have a part in what is planned."""


NEEDED = ("/etc/sysctl.d", "/etc/sysctl.conf", "/etc/modules-load.d", "/usr/lib/sysctl.d")
"""What something is mounted over; Debian's minimal base has none of them."""

COMPLETE = f"""laid=
for place in {" ".join(NEEDED)}; do
    [ ! -e $place ] || continue
    above=${{place%/*}}
    case " $laid " in *" $above "*) ;; *)
        mount -t tmpfs none /mnt
        mkdir /mnt/upper /mnt/work
        mount -t overlay -o lowerdir=$above,upperdir=/mnt/upper,workdir=/mnt/work none $above
        umount -l /mnt
        laid="$laid $above"
    esac
    case $place in *.conf) : > $place ;; *) mkdir -m 0755 $place ;; esac
done"""
"""Lays an overlay over the folder above what is missing, one alone, and makes it there; for sh, in private mounts."""


def foreign() -> bool:
    """Tell whether this process is in another network namespace than this program was started in."""
    return str(Path(NETWORK).readlink()) != MACHINE


def foreign_mounts() -> bool:
    """Tell whether this process is in another mount namespace than this program was started in."""
    return str(Path(MOUNTS).readlink()) != MACHINES_MOUNTS


def unshare(flags: int) -> None:
    """Leave for new namespaces. Raises `OSError`."""
    if ctypes.CDLL(None, use_errno=True).unshare(flags) != 0:
        raise OSError(ctypes.get_errno(), "unshare")


def private_mounts() -> None:
    """Take a mount namespace of our own, from which nothing reaches the machine's. Raises `OSError`."""
    unshare(CLONE_NEWNS)
    mount("", "/", flags=MS_REC_PRIVATE, data="")


def mount(kind: str, place: str, source: str = "none", flags: int = 0, data: str = "mode=755") -> None:
    """Mount something in the mount namespace that is this process's own. Raises `OSError`."""
    if not foreign_mounts():
        raise AssertionError("the machine's own mounts would be changed")
    words = [each.encode() for each in (source, place, kind)]
    if ctypes.CDLL(None, use_errno=True).mount(*words, ctypes.c_ulong(flags), data.encode()) != 0:
        raise OSError(ctypes.get_errno(), f"mount {place}: {os.strerror(ctypes.get_errno())}")


def loopback_up() -> None:
    """Bring loopback up in the namespace that this process is in."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        request = struct.pack("16sh22x", b"lo", 0)
        (flags,) = struct.unpack_from("h", fcntl.ioctl(probe, SIOCGIFFLAGS, request), 16)
        fcntl.ioctl(probe, SIOCSIFFLAGS, struct.pack("16sh22x", b"lo", flags | IFF_UP))


def complete() -> None:
    """Make what is missing of `NEEDED`. Raises `OSError` or `CalledProcessError`."""
    if not foreign_mounts():
        raise AssertionError("the machine's own mounts would be changed")
    if not all(Path(place).exists() for place in NEEDED):
        subprocess.run(["sh", "-ec", COMPLETE], check=True, timeout=20)


def empty_files() -> None:
    """Lay empty folders over those that a change writes to and reads; only on a stage of this process's own."""
    if not foreign():
        raise AssertionError("the machine's own network namespace")
    complete()
    os.umask(0o022)
    for place in (*WRITTEN, *READ):
        if place in WRITTEN or Path(place).is_dir():
            mount("tmpfs", place)
    if Path("/etc/sysctl.conf").exists():
        mount("", "/etc/sysctl.conf", "/dev/null", MS_BIND)


def live(key: str) -> str:
    """Return what the kernel says of a parameter, its numbers one blank apart."""
    return " ".join(Path("/proc/sys", *key.split(".")).read_text().split())
