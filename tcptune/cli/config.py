"""The configuration file: `.tcptune.yaml`, or `[tool.tcptune]` of `pyproject.toml`, nearest parent first.

Looking for one costs a `stat` for each folder; YAML and TOML are imported only for a file that is there.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import field
from pathlib import Path
from typing import Any

from tcptune.cli.places import Mistake, Places, read_toml, read_yaml
from tcptune.errors import TcptuneError
from tcptune.model.record import dataclass

FILE = ".tcptune.yaml"
PYPROJECT = "pyproject.toml"
LARGEST = 1 << 20


@dataclass(frozen=True, slots=True)
class Config:
    """What a configuration file says; the command line beats each of these.

    `thresholds` are the numbers that rules compare with, by name (`TT404.value`), `per_file_ignores` the rules that
    are left out for files that match a pattern, `kernels` the kernels that such files are for (a later pattern beats
    the ones before). Patterns are those of a .gitignore, seen from the folder of the configuration. `path` is None
    where there is none.
    """

    path: str | None = None
    fail_on: str | None = None
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    kernel: tuple[str, ...] = ()
    kernels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    color: str | None = None
    thresholds: Mapping[str, int] = field(default_factory=dict)
    per_file_ignores: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def load(named: str | None, start: str | None = None) -> Config:
    """Return the configuration that holds in the folder `start` (the working directory), or the one that is named.

    Raises `TcptuneError` with file, line and column for one that cannot be read, does not parse or says something
    unknown; as root also for one that others can write.
    """
    if named is not None:
        return _load(named, wanted=True) or Config(path=named)
    folder = Path(start) if start is not None else _working_directory()
    for place in (folder, *folder.parents) if folder else ():
        for name in (FILE, PYPROJECT):
            path = place / name
            # A folder that this user may not look into has no configuration for it.
            if os.path.isfile(path) and (found := _load(str(path), wanted=name == FILE)) is not None:  # noqa: PTH113
                return found
    return Config()


def _working_directory() -> Path | None:
    try:
        return Path.cwd()
    except OSError:
        return None


def _load(path: str, *, wanted: bool) -> Config | None:
    """Read one file; None for a `pyproject.toml` without our table. `wanted` files must be readable."""
    toml = path.endswith(".toml")
    try:
        with Path(path).open("rb") as stream:
            data = stream.read(LARGEST + 1)
    except OSError as error:
        if not wanted:
            return None
        raise TcptuneError(f"{path}: {error.strerror}") from None
    if toml and re.search(rb"tool\s*\.\s*[\"']?tcptune", data) is None:
        return None
    if len(data) > LARGEST:
        raise TcptuneError(f"{path}: larger than {LARGEST} bytes, which is no configuration")
    places = read_toml(path, data) if toml else read_yaml(path, data)
    if places is None:
        return None
    refuse_writable(path)
    return _config(path, places)


def refuse_writable(path: str) -> None:
    """As root, refuse a file that others than root can write, or that lies in a folder they can write.

    A sticky folder such as /tmp is no danger to root's own file.
    """
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return
    real = Path(path).resolve()
    for place, sticky_is_fine in ((real, False), (real.parent, True)):
        info = place.stat()
        writable = info.st_mode & 0o002 or (info.st_mode & 0o020 and info.st_gid != 0)
        if info.st_uid != 0 or (writable and not (sticky_is_fine and info.st_mode & 0o1000)):
            hint = "root obeys only a file that nobody else can write: chown root, chmod go-w, or run without root"
            raise TcptuneError(f"{path}: refused, others than root can write {place}", hint=hint)


def _config(path: str, places: Places) -> Config:
    values: dict[str, Any] = {"path": path}
    for key, value in places.values.items():
        reader = FIELDS.get(key)
        if reader is None:
            raise TcptuneError(f"{places.at(key)}: there is no option {key!r}", hint=_near(key))
        try:
            values[key.replace("-", "_")] = reader(value)
        except Mistake as mistake:
            raise TcptuneError(f"{places.at(key, *mistake.path)}: {key}: {mistake}") from None
    return Config(**values)


def _near(key: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(key.replace("_", "-"), FIELDS, n=1)
    return f"did you mean `{near[0]}`?" if near else f"there are: {', '.join(FIELDS)}"


def _choice(*choices: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if value not in choices:
            raise Mistake(f"{value!r} is none of {', '.join(choices)}")
        return str(value)

    return read


def _names(value: Any) -> tuple[str, ...]:
    items = value if isinstance(value, list) else [value]
    for number, item in enumerate(items):
        if not isinstance(item, str):
            raise Mistake(f"{item!r} is no text", *([number] if isinstance(value, list) else []))
    return tuple(part.strip() for item in items for part in item.split(",") if part.strip())


def _thresholds(value: Any) -> dict[str, int]:
    if not isinstance(value, dict):
        raise Mistake("a mapping from a rule's code to a number is expected")
    for name, number in value.items():
        if not isinstance(number, int) or isinstance(number, bool):
            raise Mistake(f"{number!r} is no whole number", name)
    return {name if "." in name else f"{name}.value": number for name, number in value.items()}


def _by_pattern(read: Callable[[Any], tuple[str, ...]], what: str) -> Callable[[Any], dict[str, tuple[str, ...]]]:
    def read_all(value: Any) -> dict[str, tuple[str, ...]]:
        if not isinstance(value, dict):
            raise Mistake(f"a mapping from a file pattern to {what} is expected")
        found: dict[str, tuple[str, ...]] = {}
        for pattern, names in value.items():
            try:
                found[pattern] = read(names)
            except Mistake as mistake:
                raise Mistake(str(mistake), pattern, *mistake.path) from None
        return found

    return read_all


def _kernels(value: Any) -> tuple[str, ...]:
    from tcptune.catalog.targets import resolve

    for number, item in enumerate(value if isinstance(value, list) else [value]):
        # YAML and TOML make a number of 5.10; which of 5.1 and 5.10 was meant, it does not say.
        if isinstance(item, float):
            raise Mistake(f"{item!r} is a number here: put the release in quotes", *_step(value, number))
        for name in _names(item):
            try:
                resolve(name)
            except TcptuneError as error:
                raise Mistake(f"{error.message}; {error.hint}", *_step(value, number)) from None
    return _names(value)


def _step(value: Any, number: int) -> tuple[int, ...]:
    return (number,) if isinstance(value, list) else ()


FIELDS: dict[str, Callable[[Any], Any]] = {
    "fail-on": _choice("error", "warning", "note", "never"),
    "select": _names,
    "ignore": _names,
    "kernel": _kernels,
    "kernels": _by_pattern(_kernels, "kernels"),
    "color": _choice("auto", "always", "never"),
    "thresholds": _thresholds,
    "per-file-ignores": _by_pattern(_names, "rules"),
}
"""What a configuration can hold, and how each is read."""
