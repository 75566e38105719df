"""The undo that waits: armed and seen to be armed before the first write, alive without the shell that started it.

Where systemd runs it is a transient timer, else a detached process. Neither needs anything of PATH, HOME or the
working directory.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from tcptune.apply import processes
from tcptune.errors import TcptuneError
from tcptune.model.journal import Header, Place

Arm = Callable[[Header], str]
"""Arms the undo of an entry and sees that it is armed; returns what can disarm it."""

_FOLDERS = ("/usr/bin", "/bin", "/usr/sbin", "/sbin")
_ENVIRONMENT = {"PATH": ":".join(_FOLDERS), "LC_ALL": "C.UTF-8"}
_PATIENCE = 10.0
_ROOT_GROUPS = ("/sys/fs/cgroup/cgroup.procs", "/sys/fs/cgroup/systemd/cgroup.procs")
"""What moves a process to the root of the control groups: of version 2, and of version 1."""


def arm(state: str, place: Place) -> Arm:
    """Return what arms the undo of an entry in this folder's journal.

    It raises `TcptuneError` when the undo cannot be seen to be armed.
    """

    def start(header: Header) -> str:
        if _with_systemd(place):
            undo = _timer(header, state, place)
            if undo is not None:
                return undo
        # What the waiting process needs is imported now: an upgrade may exchange the files under it.
        import tcptune.apply.confirm  # noqa: F401

        return _process(header, lambda: _expire(header, state, place))

    return start


def _expire(header: Header, state: str, place: Place) -> None:
    from tcptune.apply.confirm import expire
    from tcptune.apply.journal import journal

    with journal(state, make=False) as opened:
        expire(header.id, place, opened)


def disarm(undo: str | None) -> None:
    """Take an armed undo back; one that has ended is fine."""
    if undo is None:
        return
    kind, _, what = undo.partition(":")
    if kind == "timer":
        _systemctl("stop", what)
    elif kind == "process" and processes.alive(what):
        with suppress(ProcessLookupError):
            os.kill(int(what.partition("@")[0]), signal.SIGTERM)


def command(header: Header, state: str) -> list[str]:
    """Return the command that undoes an entry when its time is over."""
    return [*_program(), "rollback", header.id, "--expired", "--state-dir", state]


def _program() -> list[str]:
    """Return the command that starts this tcptune again, whatever the environment: its one file, or its module."""
    own = os.path.abspath(sys.argv[0])  # noqa: PTH100
    return [sys.executable, "-I", *([own] if own.endswith(".pyz") else ["-m", "tcptune"])]


def _starts() -> bool:
    """Tell whether that command can be started: what is armed must not fail when it is needed."""
    try:
        words = [*_program(), "--version"]
        return subprocess.run(words, env=_ENVIRONMENT, cwd="/", capture_output=True, timeout=_PATIENCE).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _with_systemd(place: Place) -> bool:
    """Tell whether systemd is init here and its timer would find the namespace again."""
    reachable = place.initial or (place.path is not None and not place.path.startswith("/proc/"))
    return reachable and Path("/run/systemd/system").is_dir() and _find("systemd-run") is not None and _starts()


def _timer(header: Header, state: str, _place: Place) -> str | None:
    """Start a transient timer and see that it runs; None when systemd does not answer."""
    unit = f"tcptune-undo-{header.id}"
    run = _find("systemd-run")
    seconds = f"{header.confirm_within:g}s" if header.confirm_within is not None else "0s"
    words = [str(run), "--quiet", "--collect", f"--unit={unit}", f"--on-active={seconds}"]
    words += ["--timer-property=AccuracySec=100ms", "--property=Type=oneshot", "--working-directory=/", "--"]
    try:
        done = subprocess.run(
            [*words, *command(header, state)], env=_ENVIRONMENT, capture_output=True, timeout=_PATIENCE
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    timer = f"{unit}.timer"
    return f"timer:{timer}" if done.returncode == 0 and _systemctl("is-active", timer) == "active" else None


def _systemctl(*words: str) -> str:
    found = _find("systemctl")
    if found is None:
        return ""
    try:
        done = subprocess.run([found, *words], env=_ENVIRONMENT, capture_output=True, text=True, timeout=_PATIENCE)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip()


def _find(name: str) -> str | None:
    return next((f"{folder}/{name}" for folder in _FOLDERS if os.access(f"{folder}/{name}", os.X_OK)), None)


def _process(header: Header, undo: Callable[[], object]) -> str:
    """Start a process of its own session that sleeps until the time is over; wait until it says that it does."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        _detached(header, undo, writer)
    os.close(writer)
    try:
        ready, _, _ = select.select([reader], [], [], _PATIENCE)
        told = os.read(reader, 64).decode() if ready else ""
    finally:
        os.close(reader)
        os.waitpid(pid, 0)
    if not told.isdecimal():
        raise TcptuneError("the undo could not be armed: nothing was changed", status=1)
    return f"process:{processes.named(int(told))}"


def _detached(header: Header, undo: Callable[[], object], writer: int) -> None:
    """Be the waiting process: detached, with nothing open but its pipe, in the namespace, until it is time to undo."""
    try:
        os.setsid()
        if os.fork():
            os._exit(0)
        for number, handler in ((signal.SIGHUP, signal.SIG_IGN), (signal.SIGINT, signal.SIG_IGN)):
            signal.signal(number, handler)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.chdir("/")
        _leave_the_session()
        null = os.open(os.devnull, os.O_RDWR)
        for standard in (0, 1, 2):
            os.dup2(null, standard)
        # The lock of this namespace is held by the descriptor that a child shares: it has to go.
        os.closerange(3, writer)
        os.closerange(writer + 1, 1024)
        os.write(writer, str(os.getpid()).encode())
        os.close(writer)
        deadline = header.deadline or 0.0
        while (rest := deadline - time.clock_gettime(time.CLOCK_BOOTTIME)) > 0:
            time.sleep(min(rest, 60.0))
        undo()
    finally:
        os._exit(0)


def _leave_the_session() -> None:
    """Go where systemd does not end this process with the session, or the unit, that it was started in."""
    for place in _ROOT_GROUPS if Path("/run/systemd/system").is_dir() else ():
        with suppress(OSError):
            Path(place).write_text(str(os.getpid()))
            return
