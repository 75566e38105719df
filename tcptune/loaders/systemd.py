"""systemd-sysctl: all files are read into one table, where later lines replace earlier ones; then it is written."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from tcptune.loaders.folders import FOLDERS, content_problems, drop_ins, file_problem
from tcptune.loaders.globs import expand, is_glob
from tcptune.loaders.kernel import PROC_SYS, Kernel, dotted_path
from tcptune.loaders.outcome import Assignment, Load, LoadedValue, Outcome, Problem, first_separator, swapped
from tcptune.loaders.tree import Content, Failure, Tree
from tcptune.loaders.versions import Systemd
from tcptune.model.setting import Location

LINE_LIMIT = 1 << 20
"""A line of this many bytes or more ends the reading of its file with an error."""

CREDENTIAL = "sysctl.extra"
"""The credential that is read after all files."""

_BLANK = " \t\n\r"
_NAME_MAX = 255
_PATH_MAX = 4096

# One line and its end. \n, \r and \r\n end a line, and so does NUL, which may also follow the other ends.
_LINE = re.compile(r"([^\n\r\0]*)((?:\n\r?|\r\n?)\0?|\0|\Z)")


class Table(dict[str, tuple[Assignment, list[Assignment]]]):
    """Path below /proc/sys → the assignment in force and those it replaced, in the order of writing."""

    def put(self, line: Assignment) -> None:
        """Take a line. The same value again keeps its place; another value moves the key to the end."""
        before = self.get(line.path)
        if before is None:
            self[line.path] = (line, [])
            return
        old, history = before
        history.append(old)
        if old.raw == line.raw:
            line = line._replace(forgiven=line.forgiven or old.forgiven)
        else:
            del self[line.path]
        self[line.path] = (line, history)


def load(tree: Tree, kernel: Kernel, version: Systemd, credential: str | None = None) -> Load:
    """Return what systemd-sysctl of this version does at boot with the files of a tree on a kernel.

    `credential` is the path of the credential `sysctl.extra` in the tree, where the service has one.
    """
    done = Load("systemd", version.name)
    table = Table()
    folders = FOLDERS if version.lib else FOLDERS[:-1]
    usable = _usable(tree, done) if version.resolves else None
    paths = drop_ins(tree, done, folders, hidden=False, usable=usable)
    for path in paths:
        _file(tree, path, version, table, done)
    if credential is not None:
        status = done.status
        _file(tree, credential, version, table, done)
        # In 252 and 257 what is wrong with the credential does not count.
        done.status = done.status if version.resolves else status
    for line, history in table.values():
        if line.raw is None:
            continue
        if is_glob(line.path):
            _glob(line, history, table, kernel, version, done)
        else:
            _write(line, line.path, history, kernel, version, done)
    return done


def _usable(tree: Tree, done: Load) -> Callable[[str], bool]:
    def usable(path: str) -> bool:
        at = tree.resolve(path)
        if at.kind in ("loop", "not-a-folder"):
            done.problems.append(file_problem(path, Failure(at.kind, at.real), fails=False))
            return False
        return True

    return usable


def _file(tree: Tree, path: str, version: Systemd, table: Table, done: Load) -> None:
    content = tree.read(path)
    if isinstance(content, Failure):
        fails = content.kind not in ("missing", "denied")
        done.problems.append(file_problem(path, content, fails))
        if fails:
            done.status = 1
        return
    done.files_read.append(path)
    done.problems += content_problems(path, content)
    for line in _lines(path, content, version, done):
        table.put(line)


def _lines(path: str, content: Content, version: Systemd, done: Load) -> Iterator[Assignment]:
    comments = "#;" if version.semicolons else "#"
    text, at, number, begins = content.text, 0, 1, 0
    if len(text) < LINE_LIMIT // 4 and "\r" not in text and "\0" not in text:
        # What nearly every file is like: lines that end as everywhere, none too long.
        for number, row in enumerate(text.split("\n"), 1):
            bare = row.strip(_BLANK)
            if bare and bare[0] not in comments:
                line = _line(path, bare, number, row.index(bare[0]) + 1, version, done)
                if line is not None:
                    yield line
        return
    while at < len(text):
        found = _LINE.match(text, at)
        if found is None:
            return
        row = found[1]
        if len(row) * 4 >= LINE_LIMIT and len(row.encode("utf-8", "surrogateescape")) >= LINE_LIMIT:
            said = "A line of a mebibyte or more: systemd-sysctl ends with 1 and reads no further in this file."
            done.note(Problem("too-long", Location(path, number), said, fails=True))
            return
        if content.cut and found.end() == len(text) and not found[2]:
            return
        bare = row.strip(_BLANK)
        if bare and bare[0] not in comments:
            start = at + len(row) - len(row.lstrip(_BLANK))
            line = _line(path, bare, number, start - begins + 1, version, done)
            if line is not None:
                yield line
        if "\n" in found[2]:
            number += 1
            begins = found.end()
        at = found.end()


def _line(path: str, bare: str, number: int, column: int, version: Systemd, done: Load) -> Assignment | None:
    dash = bare[0] == "-"
    name, equals, raw = bare.partition("=")
    if not equals and not dash:
        place = Location(path, number, column, number, column + len(bare))
        said = "The line is no assignment: systemd-sysctl leaves it out and ends with 1."
        done.note(Problem("syntax", place, said, fails=True))
        return None
    name = name[dash:]
    spelled = name.strip(_BLANK)
    column += dash + len(name) - len(name.lstrip(_BLANK))
    value = raw.strip(_BLANK) if equals else None
    return Assignment(spelled, normalized(spelled, version), value, path, number, column, dash and bool(equals))


@lru_cache(maxsize=8192)
def normalized(name: str, version: Systemd) -> str:
    """Return the path below /proc/sys that systemd makes of a name."""
    path = simplified(swapped(name) if first_separator(name) == "." else name, version)
    return path[1:] if path.startswith("/") and len(path) > 1 else path


def simplified(path: str, version: Systemd) -> str:
    """Return a path without doubled slashes and single dots, as systemd's path_simplify does."""
    if not path or _is_plain(path):
        return path
    absolute = path.startswith("/")
    parts: list[str] = []
    rest = path.split("/")
    for index, part in enumerate(rest):
        if part in ("", "."):
            continue
        if version.checks and len(part.encode("utf-8", "surrogateescape")) > _NAME_MAX:
            parts.append("/".join(rest[index:]))
            break
        if version.climbs and absolute and not parts and part == "..":
            continue
        parts.append(part)
    text = "/".join(parts)
    return f"/{text}" if absolute else text or "."


def _glob(
    line: Assignment, history: list[Assignment], table: Table, kernel: Kernel, version: Systemd, done: Load
) -> None:
    def exists(path: str) -> bool:
        return kernel.look(path) is not None

    pattern = f"{PROC_SYS}{line.path}"
    for path in expand(pattern, kernel.names, exists, braces=True, dots=False):
        name = path.removeprefix(PROC_SYS).lstrip("/")
        if name not in table:
            _write(line, name, history, kernel, version, done, globbed=True)


def _write(
    line: Assignment,
    name: str,
    history: list[Assignment],
    kernel: Kernel,
    version: Systemd,
    done: Load,
    globbed: bool = False,
) -> None:
    path = f"{PROC_SYS}{name}"
    raw = line.raw or ""
    outcome, error, key = _attempt(path, raw, kernel, version)
    lost = tuple(_value(old, name, key, globbed) for old in reversed(history) if old.raw is not None)
    if globbed and key in done.values:
        before = done.values[key]
        lost = (before, *before.overrides, *lost)
    done.add(_value(line, name, key, globbed, outcome, error, lost))
    if outcome in ("refused", "folder", "outside") and error and not line.forgiven:
        done.status = 1


def _attempt(path: str, raw: str, kernel: Kernel, version: Systemd) -> tuple[Outcome, str, str]:
    """Return what becomes of a write, the kernel's error and the key's dotted name."""
    simple = simplified(path, version)
    key = dotted_path(simple)
    if version.checks and not _is_normalized(simple):
        return "outside", "EINVAL", key
    node = kernel.look(simple if version.checks else path)
    if node is None:
        return "missing", "ENOENT", key
    key = node.key
    if node.kind == "folder":
        return "folder", "EISDIR", key
    if not node.writable or (version.checks and not node.readable):
        return "read-only", "EACCES", key
    error = kernel.write(node.real, raw)
    if not error and not node.real.startswith(PROC_SYS):
        return "outside", "", key
    if error in ("EACCES", "EPERM", "EROFS"):
        return "read-only", error, key
    if error == "ENOENT":
        return "missing", error, key
    return ("refused" if error else "set"), error, key


def _is_plain(path: str) -> bool:
    """Tell whether a path is as simple as it gets, which nearly every one is."""
    return "//" not in path and "/." not in path and path[-1] != "/" and path[0] != "." and _is_short(path)


def _is_short(path: str) -> bool:
    return len(path) <= _NAME_MAX and path.isascii()


def _is_normalized(path: str) -> bool:
    if _is_short(path) and "/." not in path and path[:1] != ".":
        return True
    parts = path.split("/")
    long = any(len(part.encode("utf-8", "surrogateescape")) > _NAME_MAX for part in parts)
    return (
        not long and ".." not in parts and "." not in parts and len(path.encode("utf-8", "surrogateescape")) < _PATH_MAX
    )


def _value(
    line: Assignment,
    name: str,
    key: str,
    globbed: bool,
    outcome: Outcome = "set",
    error: str = "",
    overrides: tuple[LoadedValue, ...] = (),
) -> LoadedValue:
    return LoadedValue(key, name, line.raw or "", line, "systemd", outcome, error, globbed, overrides)
