"""Leaving the host: namespaces of one's own, entered for good or for a moment, and a life that ends with the parent's.

Every namespace is held by file descriptors of one process and by nothing else: when it ends, however it ends, the
kernel takes them down. Nothing has a name or a place in a file system.
"""

from __future__ import annotations

import ctypes
import errno
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tcptune.errors import TcptuneError
from tcptune.live.host import CAP_SYS_ADMIN, capable

CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000
OWN = "/proc/thread-self/ns/net"

_PR_SET_PDEATHSIG = 1


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _checked(status: int, what: str) -> None:
    if status != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def identity() -> tuple[int, int]:
    """Return device and inode of the network namespace that this thread is in."""
    found = Path(OWN).stat()
    return found.st_dev, found.st_ino


def end_with_parent(parent: int) -> None:
    """Have the kernel kill this process when its parent ends; end at once if that has happened already.

    A change of user or capabilities undoes this, so it is called after the last one.
    """
    _checked(_libc().prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0), "prctl")
    if os.getppid() != parent:
        os._exit(1)


def privileged() -> bool:
    """Tell whether this process may make namespaces without a user namespace around them."""
    return capable(CAP_SYS_ADMIN)


def leave() -> None:
    """Leave the host's network namespace for an empty one, and take a user namespace for it where that is needed.

    All that comes after is one's own: without privileges no way leads back. Raises `TcptuneError` with one line where
    the kernel refuses.
    """
    before = identity()
    if not privileged():
        _become_root()
    try:
        _checked(_libc().unshare(CLONE_NEWNET), "unshare")
    except OSError as error:
        raise TcptuneError(f"no network namespace can be made here: {_why(error)}", hint="run it as root") from None
    if identity() == before:
        raise TcptuneError("the kernel gave no network namespace of its own")


def _become_root() -> None:
    """Take a user namespace in which this process is root."""
    user, group = os.geteuid(), os.getegid()
    try:
        _checked(_libc().unshare(CLONE_NEWUSER), "unshare")
    except OSError as error:
        raise TcptuneError(
            f"the lab needs network namespaces of its own, and this user may not make them: {_why(error)}",
            hint="run it as root, or allow user namespaces (user.max_user_namespaces)",
        ) from None
    # Its capabilities hold without a map; root without capabilities, as in a container, may not map itself.
    with suppress(OSError):
        Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
        Path("/proc/self/uid_map").write_text(f"0 {user} 1", encoding="ascii")
        Path("/proc/self/gid_map").write_text(f"0 {group} 1", encoding="ascii")


def _why(error: OSError) -> str:
    reasons = {
        errno.EPERM: "the kernel allows no user namespaces here",
        errno.ENOSPC: "a limit is reached (user.max_user_namespaces, user.max_net_namespaces)",
        errno.EINVAL: "the kernel was built without user namespaces",
    }
    return reasons.get(error.errno or 0, error.strerror or str(error))


def fresh() -> int:
    """Make a network namespace and return a descriptor that holds it; this thread stays where it was.

    Raises `TcptuneError` where the kernel refuses.
    """
    here = os.open(OWN, os.O_RDONLY | os.O_CLOEXEC)
    try:
        before = identity()
        _checked(_libc().unshare(CLONE_NEWNET), "unshare")
        if identity() == before:
            raise TcptuneError("the kernel gave no network namespace of its own")
        made = os.open(OWN, os.O_RDONLY | os.O_CLOEXEC)
        _enter(here)
        return made
    except OSError as error:
        raise TcptuneError(f"no network namespace can be made here: {error.strerror}", hint="run it as root") from None
    finally:
        os.close(here)


def _enter(handle: int) -> None:
    _checked(_libc().setns(handle, CLONE_NEWNET), "setns")


@contextmanager
def inside(handle: int) -> Iterator[None]:
    """Let this thread be in a network namespace for a moment; sockets made there stay there."""
    here = os.open(OWN, os.O_RDONLY | os.O_CLOEXEC)
    try:
        _enter(handle)
        try:
            yield
        finally:
            _enter(here)
    finally:
        os.close(here)
