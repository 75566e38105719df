"""Fresh trees: debootstrap's minimal Debian with what the README asks for and nothing else."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tools.uml.packages import Unavailable, archive, cache, locked, own_suite, unpacked

PACKAGES = ("git", "make", "python3", "python3-venv")
"""What the README says that the two commands need."""

SECONDS = 1800
HANDED_ON = ("PIP_DEFAULT_TIMEOUT", "http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
"""How this machine reaches a package index; where packages come from otherwise is not handed on."""

CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")

ENTER = """set -e
mount --bind "$1" "$1"
cd "$1"
mount -t proc proc "$1/proc"
mount --rbind /dev "$1/dev"
mount -t sysfs -o ro sysfs "$1/sys"
mount -t tmpfs tmpfs "$1/tmp"
mkdir "$1/tmp/machine"
pivot_root . tmp/machine
umount -l tmp/machine
exec chroot . /bin/sh -c "$2"
"""
"""Runs in a mount namespace of its own: $1 the tree (made a mount, as a root is), $2 the script."""


def tree(suite: str) -> Path:
    """Return the suite's tree, made on the first call. Raises `Unavailable` without root, apt or the archive."""
    if os.geteuid() != 0:
        raise Unavailable("a fresh tree needs root: debootstrap and chroot")
    place = cache() / "fresh" / suite
    with locked(f"fresh-{suite}"):
        if not (place / "made").exists():
            shutil.rmtree(place, ignore_errors=True)
            (place / "tree").mkdir(parents=True)
            _bootstrap(suite, place / "tree")
            (place / "made").touch()
    return place / "tree"


def _bootstrap(suite: str, place: Path) -> None:
    home = unpacked(own_suite(), "debootstrap")
    command = [
        *("unshare", "--mount", "--propagation", "private", str(home / "usr/sbin/debootstrap")),
        *("--variant=minbase", f"--include={','.join(PACKAGES)}", suite, str(place), archive()),
    ]
    environment = {**os.environ, "DEBOOTSTRAP_DIR": str(home / "usr/share/debootstrap")}
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, errors="replace", timeout=SECONDS, check=False
    )
    if done.returncode:
        raise Unavailable(f"debootstrap {suite} failed: {(done.stdout + done.stderr).strip().splitlines()[-1:]}")


@contextmanager
def copied(suite: str) -> Iterator[Path]:
    """Give a copy of the suite's tree that is gone afterwards."""
    source = tree(suite)
    with TemporaryDirectory(prefix="tcptune-fresh-") as folder:
        root = Path(folder) / "root"
        subprocess.run(["cp", "-a", "--reflink=auto", str(source), str(root)], check=True, timeout=SECONDS)
        for name in ("etc/resolv.conf", "etc/hosts"):
            shutil.copy(f"/{name}", root / name)
        if CERTIFICATES.exists():
            target = root / CERTIFICATES.relative_to("/")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(CERTIFICATES, target)
        yield root


def inside(root: Path, script: str, seconds: float = SECONDS) -> subprocess.CompletedProcess[str]:
    """Run a shell script in the tree as its root, among this machine's processes; the network is this machine's."""
    environment = {name: os.environ[name] for name in HANDED_ON if name in os.environ}
    environment |= {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root"}
    environment |= {"LANG": "C.UTF-8"}
    if CERTIFICATES.exists():
        environment["PIP_CERT"] = str(CERTIFICATES)
    command = [
        *("unshare", "--mount", "--propagation", "private", "--fork", "--kill-child"),
        *("/bin/sh", "-c", ENTER, "enter", str(root), script),
    ]
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, errors="replace", timeout=seconds, check=False
    )
