"""What a change is made to: a network namespace of this boot, entered for good and known by more than its inode."""

from __future__ import annotations

import errno
import os
import pwd
import socket
from contextlib import suppress
from pathlib import Path

from tcptune.apply.lock import NAMESPACE
from tcptune.errors import TcptuneError
from tcptune.live.host import boot_id, in_initial_namespace
from tcptune.live.namespaces import Namespace, all_netns, enter, netns_by_name, netns_of_pid, run_in
from tcptune.model.journal import Place

SO_NETNS_COOKIE = 71
"""A number that no other namespace of this boot has or will have, since Linux 5.14."""


def entered(netns: str | None, pid: int | None) -> Place:
    """Enter the namespace that is asked for, by name, path or process, and return which it is.

    This process stays in it; files remain those of this process. Raises `TcptuneError` when it cannot be entered.
    """
    found = netns_by_name(netns) if netns is not None else netns_of_pid(pid) if pid is not None else None
    if found is not None:
        enter(found)
    return here(found)


def entered_again(place: Place) -> Place:
    """Enter the namespace that a change was made to, where it lives; return the one that this process is in then."""
    now = here()
    if same(place, now):
        return now
    found = find(place)
    if found is None:
        return now
    enter(found)
    return here(found)


def here(found: Namespace | None = None) -> Place:
    """Return the namespace that this process is in; `found` is how it was found.

    Raises `TcptuneError` where /proc does not show it.
    """
    try:
        inode = os.stat(NAMESPACE).st_ino  # noqa: PTH116
    except OSError as error:
        raise TcptuneError(f"{NAMESPACE}: {error.strerror}", hint="is /proc mounted?") from None
    boot = boot_id()
    if not boot:
        # An entry without it would be taken for one of another boot, and its values could not be put back.
        raise TcptuneError("/proc/sys/kernel/random/boot_id cannot be read", hint="is /proc mounted?")
    return Place(
        boot=boot,
        cookie=cookie(),
        inode=inode,
        initial=in_initial_namespace() is True,
        name=None if found is None else found.name,
        path=None if found is None else found.path,
    )


def same(one: Place, other: Place) -> bool:
    """Tell whether two records mean one namespace.

    Kernels before 5.14 have no cookie. There the inode stands for it, which the kernel gives to another namespace once
    this one is gone; nothing rests on that alone, since only a value that is still what we wrote is ever put back.
    """
    if one.boot != other.boot:
        return False
    if one.initial or other.initial:
        return one.initial and other.initial
    if one.cookie is None and other.cookie is None:
        return one.inode == other.inode
    return one.cookie is not None and one.cookie == other.cookie


def find(place: Place) -> Namespace | None:
    """Return a living namespace of this boot by its cookie, wherever it is; None for one that is gone."""
    if place.boot != boot_id():
        return None
    for each in all_netns()[0]:
        # The inode is a hint that saves entering: the kernel gives it to another namespace later.
        if each.identity[1] == place.inode:
            with suppress(TcptuneError):
                if run_in(each, cookie) == place.cookie:
                    return each
    return None


def cookie() -> int | None:
    """Return the number of the namespace that this process is in; None before Linux 5.14.

    Raises `TcptuneError` when it has one that cannot be seen: what is undone later is known by it.
    """
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as sock:
            return int.from_bytes(sock.getsockopt(socket.SOL_SOCKET, SO_NETNS_COOKIE, 8), "little")
    except OSError as error:
        if error.errno == errno.ENOPROTOOPT:
            return None
        raise TcptuneError(f"the network namespace cannot be told from others: {error.strerror}") from None


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


def require_root(why: str = "a change needs root: parameters and the journal belong to it") -> None:
    """Raise `TcptuneError` with what is missing, when this process is not root."""
    if os.geteuid() != 0:
        raise TcptuneError(why, hint="sudo tcptune ...")
