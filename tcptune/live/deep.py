"""Options that only a socket itself tells, by a duplicate of its descriptor: SO_LINGER, TCP_LINGER2, SO_REUSEADDR.

pidfd_getfd(2) duplicates a descriptor of another process. While ours is open the owner's close() is not the last one:
if it closes meanwhile, the close that lingers or resets is ours, and the peer sees the end of the connection that much
later. So only descriptors whose inode sock_diag listed are taken, few of each process, each closed at once, those of a
process in a child of their own that can be given up: one that is being killed does not linger.
"""

from __future__ import annotations

import errno
import os
import socket
import stat
import struct
import time
from collections import defaultdict
from functools import partial

from tcptune.errors import TcptuneError
from tcptune.live import sock_diag
from tcptune.live.owners import live_sockets
from tcptune.live.processes import describe, sockets_of
from tcptune.model.ports import Lingering, Owner

MOST = 64
"""So many sockets of a process are asked; the rest will be like them."""

_PIDFD_GETFD = 438
_TIMEOUT = 10.0
_EACH = 1.0
_TCP_LINGER2 = 8
_LINGER = struct.Struct("=ii")

Asked = list[tuple[int, int]]
"""Descriptor and inode of each socket of a process that is to be asked."""

Options = tuple[int, int, int, int]
"""SO_LINGER on or off, its seconds, TCP_LINGER2, SO_REUSEADDR."""


def deep(most: int = MOST, timeout: float = _TIMEOUT) -> tuple[tuple[Lingering, ...], tuple[str, ...]]:
    """Return what the sockets of each process say, and a line for what could not be asked.

    A process whose sockets take longer than a second is given up, and all that is left after `timeout` seconds.
    """
    try:
        inodes = {live.inode for live in live_sockets(sock_diag.OTHERS) if live.inode}
    except OSError as error:
        return (), (f"sockets cannot be asked for their options: {error.strerror or error}",)
    chosen, hidden = _chosen(inodes, most)
    from tcptune.live.child import run_child

    deadline = time.monotonic() + timeout
    rows: list[Lingering] = []
    refused, why = 0, ""
    given_up: list[int] = []
    for pid, asked in chosen.items():
        try:
            ask = partial(_ask, pid, asked)
            answers, number, said = run_child(ask, max(0.0, min(_EACH, deadline - time.monotonic())), "--deep")
        except TcptuneError:
            given_up.append(pid)
            continue
        refused, why = refused + number, said or why
        if answers:
            rows.append(_row(pid, answers))
    rows.sort(key=lambda row: (-row.zero, -row.positive, row.owner.pid))
    return tuple(rows), _lines(hidden, refused, why, given_up)


def _chosen(inodes: set[int], most: int) -> tuple[dict[int, Asked], int]:
    """Return at most so many sockets of each process, each socket once, and how many processes cannot be looked at."""
    left, hidden = set(inodes), 0
    chosen: defaultdict[int, Asked] = defaultdict(list)
    for pid in sorted(int(name) for name in os.listdir("/proc") if name.isdecimal()):  # noqa: PTH208
        if not left or pid == os.getpid():
            continue
        try:
            for descriptor, inode in sockets_of(f"/proc/{pid}/fd"):
                if inode in left:
                    left.discard(inode)
                    if len(chosen[pid]) < most:
                        chosen[pid].append((descriptor, inode))
        except PermissionError:
            hidden += 1
        except OSError:
            continue
    return chosen, hidden if left else 0


def _ask(pid: int, asked: Asked) -> tuple[list[Options], int, str]:
    """Be the child: duplicate, look, close; return the options that were told, how many were refused, and why."""
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)
    answers: list[Options] = []
    refused, why = 0, ""
    try:
        process = os.pidfd_open(pid)
    except OSError:
        return answers, refused, why
    for descriptor, inode in asked:
        copy = libc.syscall(_PIDFD_GETFD, process, descriptor, 0)
        number = ctypes.get_errno()
        if copy < 0:
            if number in (errno.EPERM, errno.EACCES, errno.ENOSYS):
                refused, why = refused + 1, os.strerror(number)
            continue
        options = _options(copy, inode)
        if options is not None:
            answers.append(options)
    os.close(process)
    return answers, refused, why


def _options(copy: int, inode: int) -> Options | None:
    """Return the options of a duplicated descriptor and close it; None when it is another socket by now."""
    try:
        found = os.fstat(copy)
        if not stat.S_ISSOCK(found.st_mode) or found.st_ino != inode:
            return None
        with socket.socket(fileno=os.dup(copy)) as sock:
            on, seconds = _LINGER.unpack(sock.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER.size))
            linger2 = sock.getsockopt(socket.IPPROTO_TCP, _TCP_LINGER2)
            return on, seconds, linger2, sock.getsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR)
    except OSError:
        return None
    finally:
        os.close(copy)


def _row(pid: int, options: list[Options]) -> Lingering:
    process = describe(pid)
    return Lingering(
        Owner(pid, process.name, len(options), process.container, process.unit),
        asked=len(options),
        zero=sum(bool(on) and seconds == 0 for on, seconds, _, _ in options),
        positive=sum(bool(on) and seconds > 0 for on, seconds, _, _ in options),
        reuse=sum(bool(reuse) for *_, reuse in options),
        linger2=tuple(sorted({linger2 for _, _, linger2, _ in options})),
    )


def _lines(hidden: int, refused: int, why: str, given_up: list[int]) -> tuple[str, ...]:
    lines = []
    if hidden:
        lines.append(f"{hidden} processes may not be looked at (this needs root): --deep did not ask their sockets")
    if refused:
        lines.append(f"--deep was refused {refused} sockets ({why}): root, Yama or a security module stands in the way")
    for pid in given_up:
        said = "it closed one meanwhile that lingers, or time was over"
        lines.append(f"--deep gave up on the sockets of {describe(pid).name} (pid {pid}): {said}")
    return tuple(lines)
