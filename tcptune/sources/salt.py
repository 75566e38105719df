"""Salt states: `sysctl.present` with a name and a value, below a state's id."""

from __future__ import annotations

import re
from dataclasses import replace

from tcptune.model.late import late
from tcptune.model.setting import Setting
from tcptune.sources import literals
from tcptune.sources.base import Comment, Problem, Reading, Text, dotted, is_template, joined, named_modules
from tcptune.sources.salt_files import SaltFiles
from tcptune.sources.templates import Branches
from tcptune.sources.yaml_walk import Walk, is_key, is_name

NAME = "salt"

_ID = late(r"""^["']?([\w./*-]+)["']?:\s*$""")
_OTHER_ID = late(r"""[^\s#-].*:\s*$""")
"""The id of a state that a template fills in."""

_FILLED = late(r"\{[{%#]|<%|^#!|\$\{|@[A-Za-z_]\w*@")
"""What makes a file be no YAML before it is rendered."""

_SET = late(r"\{%-?\s*(?:set\s+\w+\s*=|for\s[^%\n]{0,80}?\sin)\s*[\[{(]")
_STATE = late(r"^\s+-?\s*sysctl(?:\.(present|absent))?:?\s*$")
_CLAIM = late(r"sysctl\.(?:present|absent)|^[ \t]+(?:-[ \t]+)?sysctl:[ \t]*\n\s*-[ \t]", re.MULTILINE)
_OTHERS = late(r"\b(?:cmd|file)(?:\.\w+)?:[ \t]*$|^\s+cmd\.run[ \t]*$|^\s+- names:[ \t]*$", re.MULTILINE)
_GUARD = late(r"\s*-\s*(?:unless|onlyif)\s*:.*(?:/proc/sys/([\w./-]+)|lsmod|modinfo)")
"""What asks whether the parameter is there."""

_FIELD = late(
    r"""^\s*-\s*(name|value|present|absent)\s*(?::\s*(?P<quote>["']?)"""
    r"""(?P<told>(?<=")[^"]*|(?<=')[^']*|(?<!["'])(?:\{\{[^\n]*\}\}|(?:(?!\s\#)[^"'\n])*?))(?P=quote)\s*)?(?:\s\#.*)?$"""
)


_FLOW = late(
    r"""(?:^["']?(?P<id>[\w./*-]+)["']?:\s*\{\s*|^\s+)["']?sysctl\.present["']?\s*:\s*\[(?P<fields>[^\]\n]*)\]"""
)
_PAIR = late(r"""["']?\b(name|value)["']?\s*:\s*["']?([^"',}\s][^"',}]*)""")
"""A state on one line, and what it is given there."""


def claims(text: Text) -> bool:
    """Claim state files by name and content; a pillar is plain YAML."""
    return text.path.endswith(".sls") and _CLAIM.search(text.text) is not None


def read(text: Text) -> Reading:
    """Read every `sysctl.present` of a state file."""
    reading = Reading(NAME, modules=named_modules(text.text))
    branches = Branches()
    name: tuple[str, int, int] | None = None
    active = False
    above = beside = ""
    jinja = False
    for number, line in enumerate(text.lines):
        jinja = jinja or _SET.search(line) is not None
        if jinja:
            for one in literals.of_line(text, number, 0, len(line), branches.group):
                reading.settings.append(replace(one, facts=branches.facts))
            jinja = "%}" not in line
        if branches.feed(line):
            continue
        bare = line.strip()
        if not bare or bare[0] == "#":
            beside = joined(beside, bare) if bare else ""
            if bare:
                reading.comments.append(Comment(text.at(number, line.index("#")), bare, alone=True))
            continue
        flow = _FLOW.match(line)
        if flow is not None:
            _on_one_line(text, number, flow, name, branches, joined(above, beside) if beside else above, reading)
            beside = ""
            continue
        found = _ID.match(line)
        if found:
            name, active, above = (found[1], number, found.start(1)), False, ""
        elif line[0] not in " \t" and _OTHER_ID.match(line):
            name, active, above = None, False, ""
        above = joined(above, beside) if beside else above
        beside = ""
        state = _STATE.match(line)
        if state:
            active = state[1] != "absent"
            continue
        guard = _GUARD.match(line) if active and name is not None and reading.settings else None
        if guard is not None and name is not None and (guard[1] is None or guard[1].endswith(_path(name[0]))):
            last = reading.settings[-1]
            if last.key == name[0]:
                reading.settings[-1] = replace(last, facts=last.facts | {"exists"})
        field = _FIELD.match(line)
        if field and field[1] == "absent":
            active = False
        elif field and active and (field["told"] or (field[1] == "value" and field["told"] is not None)):
            place = (field["told"], number, field.start("told"))
            if field[1] == "name":
                name = place
            elif name is not None and is_name(name[0]):
                trailing = line.find(" #", field.end("told"))
                if trailing >= 0:
                    reading.comments.append(Comment(text.at(number, trailing + 1), line[trailing + 1 :], alone=False))
                told = joined(above, line[trailing + 1 :]) if trailing >= 0 else above
                reading.settings.append(_setting(text, name, place, branches, told))
    if _OTHERS.search(text.text):
        _others(text, reading)
    reading.problems += _problems(text)
    return reading


def _problems(text: Text) -> list[Problem]:
    """Return what a parser of YAML says of a state file that is not rendered first."""
    from tcptune.sources.yaml_nodes import parse

    problem = None if _FILLED.search(text.text) else parse(text).problem
    return [] if problem is None else [problem]


def _on_one_line(
    text: Text,
    number: int,
    flow: re.Match[str],
    name: tuple[str, int, int] | None,
    branches: Branches,
    comment: str,
    reading: Reading,
) -> None:
    """Read a state whose fields stand on its own line: `sysctl.present: [{name: …}, {value: …}]`."""
    if flow["id"] is not None:
        name = (flow["id"], number, flow.start("id"))
    fields = {
        pair[1]: (pair[2].rstrip(), number, pair.start(2))
        for pair in _PAIR.finditer(text.lines[number], flow.start("fields"), flow.end("fields"))
    }
    name, value = fields.get("name", name), fields.get("value")
    if name is not None and value is not None and is_key(name[0]):
        reading.settings.append(_setting(text, name, value, branches, comment))


def _path(key: str) -> str:
    return key.replace(".", "/")


def _others(text: Text, reading: Reading) -> None:
    """Read the commands and files of a state file, as far as it is YAML."""
    from tcptune.sources.yaml_nodes import parse

    found = Reading(NAME)
    Walk(text, found, (SaltFiles(),)).run(parse(text))
    found.comments = []
    reading.extend(found)


def _setting(
    text: Text, name: tuple[str, int, int], value: tuple[str, int, int], branches: Branches, comment: str
) -> Setting:
    return Setting(
        key=dotted(name[0]),
        raw=value[0],
        spelled=name[0],
        key_at=text.at(name[1], name[2], name[2] + len(name[0])),
        value_at=text.at(value[1], value[2], value[2] + len(value[0])),
        source=NAME,
        comment=comment,
        templated=is_template(value[0]),
        group=branches.group,
        facts=branches.facts,  # What YAML takes for true is handed on as True, which the kernel refuses.
    )
