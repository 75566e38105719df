"""A machine of one's own: a copy of the tree that is changed, booted, looked at and booted again.

    with Machine() as machine:
        machine.write({"/etc/sysctl.d/60-a.conf": "net.ipv4.tcp_fin_timeout = 30\\n"})
        first = machine.boot("cat /proc/sys/net/ipv4/tcp_fin_timeout > $RESULT")
        again = machine.boot("tcptune history")    # a reboot: the files are those that the first boot left

The machine's network is its own loopback; nothing that happens in it reaches the machine that it runs on, but for
processor time. It needs root, since the files in it are root's.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tcptune.errors import TcptuneError
from tcptune.loaders.tree import Link
from tools.boot.tree import PLACE, SERIES, SUITE, base
from tools.uml.guest import devices, run_kernel
from tools.uml.packages import PROJECT, Unavailable
from tools.uml.programs import kernel_path

Files = Mapping[str, bytes | str | Link | None]
"""Path → content, link, or None for a folder."""

TCPTUNE = f"""#!/bin/sh
PYTHONPATH={PLACE}/source:{PLACE}/packages exec python3 -m tcptune "$@"
"""


@dataclass(frozen=True, slots=True)
class Booted:
    """One boot to its end.

    `status` is the script's exit status, `output` what it printed, `result` what it wrote to the file `$RESULT`,
    `console` the kernel's and systemd's words, `seconds` how long the boot took, halt included.
    """

    status: int
    output: str
    result: str
    console: str
    seconds: float


class Machine:
    """A copy of the tree, gone with the end of the `with`. Raises `Unavailable` where there can be none.

    `mem` is the memory of its boots, `suite` the Debian release, with its own kernel. `root` is where its files stand
    on this machine; `tcptune` is in its PATH, as the project has it now.
    """

    def __init__(self, *, mem: str = "512M", suite: str = SUITE) -> None:
        if os.geteuid() != 0:
            raise Unavailable("a machine of its own needs root")
        self._series = SERIES[suite]
        source, self._program = base(suite), kernel_path(self._series)
        self.mem = mem
        self._folder = tempfile.TemporaryDirectory(prefix="tcptune-machine-")
        self.root = Path(self._folder.name) / "root"
        command = ["cp", "-a", "--reflink=auto", str(source), str(self.root)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        if done.returncode:
            self._folder.cleanup()
            raise TcptuneError(f"the tree cannot be copied: {done.stderr.strip()}")
        self._install()

    def _install(self) -> None:
        for name in ("tcptune", "profiles"):
            target = self._at(f"{PLACE}/source/{name}")
            shutil.copytree(PROJECT / name, target, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
        self.write({"/usr/local/bin/tcptune": TCPTUNE})
        self._at("/usr/local/bin/tcptune").chmod(0o755)

    def write(self, files: Files) -> None:
        """Put files in place (root's, mode 0644; folders 0755), whatever stood there."""
        for path, held in files.items():
            place = self._at(path)
            place.parent.mkdir(parents=True, exist_ok=True)
            if held is None:
                place.mkdir(exist_ok=True)
                continue
            place.unlink(missing_ok=True)
            if isinstance(held, Link):
                place.symlink_to(held.target)
            else:
                place.write_bytes(held.encode() if isinstance(held, str) else held)
                place.chmod(0o644)

    def remove(self, *paths: str) -> None:
        """Take files or folders away."""
        for path in paths:
            place = self._at(path)
            if place.is_dir() and not place.is_symlink():
                shutil.rmtree(place)
            else:
                place.unlink(missing_ok=True)

    def read(self, path: str) -> str:
        """Return what a file holds now, between boots."""
        return self._at(path).read_text("utf-8", "replace")

    def tcptune(self, *arguments: str, check: bool = False) -> subprocess.CompletedProcess[str]:
        """Run this project's tcptune outside, on this machine, from the folder /."""
        command = [sys.executable, "-m", "tcptune", *arguments]
        environment = {**os.environ, "PYTHONPATH": str(PROJECT), "NO_COLOR": "1"}
        return subprocess.run(
            command, cwd="/", env=environment, capture_output=True, text=True, timeout=120, check=check
        )

    def boot(self, script: str, *, timeout: float = 120, words: str = "") -> Booted:
        """Boot, and let systemd run a shell script as root once systemd-sysctl has run; then halt.

        The script's unit is started while the boot goes on: `systemctl is-system-running --wait` waits for its end.
        `words` are added to the kernel's command line. `timeout` is in seconds; when it is over, the machine is
        switched off. Raises `TcptuneError` when it does not come to its end.
        """
        run = self._at(f"{PLACE}/run")
        for name in ("status", "output", "result"):
            (run / name).unlink(missing_ok=True)
        (run / "script").write_text(script, "utf-8")
        folder = Path(tempfile.mkdtemp(prefix="boot-", dir=self._folder.name))
        command = [str(self._program), f"mem={self.mem}", *devices(folder, self.root), "init=/lib/systemd/systemd"]
        command += ["systemd.unit=multi-user.target", "systemd.firstboot=off", *words.split()]
        started = time.monotonic()
        console = run_kernel(command, folder, timeout, self._series)
        seconds = time.monotonic() - started
        shutil.rmtree(folder, ignore_errors=True)
        if not (run / "status").exists():
            said = [line.strip() for line in console.splitlines() if line.strip()]
            raise TcptuneError(f"the machine ended before its script did; its last words: {said[-1:] or 'none'}")
        output, result = (_text(run / name) for name in ("output", "result"))
        return Booted(int((run / "status").read_text() or 1), output, result, console, seconds)

    def _at(self, path: str) -> Path:
        return self.root / path.lstrip("/")

    def __enter__(self) -> Machine:
        return self

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()


def _text(path: Path) -> str:
    return path.read_text("utf-8", "replace") if path.exists() else ""
