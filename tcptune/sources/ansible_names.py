"""Names that Ansible puts together in a loop: `net.ipv4.{{ item }}`, `net.ipv4.conf.{{ item.name }}.rp_filter`.

What stands around the template is the same for all entries; an entry says the rest, and may say the value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from tcptune.model.late import late
from tcptune.model.record import dataclass
from tcptune.sources.yaml_nodes import Node
from tcptune.sources.yaml_walk import Around, Walk, is_key

NAME = "ansible"

_PART = late(
    r"(?P<before>[\w./-]*)\{\{\s*(?P<variable>\w+)(?:\.(?P<dot>\w+)|\[['\"](?P<index>\w+)['\"]\])?\s*\}\}(?P<after>[\w./-]*)"
)
_WORD = late(r"[\w./-]+")


@dataclass(frozen=True, slots=True)
class Pattern:
    """What stands before and behind the part of a name that an entry says, and the entry's field for it."""

    before: str
    after: str
    field: str


def pattern(template: str, loop: Node | None) -> Pattern | None:
    """Return what a name is made of; None where it is whole, or made of something else than a loop's entry."""
    match = _PART.fullmatch(template)
    if match is None or not match["before"] + match["after"]:
        return None
    variable = (loop.scalar("loop_var") if loop is not None else None) or "item"
    return Pattern(match["before"], match["after"], _field(match)) if match["variable"] == variable else None


def take(made: Pattern, item: Node, value: Node | None, around: Around, walk: Walk, facts: frozenset[str]) -> None:
    """Take what an entry of the loop sets; no fix may write the whole name where only a part of it stands."""
    for part, told in _entries(made, item, value, walk):
        name = f"{made.before}{part.value}{made.after}"
        if part.kind == told.kind == "scalar" and _WORD.fullmatch(part.value) and is_key(name):
            walk.add(name, walk.place(part), told, around, kind=NAME, facts=facts)
            walk.reading.settings[-1] = replace(walk.reading.settings[-1], spelled="")


def _entries(made: Pattern, item: Node, value: Node | None, walk: Walk) -> Iterator[tuple[Node, Node]]:
    """Yield for each name the node that says it and the one of its value."""
    if value is None:
        return
    match = _PART.fullmatch(walk.raw(value)) if value.kind == "scalar" else None
    field = _field(match) if match is not None else ""
    if item.kind == "scalar":
        if not made.field:
            yield item, value
    elif (part := item.get(made.field)) is not None:
        yield part, (item.get(field) or value) if field else value
    elif made.field == "key" and item.kind == "map":
        for key, told in item.pairs:
            yield key, told if field == "value" else value


def _field(match: re.Match[str]) -> str:
    return match["dot"] or match["index"] or ""
