"""A host's drop-ins for tests: folders bound over /etc/sysctl.d and its like in a mount namespace of its own."""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.support.program import Result, tcptune
from tools.stage import COMPLETE

PLACES = {
    "etc": "/etc/sysctl.d",
    "run": "/run/sysctl.d",
    "lib": "/usr/lib/sysctl.d",
    "modules": "/etc/modules-load.d",
    "main": "/etc/sysctl.conf",
}


LOADERS = ("/usr/lib/systemd/systemd-sysctl", "sysctl")
"""Without one of them nothing is loaded at boot, and audit says just that."""


def bound(folder: Path, *, network: bool = False) -> list[str]:
    """Return what starts a program that sees `folder/etc` as /etc/sysctl.d, and so on; what is not there is empty.

    With `network` it runs in a network namespace of its own, too. Nothing of the machine is written: tmpfs is laid
    over /run, and the others are bound within a private mount namespace.
    """
    if not any(map(shutil.which, LOADERS)):
        pytest.skip("needs a loader of sysctl.d: install systemd or procps")
    lines = ["set -e", "mount --make-rprivate /", COMPLETE, "mount -t tmpfs none /run", "mkdir -p /run/sysctl.d"]
    for name, place in PLACES.items():
        source = folder / name
        if not source.exists():
            source.write_text("") if name == "main" else source.mkdir()
        lines.append(f"[ ! -e {place} ] || mount --bind {shlex.quote(str(source))} {place}")
    lines.append('exec "$@"')
    return ["unshare", *(["-n"] if network else []), "-m", "sh", "-c", "\n".join(lines), "sh"]


def audit(folder: Path, *arguments: str, network: bool = False) -> Result:
    """Run an audit of the files in `folder`, as JSON."""
    return tcptune("audit", "-f", "json", "--fail-on", "never", *arguments, before=bound(folder, network=network))


def write(folder: Path, files: dict[str, str]) -> Path:
    """Write files of these names below a folder and return it; they are root's alone, mode 0644."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.parent.chmod(0o755)
        path.write_text(text)
        path.chmod(0o644)
    return folder


def by_rule(document: Any) -> dict[str, list[Any]]:
    """Return the findings of a document by rule."""
    found: dict[str, list[Any]] = {}
    for finding in document["findings"]:
        found.setdefault(finding["rule"], []).append(finding)
    return found


def parameter(document: Any, key: str) -> Any:
    """Return one parameter of a document."""
    return next(row for row in document["parameters"] if row["key"] == key)
