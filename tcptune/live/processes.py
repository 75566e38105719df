"""Processes that can be seen: their names, and which of them holds a socket."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

from tcptune.live.files import read_text
from tcptune.live.host import cgroup_hint

_SOCKET = "socket:["
_IDENTITY = re.compile("[0-9a-f]{64}")


class Process(NamedTuple):
    """A process: `container` is its kind and short id, `unit` the systemd unit, each None where cgroups name none."""

    pid: int
    name: str
    container: str | None = None
    unit: str | None = None


def process_names(proc: str = "/proc") -> set[str]:
    """Return the command names of all processes that can be seen; one that ends meanwhile is left out."""
    found: set[str] = set()
    with suppress(OSError):
        for entry in os.scandir(proc):
            if entry.name.isdecimal():
                found.add((read_text(f"{proc}/{entry.name}/comm", 64) or "").strip())
    return found - {""}


def socket_owners(inodes: set[int], proc: str = "/proc") -> tuple[dict[int, int], int]:
    """Return the process that holds each of these sockets, and how many processes could not be looked at.

    Of several that share a socket the one with the smallest id is named. The search ends when all are found.
    """
    left = set(inodes)
    owners: dict[int, int] = {}
    hidden = 0
    for pid in _pids(proc):
        if not left:
            break
        try:
            for _, inode in sockets_of(f"{proc}/{pid}/fd"):
                if inode in left:
                    owners[inode] = pid
                    left.discard(inode)
        except PermissionError:
            hidden += 1
        except OSError:
            continue
    return owners, hidden if left else 0


def _pids(proc: str) -> list[int]:
    try:
        return sorted(int(name) for name in os.listdir(proc) if name.isdecimal())  # noqa: PTH208
    except OSError:
        return []


def sockets_of(folder: str) -> Iterator[tuple[int, int]]:
    """Yield descriptor and inode of each socket in a folder such as /proc/1/fd. Raises `OSError` if unreadable."""
    for name in os.listdir(folder):  # noqa: PTH208
        try:
            target = os.readlink(f"{folder}/{name}")  # noqa: PTH115
        except OSError:
            continue
        if target.startswith(_SOCKET):
            yield int(name), int(target[len(_SOCKET) : -1])


def describe(pid: int, proc: str = "/proc") -> Process:
    """Return a process with its name and what its control groups say; one that has ended is named `?`."""
    name = (read_text(f"{proc}/{pid}/comm", 64) or "").strip() or "?"
    groups = read_text(f"{proc}/{pid}/cgroup", 65536) or ""
    return Process(pid, name, container_of(groups), unit_of(groups))


def container_of(groups: str) -> str | None:
    """Return kind and short id of the container that control groups name, `docker 3f2a…`; None where there is none."""
    kind, identity = cgroup_hint(groups), _IDENTITY.search(groups)
    if kind is None:
        return identity[0][:12] if identity else None
    return f"{kind} {identity[0][:12]}" if identity else kind


def unit_of(groups: str) -> str | None:
    """Return the innermost systemd service in the paths of control groups; None where there is none."""
    for line in groups.splitlines():
        path = line.rpartition(":")[2]
        for part in reversed(path.split("/")):
            if part.endswith(".service"):
                return part
    return None
