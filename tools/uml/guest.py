"""Boot one of the kernels, run a shell script in it as its first process, and hand back what it wrote."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tcptune.errors import TcptuneError
from tools.uml.keeper import TIMED_OUT
from tools.uml.programs import kernel_path
from tools.uml.registers import hide, older, outgrown

INIT = """#!/bin/sh
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH
{exports}
mount -t proc proc /proc
mount -t sysfs sysfs /sys
(
{script}
)
echo $? > {folder}/status
sync
halt -f
"""


@dataclass(frozen=True, slots=True)
class CompletedBoot:
    """A guest that ran to its end.

    `status` is the script's exit status, `result` what the script wrote to the file `$RESULT`, `output` the console.
    """

    series: str
    status: int
    result: str
    output: str
    seconds: float


def boot(
    series: str,
    script: str,
    *,
    mem: str = "512M",
    timeout: float = 120,
    args: Mapping[str, str] | None = None,
    root: Path | None = None,
) -> CompletedBoot:
    """Run a shell script as root of a guest with that kernel; `args` become its environment.

    The guest's file system is this machine's own, or the tree `root`, with the caller's rights: the script is to touch
    nothing but `$FOLDER`, which is gone afterwards, and leaves its answer in `$RESULT`. `timeout` is in seconds; when
    it is over, every process of the guest is killed. Raises `TcptuneError` when the guest does not end in order.
    """
    program = kernel_path(series)
    inside = (root / "tmp") if root else None
    with tempfile.TemporaryDirectory(prefix="tcptune-guest-", dir=inside) as name:
        folder = Path(name)
        seen = Path("/") / folder.relative_to(root) if root else folder
        words = {"FOLDER": str(seen), "RESULT": str(seen / "result"), **older(series), **(args or {})}
        init = folder / "init"
        exports = "\n".join(f"export {word}={shlex.quote(value)}" for word, value in words.items())
        init.write_text(INIT.format(exports=exports, script=script, folder=seen), encoding="utf-8")
        init.chmod(0o755)
        command = [str(program), f"mem={mem}", *devices(folder, root), f"init={seen / 'init'}"]
        started = time.monotonic()
        output = run_kernel(command, folder, timeout, series)
        return _completed(series, folder, output, time.monotonic() - started)


def devices(folder: Path, root: Path | None) -> list[str]:
    """Return the kernel's words for its root and its console, with the folder for what it needs on the host."""
    disk = ["root=/dev/root", "rootfstype=hostfs", f"rootflags={root or '/'}", "rw"]
    return [*disk, "con=null", "con0=fd:0,fd:1", "quiet", f"uml_dir={folder}/uml/"]


def run_kernel(command: list[str], folder: Path, timeout: float, series: str) -> str:
    """Run the kernel under its keeper, and return its console; whatever happens, nothing of it stays alive."""
    console = folder / "console"
    keeper = [sys.executable, str(Path(__file__).with_name("keeper.py")), str(timeout)]
    environment = {**os.environ, "TMPDIR": str(folder)}
    before = hide if outgrown(series) else None
    words = [*keeper, *command]
    with console.open("wb") as out:
        guest = subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=environment, preexec_fn=before
        )
        try:
            status = guest.wait()
        finally:
            guest.terminate()
            guest.wait()
    if status == TIMED_OUT:
        raise TcptuneError(f"the guest {series} did not end within {timeout:.0f} s{_last(console)}")
    return console.read_text(encoding="utf-8", errors="replace").replace("\r\n", "\n")


def _last(console: Path) -> str:
    """Return the console's last line as the tail of an error message."""
    lines = console.read_text(encoding="utf-8", errors="replace").split("\n")
    said = [line.strip() for line in lines if line.strip()]
    return f"; its last words: {said[-1]}" if said else ""


def _completed(series: str, folder: Path, output: str, seconds: float) -> CompletedBoot:
    """Read what the guest left behind."""
    status = folder / "status"
    if not status.exists():
        raise TcptuneError(f"the guest {series} ended before its script did{_last(folder / 'console')}")
    result = folder / "result"
    text = result.read_text(encoding="utf-8", errors="replace") if result.exists() else ""
    return CompletedBoot(series, int(status.read_text() or 1), text, output, seconds)
