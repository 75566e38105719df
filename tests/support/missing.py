"""Commands that a test runs and this machine does not have: the reason of a skip, and the package that brings them."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tcptune.live.trace import INITIAL_PIDS

PACKAGES = {
    "/usr/lib/systemd/systemd-sysctl": "systemd",
    "/usr/bin/systemd-run": "systemd",
    "strace": "strace",
    "bridge": "iproute2",
    "chattr": "e2fsprogs",
    "ip": "iproute2",
    "nstat": "iproute2",
    "ss": "iproute2",
    "tc": "iproute2",
    "nft": "nftables",
    "sysctl": "procps",
    "ps": "procps",
    "man": "man-db",
    "ssh": "openssh-client",
    "ssh-keygen": "openssh-client",
    "tmux": "tmux",
    "mandoc": "mandoc",
    "modprobe": "kmod",
    "systemd-run": "systemd",
    "zsh": "zsh",
    "fish": "fish",
}
"""Debian's package for each command that the tests run."""


def reason(error: BaseException) -> str | None:
    """Return why a test cannot run here when what it met is a command that is not installed; None for all else."""
    if not isinstance(error, FileNotFoundError):
        return None
    # A stand-in that is mounted over a command needs the command, too.
    name = str(error.filename or (error.strerror or "").removeprefix("mount ").partition(":")[0])
    if name not in PACKAGES or shutil.which(name) is not None:
        return None
    return f"needs the command {name}: install {PACKAGES[name]}"


@contextmanager
def skipped_without_commands() -> Iterator[None]:
    """Skip the test with the reason when it runs a command of `PACKAGES` that this machine does not have."""
    try:
        yield
    except FileNotFoundError as error:
        why = reason(error)
        if why is None:
            raise
        pytest.skip(why)


host_numbers = pytest.mark.skipif(
    sys.platform == "linux" and str(Path("/proc/self/ns/pid").readlink()) != INITIAL_PIDS,
    reason="the kernel traces processes by the host's numbers, and this is a PID namespace of its own",
)
"""The mark of tests that trace."""


def needs(*names: str) -> pytest.MarkDecorator:
    """Return the mark that skips, with the reason, where one of these commands is not installed."""
    lacking = [name for name in names if shutil.which(name) is None]
    why = ", ".join(f"{name} (package {PACKAGES[name]})" for name in lacking)
    return pytest.mark.skipif(bool(lacking), reason=f"needs commands that are not installed: {why}")
