"""Settings as plain data, in YAML or JSON: `net.core.somaxconn: 4096`, and lists of `{name: …, value: …}`.

Role defaults and vars, Helm values, Talos, node pools and inventories hold them so; the names of the two fields do not
matter as long as one is a parameter's name and only one other can be its value.
"""

from __future__ import annotations

import re
from dataclasses import replace

from tcptune.catalog import parameter
from tcptune.model.late import late
from tcptune.model.value import WIDTH
from tcptune.sources import yaml_shapes
from tcptune.sources.spellings import WORD, dotted_name
from tcptune.sources.yaml_nodes import Node
from tcptune.sources.yaml_walk import Around, Walk, is_key, is_name

NAME = "data"

_VALUE = ("value", "val", "v", "set", "to", "data", "setting", "content")
_SUFFIX = re.compile(
    r"(?:^|(?<!expected)(?<!current)(?<!default)(?<!old)(?<!min)(?<!max)(?<!actual)(?<!previous)_)val(?:ue)?$"
)
"""How the field ends that holds the value where all fields have a word before them: `sysctl_value`."""

_PATHS = ("path", "file", "dest", "destination", "proc", "procfs")
"""Fields in which a parameter's path is right: something writes to that file."""

_NOT_VALUE = frozenset(
    {
        "name",
        "state",
        "desc",
        "description",
        "comment",
        "comments",
        "reload",
        "sysctl_file",
        "file",
        "get",
        "type",
        "when",
    }
    | {
        "when",
        "dtype",
        "datatype",
        "default",
        "min",
        "max",
        "range",
        "step",
        "options",
        "title",
        "id",
        "rule",
        "severity",
        "sysctl_set",
    }
    | {"ignoreerrors", "unit", "tags", "level", "path", "dest", "conf", "needrestart", "items", "scope", "info", "key"}
    | {"legend", "label", "alias"}
)


_BOUNDS = ("at_least", "at_most", "one_of", "per_gib")
"""What a profile asks of a parameter instead of one value: there is no value to judge."""

_STORES = ("sysctl_file", "file", "dest", "conf")
"""Fields that name the file which a setting is written into."""

_NOT_NAME = frozenset(
    {"title", "description", "desc", "message", "msg", "comment", "label", "legendformat", "expr", "query", "metric"}
    | {"regexp", "regex", "search_string"}
)
"""Fields that speak of a parameter and do not name one to set."""

_ELSEWHERE = (
    *("kernel-param", "kernel_param", "sysfs", "properties", "patternProperties"),
    *("labels", "Labels", "annotations", "Annotations"),
)
"""How the names of mappings end whose entries set nothing: what Goss expects, files below /sys, fields, notes."""

_COMPARED = re.compile(
    r"expect|(?:^|[_:])(?:checks|verif\w*|asserts?|tests|metrics|alerts|thresholds)(?:$|_)|_(?:check|test)$|openAPIV3Schema",
    re.IGNORECASE,
)
"""What the names have in them below which stands what a host's values are compared with, measured, or may be."""

_MAY_BE = frozenset({"default", "example", "examples", "enum"})
"""Where a schema says what a property may be."""


_LXD = "linux.sysctl."
"""What LXD and Incus put before the name of a parameter of a container."""

_LATER = "{{}}"
"""The value of an entry that a function fills in later, such as `{get_param: …}`."""

_PROC = "/proc/sys/"
_NUMBERS = late(r"-?\d[\d\s]*")
"""The only values that tell of a path below it that it is there to be written."""

_BUILT_IN = (("machine", "sysctls"), *yaml_shapes.GOOGLES)
"""Below what Talos and Google's nodes are told their parameters: they have connection tracking from the beginning."""

_TEXT = late(r"sysctl|\.conf$", re.IGNORECASE)
"""What the names of entries have in them whose text may be lines for the loaders."""

_MODULES = re.compile(r"module|modprobe", re.IGNORECASE)
_NUMBER = late(r"-?\d+")

_NO_VALUES = frozenset({"true", "false", "yes", "no", "int", "integer", "number", "float", "str", "string", "bool"})
"""Words that are no value where only their place tells that they may be one."""

_REPORT = ("severity", "fingerprint", "message", "expected", "actual")
"""Fields of a report about a parameter, which sets nothing."""


class Maps:
    """Reads mappings that are settings themselves."""

    def around(self, node: Node, around: Around) -> Around:
        """Change nothing."""
        return around

    def take(self, node: Node, around: Around, walk: Walk) -> frozenset[str]:
        """Take entries whose key is a parameter, and mappings with a name and a value.

        Each variable is a group of its own, and so is each entry of a list that holds several in turn (node pools,
        files to write): which of them are put to use together, the file does not say.
        """
        if around.path and (around.path[-1].endswith(_ELSEWHERE) or _compared(around.path)):
            return frozenset(key.value for key, _ in node.pairs if is_key(key.value))
        provider = "sysctl" in around.path[-1].lower() if around.path else False
        if around.path:
            built_in = frozenset({"module-loaded"} if around.path[-2:] in _BUILT_IN else ())
            item = f"#{around.item}" if around.item else ""
            around = around.below("", group="/".join(around.path) + item, facts=built_in)
        done, listed = set(), set()
        for key, value in node.pairs:
            plain = value.kind == "map" or (value.kind == "scalar" and not (value.block or provider))
            if plain and "." not in key.value and "/" not in key.value:
                continue  # Most entries: no name of a parameter has neither.
            if value.kind == "list" and _MODULES.search(key.value):
                walk.reading.modules |= {item.scalar("name") or item.value for item in value.items}
            if (
                value.kind == "list"
                and yaml_shapes.telling(key.value)
                and yaml_shapes.strings(key.value, value, around.below(key.value, group=key.value), walk)
            ):
                listed.add(key.value)
            if value.kind == "list":
                yaml_shapes.empty(key.value, value, around, walk)
            if value.block and _TEXT.search(key.value) and id(value) not in walk.seen:
                yaml_shapes.lines(value, around, walk)
            if provider and value.kind == "scalar" and re.fullmatch(WORD, key.value):
                self._provider(key, value, around, walk)
                done.add(key.value)
            if key.value.startswith(_LXD) and is_key(key.value[len(_LXD) :]) and value.kind == "scalar":
                told = key.value[len(_LXD) :]
                facts = frozenset({"container"})
                walk.add(told, walk.place(key, len(_LXD), len(told)), value, around, kind=NAME, facts=facts)
                done.add(key.value)
            if key.kind != "scalar" or not is_key(key.value):
                done |= _path(key, value, around, walk)
                continue
            target = (_valued(value) or value.get(*_BOUNDS)) if value.kind == "map" else value
            if target is None or not _sets(value):
                continue
            facts = yaml_shapes.typed(around, walk) | _conditions(value)
            if target is value.get(*_BOUNDS):
                at = walk.place(key)
                walk.put(key.value, _LATER, at, at, around, kind=NAME, facts=facts, line=key.line)
                continue
            if target.kind == "list":
                self._numbers(key, target, around, walk)
            if target.kind == "scalar":
                walk.add(key.value, walk.place(key), target, around, kind=NAME, facts=facts)
                done.add(key.value)
            elif target is not value and target.kind == "map":
                at = walk.place(key)
                walk.put(key.value, _LATER, at, at, around, kind=NAME, facts=frozenset({"typed"}), line=key.line)
        if not done and not listed and not yaml_shapes.levels(node, around, walk):
            self._named(node, around, walk)
        return frozenset(done)

    def _provider(self, key: Node, value: Node, around: Around, walk: Walk) -> None:
        """Take an entry whose name is a provider's word for a parameter, which its nodes have.

        No fix may write the dotted name there.
        """
        facts = frozenset({"typed", "module-loaded"})
        walk.add(dotted_name(key.value), walk.place(key), value, around, kind=NAME, facts=facts)
        walk.reading.settings[-1] = replace(walk.reading.settings[-1], spelled="")

    def _numbers(self, key: Node, items: Node, around: Around, walk: Walk) -> None:
        """Take a list of numbers as the value of a parameter that has several; of another one they are a choice."""
        entry = parameter(key.value)
        width = WIDTH.get(entry.kind, 1) if entry is not None else 1
        numbers = [item for item in items.items if item.kind == "scalar" and _NUMBER.fullmatch(item.value)]
        if width == 1 or not numbers or len(numbers) != len(items.items):
            return
        last = numbers[-1] if numbers[-1].line == numbers[0].line else numbers[0]
        length = last.column + len(last.value) - numbers[0].column
        told = " ".join(item.value for item in numbers)
        at, value_at = walk.place(key), walk.place(numbers[0], 0, length)
        walk.put(key.value, told, at, value_at, around, kind=NAME, facts=frozenset({"typed"}), line=key.line)

    def _named(self, node: Node, around: Around, walk: Walk) -> None:
        named = [
            (key, value)
            for key, value in node.pairs
            if value.kind == "scalar" and is_key(value.value) and key.value.lower() not in _NOT_NAME
        ]
        if not named and _sets(node):
            self._by_path(node, around, walk)
        if len(named) != 1 or not _sets(node) or node.get(*_REPORT) is not None:
            return
        name_field, name = named[0]
        value = node.get(*_VALUE) or _valued(node)
        if value is None:
            others = [
                entry
                for key, entry in node.pairs
                if key is not name_field and key.value.lower() not in _NOT_VALUE and entry.kind == "scalar"
            ]
            value = others[0] if len(others) == 1 and len(node.pairs) == 2 else None
            value = None if value is not None and value.value.lower() in _NO_VALUES else value
        if value is name:
            return  # An entry of the environment whose value is a name: what it is set to stands in another one
        if value is not None and value.kind == "scalar" and value.value and not yaml_shapes.nothing(value):
            at, typed, store = walk.place(name), yaml_shapes.typed(around, walk), node.scalar(*_STORES)
            walk.add(name.value, at, value, around, kind=NAME, facts=typed, store=store)

    def _by_path(self, node: Node, around: Around, walk: Walk) -> None:
        """Take an entry whose field for the name holds a path; a variable that is for sysctl has no use for it."""
        fields = [(key.value.lower(), value) for key, value in node.pairs if value.kind == "scalar"]
        paths = [(key, value) for key, value in fields if value.value.startswith(_PROC) and key not in _NOT_NAME]
        number = node.get(*_VALUE) or _valued(node)
        if len(paths) != 1 or number is None or node.get(*_REPORT) is not None:
            return
        field, written = paths[0]
        told = field not in _PATHS and any("sysctl" in name.lower() for name in around.path)
        if told and is_name(written.value) and number.kind == "scalar" and _NUMBERS.fullmatch(number.value):
            walk.add(written.value, walk.place(written), number, around, kind=NAME, facts=yaml_shapes.TYPED)
        else:
            _path(written, number, around, walk)


def _valued(node: Node) -> Node | None:
    """Return the value of the only field of a mapping that is named after one."""
    found = [value for key, value in node.pairs if key.kind == "scalar" and _SUFFIX.search(key.value)]
    return node.get("value") or (found[0] if len(found) == 1 else None)


def _compared(path: tuple[str, ...]) -> bool:
    """Tell whether a mapping is what a host, or what a chart comes to, is compared with, or what a schema allows."""
    return any(map(_COMPARED.search, path)) or (path[-1] in _MAY_BE and "properties" in path)


def _path(key: Node, value: Node, around: Around, walk: Walk) -> set[str]:
    """Take a parameter that is named by its path, and its value; return the name of the entry when it is one."""
    name = key.value.removeprefix(_PROC)
    if name is key.value or value.kind != "scalar" or not _NUMBERS.fullmatch(value.value):
        return set()
    if not is_key(name) or name.count("/") < 1 + name.startswith("net/"):
        return set()
    walk.add(name, walk.place(key, len(_PROC), len(name)), value, around, kind=NAME, facts=frozenset({"typed"}))
    return {key.value}


def _conditions(node: Node) -> frozenset[str]:
    """Return what a profile's entry asks for in `when`: kernel or distribution, a module."""
    when = node.get("when") if node.kind == "map" else None
    if when is None or when.kind != "map":
        return frozenset()
    asks = {"kernel-condition"} if when.get("kernel", "distro") is not None else set()
    return frozenset(asks | ({"exists"} if when.get("module") is not None else set()))


def _sets(node: Node) -> bool:
    return node.kind != "map" or "absent" not in (node.scalar("state"), node.scalar("ensure"))
