"""Ansible: tasks of the `sysctl` module in all spellings, loops over lists, files written by tasks, plays and roles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tcptune.model.late import late
from tcptune.model.record import dataclass
from tcptune.model.setting import Location
from tcptune.sources import (
    ansible_asked,
    ansible_files,
    ansible_names,
    ansible_tags,
    ansible_untold,
    literals,
    shell,
    tuned,
)
from tcptune.sources.ansible_files import INI, LOOPS, PAIR, WHOLE, conf, field_of
from tcptune.sources.base import Reading, Text, is_template
from tcptune.sources.templates import asked
from tcptune.sources.yaml_maps import Maps
from tcptune.sources.yaml_nodes import Node
from tcptune.sources.yaml_walk import Around, Walk, is_key, is_name

NAME = "ansible"

_MODULES = ("ansible.posix.sysctl", "sysctl", "ansible.builtin.sysctl", "ansible.legacy.sysctl")
_SHELLS = ("shell", "command", "ansible.builtin.shell", "ansible.builtin.command", "raw", "ansible.builtin.raw", "cmd")

TASKS = frozenset({"tasks", "pre_tasks", "post_tasks", "handlers", "block", "rescue", "always"})
"""The keys that tasks stand below."""

CONDITIONS = frozenset({"when", "play", "ignore"})
"""What the path has in it besides keys: what a play, a condition or a forgiven failure puts around."""

WORDS = ("when", "become", "register", "changed_when", "notify", "ignore_errors", "loop", "with_items", "delegate_to")
"""Words that only a task has beside its module."""

_WORD = late(r"[a-z]+[./][\w./*-]+=\S")
_DIVIDED = late(r"(?P<key>[a-z]+[./][\w./*-]+?)\s*[=:,|]\s*(?P<value>\S.*)")
"""An entry of a loop that holds name and value in one text, which the task divides (`item.split('=')`)."""

_EACH = late(
    r"""\bsysctl\s+(?:-\S+\s+)*["']?\{\{\s*item\s*\}\}|\{\{\s*item\s*\}\}["']?\s*(?:>>?|\|\s*tee\b)[^|;&]*sysctl"""
)
"""A command that sets each entry of a loop, or writes it to a file of the loaders."""

_LOOKS = tuple(f"{space}{name}" for space in ("", "ansible.builtin.") for name in ("assert", "debug", "fail", "stat"))
"""Modules that look at a host, or say something: what their loops have in them sets nothing."""

_MODPROBES = ("modprobe", "community.general.modprobe")


@dataclass(frozen=True, slots=True)
class _Line:
    """The one-line form of a task: its text, and where name and value begin in it (offsets), with what they say."""

    text: Text
    name: tuple[int, str]
    value: tuple[int, str]
    ignores: bool

    @staticmethod
    def of(module: Node, walk: Walk) -> _Line | None:
        """Read the words of a task; None where it has no name and value, or takes the parameter away."""
        text, start = _Line.words(module, walk)
        found = {match[1]: match for match in PAIR.finditer(text.text, start)}
        name, value = found.get("name") or found.get("key"), found.get("value") or found.get("val")
        if name is None or value is None or "absent" in (found["state"][2] if "state" in found else ""):
            return None
        told = [(word.start(2) + (word[2][0] in "'\""), word[2].strip("'\"")) for word in (name, value)]
        ignores = "ignoreerrors" in found and _true(found["ignoreerrors"][2])
        return _Line(text, told[0], told[1], ignores)

    @staticmethod
    def words(module: Node, walk: Walk) -> tuple[Text, int]:
        """Return the text that a task's words stand in, and where they begin."""
        if module.block or module.end_line > module.line:
            return walk.part(module), 0
        line = walk.text.lines[module.line]
        return walk.text.part([(module.line, 0, line)]), module.column + (0 if module.plain else 1)

    def at(self, start: int, word: str) -> Location:
        """Return the place of a word of the line."""
        return self.text.span(start, start + len(word))


class Ansible:
    """Reads tasks; what is plain data in a playbook is read by `Maps`."""

    def __init__(self) -> None:
        self._asked = ansible_asked.Asked()

    def around(self, node: Node, around: Around) -> Around:
        """Let `when` make a branch, and a play a host of its own."""
        if node.get("hosts") is not None and (node.get("tasks", "roles", "vars", "pre_tasks", "become") is not None):
            around = around.below("play", group=f"play{node.line}")
        when = node.get("when")
        if when is not None:
            text = " ".join([when.value, *(item.value for item in when.items)]).strip()
            facts = asked(text) | {"conditional"}
            around = around.below("when", group=f"when {text}", facts=facts)
        tags = ansible_tags.part(node.get("tags"))
        if tags is not None:
            around = replace(around, group=(*around.group, tags))
        if (node.scalar("ignore_errors") or "").lower() in ("yes", "true"):
            around = around.below("ignore", facts=frozenset({"ignore-errors"}))
        return around

    def take(self, node: Node, around: Around, walk: Walk) -> frozenset[str]:
        """Take the settings of a task; one in check mode sets nothing."""
        if _true(node.scalar("check_mode")):
            return frozenset(key.value for key, _ in node.pairs)
        for name in _MODULES:
            module = _options(node, name)
            if module is not None and module.kind in ("map", "scalar") and self._is_task(name, module):
                before = len(walk.reading.settings)
                self._task(node, name, module, around, walk)
                _noted(node, before, walk)
                self._loop(node, module, around, walk)
                return frozenset({name, "args", "loop", "with_items", "with_dict", "with_list"})
        self._asked.skip(node, walk)
        action = node.get("action", "local_action")
        if action is not None and action.kind == "scalar" and action.value.partition(" ")[0] in _MODULES:
            self._line(node, action, around, walk)
            self._loop(node, action, around, walk)
        done = set()
        for name in _SHELLS:
            script = node.get(name)
            if script is not None and self._runs(node, around, walk):
                self._shell(script, around, walk)
                command = script.get("cmd", "_raw_params") if script.kind == "map" else script
                told = walk.raw(command) if command is not None and command.kind == "scalar" else ""
                if WHOLE.fullmatch(told):
                    ansible_files.rows(node, "", around, walk, _shell, bool)
                elif _EACH.search(told):
                    ansible_files.rows(node, "", around, walk, conf)
                done.add(name)
                if ansible_asked.ASKS.fullmatch(told or " ".join(map(walk.raw, _words(script)))):
                    done.update(LOOPS)
        ansible_files.take(node, around, walk)
        profile = node.get(*INI)
        if profile is not None and (profile.scalar("section") or "").startswith("sysctl"):
            self._option(profile, around, walk)
            done.update(INI)
        ansible_files.prepared(node, around, walk)
        self._modprobe(node, walk)
        if node.get(*_LOOKS) is not None:
            done.update(LOOPS)
        return frozenset(done)

    def _runs(self, node: Node, around: Around, walk: Walk) -> bool:
        """Tell whether a mapping with `shell` or `command` is a task: by its other words, or by where it stands."""
        if node.get("image", "run") is not None:
            return False  # A container, which a module of its own runs, or a pipeline's step, which names its shell
        if node.get("name", "args", "when", "become", "register", "changed_when") is not None:
            return True
        return bool(TASKS & set(around.path[-1:])) or (not around.path and "/tasks/" in f"/{walk.text.path}")

    def _is_task(self, name: str, module: Node) -> bool:
        if module.kind == "scalar":
            return "name=" in module.value or "key=" in module.value
        return name != "sysctl" or module.get("name", "key") is not None

    def _task(self, node: Node, kind: str, module: Node, around: Around, walk: Walk) -> None:
        if module.kind == "scalar":
            self._line(node, module, around, walk)
            return
        name, value = module.get("name", "key"), module.get("value", "val")
        if value is None:
            ansible_untold.of_task(node, kind, module, around, walk, _facts(module))
        if name is None or value is None or (module.scalar("state") or "present") == "absent":
            return
        if name.kind == value.kind == "scalar" and is_name(name.value):
            at, store = walk.place(name), module.scalar("sysctl_file")
            walk.add(name.value, at, value, around, kind=NAME, facts=_facts(module), store=store)
        elif name.kind == "scalar" and is_name(name.value) and value.kind == "list":
            ansible_untold.of_list(name, value, around, walk, _facts(module))

    def _line(self, node: Node, module: Node, around: Around, walk: Walk) -> None:
        """Read the one-line form `name=… value=…`."""
        line = _Line.of(module, walk)
        if line is None:
            ansible_untold.of_line(node, *_Line.words(module, walk), around, walk)
        if line is not None and is_name(line.name[1]):
            self._written(line, line.name[1], line.at(*line.name), around, walk)

    def _written(self, line: _Line, spelled: str, key_at: Location, around: Around, walk: Walk) -> None:
        facts = frozenset({"typed", "ignore-errors"} if line.ignores else {"typed"})
        value_at = line.at(*line.value)
        walk.put(spelled, line.value[1], key_at, value_at, around, kind=NAME, facts=facts, line=key_at.line - 1)

    def _option(self, module: Node, around: Around, walk: Walk) -> None:
        """Read an option that a task writes into the section of a profile of tuned."""
        name, value = module.get("option"), module.get("value")
        if name is None or value is None or name.kind != "scalar" or value.kind != "scalar" or not is_key(name.value):
            return
        if (module.scalar("state") or "present") == "absent":
            return
        told, at = walk.raw(value), walk.place(value)
        bound = tuned.BOUND.match(told)
        begin = bound.end() if bound is not None else 0
        at, store = replace(at, column=at.column + begin), module.scalar("path", "dest")
        walk.put(name.value, told[begin:], walk.place(name), at, around, kind=NAME, line=value.line, store=store)

    def _loop(self, node: Node, module: Node, around: Around, walk: Walk) -> None:
        if module.kind == "map" and (module.scalar("state") or "present") == "absent":
            return
        items = node.get(*LOOPS)
        if items is None:
            return
        items = items.items[0] if items.kind == "alias" else items
        if items.kind == "scalar":
            self._expression(items, around, walk)
        if node.get("with_together") is items and len(items.items) == 2 and module.kind == "map":
            names, values = (part.items for part in items.items)
            for pair in zip(names, values, strict=False):
                self._pair(pair, pair[0], around, walk)
            return
        name = module.get("name", "key") if module.kind == "map" else None
        template = walk.raw(name) if name is not None and name.kind == "scalar" else ""
        made = ansible_names.pattern(template, node.get("loop_control"))
        for item in items.items if items.kind == "list" else [items]:
            if ansible_untold.left_out(node, item, walk):
                continue
            if made is not None:
                ansible_names.take(made, item, module.get("value", "val"), around, walk, _facts(module))
            else:
                self._item(node, item, module, around, walk)

    def _item(self, task: Node, item: Node, module: Node, around: Around, walk: Walk) -> None:
        """Take an entry of a loop: a map with the fields that the module names, a pair, or the name alone."""
        divided = _DIVIDED.fullmatch(item.value) if item.kind == "scalar" else None
        if divided is not None and is_key(divided["key"]):
            at, value_at = (walk.place(item, divided.start(part), len(divided[part])) for part in ("key", "value"))
            facts = frozenset({"typed"})
            walk.put(divided["key"], divided["value"], at, value_at, around, kind=NAME, facts=facts, line=item.line)
            return
        if module.kind == "scalar" and item.kind == "scalar" and is_key(item.value):
            line = _Line.of(module, walk)
            if line is not None and not is_template(line.value[1]):
                self._written(line, item.value, walk.place(item), around, walk)
            return
        value = module.get("value", "val") if module.kind == "map" else None
        if item.kind == "map":
            name = module.get("name", "key") if module.kind == "map" else None
            fields = [field_of(walk.raw(one)) for one in (name, value) if one is not None and one.kind == "scalar"]
            told = [item.get(field) for field in fields if field]
            if len(told) == 2 and all(one is not None and one.kind == "scalar" for one in told):
                self._pair(told, item, around, walk)
            elif not ansible_untold.of_item(task, module, item, around, walk):
                Maps().take(item, around, walk)
        elif item.kind == "scalar" and is_key(item.value) and value is not None and value.kind == "scalar":
            self._pair([item, value], item, around, walk)
        elif len(item.items) > 1 and item.items[1].kind == "scalar":
            self._pair(item.items[:2], item, around, walk)

    def _pair(self, told: Sequence[Node | None], item: Node, around: Around, walk: Walk) -> None:
        name, value = told
        if name is not None and value is not None and is_name(name.value) and item.scalar("state") != "absent":
            walk.add(name.value, walk.place(name), value, around, kind=NAME, facts=frozenset({"typed"}))

    def _expression(self, items: Node, around: Around, walk: Walk) -> None:
        """Take what is written out in the expression of a loop."""
        for number in range(items.line, min(items.end_line + 1, len(walk.text.lines))):
            begin = items.column if number == items.line and not items.block else 0
            end = items.end_column if number == items.end_line and not items.block else len(walk.text.lines[number])
            for found in literals.of_line(walk.text, number, begin, end, around.group):
                walk.reading.settings.append(replace(found, facts=found.facts | around.facts))

    def _shell(self, script: Node, around: Around, walk: Walk) -> None:
        target = script.get("cmd", "_raw_params", "argv") if script.kind == "map" else script
        if target is not None and target.kind == "scalar":
            walk.embedded(target, shell.read, around)
        elif (
            script.kind == "map"
            and target is not None
            and target.items
            and target.items[0].value.rsplit("/", 1)[-1] == "sysctl"
        ):
            for word in target.items[1:]:
                if word.kind == "scalar" and _WORD.match(word.value):
                    walk.embedded(word, conf, around)

    def _modprobe(self, node: Node, walk: Walk) -> None:
        for name in _MODPROBES:
            module = node.get(name)
            if module is not None and module.scalar("state") != "absent":
                walk.reading.modules.add((module.scalar("name") or module.value).removeprefix("name=").split(" ")[0])


def _noted(task: Node, before: int, walk: Walk) -> None:
    """Give the comment above a task to what it sets, where that has none of its own."""
    for number, setting in enumerate(walk.reading.settings[before:], before):
        if not setting.comment:
            walk.reading.settings[number] = replace(setting, comment=walk.beside(task.line))


def _options(task: Node, name: str) -> Node | None:
    """Return the options of a task's module, which may stand below `args`."""
    module, arguments = task.get(name), task.get("args")
    below = module is not None and module.kind == "scalar" and not module.value.strip() and arguments is not None
    return arguments if below else module


def _facts(module: Node) -> frozenset[str]:
    """Return what the options of the module `sysctl` say of what it sets."""
    return frozenset({"typed", "ignore-errors"} if _true(module.scalar("ignoreerrors")) else {"typed"})


def _words(script: Node) -> tuple[Node, ...]:
    """Return the words of a command that is a list of them."""
    words = script.get("argv") if script.kind == "map" else None
    return tuple(words.items) if words is not None else ()


def _shell(text: Text) -> Reading:
    return shell.read(text)


def _true(value: str | None) -> bool:
    return (value or "").strip("'\"").lower() in ("yes", "true", "1", "on")
