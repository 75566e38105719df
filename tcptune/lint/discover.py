"""Which files are looked at: those named, and what lies below the folders named.

A folder's `.gitignore` files are respected, version control's own folders passed over, links followed only to what lies
inside; binaries and huge files are left out, and the report says so.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tcptune.errors import TcptuneError

HUGE = 5 * 1024 * 1024
"""Bytes above which a file that was found (not named) is not read."""

NAMED_HUGE = 64 * 1024 * 1024
"""Bytes above which even a file that was named is not read."""

_PASSED = frozenset(
    {".git", ".hg", ".svn", "node_modules", "__pycache__", ".venv", ".tox", ".mypy_cache", ".terraform"}
)
_BINARY: tuple[str, ...] = (
    ".png",
    ".jpg",
    ".gif",
    ".pdf",
    ".zip",
    ".gz",
    ".xz",
    ".bz2",
    ".zst",
    ".so",
    ".o",
    ".a",
    ".pyc",
    ".jar",
)
_BINARY += (".pyc", ".jar", ".class", ".woff", ".woff2", ".ttf", ".ico", ".mp4", ".exe", ".dll", ".svg", ".min.js")


@dataclass(slots=True)
class Found:
    """What the search came to: the paths, as they are to be shown, and what was left out."""

    skipped: list[str] = field(default_factory=list)


def find(paths: list[str], found: Found) -> Iterator[tuple[str, bool]]:
    """Yield every file to look at, with whether it was named itself.

    Raises `TcptuneError` for a named path that is missing or may not be read.
    """
    seen: set[str] = set()
    for path in paths:
        try:
            mode = os.stat(path)  # noqa: PTH116
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else "no valid path"
            raise TcptuneError(f"{path}: {reason}") from None
        if os.path.isdir(path):  # noqa: PTH112
            yield from _below(path, found, seen)
        elif not os.path.isfile(path):  # noqa: PTH113
            raise TcptuneError(f"{path}: is no regular file")
        elif mode.st_size > NAMED_HUGE:
            raise TcptuneError(f"{path}: is larger than {NAMED_HUGE // 1024 // 1024} MiB")
        elif path not in seen:
            seen.add(path)
            yield path, True


def _below(top: str, found: Found, seen: set[str]) -> Iterator[tuple[str, bool]]:
    real_top = os.path.realpath(top)
    stack: list[tuple[str, Callable[[str, bool], bool] | None]] = [(top, _ignored_above(real_top))]
    while stack:
        folder, ignored = stack.pop()
        try:
            with os.scandir(folder) as listing:
                entries = sorted(listing, key=lambda entry: entry.name)
        except OSError as error:
            found.skipped.append(f"{folder}: {error.strerror}")
            continue
        names = {entry.name for entry in entries}
        if ".gitignore" in names:
            ignored = _joined(ignored, os.path.realpath(folder))
        below: list[tuple[str, Callable[[str, bool], bool] | None]] = []
        for entry in entries:
            path = entry.path[2:] if entry.path.startswith("./") and top == "." else entry.path
            verdict = _entry(entry, real_top, ignored, found, path)
            if verdict == "folder":
                below.append((entry.path, ignored))
            elif verdict == "file" and path not in seen:
                seen.add(path)
                yield path, False
        stack.extend(reversed(below))


def _entry(
    entry: os.DirEntry[str],
    top: str,
    ignored: Callable[[str, bool], bool] | None,
    found: Found,
    path: str,
) -> str:
    try:
        if entry.is_symlink():
            target = os.path.realpath(entry.path)
            if not target.startswith(top + os.sep):
                found.skipped.append(f"{path}: a link that leads outside")
                return ""
            return "file" if os.path.isfile(target) else ""  # noqa: PTH113
        if entry.is_dir():
            if entry.name in _PASSED or (ignored is not None and ignored(os.path.realpath(entry.path), True)):
                return ""
            return "folder"
        if not entry.is_file() or entry.name.endswith(_BINARY):
            return ""
    except OSError as error:
        found.skipped.append(f"{path}: {error.strerror}")
        return ""
    if ignored is not None and ignored(os.path.abspath(entry.path), False):  # noqa: PTH100
        return ""
    return "file"


def _ignored_above(top: str) -> Callable[[str, bool], bool] | None:
    """Return the check for the .gitignore files between a repository's root and the folder that was named."""
    above: list[str] = []
    for folder in [Path(top), *Path(top).parents]:
        if folder != Path(top) and (folder / ".gitignore").is_file():
            above.append(str(folder))
        if (folder / ".git").exists():
            break
    else:
        return None
    check: Callable[[str, bool], bool] | None = None
    for where in reversed(above):
        check = _joined(check, where)
    return check


def _joined(before: Callable[[str, bool], bool] | None, folder: str) -> Callable[[str, bool], bool]:
    """Return a check that asks the .gitignore of `folder` first, then those above it."""
    from pathspec import GitIgnoreSpec

    try:
        lines = Path(folder, ".gitignore").read_text("utf-8", "replace").splitlines()
        spec = GitIgnoreSpec.from_lines(lines)
    except (OSError, ValueError):
        return before or (lambda _path, _folder: False)

    def check(path: str, is_folder: bool) -> bool:
        inside = path[len(folder) + 1 :]
        result = spec.check_file(inside + "/" if is_folder else inside)
        if result.include is not None:
            return result.include
        return before is not None and before(path, is_folder)

    return check


def load(path: str, named: bool, found: Found) -> bytes | None:
    """Return a file's bytes; None when it is binary, huge or cannot be read, and the report says so."""
    try:
        with open(path, "rb") as stream:  # noqa: PTH123
            data = stream.read((NAMED_HUGE if named else HUGE) + 1)
    except OSError as error:
        if named:
            raise TcptuneError(f"{path}: {error.strerror}") from None
        found.skipped.append(f"{path}: {error.strerror}")
        return None
    if len(data) > HUGE and not named:
        found.skipped.append(f"{path}: larger than {HUGE // 1024 // 1024} MiB")
        return None
    return data
