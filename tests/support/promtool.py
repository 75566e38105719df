"""Prometheus' own tool, from the path or unpacked from Debian's package of it: nothing is installed or started."""

from __future__ import annotations

import functools
import shutil
import subprocess
from pathlib import Path

import pytest

from tools.uml.packages import Unavailable, own_suite, unpacked

PACKAGES = ("prometheus", "promtool")
"""Where Debian has it: beside the server until bookworm, in a package of its own since trixie."""


@functools.cache
def _program() -> str | Unavailable:
    found = shutil.which("promtool")
    if found is not None:
        return found
    try:
        suite = own_suite()
        places = (unpacked(suite, package) / "usr/bin/promtool" for package in PACKAGES)
        return next(str(place) for place in places if place.is_file())
    except Unavailable as error:
        return error


def promtool(*arguments: str | Path, said: str = "") -> tuple[int, str]:
    """Run promtool; return its exit status and all that it printed. Skips the test where there is none."""
    program = _program()
    if isinstance(program, Unavailable):
        pytest.skip(f"needs promtool: {program.message}")
    command = [program, *map(str, arguments)]
    done = subprocess.run(command, input=said, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout + done.stderr
