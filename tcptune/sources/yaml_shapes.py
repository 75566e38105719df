"""Other shapes of plain data than a mapping from name to value: level by level, pairs, lines of text.

Chef's attributes, pillars and inventories nest a name's parts; roles take lists of `name = value` and of pairs, or the
lines of a whole file in one variable.
"""

from __future__ import annotations

import re
from dataclasses import replace

from tcptune.catalog.names import known
from tcptune.catalog.read_only import read_only
from tcptune.model.late import late
from tcptune.sources import sysctl_conf
from tcptune.sources.base import FAMILIES, Problem, is_template
from tcptune.sources.yaml_nodes import Node
from tcptune.sources.yaml_walk import NULLS, Around, Walk, is_key, is_name

NAME = "data"

_TELLING = re.compile(r"sysctl|kernel|tun[ie]|param", re.IGNORECASE)
"""What a variable's name has in it whose list may hold parameters; the kernel's command line is such a list, too."""

_LINE = late(r"\s*(?:[#;].*|-?(?P<key>[A-Za-z][\w-]*(?:[./][\w*-]+)+)\s*=\s*\S.*)?")
_BARE = late(
    r"(?:net|vm|kernel|fs)(?:\.[\w-]+){1,9}(?:[ \t]*=[ \t]*|[ \t]+\d[\d \t]*|[ \t]*[:\uff1a\uff1d][ \t]*\d[\d \t]*)"
)
"""An entry without a value, or without the sign before it, among others that are assignments."""

_NO_PAIR = ("This entry is no assignment.", "Among others of the form `name=value` it sets nothing.")
_FIRST = re.compile("|".join((*FAMILIES, r"net\.(?:ipv[46]|core|netfilter|bridge|unix)")))
_PART = late(r"[a-z][\w-]*")


TYPED = frozenset({"typed"})
"""What is known of data whose reader is not: true and false may be turned into numbers."""

GOOGLES = (("linuxConfig", "sysctl"), ("linuxNodeConfig", "sysctls"))
"""Below what Google's node pools are told their parameters, in gcloud's file and in their objects."""

_TEXTS = (("machine", "sysctls"), ("kernel", "sysctl"), ("object", "params"), *GOOGLES)
"""Below what values are texts that go to the kernel as they are: in Talos, Bottlerocket and Google's node pools."""

_FOREIGN = late(r"ansible|values|vars$|variables|inventory|provision", re.IGNORECASE)
"""What the names of fields have in them in which an object carries the data of another tool."""

_VALUES = ("value", "val")
_NAMES = ("name", "key", "sysctl", "parameter", "param", "option")
_GIVEN = late(r"(?:item|sysctl\w*)\.val(?:ue)?\b(?!\s*\}\})|selectattr|rejectattr|default\(|\bomit\b")
"""How a file asks whether an entry has a value, or gives it one."""


def typed(around: Around, walk: Walk) -> frozenset[str]:
    """Return what is known of the values of a mapping: nothing where they are texts that the kernel gets.

    Of a pillar's `true` Salt makes the text True.
    """
    path = tuple(name for name in around.path if name)
    if path[-2:] in _TEXTS or "container" in around.facts or walk.text.path.endswith(".sls"):
        return frozenset()
    of_object = any(part.startswith("object") for part in around.group) and "sysctl" in path[-1].lower()
    return frozenset() if of_object and not any(map(_FOREIGN.search, path)) else TYPED


def nothing(value: Node) -> bool:
    """Tell whether a scalar is empty, or null."""
    return not value.block and (not value.value.strip() or (value.plain and value.value in NULLS))


def empty(name: str, items: Node, around: Around, walk: Walk) -> None:
    """Take the entries of a list of names and values that have an empty value, where others have one.

    A list of which most are empty is a table; one whose file asks for the value first leaves the entry out.
    """
    if not telling(name) and not any("sysctl" in part.lower() for part in around.path):
        return
    told = [(item, item.get(*_NAMES), item.get(*_VALUES)) for item in items.items if item.kind == "map"]
    bare = [
        (key, value)
        for item, key, value in told
        if key is not None
        and value is not None
        and key.kind == value.kind == "scalar"
        and nothing(value)
        and is_key(key.value)
        and item.get("state", "ensure", "when", "enabled", "default", "<<") is None
    ]
    if not bare or len(bare) * 2 > len(told) or _GIVEN.search(walk.text.text):
        return
    for key, value in bare:
        walk.add(key.value, walk.place(key), value, around, kind=NAME, facts=TYPED)


def telling(name: str) -> bool:
    """Tell from a variable's name that its texts are parameters."""
    return _TELLING.search(name) is not None


def strings(name: str, items: Node, around: Around, walk: Walk) -> bool:
    """Take a list of `name=value`, as kOps, engines and inventories have it; tell whether there was one."""
    found, bare = False, []
    certain = "sysctl" in name.lower()
    for item in items.items:
        spelled, equals, raw = item.value.partition("=")
        if certain and item.kind == "scalar" and _BARE.fullmatch(item.value) and not is_template(walk.raw(item)):
            bare.append(item)
        elif item.kind == "scalar" and equals and raw.strip() and _named(spelled.strip(), certain):
            key_at = walk.place(item, 0, len(spelled.rstrip()))
            start = len(spelled) + 1 + len(raw) - len(raw.lstrip())
            value_at = walk.place(item, start, len(raw.strip()))
            walk.put(spelled.strip(), raw.strip(), key_at, value_at, around, kind=NAME, line=item.line)
            found = True
        elif len(item.items) == 2 and _named(item.items[0].value, certain) and item.items[1].kind == "scalar":
            first, value = item.items
            walk.add(first.value, walk.place(first), value, around, kind=NAME, facts=TYPED)
            found = True
    for item in bare if found else ():
        at = walk.place(item)
        if item.value.rstrip()[-1:] == "=":
            walk.put(item.value.rstrip("= "), "", at, at, around, kind=NAME, line=item.line)
        else:
            walk.reading.problems.append(Problem("TT001", "error", at, *_NO_PAIR))
    return found


def _named(word: str, certain: bool) -> bool:
    if certain and word.startswith("/proc/sys/"):
        return is_name(word)
    return is_key(word) and (certain or word.count(".") > 1 or known(word) is not None)


def lines(text: Node, around: Around, walk: Walk) -> None:
    """Take a text whose every line is one of a file for the loaders."""
    rows = [_LINE.fullmatch(row) for row in text.value.split("\n")]
    if all(rows) and any(row is not None and row["key"] and is_key(row["key"]) for row in rows):
        walk.embedded(text, sysctl_conf.read, around)


def levels(node: Node, around: Around, walk: Walk) -> bool:
    """Take the entries of a mapping that is a part of a name: `net: {ipv4: {tcp_fin_timeout: 60}}` below `sysctl`.

    No fix may write the dotted name there.
    """
    path = [name for name in around.path if name]
    begin = max((index for index, name in enumerate(path) if "sysctl" in name.lower()), default=-1) + 1
    parts = path[begin:]
    start = next((index for index, name in enumerate(parts) if _FIRST.fullmatch(name)), len(parts))
    above = ".".join(parts[start:])
    if not begin or start > 1 or not above or not all(map(_PART.fullmatch, parts[start + 1 :])):
        return False
    found = False
    for key, value in node.pairs:
        if key.kind == value.kind == "scalar" and _PART.fullmatch(key.value):
            name = f"{above}.{key.value}"
            if not name.startswith("net.") and (known(name) is None or read_only(name)):
                continue
            walk.add(name, walk.place(key), value, around, kind=NAME, facts=typed(around, walk))
            walk.reading.settings[-1] = replace(walk.reading.settings[-1], spelled="")
            found = True
    return found
