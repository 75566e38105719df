"""What a change is made to: a network namespace of this boot, entered for good and known by more than its inode."""

from __future__ import annotations

import os
import pwd
import socket
from contextlib import suppress
from pathlib import Path

from tcptune.errors import TcptuneError
from tcptune.live.host import boot_id, in_initial_namespace
from tcptune.live.namespaces import enter, netns_by_name, netns_of_pid
from tcptune.model.journal import Place

SO_NETNS_COOKIE = 71
"""A number that no other namespace of this boot has or will have, since Linux 5.14."""


def entered(netns: str | None, pid: int | None, *, path: str | None = None) -> Place:
    """Enter the namespace that is asked for, by name, path or process, and return which it is.

    This process stays in it; files remain those of this process. Raises `TcptuneError` when it cannot be entered.
    """
    shown: str | None = None
    if path is not None or netns is not None:
        place = netns_by_name(path or netns or "")
        enter(place)
        shown, path = place.name, place.path
    elif pid is not None:
        place = netns_of_pid(pid)
        enter(place)
        shown, path = place.name, place.path
    return Place(
        boot=boot_id(),
        cookie=_cookie(),
        inode=os.stat("/proc/self/ns/net").st_ino,  # noqa: PTH116
        initial=in_initial_namespace() is True,
        name=shown,
        path=path,
    )


def same(one: Place, other: Place) -> bool:
    """Tell whether two records mean one namespace; without cookies only the initial one can be known again."""
    if one.boot != other.boot:
        return False
    if one.initial or other.initial:
        return one.initial and other.initial
    return one.cookie is not None and one.cookie == other.cookie


def _cookie() -> int | None:
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_STREAM) as sock:
        return int.from_bytes(sock.getsockopt(socket.SOL_SOCKET, SO_NETNS_COOKIE, 8), "little")
    return None


def user() -> str:
    """Return who this is: the effective user, and the one who logged in where the kernel knows."""
    names = [_name(os.geteuid())]
    with suppress(OSError, ValueError):
        login = int(Path("/proc/self/loginuid").read_text())
        if login != 0xFFFFFFFF and login != os.geteuid():
            names.append(f"logged in as {_name(login)}")
    return ", ".join(names)


def _name(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


def require_root() -> None:
    """Raise `TcptuneError` with what is missing, when this process is not root."""
    if os.geteuid() != 0:
        raise TcptuneError("a change needs root: parameters and the journal belong to it", hint="sudo tcptune ...")
