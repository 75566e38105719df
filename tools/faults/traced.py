"""A command under strace, which kills it at one system call, or makes that call fail."""

from __future__ import annotations

import io
import os
import re
import signal
import subprocess
import sys
import traceback
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from tcptune.errors import TcptuneError
from tools.faults.stage import Run, wait_for

CALLS = (
    *("write", "pwrite64", "openat", "rename", "renameat", "renameat2", "unlink", "unlinkat", "fsync", "fdatasync"),
    *("mkdir", "mkdirat", "fchmod", "ftruncate", "flock", "clone", "clone3", "fork", "vfork"),
)
ERRORS = ("EIO", "ENOSPC", "EACCES", "EROFS", "EINVAL")
_OPENS = re.compile(r"O_WRONLY|O_RDWR|O_CREAT")
_LINE = re.compile(r"^(\w+)\((.*)")


class Fault(NamedTuple):
    """The `number`th call of that name (from 1) is met by `kind`: KILL, the name of an error, or SHORT.

    With a `+` behind it the error stays, as that of a full or broken disk does.
    SHORT is a write that says that it has taken one byte, and has taken none.
    """

    call: str
    number: int
    kind: str

    def __str__(self) -> str:
        return f"{self.kind} at {self.call} {self.number}"

    @property
    def injection(self) -> str:
        """What strace is told."""
        kind = self.kind.rstrip("+")
        what = {"KILL": "signal=KILL", "SHORT": "retval=1"}.get(kind, f"error={kind}")
        return f"inject={self.call}:{what}:when={self.number}{'+' if self.lasting else ''}"

    @property
    def lasting(self) -> bool:
        """Whether every later call of that name fails, too."""
        return self.kind.endswith("+")


def traced(words: Sequence[str], fault: Fault | None, folder: Path) -> tuple[Run, str]:
    """Run `tcptune WORDS` in a child under strace; return what came of it (status -9: killed), and strace's log."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(writer)
        _be(words, folder, reader)
    os.close(reader)
    log = folder / "strace"
    known = ",".join(each for each in CALLS if fault is None or each == fault.call)
    command = ["strace", "-y", "-o", str(log), "-e", f"trace={known}", "-p", str(pid)]
    if fault is not None:
        command[-2:-2] = ["-e", fault.injection]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as strace:
        assert strace.stderr is not None
        first = strace.stderr.readline()
        os.write(writer, b"1")
        os.close(writer)
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        strace.communicate(timeout=20)
    if b"attached" not in first:
        raise TcptuneError(f"strace cannot trace here: {first.decode().strip()}")
    out, err = ((folder / name).read_text("utf-8", "replace") for name in ("out", "err"))
    return Run(status, out, err), log.read_text("utf-8", "replace")


def _be(words: Sequence[str], folder: Path, reader: int) -> None:
    """Be the traced process, as the program is, once strace is there."""
    from tcptune.__main__ import main

    status = 99
    try:
        for name, number in (("out", 1), ("err", 2)):
            handle = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            os.dup2(handle, number)
        sys.stdout, sys.stderr = (io.TextIOWrapper(os.fdopen(number, "wb", closefd=False)) for number in (1, 2))
        os.read(reader, 1)
        status = main(list(words))
    except BaseException:
        os.write(2, traceback.format_exc().encode())
    finally:
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):
                stream.flush()
        os._exit(status)


def faults(log: str) -> list[Fault]:
    """Return every fault that can be injected into a run with that log."""
    seen: Counter[str] = Counter()
    found: list[Fault] = []
    for line in log.splitlines():
        match = _LINE.match(line)
        if match is None:
            continue
        call, rest = match.groups()
        seen[call] += 1
        if call != "openat" or _OPENS.search(rest):
            kinds = ("KILL", *ERRORS, "ENOSPC+", "EIO+", *(("SHORT", "SHORT+") if call == "write" else ()))
            found += [Fault(call, seen[call], kind) for kind in kinds]
    return found


def fired(fault: Fault, done: Run, log: str) -> bool:
    """Tell whether a fault has hit."""
    return done.status == -signal.SIGKILL if fault.kind == "KILL" else "(INJECTED)" in log


def attach_works() -> bool:
    """Tell whether strace is here and may trace a process."""
    try:
        done = subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True, timeout=20, check=False)
    except OSError:
        return False
    return done.returncode == 0 and wait_for(lambda: True)
