"""Values that the tasks and templates of a role of Ansible take from its variables, judged where they are written.

`value: "{{ haproxy_fin_timeout }}"` says for which parameter the line `haproxy_fin_timeout: 10` of `defaults/main.yml`
is: what an error or a warning says of that value stands on that line. A note would ask to delete a variable.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from tcptune.lint import judge, reading
from tcptune.lint.around import VARIABLES, part_of
from tcptune.lint.reading import File
from tcptune.model.finding import Finding, Related
from tcptune.model.setting import Location, Setting
from tcptune.sources.base import Reading, Text, is_template
from tcptune.sources.yaml_nodes import Node, parse
from tcptune.sources.yaml_walk import Walk

if TYPE_CHECKING:
    from tcptune.lint.check import Options
    from tcptune.lint.folders import Folders

_FILLED = re.compile(
    r"\{\{-?\s*(?P<name>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)\s*"
    r"(?:\|\s*(?:string|int|trim|quote|default\([^()]*\)|d\([^()]*\))\s*)*-?\}\}"
)
_MASKED = re.compile(r"\{\{ +\}\}")
_BRANCH = re.compile(r"\{%-?\s*(?:el)?if\b[^%]*")
_WORD = re.compile(r"\w+")
_RULES = ("TT202", "TT203", "TT3", "TT4")
"""The rules that speak of a value, whatever it is written in."""

_NUMBERS = re.compile(r"-?\d+(?:[ \t,]+-?\d+)*")
_ON_OR_OFF = frozenset({"true", "false", "yes", "no", "on", "off"})
"""Other words may stand for a value that is left alone."""


def findings(files: Sequence[File], folders: Folders, options: Options) -> list[Finding]:
    """Find what is wrong with the values of variables that stand in one of these files; each is told once."""
    told = {(one.rule, one.key, one.at): one for one in reversed(list(_findings(files, folders, options)))}
    return list(reversed(told.values()))


def _findings(files: Sequence[File], folders: Folders, options: Options) -> Iterator[Finding]:
    by_path = {file.path: file for file in files}

    @cache
    def variables(role: str) -> dict[str, tuple[str, Location]]:
        return {
            name: told
            for path in VARIABLES
            if (file := by_path.get(role + path)) is not None
            for name, told in _variables(file.text)
        }

    for file in files:
        role = part_of(file.path)
        if role is None or not any(setting.templated for setting in file.reading.settings):
            continue
        if any(role + path in by_path for path in VARIABLES):
            yield from _judged(file, folders.settings(file), variables(role), options)


def _judged(
    file: File, settings: list[Setting], variables: dict[str, tuple[str, Location]], options: Options
) -> Iterator[Finding]:
    """Judge a file's settings with the values that its variables have; keep what stands on one of them."""
    taken: dict[Location, Setting] = {}
    found = []
    asked = set(_WORD.findall(" ".join(_BRANCH.findall(file.text.text))))
    for setting in settings:
        filled = _filled(setting, file, variables, asked)
        if filled is not None and filled.value_at is not None:
            taken[filled.value_at] = setting
        found.append(filled or setting)
    if not taken:
        return
    rules = [rule for rule in options.rules if rule.code.startswith(_RULES)]
    for finding in judge.judge(found, options.targets_of(file.path), rules, options.thresholds):
        taker = taken.get(finding.at) if finding.at is not None else None
        if taker is None or finding.severity == "note":
            continue
        user = taker.value_at or taker.key_at
        related = (Related(user, f"{taker.key} takes its value from there"),) if user is not None else ()
        yield replace(finding, related=(*related, *finding.related))


def _filled(
    setting: Setting, file: File, variables: dict[str, tuple[str, Location]], asked: set[str]
) -> Setting | None:
    """Return the setting with the value of the variable that it names; None where that is not certain.

    Of a variable that a condition asks for some values set nothing: `asked` has the words of the file's branches.
    """
    match = _named(setting, file) if setting.templated else None
    told = variables.get(match["name"]) if match is not None else None
    if match is None or told is None or is_template(setting.spelled):
        return None
    if asked.issuperset(match["name"].split(".")) or _in_group(match["name"], setting):
        return None
    value, at = told
    if _NUMBERS.fullmatch(value) is None and (value.lower() not in _ON_OR_OFF or "typed" not in setting.facts):
        return None
    return reading.meant(replace(setting, raw=value, value_at=at, templated=False, comment=""))


def _named(setting: Setting, file: File) -> re.Match[str] | None:
    """Return what a setting's value is, where that is a variable; what was masked is read in the file again."""
    at = setting.value_at
    if at is None or _MASKED.fullmatch(setting.raw) is None:
        return _FILLED.fullmatch(setting.raw.strip().strip("'\""))
    match = _FILLED.match(file.text.lines[at.line - 1], at.column - 1)
    return match if match is not None and match.end() - match.start() == len(setting.raw) else None


def _in_group(name: str, setting: Setting) -> bool:
    """Tell whether a condition around a setting asks for the variable."""
    return any(re.search(rf"\b{re.escape(name)}\b", part) for part in setting.group)


def _variables(text: Text) -> Iterator[tuple[str, tuple[str, Location]]]:
    """Yield the variables of a file that are plain values, those below others by their dotted names."""
    walk = Walk(text, Reading("yaml"), ())
    stack: list[tuple[str, Node]] = [("", node) for node in parse(text).documents]
    while stack:
        above, node = stack.pop()
        for key, value in node.pairs:
            name = f"{above}{key.value}"
            if value.kind == "map":
                stack.append((f"{name}.", value))
            elif value.kind == "scalar" and value.value and not value.block and not is_template(walk.raw(value)):
                yield name, (walk.raw(value), walk.place(value))
