"""The loaders' programs with the libraries they need, each pair in a folder of its own; nothing is installed."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tcptune.loaders.versions import Procps, Systemd, procps, systemd
from tools.uml.packages import Unavailable, cache, locked, unpacked

_COMMON = "libc6 procps systemd libsystemd0"
_MANY = (
    "libacl1 libblkid1 libcap2 libcrypt1 libmount1 libpam0g libseccomp2 libselinux1 libaudit1 libpcre2-8-0 libcap-ng0 "
    "libzstd1"
)
_OLD = "libgcrypt20 libip4tc2 libkmod2 liblz4-1 liblzma5 libgpg-error0"

PACKAGES = {
    "bullseye": f"{_COMMON} libprocps8 {_MANY} {_OLD} libssl1.1",
    "bookworm": f"{_COMMON} libproc2-0 libsystemd-shared {_MANY} {_OLD} libssl3",
    "trixie": f"{_COMMON} libproc2-0 libsystemd-shared {_MANY} libssl3t64 zlib1g",
    "sid": f"{_COMMON} libproc2-1 libsystemd-shared",
}
"""The packages that hold the loaders of a suite and what they load."""

BACKPORTS = {"bookworm-backports": "systemd libsystemd0 libsystemd-shared"}
"""What a suite of backports has of them (systemd 254); the rest is its base suite's. They come and go."""

SYSCTL = ("usr/sbin/sysctl", "sbin/sysctl")
SYSTEMD_SYSCTL = ("usr/lib/systemd/systemd-sysctl", "lib/systemd/systemd-sysctl")


@dataclass(frozen=True, slots=True)
class Programs:
    """Two loaders in one folder (`sysctl`, `systemd-sysctl`, `ld.so` and `lib/`) and the versions they say they are."""

    name: str
    folder: Path
    procps: Procps
    systemd: Systemd


def of_suite(suite: str) -> Programs:
    """Return the loaders of a Debian suite, fetched on the first call. Raises `Unavailable`."""
    folder = cache().parent / "loaders" / suite
    base = suite.removesuffix("-backports")
    later = BACKPORTS.get(suite, "").split()
    roots = [unpacked(suite if package in later else base, package) for package in PACKAGES[base].split()]
    with locked(f"loaders-{suite}"):
        if not folder.exists():
            half = folder.with_name(f".{suite}.half")
            shutil.rmtree(half, ignore_errors=True)
            (half / "lib").mkdir(parents=True)
            for root in roots:
                _gather(root, half)
            half.rename(folder)
    return _described(suite, folder)


def of_machine(folder: Path) -> Programs:
    """Copy the loaders that are installed here, with their libraries, into an empty folder. Raises `Unavailable`."""
    (folder / "lib").mkdir(parents=True)
    for name, places in (("sysctl", SYSCTL), ("systemd-sysctl", SYSTEMD_SYSCTL)):
        program = next((Path("/", place) for place in places if Path("/", place).is_file()), None)
        if program is None:
            raise Unavailable(f"{name} is not installed here")
        shutil.copy2(program, folder / name)
        listed = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
        for library in re.findall(r"(/\S+) \(0x", listed):
            target = folder / ("ld.so" if "/ld-" in library else f"lib/{Path(library).name}")
            shutil.copy2(library, target)
    if not (folder / "ld.so").exists():
        raise Unavailable("the loaders installed here are linked statically")
    return _described("this machine", folder)


def _gather(root: Path, into: Path) -> None:
    """Copy loaders and libraries out of an unpacked package into one flat folder."""
    for name, places in (("sysctl", SYSCTL), ("systemd-sysctl", SYSTEMD_SYSCTL)):
        for place in places:
            if (root / place).is_file():
                shutil.copy2(root / place, into / name)
    for library in [*root.glob("usr/lib/**/*.so*"), *root.glob("lib/**/*.so*")]:
        if library.is_file() and library.parent.name not in ("gconv", "security", "engines-3", "ossl-modules"):
            target = into / "lib" / library.name
            if not target.exists():
                shutil.copy2(library.resolve() if library.resolve().is_relative_to(root) else library, target)
            if re.match(r"ld-linux.*\.so", library.name) and not (into / "ld.so").exists():
                shutil.copy2(library, into / "ld.so")


def _described(name: str, folder: Path) -> Programs:
    sysctl = _says(folder, "sysctl", r"procps-ng (\d+(?:\.\d+)+)")
    service = _says(folder, "systemd-sysctl", r"systemd (\d+)")
    return Programs(name, folder, procps(_number(sysctl)), systemd(_number(service)))


def _says(folder: Path, program: str, pattern: str) -> str:
    command = [str(folder / "ld.so"), "--library-path", str(folder / "lib"), str(folder / program), "--version"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(pattern, done.stdout)
    if not found:
        raise Unavailable(f"{program} of {folder.name} does not run: {(done.stderr or done.stdout).strip()[:200]}")
    return found[1]


def _number(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("."))
