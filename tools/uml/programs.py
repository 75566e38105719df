"""The kernels as programs: which suite carries which series, and what a newer one needs to start on this machine."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tcptune.errors import TcptuneError
from tools.uml.packages import Unavailable, locked, own_suite, unpacked

SUITES = {"5.10": "bullseye", "6.1": "bookworm", "6.12": "trixie", "7.2": "sid"}
"""The series that can be booted, each with the Debian suite whose user-mode-linux package carries it."""

LIBRARY_SUITE = "trixie"
"""Where the C library comes from when a kernel was built against a newer one than this machine's."""


def kernel_path(series: str) -> Path:
    """Return the program of a kernel series (`6.1`), fetched and made to start here. Raises `Unavailable`."""
    if series not in SUITES:
        raise TcptuneError(f"no kernel {series!r} can be had here", hint=f"there are {', '.join(SUITES)}")
    found = sorted(unpacked(SUITES[series], "user-mode-linux").glob("usr/bin/linux*"))
    if not found:
        raise Unavailable(f"{SUITES[series]}'s user-mode-linux holds no kernel")
    program = found[0]
    with locked(f"start-{series}"):
        if not _starts(program):
            _give_library(program)
        if not _starts(program):
            raise Unavailable(f"the kernel {series} does not start on this machine")
    return program


def _starts(program: Path) -> bool:
    """Tell whether the program starts at all, by asking it for its version only."""
    try:
        done = subprocess.run([program, "--version"], capture_output=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _give_library(program: Path) -> None:
    """Point the program at a newer C library of its own: it cannot be started through that library's loader.

    A kernel of this sort maps itself at a fixed place in memory, which the loader run as a program has taken.
    """
    folder = next(iter(unpacked(LIBRARY_SUITE, "libc6").glob("usr/lib/*-linux-gnu*")), None)
    loader = next(iter(folder.glob("ld-linux*.so.*")), None) if folder else None
    if folder is None or loader is None:
        raise Unavailable(f"{LIBRARY_SUITE}'s libc6 holds no loader")
    half = program.with_name(f".{program.name}.half")
    shutil.copy2(program, half)
    command = [_patchelf(), "--set-interpreter", str(loader), "--set-rpath", str(folder), str(half)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    if done.returncode:
        raise Unavailable(f"patchelf failed: {done.stderr.strip() or done.returncode}")
    half.replace(program)


def _patchelf() -> str:
    """Return the patchelf of this machine, or of its own suite."""
    return shutil.which("patchelf") or str(unpacked(own_suite(), "patchelf") / "usr/bin/patchelf")
