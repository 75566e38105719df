"""Network namespaces: found by name, by process or all of them, and entered in a child process.

The network's is the only kind of namespace that is entered; files stay those of this process.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple, TypeVar

from tcptune.errors import TcptuneError
from tcptune.live.files import read_text
from tcptune.live.host import cgroup_hint, in_initial_namespace

CLONE_NEWNET = 0x40000000
OWN = "/proc/self/ns/net"
FOLDERS = ("/run/netns", "/var/run/netns")

T = TypeVar("T")

_ESCAPE = re.compile(r"\\([0-7]{3})")


class Namespace(NamedTuple):
    """A network namespace as it was found.

    `name` is for people, `path` opens it, `identity` is its device and inode, which tell it from all others while it
    lives. `pid` and `container` are those of the process it was found by, if it was found by one.
    """

    name: str
    path: str
    identity: tuple[int, int]
    pid: int | None = None
    container: str | None = None

    @property
    def own(self) -> bool:
        """Tell whether this process is in it."""
        return self.identity == _identity(OWN)


def _identity(path: str) -> tuple[int, int]:
    """Return device and inode of a namespace's file. Raises `OSError`."""
    found = Path(path).stat()
    return found.st_dev, found.st_ino


def current() -> Namespace:
    """Return the namespace of this process. Raises `TcptuneError` where the kernel has none."""
    try:
        name = "initial" if in_initial_namespace() else "current"
        return Namespace(name, OWN, _identity(OWN), os.getpid())
    except OSError as error:
        raise TcptuneError(f"the network namespace cannot be told: {OWN}: {error.strerror}") from None


def netns_by_name(name: str) -> Namespace:
    """Return the namespace of a name (as `ip netns` makes them) or of a path. Raises `TcptuneError`."""
    if "/" in name:
        return _at(name, name)
    if name in ("", ".", ".."):
        raise TcptuneError(f"{name!r} is no name of a network namespace")
    for folder in FOLDERS:
        if os.access(f"{folder}/{name}", os.F_OK):
            return _at(name, f"{folder}/{name}")
    known = ", ".join(sorted(_names()))
    raise TcptuneError(
        f"there is no network namespace named {name}",
        hint=f"there are: {known}" if known else "none has a name here; use --pid PID or a path",
    )


def _names() -> set[str]:
    """Return the names in the folders of `ip netns`."""
    found: set[str] = set()
    for folder in FOLDERS:
        try:
            found.update(os.listdir(folder))  # noqa: PTH208
        except OSError:
            continue
    return found


def _at(name: str, path: str) -> Namespace:
    """Return the namespace that a path leads to. Raises `TcptuneError` when it is none."""
    try:
        identity = _identity(path)
        own = _identity(OWN)
    except OSError as error:
        raise TcptuneError(f"{path}: {error.strerror}", hint=_HINTS.get(error.errno or 0)) from None
    if identity[0] != own[0]:
        raise TcptuneError(f"{path} is no network namespace")
    return Namespace(name, path, identity)


def netns_of_pid(pid: int) -> Namespace:
    """Return the network namespace of a process. Raises `TcptuneError`."""
    path = f"/proc/{pid}/ns/net"
    try:
        return _of_process(pid, _identity(path))
    except (FileNotFoundError, ProcessLookupError):
        raise TcptuneError(f"there is no process {pid}") from None
    except OSError as error:
        raise TcptuneError(
            f"the network namespace of process {pid} cannot be seen: {error.strerror}",
            hint=_HINTS.get(error.errno or 0),
        ) from None


def _of_process(pid: int, identity: tuple[int, int]) -> Namespace:
    """Return a namespace named after a process that is in it."""
    command = (read_text(f"/proc/{pid}/comm", 64) or "").strip()
    container = cgroup_hint(read_text(f"/proc/{pid}/cgroup", 65536) or "")
    name = f"pid {pid}" + (f" ({command})" if command else "")
    return Namespace(name, f"/proc/{pid}/ns/net", identity, pid, container)


def all_netns() -> tuple[list[Namespace], tuple[str, ...]]:
    """Return every network namespace that can be found, each once, and a line for what could not be looked at.

    Own first, then those with a name or a mount by name, then those that only processes hold, by process id.
    """
    own = current()
    found = {own.identity: own}
    named = sorted(_mounted(own.identity[0]), key=lambda ns: ns.name)
    for ns in named:
        found.setdefault(ns.identity, ns)
    hidden = 0
    for pid in sorted(_processes()):
        try:
            identity = _identity(f"/proc/{pid}/ns/net")
        except PermissionError:
            hidden += 1
        except OSError:
            continue
        else:
            if identity not in found:
                found[identity] = _of_process(pid, identity)
            elif found[identity].container is None and found[identity] is not own and found[identity].pid is None:
                hint = cgroup_hint(read_text(f"/proc/{pid}/cgroup", 65536) or "")
                found[identity] = found[identity]._replace(pid=pid, container=hint)
    who = "1 process" if hidden == 1 else f"{hidden} processes"
    lines = (f"{who} may not be looked at: network namespaces of theirs are not listed",) if hidden else ()
    return list(found.values()), lines


def _processes() -> Iterator[int]:
    """Yield the ids of all processes that can be seen."""
    return (int(name) for name in os.listdir("/proc") if name.isdecimal())  # noqa: PTH208


def _mounted(device: int) -> Iterator[Namespace]:
    """Yield the network namespaces that are mounted somewhere: `ip netns`, container engines."""
    for line in (read_text("/proc/self/mountinfo", 16 * 1024 * 1024) or "").splitlines():
        words = line.split()
        if len(words) < 5 or not words[3].startswith("net:["):
            continue
        path = _ESCAPE.sub(lambda match: chr(int(match[1], 8)), words[4])
        try:
            identity = _identity(path)
        except OSError:
            continue
        if identity[0] == device:
            folder, _, name = path.rpartition("/")
            yield Namespace(name if folder in FOLDERS else path, path, identity)


def run_in(ns: Namespace, function: Callable[[], T], *, timeout: float = 30.0) -> T:
    """Run a function inside a network namespace and return its result, which must be picklable.

    It runs in a child process that has entered that namespace (in this one where it is there already). Raises
    `TcptuneError` when the namespace cannot be entered or is gone, when the function raises one, and when it takes
    longer than `timeout` seconds.
    """
    if ns.own:
        return function()

    from tcptune.live.child import run_child

    def inside() -> T:
        enter(ns)
        return function()

    return run_child(inside, timeout, f"network namespace {ns.name}")


def enter(ns: Namespace) -> None:
    """Enter a network namespace for good, with this whole process. Raises `TcptuneError`."""
    try:
        handle = os.open(ns.path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        raise _gone(ns) if error.errno in (errno.ENOENT, errno.ESRCH) else _refused(ns, error) from None
    try:
        found = os.fstat(handle)
        if (found.st_dev, found.st_ino) != ns.identity:
            raise _gone(ns)
        _setns(handle)
    except OSError as error:
        raise _refused(ns, error) from None
    finally:
        os.close(handle)


def _setns(handle: int) -> None:
    """Call setns(2) for a network namespace. Raises `OSError`; Python before 3.12 does not have it."""
    setns = getattr(os, "setns", None)
    if setns is not None:
        setns(handle, CLONE_NEWNET)
        return
    import ctypes

    if ctypes.CDLL(None, use_errno=True).setns(handle, CLONE_NEWNET) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _gone(ns: Namespace) -> TcptuneError:
    return TcptuneError(f"network namespace {ns.name} is gone")


def _refused(ns: Namespace, error: OSError) -> TcptuneError:
    return TcptuneError(
        f"network namespace {ns.name} cannot be entered: {error.strerror}", hint=_HINTS.get(error.errno or 0)
    )


_HINTS = {
    errno.EPERM: "this needs root (CAP_SYS_ADMIN)",
    errno.EACCES: "this needs root (CAP_SYS_PTRACE)",
    errno.EINVAL: "it is no network namespace",
}
