"""Small wheels that stand for tcptune's: one with the program, one that it needs, and a repository of both."""

from __future__ import annotations

import base64
import hashlib
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

NEEDED = "tcptune-needed"
PROGRAM = """
import os, sys
import tcptune_needed

def main():
    os.execv(tcptune_needed.PROGRAM, [tcptune_needed.PROGRAM, *sys.argv[1:]])
"""


def wheels(folder: Path, version: str, program: str) -> Path:
    """Write a wheel of tcptune that starts `program` and the archive `needed.tar.gz`; return the wheel's path."""
    needed = _wheel(folder, NEEDED, version, {"tcptune_needed.py": f"PROGRAM = {program!r}\n"}, "")
    with tarfile.open(folder / "needed.tar.gz", "w:gz") as tar:
        tar.add(needed, needed.name)
    script = "[console_scripts]\ntcptune = tcptune_stand_in:main\n"
    files = {"tcptune_stand_in.py": PROGRAM, f"tcptune-{version}.dist-info/entry_points.txt": script}
    return _wheel(folder, "tcptune", version, files, f"Requires-Dist: {NEEDED}=={version}\n")


def repository(folder: Path, found: Path) -> str:
    """Lay the wheels of a folder out as a package repository and return its address."""
    for wheel in found.glob("*.whl"):
        place = folder / wheel.name.split("-")[0].replace("_", "-")
        place.mkdir(parents=True, exist_ok=True)
        (place / wheel.name).write_bytes(wheel.read_bytes())
        (place / "index.html").write_text(f'<a href="{wheel.name}">{wheel.name}</a>')
    return folder.as_uri()


def _wheel(folder: Path, name: str, version: str, files: Mapping[str, str], more: str) -> Path:
    stem = f"{name.replace('-', '_')}-{version}"
    about = {
        f"{stem}.dist-info/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{more}",
        f"{stem}.dist-info/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = []
    path = folder / f"{stem}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for inside, text in {**files, **about}.items():
            digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
            record.append(f"{inside},sha256={digest},{len(text.encode())}\n")
            archive.writestr(inside, text)
        archive.writestr(f"{stem}.dist-info/RECORD", "".join(record) + f"{stem}.dist-info/RECORD,,\n")
    return path
