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
_CHOSEN = re.compile(
    r"\{\{-?\s*(?:(?P<one>'[\d ]+'|\"[\d ]+\"|\d+)\s+if\s+(?P<if>[A-Za-z_]\w*)(?:\s*\|\s*bool)?"
    r"\s+else\s+(?P<two>'[\d ]+'|\"[\d ]+\"|\d+)"
    r"|\(?\s*(?P<asked>[A-Za-z_]\w*)(?:\s*\|\s*bool)?\s*\)?\s*\|\s*ternary\(\s*(?P<yes>'[\d ]+'|\"[\d ]+\"|\d+)"
    r"\s*,\s*(?P<no>'[\d ]+'|\"[\d ]+\"|\d+)\s*\))\s*(?:\|\s*(?:string|int)\s*)?-?\}\}"
)
"""One of two values by a variable that is on or off."""

_MASKED = re.compile(r"\{\{ +\}\}")
_BRANCH = re.compile(r"\{%-?\s*(?:el)?if\b[^%]*")
_WORD = re.compile(r"\w+")
_RULES = ("TT202", "TT203", "TT3", "TT4")
"""The rules that speak of a value, whatever it is written in."""

_NUMBERS = re.compile(r"-?\d+(?:[ \t,]+-?\d+)*")
_ON = frozenset({"true", "yes", "on"})
_ON_OR_OFF = _ON | {"false", "no", "off"}
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
            known = variables(role)
            settings = [_decided(one, file, known, files) if "{{" in one.raw else one for one in folders.settings(file)]
            yield from _judged(file, settings, known, options)


def _decided(
    setting: Setting, file: File, variables: dict[str, tuple[str, Location]], files: Sequence[File]
) -> Setting | tuple[Setting, Related]:
    """Return a setting with the one of two values that a variable chooses, where no other file says a word of it."""
    match = _CHOSEN.fullmatch(setting.raw.strip()) if setting.templated else None
    name = (match["if"] or match["asked"]) if match is not None else ""
    told = variables.get(name)
    if match is None or told is None or told[0].lower() not in _ON_OR_OFF or is_template(setting.spelled):
        return setting
    value, at = told
    says = re.compile(rf"(?<![\w.]){re.escape(name)}['\"]?\s*[:=](?!=)")
    if _in_group(name, setting) or any(name in branch for branch in _BRANCH.findall(file.text.text)):
        return setting
    if any(says.search(one.text.text) for one in files if one.path != at.path):
        return setting
    chosen = match["one"] or match["yes"] if value.lower() in _ON else match["two"] or match["no"]
    raw = chosen.strip("'\" ")
    return reading.meant(replace(setting, raw=raw, templated=False)), Related(at, f"{name} is {value}")


def _judged(
    file: File,
    settings: Sequence[Setting | tuple[Setting, Related]],
    variables: dict[str, tuple[str, Location]],
    options: Options,
) -> Iterator[Finding]:
    """Judge a file's settings with the values that its variables have; keep what stands on one of them."""
    taken: dict[Location, Related | None] = {}
    found = []
    asked = set(_WORD.findall(" ".join(_BRANCH.findall(file.text.text))))
    why: Related | None
    for setting in settings:
        if isinstance(setting, tuple):
            filled, why = setting
        else:
            filled = _filled(setting, file, variables, asked) or setting
            user = setting.value_at or setting.key_at
            why = Related(user, f"{setting.key} takes its value from there") if user is not None else None
        if filled is not setting and filled.value_at is not None:
            taken[filled.value_at] = why
        found.append(filled)
    if not taken:
        return
    rules = [rule for rule in options.rules if rule.code.startswith(_RULES)]
    for finding in judge.judge(found, options.targets_of(file.path), rules, options.thresholds):
        if finding.at not in taken or finding.severity == "note":
            continue
        related = taken[finding.at]
        yield replace(finding, related=(related, *finding.related) if related is not None else finding.related)


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
