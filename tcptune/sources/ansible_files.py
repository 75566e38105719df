"""Ansible's tasks that write a file of the loaders: its text, a line of it, the lines that a loop has."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from tcptune.model.late import late
from tcptune.sources import files, shell, sysctl_conf, tuned
from tcptune.sources.base import Reading, Text, is_template
from tcptune.sources.yaml_nodes import Node
from tcptune.sources.yaml_walk import USUAL, Around, Walk, is_key

_FILES = tuple(
    f"{space}{name}" for space in ("", "ansible.builtin.") for name in ("copy", "blockinfile", "lineinfile", "replace")
)
"""Modules that write a file, or a part of one."""

INI = ("community.general.ini_file", "ini_file")
"""A module that writes a name and its value into a file."""

PAIR = late(r"""(\w+)=("[^"]*"|'[^']*'|(?:\{\{.*?\}\}|[^\s{]|\{(?!\{))+)""")
"""A word of the one-line form of a task."""

_LINE = re.compile(r"-?[a-z]+[./][\w./*-]+\s*=")
LOOPS = ("loop", "with_items", "with_dict", "with_list", "with_together")
"""What a task names the entries of its loop by."""

_ITEM = late(r"""['"]?\{\{\s*\w+(?:\.(\w+)|\[['"](\w+)['"]\])\s*(?:\|[^}]*)?\}\}['"]?""")
_LOADED = late(r"/(?:etc|run|usr/lib|usr/local/lib|lib)/sysctl(?:\.conf|\.d/[\w.@-]+\.conf)")
"""A file that the loaders read for certain."""

_PROFILE = late(r"^\[sysctl", re.MULTILINE)
"""What a profile of tuned or a note of saptune has in it."""

WHOLE = late(r"\{\{\s*item\s*\}\}")
"""An entry of a loop as it stands."""

_TELLS = late(r"sysctl|/proc/sys/", re.IGNORECASE)
"""What a file of another kind has in it that sets something."""

_BACK = late(r"\\(?:1|g<1>)\s*(?P<sign>=?)\s*(?P<value>-?\d+)\s*$")
_CAUGHT = late(
    r"\^?(?:\\s[*+]|[#;][?*]?|\[[#;\\s ]{1,6}\][?*])*"
    r"\((?P<key>[a-z]+(?:\\?[./][\w-]+)+)(?:\\s[*+]|[ ][*+?]?)?(?P<sign>=?)(?:\\s[*+]|[ ][*+?]?)?\)"
)
"""What stands for a name that an expression found, with what is written behind it; and the expression."""

_AS_IT_STANDS = late(r"\{\{\s*\w+(?:\.\w+|\[['\"]\w+['\"]\])?\s*\}\}")
_UNASSIGNED = late(
    r"-?(?:net|vm|kernel|fs|dev|user|debug|abi)[./][\w./*-]+(?:[ \t]+|[ \t]*[:\uff1a\uff1d][ \t]*)[\w-][^=\n]{0,200}"
)
"""A parameter and its value without the sign between them, which the loaders ask for."""


def take(node: Node, around: Around, walk: Walk) -> None:
    """Take what a task writes into files of the loaders."""
    for name in _FILES:
        module = node.get(name)
        if module is not None and module.kind == "map":
            _file(node, module, around, walk)
        elif module is not None and "sysctl" in module.value:
            _file_line(node, module, around, walk)
    job = node.get("cron", "ansible.builtin.cron")
    command = job.get("job") if job is not None and (job.scalar("state") or "present") != "absent" else None
    if command is not None and command.kind == "scalar" and _TELLS.search(command.value):
        walk.embedded(command, shell.read, around)
    module = node.get(*INI)
    if module is not None and module.kind == "scalar" and "sysctl" in module.value and not module.block:
        _option_line(module, around, walk)


def _file(node: Node, module: Node, around: Around, walk: Walk) -> None:
    path = module.get("dest", "path", "destfile", "name")
    where = walk.raw(path) if path is not None and path.kind == "scalar" else ""
    if "modules-load.d" in where or where == "/etc/modules":
        names = module.scalar("content", "block", "line") or ""
        walk.reading.modules |= set(re.findall(r"\w+", names))
    profile = module.get("content", "block")
    if profile is not None and _PROFILE.search(profile.value):
        walk.embedded(profile, tuned.read, around)
        return
    if (module.scalar("state") or "present") == "absent":
        return
    if "sysctl" not in where or not sysctl_conf.named(where):
        _other(where, module.get("content", "block", "line"), around, walk)
    if "sysctl" not in where:
        return
    content, told = module.get("content", "block", "line"), module.get("replace")
    if told is not None and told.kind == "scalar" and (_LINE.match(told.value) or _BACK.match(told.value)):
        content = told
    known = len(walk.reading.settings)
    if content is not None and _put_back(module, content, around, walk):
        return
    if content is not None and content.kind == "scalar" and ("=" in content.value or _bare(where, module, walk)):
        walk.embedded(content, conf, around)
        if where != USUAL:
            written = [replace(setting, store=where) for setting in walk.reading.settings[known:]]
            walk.reading.settings[known:] = written
    elif content is not None and content.kind == "scalar" and _variable(node) in walk.raw(content):
        _lines(node, walk.raw(content), around, walk, where if module.get("backrefs") is None else "")


def _other(where: str, content: Node | None, around: Around, walk: Walk) -> None:
    """Take what stands in a unit, a script or any other file that a task writes."""
    if content is None or content.kind != "scalar" or id(content) in walk.seen:
        return
    form = files.reader(where, content.value) if _TELLS.search(content.value) else None
    if form is not None:
        walk.embedded(content, form, around.below("content", group=where))


def _put_back(module: Node, content: Node, around: Around, walk: Walk) -> bool:
    """Take the value that is put behind a name an expression found, as in `\\1 = 1`; tell whether it is."""
    wanted = module.get("regexp", "regex")
    if content is not module.get("replace") and (module.scalar("backrefs") or "").lower() not in ("yes", "true"):
        return False
    value = _BACK.match(content.value)
    found = _CAUGHT.match(wanted.value) if wanted is not None and wanted.kind == "scalar" else None
    if value is None or found is None or wanted is None or not is_key(name := found["key"].replace("\\", "")):
        return False
    if not (value["sign"] or found["sign"]):
        return False
    at, value_at = walk.place(wanted, found.start("key"), len(found["key"])), walk.place(content, value.start("value"))
    walk.put(name, value["value"], at, value_at, around, kind="ansible", line=content.line)
    walk.reading.settings[-1] = replace(walk.reading.settings[-1], spelled="")  # No fix may write into the expression.
    return True


def _option_line(module: Node, around: Around, walk: Walk) -> None:
    """Read the one-line form `dest=/etc/sysctl.conf option=… value=…`."""
    line = walk.text.lines[module.line]
    found = {match[1]: match for match in PAIR.finditer(line, module.column)}
    where, (name, value) = found.get("path") or found.get("dest"), (found.get("option"), found.get("value"))
    if where is None or "sysctl" not in where[2] or name is None or value is None or _gone(found):
        return
    places = []
    for word in (name, value):
        bare = word[2].strip("'\"")
        begin = word.start(2) + (word[2] != bare)
        places.append((bare, walk.text.at(module.line, begin, begin + len(bare))))
    if is_key(places[0][0]):
        walk.put(places[0][0], places[1][0], places[0][1], places[1][1], around, kind="ansible", line=module.line)


def _gone(found: dict[str, re.Match[str]]) -> bool:
    return "state" in found and "absent" in found["state"][2]


def _variable(node: Node) -> str:
    """Return the variable that holds each entry of a task's loop."""
    control = node.get("loop_control")
    return (control.scalar("loop_var") if control is not None else None) or "item"


def _lines(node: Node, template: str, around: Around, walk: Walk, where: str) -> None:
    """Take the entries of a loop that become lines of a file; without a sign of equality, if they stay as they are."""
    where, as_it_stands = where.strip("\"'"), _AS_IT_STANDS.fullmatch(template.strip("\"'"))
    bare = as_it_stands is not None and _LOADED.fullmatch(where) is not None

    def taken(line: str) -> bool:
        return _LINE.match(line) is not None or (bare and _UNASSIGNED.fullmatch(line) is not None)

    rows(node, field_of(template), around, walk, conf, taken)


def rows(
    node: Node,
    field: str,
    around: Around,
    walk: Walk,
    reader: Callable[[Text], Reading],
    taken: Callable[[str], object] = _LINE.match,
) -> None:
    """Take the entries of a loop, or a field of each, that a reader is for: those that are `taken`."""
    lines = node.get(*LOOPS)
    for item in lines.items if lines is not None else ():
        line = item.get(field) if item.kind == "map" else item
        if line is not None and line.kind == "scalar" and taken(line.value):
            walk.embedded(line, reader, around)


def prepared(node: Node, around: Around, walk: Walk) -> None:
    """Take the line of a variable's entry that a task elsewhere hands to `lineinfile`, with what it replaces."""
    line = node.get("line")
    if line is None or line.kind != "scalar" or node.get("regexp", "regex") is None or id(line) in walk.seen:
        return
    where = node.get("path", "dest", "destfile", "state", "name")
    if where is None and _LINE.match(line.value) and is_key(line.value.partition("=")[0].strip(" -")):
        walk.embedded(line, conf, around)


def _file_line(node: Node, module: Node, around: Around, walk: Walk) -> None:
    """Read the one-line form `dest=/etc/sysctl.conf line="…"`."""
    line = walk.text.lines[module.line]
    found = {match[1]: match for match in PAIR.finditer(line, module.column)}
    where = " ".join(found[name][2] for name in ("dest", "path", "destfile", "name") if name in found)
    content = found.get("line") or found.get("content") or found.get("block") or found.get("replace")
    if content is None or "sysctl" not in where or _gone(found):
        return
    quote = 1 if content[2][0] in "'\"" else 0
    told = content[2].strip("'\"")
    if is_template(told) and _variable(node) in told:
        _lines(node, told, around, walk, where if "backrefs" not in found else "")
    elif _LINE.match(told) or (_UNASSIGNED.fullmatch(told) and _LOADED.fullmatch(where) and "backrefs" not in found):
        begin, rows = content.start(2) + quote, re.finditer(r"(?:(?<=\\n)|^)(?:(?!\\n).)+", told)
        reading = conf(walk.text.part([(module.line, begin + row.start(), row[0]) for row in rows]))
        reading.settings = [
            replace(one, group=(*around.group, *one.group), facts=one.facts | around.facts) for one in reading.settings
        ]
        walk.reading.extend(reading)


def _bare(where: str, module: Node, walk: Walk) -> bool:
    """Tell whether a text that assigns nothing goes as it stands into a file that the loaders read."""
    told = module.get("content", "block", "line")
    as_it_stands = told is not None and not is_template(walk.raw(told)) and module.get("backrefs") is None
    return as_it_stands and _LOADED.fullmatch(where) is not None


def field_of(template: str) -> str:
    """Return the field of the loop's entry that a template is: of `{{ item.value }}` the last word, else nothing."""
    match = _ITEM.fullmatch(template)
    return match[1] or match[2] if match is not None else ""


def conf(text: Text) -> Reading:
    """Read lines for the loaders."""
    return sysctl_conf.read(text)
