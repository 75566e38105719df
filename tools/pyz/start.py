"""The beginning of tcptune.pyz: unpack once into a folder that is the user's own, and run from there.

An older Python has to understand this file as far as to say that it is too old; pathlib would cost a tenth of a start.
"""

import os
import sys
from importlib.machinery import EXTENSION_SUFFIXES
from typing import NoReturn

DIGEST = "@DIGEST@"
PLATFORM = "@PLATFORM@"
"""The processor and the C library that its compiled modules are for, as their names have it."""

OLDEST = (3, 11)


def _refuse(message: str) -> NoReturn:
    sys.stderr.write(f"tcptune: {message}\n")
    raise SystemExit(2)


def _refuse_elsewhere(suffix: str) -> None:
    """Refuse where Python's compiled modules end in another suffix than those in here."""
    if "-linux" in suffix and f"-{PLATFORM}." not in suffix:
        _refuse(
            f"this file is for {PLATFORM}, and this Python takes modules named *{suffix}\n"
            "  install tcptune there with pipx, or run there what `tcptune collect-script` prints elsewhere, and give\n"
            "  its output to `tcptune audit --snapshot`"
        )


def _home() -> str:
    """Return the effective user's home, whatever HOME says: under sudo that may be somebody else's."""
    import pwd

    try:
        return pwd.getpwuid(os.geteuid()).pw_dir
    except KeyError:
        return "/nonexistent"


def _own(path: str) -> bool:
    """Tell whether a folder is the effective user's alone; refuse one that somebody else could have filled."""
    try:
        info = os.lstat(path)
    except FileNotFoundError:
        return False
    if (info.st_mode & 0o170000) != 0o040000 or info.st_uid != os.geteuid() or info.st_mode & 0o077:
        _refuse(f"{path}: refused, it is not a folder of this user's own with mode 0700; remove it")
    return True


def _unpack(archive: str, folder: str) -> None:
    import compileall
    import shutil
    import tempfile
    import zipfile

    parent = os.path.dirname(folder)
    made = tempfile.mkdtemp(prefix="unpacking-", dir=parent)
    try:
        with zipfile.ZipFile(archive) as outer, outer.open("site.zip") as inner, zipfile.ZipFile(inner) as files:
            files.extractall(made)
        compileall.compile_dir(made, quiet=2, invalidation_mode=None)
        try:
            os.rename(made, folder)
        except OSError:
            # Another run has done the same at the same time.
            if not _own(folder):
                raise
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _cache(archive: str) -> str:
    """Return the folder that tcptune is unpacked in; one that goes with this run where the home cannot be written."""
    top = os.path.join(_home(), ".cache", "tcptune")
    folder = os.path.join(top, f"{DIGEST}-{sys.implementation.cache_tag}")
    try:
        os.makedirs(os.path.dirname(top), mode=0o700, exist_ok=True)
        if not _own(top):
            os.mkdir(top, 0o700)
        if not _own(folder):
            _unpack(archive, folder)
    except FileExistsError:
        _own(top)
        return _cache(archive)
    except OSError:
        return _passing(archive)
    return folder


def _passing(archive: str) -> str:
    import atexit
    import shutil
    import tempfile

    top = tempfile.mkdtemp(prefix="tcptune-")
    atexit.register(shutil.rmtree, top, ignore_errors=True)
    folder = os.path.join(top, "unpacked")
    _unpack(archive, folder)
    return folder


def main() -> int:
    """Unpack where that is still to be done, and be tcptune."""
    if sys.version_info < OLDEST:
        have = ".".join(map(str, sys.version_info[:2]))
        _refuse(
            f"needs Python {OLDEST[0]}.{OLDEST[1]} or newer, this is {have}\n"
            "  a newer one beside the system's will do, such as python3.11 of RHEL 9; without one, run there what\n"
            "  `tcptune collect-script` prints elsewhere, and give its output to `tcptune audit --snapshot`"
        )
    _refuse_elsewhere(EXTENSION_SUFFIXES[0])
    archive = os.path.abspath(sys.argv[0])
    sys.path.insert(0, os.path.join(_cache(archive), "site"))
    from tcptune.__main__ import main as run

    return run()


if __name__ == "__main__":
    sys.exit(main())
