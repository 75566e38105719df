"""Which files are looked at: those named, and what lies below the folders named.

A folder's `.gitignore` files are respected, version control's own folders passed over, links followed only to what lies
inside; binaries and huge files are left out, and the report says so.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import field
from operator import attrgetter
from pathlib import Path
from stat import S_ISDIR, S_ISREG

from tcptune.errors import TcptuneError
from tcptune.model.record import dataclass

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


Ignored = Callable[[str, bool], bool]
"""Tells whether a real path, which is a folder or not, is left out by the .gitignore files that hold for it."""


@dataclass(slots=True)
class Found:
    """What the search came to: the paths, as they are to be shown, and what was left out."""

    skipped: list[str] = field(default_factory=list)


def find(paths: list[str], found: Found) -> Iterator[tuple[str, bool]]:
    """Yield every file to look at, with whether it was named itself.

    Raises `TcptuneError` for a named path that is missing or may not be read.
    """
    seen: set[str] = set()
    folders = [_is_a_folder(path) for path in paths]
    for path, is_a_folder in zip(map(shown, paths), folders, strict=True):
        if is_a_folder:
            yield from _below(path, found, seen)
        elif path not in seen:
            seen.add(path)
            yield path, True


def _is_a_folder(path: str) -> bool:
    """Tell whether a named path is a folder; raises `TcptuneError` where it is nothing that can be read."""
    try:
        found = os.stat(path)  # noqa: PTH116
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no valid path"
        raise TcptuneError(f"{path}: {reason}") from None
    if S_ISDIR(found.st_mode):
        return True
    if not S_ISREG(found.st_mode):
        raise TcptuneError(f"{path}: is no regular file")
    if found.st_size > NAMED_HUGE:
        raise TcptuneError(f"{path}: is larger than {NAMED_HUGE // 1024 // 1024} MiB")
    return False


def _below(top: str, found: Found, seen: set[str]) -> Iterator[tuple[str, bool]]:
    real_top = os.path.realpath(top)
    # With each folder go its real path, which .gitignore files are matched against, and the check that holds there.
    stack: list[tuple[str, str, Ignored | None]] = [(top, real_top, _ignored_above(real_top))]
    while stack:
        folder, real, ignored = stack.pop()
        try:
            with os.scandir(folder) as listing:
                entries = sorted(listing, key=attrgetter("name"))
        except OSError as error:
            found.skipped.append(f"{folder}: {error.strerror}")
            continue
        if any(entry.name == ".gitignore" for entry in entries):
            ignored = _joined(ignored, real)
        below: list[tuple[str, str, Ignored | None]] = []
        for entry in entries:
            path = entry.path[2:] if top == "." else entry.path
            if _FOREIGN:
                path = path.replace(os.sep, "/")
            kind = _entry(entry, real_top, found, path)
            if not kind or (ignored is not None and ignored(f"{real}{os.sep}{entry.name}", kind == "folder")):
                continue
            if kind == "folder":
                below.append((entry.path, f"{real}{os.sep}{entry.name}", ignored))
            elif path not in seen:
                seen.add(path)
                yield path, False
        stack.extend(reversed(below))


def shown(path: str, separator: str = os.sep) -> str:
    """Return a path as reports have it everywhere: with slashes, without a `./` before it."""
    path = path.replace(separator, "/")
    while path.startswith("./"):
        path = path[2:].lstrip("/")
    return path or "."


_FOREIGN = os.sep != "/"


def _entry(entry: os.DirEntry[str], top: str, found: Found, path: str) -> str:
    """Tell what an entry is to the search: `file`, `folder` or nothing; the folder's listing mostly knows already."""
    try:
        if entry.is_file(follow_symlinks=False):
            return "" if entry.name.endswith(_BINARY) else "file"
        if entry.is_dir(follow_symlinks=False):
            return "" if entry.name in _PASSED else "folder"
        if entry.is_symlink():
            target = os.path.realpath(entry.path)
            if not target.startswith(top.rstrip(os.sep) + os.sep):
                found.skipped.append(f"{path}: a link that leads outside")
                return ""
            return "file" if os.path.isfile(target) else ""  # noqa: PTH113
    except OSError as error:
        found.skipped.append(f"{path}: {error.strerror}")
    return ""


def _ignored_above(top: str) -> Ignored | None:
    """Return the check for the .gitignore files between a repository's root and the folder that was named."""
    above: list[str] = []
    for folder in [Path(top), *Path(top).parents]:
        if folder != Path(top) and (folder / ".gitignore").is_file():
            above.append(str(folder))
        if (folder / ".git").exists():
            break
    else:
        return None
    check: Ignored | None = None
    for where in reversed(above):
        check = _joined(check, where)
    return check


def _joined(before: Ignored | None, folder: str) -> Ignored:
    """Return a check that asks the .gitignore of `folder` first, then those above it."""
    from pathspec import GitIgnoreSpec
    from pathspec.pattern import RegexPattern

    try:
        lines = Path(folder, ".gitignore").read_text("utf-8", "replace").splitlines()
        spec = GitIgnoreSpec.from_lines(lines)
    except (OSError, ValueError):
        return before or (lambda _path, _folder: False)
    # The last pattern that names an entry decides.
    tests = [
        (bool(pattern.include), *_test(pattern.regex))
        for pattern in reversed(list(spec.patterns))
        if pattern.include is not None and isinstance(pattern, RegexPattern) and pattern.regex is not None
    ]
    begin = len(folder) + 1

    def check(path: str, is_folder: bool) -> bool:
        bare = path[begin:].rstrip("/")
        inside = f"{path[begin:]}/" if is_folder else path[begin:]
        for left_out, names, whole in tests:
            if names(inside if whole else bare):
                return left_out
        return before is not None and before(path, is_folder)

    return check


def _test(regex: re.Pattern[str]) -> tuple[Callable[[str], object], bool]:
    """Return what tells whether a pattern names an entry itself, and whether a folder's slash is a part of its name.

    A folder above it was judged on the way down. pathspec's group `ps_d` is the slash behind a folder that the pattern
    named; a pattern without it (`a/**`) is about what lies below, so a folder's own slash is no part of its name there.
    """
    if "ps_d" not in regex.groupindex:
        return regex.match, False
    if not regex.pattern.startswith("^"):  # `*/`: every folder
        return _is_folder, True
    return regex.fullmatch, True


def _is_folder(inside: str) -> bool:
    return inside.endswith("/")


_READ = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0)
_PIECE = 1 << 16


def load(path: str, named: bool, found: Found) -> bytes | None:
    """Return a file's bytes; None when it is huge or cannot be read, and the report says so."""
    try:
        data = _bytes(path, NAMED_HUGE if named else HUGE)
    except OSError as error:
        if named:
            raise TcptuneError(f"{path}: {error.strerror}") from None
        found.skipped.append(f"{path}: {error.strerror}")
        return None
    if len(data) > HUGE and not named:
        found.skipped.append(f"{path}: larger than {HUGE // 1024 // 1024} MiB")
        return None
    return data


def _bytes(path: str, most: int) -> bytes:
    """Read a file, and one byte more than `most` of a larger one; system calls alone, since there are many files."""
    descriptor = os.open(path, _READ)
    try:
        data = os.read(descriptor, _PIECE)
        return data if len(data) < _PIECE else _rest(descriptor, data, most)
    finally:
        os.close(descriptor)


def _rest(descriptor: int, data: bytes, most: int) -> bytes:
    parts = [data]
    left = most + 1 - len(data)
    while left > 0 and (data := os.read(descriptor, min(left, 1 << 20))):
        parts.append(data)
        left -= len(data)
    return b"".join(parts)
