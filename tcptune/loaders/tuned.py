"""tuned's active profile: its files and those it includes, merged as tuned merges them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from tcptune.loaders.outcome import first_separator, swapped
from tcptune.loaders.tree import Content, Tree
from tcptune.model.setting import Location

ACTIVE = "/etc/tuned/active_profile"
"""Holds the names of the active profiles, later ones win."""

MAIN = "/etc/tuned/tuned-main.conf"
FOLDERS = ("/etc/tuned/profiles", "/etc/tuned", "/usr/lib/tuned/profiles", "/usr/lib/tuned")
"""Where profiles stand, the winning folder first; newer releases have those named `profiles`."""

REAPPLIED = ("/etc/sysctl.conf", "/etc/sysctl.d/", "/run/sysctl.d/")
"""What tuned writes again after its profile, unless its main file says no."""

PROFILES = 64
"""How many files one profile may consist of."""

_HARDWARE = ("cpuinfo_regex", "uname_regex")
_OWN = frozenset({"type", "enabled", "devices", "replace", "priority", "drop", "devices_udev_regex", "prepend"})
_OWN_TOO = frozenset({"script_pre", "script_post", *_HARDWARE})
_NAME = re.compile(r"[a-zA-Z0-9_.-]+")
_TRUE = ("1", "true", "yes", "y", "t", "on")


class Row(NamedTuple):
    """One option of an INI section, with its place; `column` counts from 1."""

    section: str
    name: str
    text: str
    path: str
    line: int
    column: int


class Line(NamedTuple):
    """One parameter that the active profile sets; `raw` may begin with `>` (raise only) or `<` (lower only)."""

    key: str
    raw: str
    location: Location
    templated: bool


def settings(tree: Tree, profiles: list[str]) -> list[Line]:
    """Return what the named profiles set in the end, in the order of writing.

    Left out is what depends on the machine: sections for one processor, and includes that tuned computes.
    """
    units: dict[str, dict[str, Row]] = {}
    types: dict[str, str] = {}
    off: set[str] = set()
    variables: dict[str, str] = {}
    for rows in _files(tree, profiles, _folders(tree), []):
        _merge(rows, units, types, off, variables)
    found: dict[str, Line] = {}
    for unit, options in units.items():
        if types.get(unit, unit) == "sysctl" and unit not in off:
            for row in options.values():
                found[row.name] = _line(row, variables)
    return list(found.values())


def yields_to(tree: Tree) -> tuple[str, ...]:
    """Return the files that tuned lets win over its profile (a path that ends in a slash is a folder)."""
    said = _main(tree, "reapply_sysctl")
    return REAPPLIED if said is None or said.lower() in _TRUE else ()


def _folders(tree: Tree) -> tuple[str, ...]:
    said = _main(tree, "profile_dirs")
    return tuple(reversed([part.strip() for part in said.split(",")])) if said else FOLDERS


def _main(tree: Tree, name: str) -> str | None:
    content = tree.read(MAIN)
    rows = _rows(f"[main]\n{content.text}", MAIN) if isinstance(content, Content) else ()
    return next((row.text for row in rows if row.name == name), None)


def _files(tree: Tree, names: list[str], folders: tuple[str, ...], done: list[str]) -> Iterator[list[Row]]:
    """Yield the rows of each profile, after those of the profiles it includes; no file twice."""
    for spelled in names:
        name = spelled.removeprefix("-")
        if not _NAME.fullmatch(name) or len(done) >= PROFILES:
            continue
        for folder in folders:
            path = f"{folder}/{name}/tuned.conf"
            content = tree.read(path)
            if path not in done and isinstance(content, Content):
                done.append(path)
                rows = list(_rows(content.text, path))
                included = next((row.text for row in rows if (row.section, row.name) == ("main", "include")), "")
                yield from _files(tree, re.split(r"\s*[,;]\s*", included) if included else [], folders, done)
                yield rows
                break


def _rows(text: str, path: str) -> Iterator[Row]:
    section = ""
    for number, line in enumerate(text.split("\n"), 1):
        bare = line.strip()
        if not bare or bare[0] in "#;":
            continue
        if bare[0] == "[" and "]" in bare:
            section = bare[1 : bare.index("]")].strip()
            continue
        name, equals, raw = line.partition("=")
        if equals and name.strip():
            # Comments begin with `#`, at the beginning or behind a blank.
            raw = re.split(r"(?:^|\s)#", raw, maxsplit=1)[0].strip()
            yield Row(section, name.strip(), raw, path, number, len(name) - len(name.lstrip()) + 1)


def _merge(
    rows: list[Row],
    units: dict[str, dict[str, Row]],
    types: dict[str, str],
    off: set[str],
    variables: dict[str, str],
) -> None:
    """Put a profile over those before it: sections of one name are joined, unless the later one replaces."""
    for unit in dict.fromkeys(row.section for row in rows):
        mine = {row.name: row for row in rows if row.section == unit}
        if unit == "variables":
            variables |= {name: row.text for name, row in mine.items()}
            continue
        if _is_true(mine, "replace"):
            units.pop(unit, None)
        types[unit] = mine["type"].text if "type" in mine else unit
        off.discard(unit)
        if ("enabled" in mine and not _is_true(mine, "enabled")) or any(name in mine for name in _HARDWARE):
            off.add(unit)
        kept = units.setdefault(unit, {})
        for name in re.split(r"\s*[,;]\s*", mine["drop"].text) if "drop" in mine else ():
            kept.pop(name, None)
        kept |= {name: row for name, row in mine.items() if name not in _OWN and name not in _OWN_TOO}


def _is_true(rows: dict[str, Row], name: str) -> bool:
    return name in rows and rows[name].text.lower() in _TRUE


def _line(row: Row, variables: dict[str, str]) -> Line:
    name = swapped(row.name) if first_separator(row.name) == "/" else row.name
    raw = re.sub(r"\$\{(\w+)\}", lambda found: variables.get(found[1], found[0]), row.text)
    place = Location(row.path, row.line, row.column, row.line, row.column + len(row.name))
    return Line(name, raw.strip("\"'"), place, "${" in raw)
