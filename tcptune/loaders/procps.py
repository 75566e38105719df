"""`sysctl --system` of procps: all drop-ins, then /etc/sysctl.conf; every assignment is a write of its own."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from tcptune.loaders.folders import FOLDERS, MAIN, content_problems, drop_ins, file_problem
from tcptune.loaders.globs import expand, is_glob, matches
from tcptune.loaders.kernel import PROC_SYS, Kernel, dotted_path
from tcptune.loaders.outcome import Assignment, Load, LoadedValue, Outcome, Problem, first_separator, swapped
from tcptune.loaders.tree import Content, Failure, Tree
from tcptune.loaders.versions import Procps
from tcptune.model.setting import Location

_SPACE = " \t\n\v\f\r"
_OLD_SPACE = " \t\n\r"
_DEPRECATED = ("base_reachable_time", "retrans_time")


def load(tree: Tree, kernel: Kernel, version: Procps) -> Load:
    """Return what `sysctl --system` of this version does with the files of a tree on a kernel."""
    done = Load("procps", version.name)
    failed = 1 if version.deferred else 255
    paths = drop_ins(tree, done, FOLDERS, hidden=True)
    lines: list[Assignment] = []
    for path in paths:
        _apply(tree, path, version, kernel, lines, done, failed)
    if tree.resolve(MAIN).kind == "file":
        _apply(tree, MAIN, version, kernel, lines, done, failed)
    if version.deferred:
        _write_all(lines, version, kernel, done)
    return done


def _apply(
    tree: Tree, path: str, version: Procps, kernel: Kernel, lines: list[Assignment], done: Load, failed: int
) -> None:
    """Read one file, or the files that its name stands for: procps takes names of drop-ins for patterns."""
    for place in _globbed(tree, path):
        content = tree.read(place)
        if isinstance(content, Failure):
            fails = content.kind not in ("folder", "denied", "special")
            done.problems.append(file_problem(place, content, fails))
            if fails:
                done.status |= failed
                return
            continue
        done.files_read.append(place)
        done.problems += content_problems(place, content)
        if version.deferred:
            lines += assignments(place, content, done)
        else:
            for line in _old_lines(place, content, done):
                _write_old(line, kernel, done)


def _globbed(tree: Tree, path: str) -> list[str]:
    if not any(sign in path for sign in "*?[{\\"):
        return [path]

    def names(folder: str) -> list[str]:
        found = tree.names(folder)
        return [] if isinstance(found, Failure) else found

    def exists(place: str) -> bool:
        # The C library looks at the link itself, so a dangling one is there.
        folder, _, name = place.rpartition("/")
        return name in names(folder)

    return expand(path, names, exists, braces=True) or [path]


def _rows(content: Content) -> Iterator[tuple[int, str]]:
    """Yield number and text of each line as getline(3) and the C library's string functions see it: up to a NUL."""
    rows = content.text.split("\n")
    last = len(rows)
    for number, row in enumerate(rows, 1):
        ended = number < last
        if not ended and (not row or content.cut):
            return
        if len(row) + ended < 2 and _size(row) + ended < 2:
            continue
        end = row.find("\0")
        yield number, row[:end] if end >= 0 else (row + "\n" if ended else row)


def assignments(path: str, content: Content, done: Load) -> Iterator[Assignment]:
    """Yield the lines of one file that are assignments or exclusions; the others are noted in `done`."""
    for number, row in _rows(content):
        bare = row.lstrip(_SPACE)
        if (len(bare) < 2 and _size(bare) < 2) or bare[0] in "#;":
            continue
        column = len(row) - len(bare) + 1
        name, equals, raw = bare.partition("=")
        dash = name.startswith("-")
        if not equals and not dash:
            _syntax(done, path, number, column, bare)
            continue
        spelled = _stripped(name[dash:], _SPACE)
        column += dash
        value = raw.strip(_SPACE) if equals else None
        yield Assignment(spelled, _path(spelled), value, path, number, column, dash and bool(equals))


def _old_lines(path: str, content: Content, done: Load) -> Iterator[Assignment]:
    """Read lines as before 4.0: strtok(3) skips `=` at the beginning, and there are no globs and no exclusions.

    A line without `=` that begins in the first column is not left out: for want of a value procps writes "=" and what
    an earlier line left in its buffer, which the kernel refuses.
    """
    for number, row in _rows(content):
        bare = _stripped(row, _OLD_SPACE).lstrip(" \t")
        if (len(bare) < 2 and _size(bare) < 2) or bare[0] in "#;":
            continue
        column = len(row) - len(row.lstrip(" \t")) + 1
        skipped = bare.lstrip("=")
        name, _, rest = skipped.partition("=")
        name = _stripped(name, _OLD_SPACE)
        raw = rest.lstrip("\n\r").split("\n")[0].split("\r")[0]
        if not name or not raw:
            _syntax(done, path, number, column, bare)
            if "=" in bare or column > 1:
                continue
            raw = "="
        dash = name.startswith("-")
        spelled = name[dash:]
        column += len(bare) - len(skipped) + dash
        yield Assignment(spelled, _old_path(spelled), raw.lstrip(" \t"), path, number, column, dash)


def _stripped(text: str, blank: str) -> str:
    """Strip the end of a text, but never its first character, as procps does."""
    return text.rstrip(blank) or text[:1]


@cache
def _path(name: str) -> str:
    name = name.removeprefix("-")
    return swapped(name) if first_separator(name) == "." else name


def _old_path(name: str) -> str:
    return swapped(name) if first_separator(name) == "." else name


def _write_all(lines: list[Assignment], version: Procps, kernel: Kernel, done: Load) -> None:
    named = {line.path for line in lines}
    patterns = [f"{PROC_SYS}{line.path}" for line in lines if line.raw is None] if version.glob_excludes else []

    def exists(path: str) -> bool:
        return kernel.look(path) is not None

    for line in lines:
        if line.raw is None:
            continue
        if not is_glob(line.path):
            _write(line, line.path, version, kernel, done)
            continue
        for path in expand(f"{PROC_SYS}{line.path}", kernel.names, exists):
            name = path.removeprefix(PROC_SYS)
            if name not in named and not any(matches(pattern, path) for pattern in patterns):
                _write(line, name, version, kernel, done, globbed=True)


def _write(line: Assignment, name: str, version: Procps, kernel: Kernel, done: Load, *, globbed: bool = False) -> None:
    path = f"{PROC_SYS}{name}"
    node = kernel.look(path)
    fails = False
    outcome: Outcome = "set"
    error = ""
    if node is None:
        outcome, error = "missing", "ENOENT"
    elif not node.real.startswith(PROC_SYS):
        outcome, fails = "outside", True
    elif node.kind == "folder" or not node.writable:
        outcome = "folder" if node.kind == "folder" else "read-only"
        fails = version.locked_fails
    else:
        error = kernel.write(node.real, line.raw or "")
        if error:
            outcome = "read-only" if error in ("EACCES", "EPERM", "EROFS") else "refused"
            fails = not (line.forgiven and (version.forgives or outcome == "read-only"))
    _note(line, name, node.key if node else dotted_path(path), outcome, error, globbed, done)
    if fails:
        done.status |= 1


def _write_old(line: Assignment, kernel: Kernel, done: Load) -> None:
    """Write as before 4.0: nothing checks where a path leads, and a refused text does not change the status."""
    path = f"{PROC_SYS}{line.path}"
    node = kernel.look(path)
    outcome: Outcome = "set"
    error = ""
    if line.path.rpartition("/")[2] in _DEPRECATED and "/" in line.path:
        outcome = "read-only"
    elif node is None:
        outcome, error = "missing", "ENOENT"
    elif node.kind == "folder" or not node.writable:
        outcome = "folder" if node.kind == "folder" else "read-only"
    else:
        error = kernel.write(node.real, line.raw or "")
        if not error and not node.real.startswith(PROC_SYS):
            outcome = "outside"
        elif error in ("EACCES", "EPERM", "EROFS"):
            outcome = "read-only"
            if not line.forgiven:
                done.status |= 255
        elif error:
            outcome = "refused"
    _note(line, line.path, node.key if node else dotted_path(path), outcome, error, False, done)


def _note(line: Assignment, name: str, key: str, outcome: Outcome, error: str, globbed: bool, done: Load) -> None:
    before = done.values.get(key)
    lost = (before, *before.overrides) if before is not None and outcome == "set" else ()
    done.add(LoadedValue(key, name, line.raw or "", line, "procps", outcome, error, globbed, lost))


def _syntax(done: Load, path: str, number: int, column: int, bare: str) -> None:
    place = Location(path, number, column, number, column + len(bare.rstrip(_SPACE)))
    done.note(Problem("syntax", place, "The line is no assignment: procps warns and leaves it out."))


def _size(text: str) -> int:
    return len(text.encode("utf-8", "surrogateescape"))
