"""Tasks of Ansible's module `sysctl` that give a parameter nothing: the module ends with an error, nothing is set.

The module asks for a value unless the state is `absent`. What a play's `module_defaults` or a condition may give or
keep away is left alone.
"""

from __future__ import annotations

import re
from dataclasses import replace

from tcptune.model.late import late
from tcptune.sources.ansible_files import PAIR, field_of
from tcptune.sources.base import Text
from tcptune.sources.yaml_nodes import Node
from tcptune.sources.yaml_shapes import nothing
from tcptune.sources.yaml_walk import Around, Walk, is_name

NAME = "ansible"

_FIELD = late(r"\{\{\s*\w+(?:\.\w+|\[['\"]\w+['\"]\])\s*\}\}")
"""A field of a loop's entry as it stands, without a filter that may give it a value."""

_EMPTY = late(r"(?<!\S)val(?:ue)?=(?=\s|$)")
_OPTIONS = ("state", "reload", "sysctl_set", "sysctl_file", "ignoreerrors", "ignore_errors")
_TASK = ("name", "when", "become", "register", "changed_when", "notify", "tags", "loop", "with_items")
_FOLDERS = late(r"(?:^|/)(?:tasks|handlers)/")


def of_task(task: Node, name: str, module: Node, around: Around, walk: Walk, facts: frozenset[str]) -> None:
    """Take the parameter that a task names without a value."""
    told = module.get("name", "key")
    if told is None or told.kind != "scalar" or not is_name(told.value) or not _present(module, walk):
        return
    certain = "." in name or module.get(*_OPTIONS) is not None or task.get(*_TASK) is not None
    if certain or _FOLDERS.search(walk.text.path):
        _nothing(told, around, walk, facts)


def of_line(task: Node, text: Text, start: int, around: Around, walk: Walk) -> None:
    """Take the parameter that a task in one line names without a value, or with none behind the sign."""
    found = {match[1]: match for match in PAIR.finditer(text.text, start)}
    name = found.get("name") or found.get("key")
    state = found["state"][2].strip("'\"") if "state" in found else "present"
    if name is None or state != "present" or task.get("args") is not None or "module_defaults" in walk.text.text:
        return
    word = name[2].strip("'\"")
    if "value" in found or "val" in found or not is_name(word):
        return
    at = text.span(name.start(2) + (name[2][0] in "'\""), name.end(2) - (name[2][0] in "'\""))
    empty = _EMPTY.search(text.text, start)
    value = at if empty is None else text.span(empty.end(), empty.end())
    around = _alone(around, at.line - 1)
    walk.put(word, "", at, value, around, kind=NAME, facts=frozenset({"typed"}), line=at.line - 1)


def of_list(name: Node, value: Node, around: Around, walk: Walk, facts: frozenset[str]) -> None:
    """Take a list that is given for a value: the module writes it with its brackets."""
    if value.line != value.end_line or not value.items:
        return
    row = walk.text.lines[value.line][value.column : value.end_column]
    at = walk.text.at(value.line, value.column, value.end_column)
    walk.put(name.value, row, walk.place(name), at, around, kind=NAME, facts=facts, line=name.line)


def left_out(task: Node, item: Node, walk: Walk) -> bool:
    """Tell whether a task's condition may keep an entry of its loop away that has an empty field."""
    when = task.get("when")
    if when is None or item.kind != "map":
        return False
    control = task.get("loop_control")
    variable = (control.scalar("loop_var") if control is not None else None) or "item"
    asks = any(re.search(rf"\b{re.escape(variable)}\b", walk.raw(one)) for one in when.items or [when])
    return asks and any(value.kind == "scalar" and nothing(value) for _, value in item.pairs)


def of_item(task: Node, module: Node, item: Node, around: Around, walk: Walk) -> bool:
    """Take an entry of a loop that has no field of the name that the task takes its value from; tell whether it has."""
    told = _templates(module, walk)
    if len(told) < len(("name", "value")) or not all(map(_FIELD.fullmatch, told)) or not _present(module, walk):
        return False
    name, field = item.get(field_of(told[0])), field_of(told[1])
    if name is None or name.kind != "scalar" or not is_name(name.value) or item.get(field, "<<", "state") is not None:
        return False
    if task.get("when", "args") is not None:
        return False  # It may ask whether the field is there.
    _nothing(name, around, walk, frozenset({"typed"}))
    return True


def _templates(module: Node, walk: Walk) -> list[str]:
    """Return what a task says of name and value, where it says both."""
    if module.kind == "scalar":
        found = {match[1]: match[2].strip("'\"") for match in PAIR.finditer(walk.raw(module))}
        told = [found.get("name") or found.get("key"), found.get("value") or found.get("val")]
        return [one for one in told if one is not None] if found.get("state", "present") == "present" else []
    nodes = [module.get("name", "key"), module.get("value", "val")]
    return [walk.raw(one) for one in nodes if one is not None and one.kind == "scalar"]


def _present(module: Node, walk: Walk) -> bool:
    """Tell whether a task certainly wants the parameter to be there, with nothing but its own options."""
    state = module.get("state")
    wanted = state is None or (state.kind == "scalar" and state.value == "present")
    return wanted and module.get("<<") is None and "module_defaults" not in walk.text.text


def _nothing(name: Node, around: Around, walk: Walk, facts: frozenset[str]) -> None:
    at, around = walk.place(name), _alone(around, name.line)
    walk.put(name.value, "", at, at, around, kind=NAME, facts=facts, line=name.line)


def _alone(around: Around, line: int) -> Around:
    """Return a group of its own for what sets nothing: it is no duplicate of what sets something."""
    return replace(around, group=(*around.group, f"untold{line}"))
