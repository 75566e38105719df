"""A stage for changes: a network and a mount namespace of their own, and tmpfs over every folder that a change writes.

`on_stage(function)` runs a function there in a forked child; everything below is for such a function, and refuses to
work anywhere else. With `initial` tcptune takes the namespace for the host's own, whose real one no test may write.
"""

from __future__ import annotations

import ctypes
import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar
from unittest import mock

import tcptune.apply.target
from tests.support import folders
from tests.support.inside import inside
from tests.support.netns import enter_fresh, foreign, fork_and_run, write_sysctl
from tests.support.program import ROOT, Result, clean_environment

T = TypeVar("T")

STATE = "/var/lib/tcptune"
FOLDER = "/etc/sysctl.d"
FILE = f"{FOLDER}/80-tcptune.conf"
HIDDEN = (FOLDER, "/run", "/usr/lib/sysctl.d", "/etc/modules-load.d", "/var/lib", "/mnt")
OUR_MOUNTS = "/proc/self/ns/mnt"
MACHINE_MOUNTS = os.readlink(OUR_MOUNTS)  # noqa: PTH115

REUSE, STAMPS = "net.ipv4.tcp_tw_reuse", "net.ipv4.tcp_timestamps"
FIN, RANGE, START = "net.ipv4.tcp_fin_timeout", "net.ipv4.ip_local_port_range", "net.ipv4.ip_unprivileged_port_start"
BACKLOG, SOMAXCONN = "net.ipv4.tcp_max_syn_backlog", "net.core.somaxconn"


def mount(source: str, target: str, kind: str = "tmpfs", flags: int = 0, options: str = "mode=0755") -> None:
    """Mount something on this stage."""
    assert os.readlink(OUR_MOUNTS) != MACHINE_MOUNTS, "nothing is mounted on the machine"  # noqa: PTH115
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(source.encode(), target.encode(), kind.encode(), flags, options.encode()) != 0:
        raise OSError(ctypes.get_errno(), f"mount {target}")


MS_RDONLY, MS_REMOUNT, MS_BIND = 1, 32, 4096


def dress() -> None:
    """Lay an empty file system over every folder that a change writes."""
    assert foreign()
    folders.complete()
    for place in HIDDEN:
        if Path(place).is_dir():
            mount("none", place)
    if Path("/etc/sysctl.conf").exists():
        Path("/run/sysctl.conf").write_text("")
        mount("/run/sysctl.conf", "/etc/sysctl.conf", "", MS_BIND, "")


def on_stage(function: Callable[[], T], *, initial: bool = False, timeout: float = 60.0) -> T:
    """Run a function on a stage of its own, in a forked child."""

    def performed() -> T:
        os.umask(0o022)
        enter_fresh(mounts=True)
        dress()
        if not initial:
            return function()
        with mock.patch.object(tcptune.apply.target, "in_initial_namespace", lambda: True):
            return function()

    return fork_and_run(performed, timeout=timeout)


def now(key: str) -> str:
    """Return a parameter as the kernel prints it, its numbers one blank apart."""
    return " ".join(Path("/proc/sys", *key.split(".")).read_text().split())


def put(key: str, value: str | int) -> None:
    """Change a parameter as somebody else would."""
    write_sysctl(key, value)


def profile(settings: Mapping[str, Any], name: str = "mine", **more: Any) -> str:
    """Write a profile and return its path."""
    path = Path("/run/profiles", f"{name}.yaml")
    path.parent.mkdir(mode=0o755, exist_ok=True)
    document = {"schema": "tcptune/profile/1", "name": name, "summary": "of a test", "settings": settings, **more}
    path.write_text(json.dumps(document))
    path.chmod(0o644)
    return str(path)


def run(*arguments: str) -> Result:
    """Run tcptune in this process; on a stage that is the host's own it stays that."""
    assert foreign()
    return inside(*arguments)


def apply(*arguments: str, status: int = 0) -> Any:
    """Run `tcptune apply`, see its exit status and return its document."""
    return _document("apply", arguments, status)


def rollback(*arguments: str, status: int = 0) -> Any:
    """Run `tcptune rollback`, see its exit status and return its document."""
    return _document("rollback", arguments, status)


def _document(command: str, arguments: tuple[str, ...], status: int) -> Any:
    done = run(command, *arguments, "-f", "json")
    assert done.status == status, f"status {done.status}, not {status}: {done.out}{done.err}"
    return done.json() if done.out else done.err


def history() -> list[Any]:
    """Return the entries of the journal, the newest first."""
    entries: list[Any] = run("history", "-f", "json").json()["entries"]
    return entries


def states() -> list[tuple[str, str]]:
    """Return kind and state of each entry, the oldest first."""
    return [(entry["kind"], entry["state"]) for entry in reversed(history())]


def command(*arguments: str, initial: bool = False) -> list[str]:
    """Return the command line of the program in a process of its own."""
    module = "tests.support.as_initial" if initial else "tcptune"
    return [sys.executable, "-m", module, *arguments]


def program(*arguments: str, initial: bool = False, before: tuple[str, ...] = (), timeout: float = 60.0) -> Result:
    """Run the program in a process of its own, started by `before`."""
    assert foreign()
    done = subprocess.run(
        [*before, *command(*arguments, initial=initial)],
        cwd=ROOT,
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    return Result(done.returncode, done.stdout, done.stderr)


def start(*arguments: str, initial: bool = False, before: tuple[str, ...] = ()) -> subprocess.Popen[str]:
    """Start the program without waiting for it."""
    assert foreign()
    return subprocess.Popen(
        [*before, *command(*arguments, initial=initial)],
        cwd=ROOT,
        env=clean_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
