"""A stage of one's own: network, mounts and processes, and empty file systems over every folder a change writes.

`on_stage(work)` runs a function there in a forked child and gives its answer; nothing that is written there reaches the
machine, and every process that was started there is ended with it.
"""

from __future__ import annotations

import ctypes
import io
import os
import pickle
import signal
import socket
import struct
import time
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple, NoReturn, TypeVar

from tcptune.apply.journal import STATE_DIR
from tcptune.errors import TcptuneError

T = TypeVar("T")

NEWNS, NEWNET, NEWPID = 0x00020000, 0x40000000, 0x20000000
PRIVATE, BIND = 0x4000 | 0x40000, 0x1000
NETWORK, MOUNTS = "/proc/self/ns/net", "/proc/self/ns/mnt"

FOLDERS = ("/etc/sysctl.d", "/var/lib", "/run")
DROPIN = Path("/etc/sysctl.d/80-tcptune.conf")
FILE = ("--file", str(DROPIN))
JOURNAL = Path(STATE_DIR, "journal")


class Run(NamedTuple):
    """What a command printed, and its exit status."""

    status: int
    out: str
    err: str


def on_stage(work: Callable[[], T], *, seconds: float = 60.0) -> T:
    """Run a function on a stage of its own. Raises `TcptuneError` when it does not come to its end in time."""
    machine = os.readlink(NETWORK), os.readlink(MOUNTS)  # noqa: PTH115
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reader)
        _first(work, writer, machine, seconds)
    os.close(writer)
    with open(reader, "rb") as stream:  # noqa: PTH123
        data = stream.read()
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if not data:
        raise TcptuneError(f"the stage ended with status {status} and without an answer")
    found = pickle.loads(data)
    if isinstance(found, TcptuneError):
        raise found
    result: T = found
    return result


def _first(work: Callable[[], object], writer: int, machine: tuple[str, str], seconds: float) -> NoReturn:
    """Take namespaces of our own, and be or wait for their first process, with whose end all the others end."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(NEWNET | NEWNS | NEWPID) != 0:
        os._exit(70)
    pid = os.fork()
    if pid:
        os.close(writer)
        signal.signal(signal.SIGALRM, lambda *_: os.kill(pid, signal.SIGKILL))
        signal.alarm(int(seconds))
        os._exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) & 0xFF)
    try:
        _enter(machine)
        answer: object = work()
    except BaseException as error:
        answer = TcptuneError(f"{type(error).__name__}: {error}")
    with open(writer, "wb") as stream:
        pickle.dump(answer, stream)
    os._exit(0)


def _enter(machine: tuple[str, str]) -> None:
    """See that the namespaces are our own, and lay empty folders over what a change writes."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b"none", b"/", None, PRIVATE, None) != 0 or libc.mount(b"proc", b"/proc", b"proc", 0, None) != 0:
        raise OSError(ctypes.get_errno(), "no mounts of our own")
    now = os.readlink(NETWORK), os.readlink(MOUNTS)  # noqa: PTH115
    if machine[0] == now[0] or machine[1] == now[1]:
        raise TcptuneError("this is the machine's own namespace: nothing is tried here")
    os.umask(0o022)
    for place in FOLDERS:
        mount(place)
    if Path("/etc/sysctl.conf").exists():
        libc.mount(b"/dev/null", b"/etc/sysctl.conf", b"", BIND, None)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        import fcntl

        request = struct.pack("16sh22x", b"lo", 0x49)
        fcntl.ioctl(probe, 0x8914, request)


def mount(place: str, options: str = "mode=755") -> None:
    """Lay an empty file system over a folder of this stage. Raises `OSError`."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b"none", place.encode(), b"tmpfs", 0, options.encode()) != 0:
        raise OSError(ctypes.get_errno(), f"mount {place}")


def tcptune(*words: str) -> Run:
    """Run `tcptune WORDS` in this process."""
    from tcptune.cli.app import run

    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        try:
            status = run(list(words))
        except TcptuneError as error:
            status = error.status
            err.write(f"tcptune: {error.message}\n")
    return Run(status, out.getvalue(), err.getvalue())


def live(key: str) -> str:
    """Return what the kernel says of a parameter, blanks as one."""
    return " ".join(Path("/proc/sys", *key.split(".")).read_text().split())


def text() -> str | None:
    """Return the drop-in as it is, None when it is not there."""
    return DROPIN.read_text() if DROPIN.exists() else None


def leftovers() -> list[str]:
    """Return the temporary files that are left beside the drop-in and in the journal."""
    return [str(path) for folder in (DROPIN.parent, JOURNAL) if folder.is_dir() for path in folder.glob(".*-tmp")]


def wait_for(holds: Callable[[], bool], seconds: float = 10.0) -> bool:
    """Tell whether something holds in time."""
    until = time.monotonic() + seconds
    while not holds() and time.monotonic() < until:
        time.sleep(0.005)
    return holds()
