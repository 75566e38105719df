"""Build dist/tcptune.pyz for this platform: the wheel, what it needs for every Python from 3.11 on, and a beginning."""

from __future__ import annotations

import argparse
import hashlib
import io
import platform
import shutil
import subprocess
import sys
import tempfile
import zipfile
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

TOP = Path(__file__).parents[2]
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
BEGINNING = Path(__file__).parent / "start.py"
_DATE = (2026, 1, 1, 0, 0, 0)
"""Every file in the archive has this date: the same content gives the same bytes."""


def build(target: Path) -> Path:
    """Write the file and return its path."""
    with tempfile.TemporaryDirectory(prefix="tcptune-pyz-") as scratch:
        site = Path(scratch, "site")
        _install(site, str(TOP))
        for python in PYTHONS:
            if python != ".".join(platform.python_version_tuple()[:2]):
                _add_compiled(site, Path(scratch, python), python)
        _tidy(site)
        files = sorted(path for path in site.rglob("*") if path.is_file())
        digest = hashlib.sha256()
        for path in files:
            digest.update(f"{path.relative_to(site)}\0".encode() + path.read_bytes())
        target.parent.mkdir(parents=True, exist_ok=True)
        _write(target, site, files, digest.hexdigest()[:16])
    return target


def here() -> str:
    """Return the processor and the C library of this Python, as the names of compiled modules have them."""
    return EXTENSION_SUFFIXES[0].removesuffix(".so").split("-", 2)[2]


def _pip(*words: str) -> None:
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *words]
    subprocess.run(command, check=True)


def _install(site: Path, *what: str) -> None:
    _pip("install", "--no-compile", "--target", str(site), *what)


def _add_compiled(site: Path, folder: Path, python: str) -> None:
    """Put the compiled modules for another Python beside ours: their names carry its version."""
    compiled = sorted({path.relative_to(site).parts[0] for path in site.rglob("*.so")})
    wanted = [f"{name}=={version}" for name, version in _versions(site).items() if _module(name) in compiled]
    _pip(
        "install",
        "--no-compile",
        "--no-deps",
        "--only-binary=:all:",
        f"--python-version={python}",
        f"--platform=manylinux2014_{platform.machine()}",
        f"--platform=manylinux_2_28_{platform.machine()}",
        f"--target={folder}",
        *wanted,
    )
    for path in folder.rglob("*.so"):
        place = site / path.relative_to(folder)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)


def _versions(site: Path) -> dict[str, str]:
    found = {}
    for path in site.glob("*.dist-info"):
        name, _, version = path.name.removesuffix(".dist-info").partition("-")
        found[name] = version
    return found


def _module(name: str) -> str:
    """Return the folder of a distribution's compiled modules."""
    return {"pyyaml": "yaml", "PyYAML": "yaml"}.get(name, name)


def _tidy(site: Path) -> None:
    for path in [*site.rglob("__pycache__"), site / "bin", site / "share", *site.rglob("*.pyi")]:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def _write(target: Path, site: Path, files: list[Path], digest: str) -> None:
    # Python reads the list of all entries at every start: so there are two, and the second holds the others.
    with target.open("wb") as stream:
        stream.write(b"#!/usr/bin/env python3\n")
        with zipfile.ZipFile(stream, "w") as archive:
            start = BEGINNING.read_text("utf-8").replace("@DIGEST@", digest)
            start = start.replace("@PLATFORM@", here())
            archive.writestr(zipfile.ZipInfo("__main__.py", _DATE), start)
            archive.writestr(zipfile.ZipInfo("site.zip", _DATE), _inner(site, files))
    target.chmod(0o755)


def _inner(site: Path, files: list[Path]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in files:
            entry = zipfile.ZipInfo(f"site/{path.relative_to(site)}", _DATE)
            entry.external_attr = 0o100644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, path.read_bytes())
    return content.getvalue()


def main() -> None:
    """Read the command line and build."""
    parser = argparse.ArgumentParser(prog="python -m tools.pyz", description=__doc__)
    parser.add_argument("--output", type=Path, default=TOP / "dist" / "tcptune.pyz")
    print(build(parser.parse_args().output))


if __name__ == "__main__":
    main()
