"""The programs that read rendered files: tuned's own parser and Nix, fetched as Debian packages and not installed."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tools.uml.packages import Unavailable, own_suite, unpacked

NIX = ("nix-bin", "libgc1", "libboost-context1.74.0", "libcpuid16", "libsodium23")
"""Nix, and those of its libraries that a small Debian 12 does not have."""

SUITE = "bookworm"

TUNED = """
import json, logging, sys
sys.path.insert(0, {packages!r})
sys.modules["tuned.logs"] = type(sys)("tuned.logs")
sys.modules["tuned.logs"].get = logging.getLogger
import tuned
tuned.logs = sys.modules["tuned.logs"]
from tuned.profiles.loader import Loader
class Variables:
    def expand(self, value):
        return value
class Locator:
    def get_config(self, name, seen):
        return sys.argv[1]
from tuned.profiles.factory import Factory
from tuned.profiles.merger import Merger
profile = Loader(Locator(), Factory(), Merger(), None, Variables()).load(["mine"])
print(json.dumps([dict(profile.options), {{name: dict(unit.options) for name, unit in profile.units.items()}}]))
"""
"""tuned's loader without its daemon: of its own modules only the one for logs needs D-Bus, and is taken from Python."""


def package(suite: str, name: str) -> Path:
    """Return the folder of an unpacked package; the test is skipped with the reason where it cannot be had."""
    try:
        return unpacked(suite, name)
    except Unavailable as error:
        pytest.skip(error.message)


def tuned_reads(path: Path) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """Return what tuned makes of a profile: the options of [main], and those of each unit."""
    packages = package(SUITE, "tuned") / "usr/lib/python3/dist-packages"
    script = TUNED.format(packages=str(packages))
    done = subprocess.run([sys.executable, "-c", script, path], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    main, units = json.loads(done.stdout)
    return main, units


def nix_reads(path: Path) -> Any:
    """Return what Nix makes of a NixOS module: the attributes that it sets."""
    try:
        if own_suite() != SUITE:
            pytest.skip(f"the Nix of Debian's {SUITE} wants that release's libraries")
    except Unavailable as error:
        pytest.skip(error.message)
    roots = [package(SUITE, name) for name in NIX]
    libraries = {str(found.parent) for root in roots for found in root.glob("usr/lib/**/*.so*")}
    private = {name: str(path.parent / name) for name in ("NIX_STORE_DIR", "NIX_STATE_DIR", "NIX_CONF_DIR", "HOME")}
    done = subprocess.run(
        [roots[0] / "usr/bin/nix-instantiate", "--eval", "--strict", "--json", "-E", f"(import {path}) {{}}"],
        env={**os.environ, **private, "LD_LIBRARY_PATH": ":".join(sorted(libraries))},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    if lacking := re.search(r"error while loading shared libraries: (\S+):", done.stderr):
        pytest.skip(f"Nix wants a library that is not installed: {lacking[1]}")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
