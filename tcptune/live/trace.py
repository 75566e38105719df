"""Who closes first, from the kernel's own tracepoint sock:inet_sock_set_state; no BPF, nothing but tracefs.

A transition out of ESTABLISHED that a process caused comes in that process's context: to FIN_WAIT1 it closed first,
to CLOSE it aborted (SO_LINGER with 0 seconds, or unread data). What comes in a softirq or hardirq was caused by a
packet or a timer, and bears the pid of whatever task was interrupted: it is counted and blamed on nobody.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from tcptune.errors import TcptuneError
from tcptune.live.files import is_there, read_text
from tcptune.live.processes import describe
from tcptune.live.ring import events, fields
from tcptune.model.sockets import Destination
from tcptune.model.trace import Act, Closed, TraceReport

PLACES = ("/sys/kernel/tracing", "/sys/kernel/debug/tracing")
_EVENT = "events/sock/inet_sock_set_state"
_PREFIX = "tcptune-"
_INTERRUPT = 0x08 | 0x10
"""Bits of common_flags: in a hardirq, in a softirq."""
_ESTABLISHED, _FIN_WAIT1, _CLOSE, _CLOSE_WAIT, _SYN_RECV = 1, 4, 7, 8, 3
_FILTER = (
    "protocol == 6 && ((oldstate == 1 && (newstate == 4 || newstate == 7 || newstate == 8))"
    " || (oldstate == 8 && newstate == 7) || (oldstate == 3 && newstate == 4))"
)
_BUFFER_KB = 4096
_PAUSE = 0.05
_MOST_KEYS = 10_000
_AF_INET6 = 10


class Key(NamedTuple):
    """An act as it is counted: thread, local port, address family, far end (port and address), what was done."""

    thread: int
    local: int
    family: int
    far: bytes
    act: Act


class Listener:
    """Counts transitions; `near` tells whether a thread is in the namespace asked for, None for one that is gone."""

    def __init__(self, layout: dict[str, tuple[int, int]], near: Callable[[int], bool | None]) -> None:
        self._at = {name: offset for name, (offset, _) in layout.items()}
        self._near = near
        self._known: dict[int, bool | None] = {}
        self.acts: Counter[Key] = Counter()
        self.names: dict[int, tuple[int, str, str | None]] = {}
        self.elsewhere = self.unplaced = self.received = self.peers = 0

    def take(self, event: bytes) -> None:
        """Count one event; one that is too short is none."""
        at = self._at
        if len(event) < at["daddr_v6"] + 16:
            return
        old = int.from_bytes(event[at["oldstate"] : at["oldstate"] + 4], "little")
        new = int.from_bytes(event[at["newstate"] : at["newstate"] + 4], "little")
        if event[at["common_flags"]] & _INTERRUPT:
            if new == _CLOSE_WAIT:
                self.peers += 1
            elif new == _CLOSE:
                self.received += 1
            return
        if new == _FIN_WAIT1:
            self._act(event, "closes first")
        elif new == _CLOSE and old in (_ESTABLISHED, _CLOSE_WAIT):
            self._act(event, "resets")

    def _act(self, event: bytes, act: Act) -> None:
        at = self._at
        thread = int.from_bytes(event[at["common_pid"] : at["common_pid"] + 4], "little", signed=True)
        if thread not in self._known:
            self._meet(thread)
        near = self._known[thread]
        if near is None:
            self.unplaced += 1
        elif not near:
            self.elsewhere += 1
        else:
            family = event[at["family"]]
            where, size = (at["daddr_v6"], 16) if family == _AF_INET6 else (at["daddr"], 4)
            key = Key(
                thread,
                int.from_bytes(event[at["sport"] : at["sport"] + 2], "little"),
                family,
                event[at["dport"] : at["dport"] + 2] + event[where : where + size],
                act,
            )
            self.acts[key if len(self.acts) < _MOST_KEYS or key in self.acts else key._replace(local=0, far=b"")] += 1

    def _meet(self, thread: int) -> None:
        near = self._near(thread)
        self._known[thread] = near
        if near:
            status = read_text(f"/proc/{thread}/status", 4096) or ""
            group = next((line.split()[1] for line in status.splitlines() if line.startswith("Tgid:")), str(thread))
            found = describe(int(group))
            self.names[thread] = (found.pid, found.name, found.unit)


def in_namespace(thread: int) -> bool | None:
    """Tell whether a thread is in this process's network namespace; None for one that is gone or hidden."""
    try:
        return os.readlink(f"/proc/{thread}/ns/net") == os.readlink("/proc/self/ns/net")  # noqa: PTH115
    except OSError:
        return None


INITIAL_PIDS = "pid:[4026531836]"
"""The host's own PID namespace, by the number that proc_ns.h fixes for it (PROC_PID_INIT_INO)."""


def trace(
    seconds: float, listening: frozenset[int], *, port: int | None = None, wait: Callable[[float], None] | None = None
) -> TraceReport:
    """Listen for `seconds` and return who closed; `port` limits it to connections with that port at either end.

    `wait` is told the share that is done. Raises `TcptuneError` where tracefs is not there or may not be used, and in
    a container with processes of its own: the kernel names threads as the host numbers them.
    """
    if os.readlink("/proc/self/ns/pid") != INITIAL_PIDS:  # noqa: PTH115
        raise TcptuneError(
            "--trace cannot tell processes here: the kernel names them as the host does, and this is a container with"
            " numbers of its own",
            hint="run it on the host: tcptune sockets --trace 2 --pid PID",
        )
    root = next((place for place in PLACES if is_there(f"{place}/instances")), None)
    if root is not None:
        return _trace(root, seconds, listening, port, wait)
    if os.geteuid() != 0:
        raise TcptuneError("--trace cannot listen to the kernel: tracefs cannot be seen", hint="this needs root")
    from tcptune.live.child import run_child

    def mounted() -> TraceReport:
        _mount(PLACES[0])
        return _trace(PLACES[0], seconds, listening, port, None)

    return run_child(mounted, seconds + 30, "--trace")


def _mount(place: str) -> None:
    """Mount tracefs where it is missing, in a mount namespace of this process alone."""
    import ctypes

    clone_newns, private = 0x20000, 0x44000
    libc = ctypes.CDLL(None, use_errno=True)
    if (
        libc.unshare(clone_newns)
        or libc.mount(b"none", b"/", None, private, None)
        or libc.mount(b"tracefs", place.encode(), b"tracefs", 0, None)
    ):
        why = os.strerror(ctypes.get_errno())
        raise TcptuneError(f"--trace cannot listen to the kernel: tracefs cannot be mounted: {why}")


def _trace(
    root: str, seconds: float, listening: frozenset[int], port: int | None, wait: Callable[[float], None] | None
) -> TraceReport:
    try:
        with _instance(root) as folder:
            layout = fields((folder / _EVENT / "format").read_text())
            listener = Listener(layout, in_namespace)
            ports = "" if port is None else f" && (sport == {port} || dport == {port})"
            (folder / _EVENT / "filter").write_text(_FILTER + ports)
            with _pipes(folder) as pipes:
                (folder / _EVENT / "enable").write_text("1")
                begin = time.monotonic()
                while (passed := time.monotonic() - begin) < seconds:
                    if not _drain(pipes, listener):
                        time.sleep(min(_PAUSE, seconds - passed))
                    if wait is not None:
                        wait(min(1.0, passed / seconds))
                (folder / _EVENT / "enable").write_text("0")
                _drain(pipes, listener)
                if wait is not None:
                    wait(1.0)
            return _report(listener, time.monotonic() - begin, listening, _lost(folder))
    except OSError as error:
        hint = "this needs root, and a kernel that is not locked down" if isinstance(error, PermissionError) else None
        raise TcptuneError(f"--trace cannot listen to the kernel: {error.strerror or error}", hint=hint) from None


@contextmanager
def _instance(root: str) -> Iterator[Path]:
    """Make a trace instance of our own, named by our pid and start time, and remove it; and those that were left."""
    for name in os.listdir(f"{root}/instances"):  # noqa: PTH208
        if name.startswith(_PREFIX) and not _alive(name):
            with suppress(OSError):
                Path(root, "instances", name).rmdir()
    folder = Path(root, "instances", f"{_PREFIX}{os.getpid()}-{_started(os.getpid())}")
    folder.mkdir()
    try:
        (folder / "buffer_size_kb").write_text(str(_BUFFER_KB))
        yield folder
    finally:
        with suppress(OSError):
            (folder / _EVENT / "enable").write_text("0")
        folder.rmdir()


def _started(pid: int) -> str:
    """Return when a process began, in the kernel's ticks; empty for one that is not there."""
    words = (read_text(f"/proc/{pid}/stat", 4096) or "").rpartition(")")[2].split()
    return words[19] if len(words) > 19 else ""


def _alive(name: str) -> bool:
    pid, _, started = name.removeprefix(_PREFIX).partition("-")
    return pid.isdecimal() and is_there(f"/proc/{pid}") and _started(int(pid)) == started


@contextmanager
def _pipes(folder: Path) -> Iterator[list[int]]:
    """Open the buffer of each processor."""
    paths = sorted((folder / "per_cpu").glob("cpu*/trace_pipe_raw"))
    opened: list[int] = []
    try:
        for path in paths:
            opened.append(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC))
        yield opened
    finally:
        for descriptor in opened:
            os.close(descriptor)


def _drain(pipes: list[int], listener: Listener) -> bool:
    """Take all that is there; tell whether there was anything."""
    some = False
    for descriptor in pipes:
        with suppress(BlockingIOError):
            while page := os.read(descriptor, 65536):
                some = True
                for event in events(page):
                    listener.take(event)
    return some


def _lost(folder: Path) -> int:
    """Return how many events were overwritten or dropped before they were read."""
    lost = 0
    for path in (folder / "per_cpu").glob("cpu*/stats"):
        for line in (read_text(str(path)) or "").splitlines():
            name, _, number = line.partition(":")
            if name in ("overrun", "dropped events") and number.strip().isdecimal():
                lost += int(number)
    return lost


def _report(listener: Listener, seconds: float, listening: frozenset[int], lost: int) -> TraceReport:
    counts: Counter[tuple[int, str, str | None, str, Act]] = Counter()
    for key, count in listener.acts.items():
        pid, name, unit = listener.names[key.thread]
        counts[pid, name, unit, _place(key, listening), key.act] += count
    rows = [Closed(*what, count) for what, count in counts.items()]
    rows.sort(key=lambda row: (-row.count, row.pid, row.place, row.act))
    return TraceReport(
        round(seconds, 3),
        tuple(rows),
        listener.elsewhere,
        listener.unplaced,
        listener.received,
        listener.peers,
        lost,
    )


def _place(key: Key, listening: frozenset[int]) -> str:
    if not key.far:
        return "further places"
    if key.local in listening:
        return f"port {key.local}"
    from tcptune.live.sockets import address

    return str(Destination("", address(key.family, key.far[2:]), int.from_bytes(key.far[:2], "little")))
