"""Debian packages of other suites, fetched with a private apt configuration and unpacked; nothing is installed.

The archive's address is the one that this machine's own sources name for its own suite, or `$TCPTUNE_DEBIAN_ARCHIVE`.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tcptune.errors import TcptuneError

PROJECT = Path(__file__).resolve().parents[2]
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
UPDATE_SECONDS = 180
DOWNLOAD_SECONDS = 300


class Unavailable(TcptuneError):
    """A package cannot be had here, for a reason that is no defect: no apt, no archive, no network."""


def cache() -> Path:
    """Return the folder that keeps what was fetched: `$TCPTUNE_KERNELS_CACHE`, or `.cache/kernels` of the project."""
    named = os.environ.get("TCPTUNE_KERNELS_CACHE")
    return Path(named).absolute() if named else PROJECT / ".cache" / "kernels"


@contextmanager
def locked(name: str) -> Iterator[None]:
    """Hold the cache's lock of that name, so that two runs do not unpack into each other."""
    cache().mkdir(parents=True, exist_ok=True)
    with (cache() / f".{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def own_suite() -> str:
    """Return the suite that this machine itself runs on."""
    try:
        lines = Path("/etc/os-release").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    words = dict(line.split("=", 1) for line in lines if "=" in line)
    if words.get("ID", "").strip('"') != "debian" or "VERSION_CODENAME" not in words:
        raise Unavailable("the kernels come from Debian's archive, and this machine is no Debian release")
    return words["VERSION_CODENAME"].strip('"')


def archive() -> str:
    """Return the address of the Debian archive that this machine's own sources use. Raises `Unavailable`."""
    named = os.environ.get("TCPTUNE_DEBIAN_ARCHIVE")
    if named:
        return named
    for tool in ("apt-get", "dpkg-deb"):
        if shutil.which(tool) is None:
            raise Unavailable(f"the kernels come as Debian packages, and there is no {tool} here")
    listed = _run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI)|$(RELEASE)|$(COMPONENT)", "Identifier: Packages"]
    )
    suite = own_suite()
    for line in listed.splitlines():
        uri, _, rest = line.partition("|")
        if rest == f"{suite}|main":
            return uri
    raise Unavailable(f"this machine's apt sources name no archive for {suite} main")


def unpacked(suite: str, package: str) -> Path:
    """Return the folder into which a suite's package is unpacked, fetched on the first call. Raises `Unavailable`."""
    place = cache() / suite / package
    with locked(f"{suite}-{package}"):
        if not place.exists():
            half = place.with_name(f".{package}.half")
            shutil.rmtree(half, ignore_errors=True)
            deb = _download(suite, package)
            half.mkdir()
            _run(["dpkg-deb", "--extract", str(deb), str(half)])
            deb.unlink()
            half.rename(place)
    return place


def _download(suite: str, package: str) -> Path:
    """Fetch the newest version that the suite's index offers; an index that names what is gone is fetched anew."""
    folder = cache() / suite / "debs"
    folder.mkdir(parents=True, exist_ok=True)
    for stale in folder.glob(f"{package}_*.deb"):
        stale.unlink()
    fresh = not _index(suite).exists()
    try:
        _run([*_apt(suite), "download", package], cwd=folder, seconds=DOWNLOAD_SECONDS)
    except Unavailable:
        if fresh:
            raise
        _index(suite).unlink(missing_ok=True)
        _run([*_apt(suite), "download", package], cwd=folder, seconds=DOWNLOAD_SECONDS)
    found = list(folder.glob(f"{package}_*.deb"))
    if len(found) != 1:
        raise Unavailable(f"apt offered no {package} in {suite}")
    return found[0]


def _index(suite: str) -> Path:
    """Return the mark that says that a suite's index was fetched."""
    return cache() / "apt" / suite / "fetched"


def _apt(suite: str) -> list[str]:
    """Return apt-get's command line for one suite alone, its index fetched; state, cache and sources are private."""
    home = cache() / "apt" / suite
    for folder in ("state/lists/partial", "cache/archives/partial", "sources"):
        (home / folder).mkdir(parents=True, exist_ok=True)
    signed = f" [signed-by={KEYRING}]" if KEYRING.exists() else ""
    (home / "sources.list").write_text(f"deb{signed} {archive()} {suite} main\n", encoding="utf-8")
    options = {
        "Dir::State": home / "state",
        "Dir::State::status": "/dev/null",
        "Dir::Cache": home / "cache",
        "Dir::Etc::sourcelist": home / "sources.list",
        "Dir::Etc::sourceparts": home / "sources",
        "Dir::Etc::preferences": "/dev/null",
        "Dir::Etc::preferencesparts": home / "sources",
        "APT::Sandbox::User": "",
        "APT::Get::List-Cleanup": "false",
        "Acquire::Languages": "none",
        "Acquire::Retries": "2",
    }
    command = ["apt-get", "-q", *(word for name, value in options.items() for word in ("-o", f"{name}={value}"))]
    with locked(f"apt-{suite}"):
        if not _index(suite).exists():
            _run([*command, "update", "--error-on=any"], seconds=UPDATE_SECONDS)
            _index(suite).touch()
    return command


def _run(command: list[str], *, cwd: Path | None = None, seconds: float = 60) -> str:
    """Run a tool and return what it printed; a failure is one line with the tool's own last words."""
    try:
        done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=seconds, check=False)
    except FileNotFoundError:
        raise Unavailable(f"there is no {command[0]} here") from None
    except subprocess.TimeoutExpired:
        raise Unavailable(f"{command[0]} did not end within {seconds:.0f} s") from None
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line.strip()] or [f"exit status {done.returncode}"]
        errors = [line for line in said if line.startswith("E:")] or said
        raise Unavailable(f"{command[0]} failed: {errors[-1].strip()}")
    return done.stdout
