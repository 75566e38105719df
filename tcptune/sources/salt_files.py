"""Salt's other ways to set a parameter: `cmd.run` with a command, `file.managed` and `file.append` with lines."""

from __future__ import annotations

from dataclasses import replace

from tcptune.sources import files, shell, sysctl_conf
from tcptune.sources.yaml_nodes import Node
from tcptune.sources.yaml_walk import Around, Walk, is_key

NAME = "salt"

_COMMANDS = ("cmd.run", "cmd.wait", "cmd.script", "cmd.run_stdin")
_FILES = ("file.managed", "file.append", "file.prepend", "file.line", "file.blockreplace", "file.replace")
_MODULES = ("module.run", "module.wait")
_SETS = ("sysctl.persist", "sysctl.assign")
"""Functions of Salt's execution module, and the states that call them."""

_CONTENTS = ("contents", "text", "content", "repl")


class SaltFiles:
    """Reads the states of a state file that run a command, or put lines into a file of the loaders."""

    def around(self, node: Node, around: Around) -> Around:
        """Change nothing."""
        return around

    def take(self, node: Node, around: Around, walk: Walk) -> frozenset[str]:
        """Take the states of a mapping from state to arguments."""
        done = set()
        for key, value in node.pairs:
            if not around.path and _is_command(value):
                walk.embedded(key, shell.read, around)
            if value.kind != "list":
                continue
            name = key.value
            function = next((item.value for item in value.items if item.kind == "scalar"), "")
            if name in ("cmd", "file") and function:
                name = f"{name}.{function}"
            fields = {field.value: found for item in value.items for field, found in item.pairs}
            state = around.path[-1] if around.path else ""
            if name == "sysctl.present":
                self._names(fields.get("names"), around, walk)
            elif name in _COMMANDS:
                command = fields.get("name")
                for one in [command] if command is not None else fields["names"].items if "names" in fields else ():
                    if one.kind == "scalar":
                        walk.embedded(one, shell.read, around)
                done.add(key.value)
            elif name in _MODULES:
                _module(fields, around, walk)
            elif name in _FILES:
                where = fields["name"].value if "name" in fields else state
                content = next((fields[name] for name in _CONTENTS if name in fields), None)
                other = None if content is None or sysctl_conf.named(where) else files.reader(where, content.value)
                if content is not None and other is not None and content.kind == "scalar":
                    walk.embedded(content, other, around.below("contents", group=where))
                elif "sysctl" in where and content is not None:
                    self._file(where, content, around, walk)
                done.add(key.value)
        return frozenset(done)

    def _file(self, where: str, content: Node, around: Around, walk: Walk) -> None:
        """Take the lines that go into a file; a command beside it that sets the same at once says it no second time."""
        known = len(walk.reading.settings)
        for line in [content] if content.kind == "scalar" else content.items:
            if line.kind == "scalar" and "=" in line.value:
                walk.embedded(line, sysctl_conf.read, around)
        written = [replace(setting, store=where) for setting in walk.reading.settings[known:]]
        walk.reading.settings[known:] = written

    def _names(self, names: Node | None, around: Around, walk: Walk) -> None:
        """Take the states of one that has several names: each with arguments of its own."""
        for entry in names.items if names is not None else ():
            for key, arguments in entry.pairs:
                value = next((item.get("value") for item in arguments.items if item.get("value") is not None), None)
                if value is not None and value.kind == "scalar" and is_key(key.value):
                    walk.add(key.value, walk.place(key), value, around, kind=NAME)


def _module(fields: dict[str, Node], around: Around, walk: Walk) -> None:
    """Take the parameter that a function sets: its arguments stand beside its name, or below it."""
    called = fields.get("name")
    for function in _SETS:
        if called is not None and called.value == function:
            name = fields.get("m_name")
        elif function in fields and fields[function].kind == "list":
            fields = {key.value: found for item in fields[function].items for key, found in item.pairs}
            name = fields.get("name")
        else:
            continue
        value = fields.get("value")
        if name is not None and value is not None and value.kind == "scalar" and is_key(name.value):
            walk.add(name.value, walk.place(name), value, around, kind=NAME)
        return


def _is_command(state: Node) -> bool:
    """Tell whether a state runs what its own id says: no argument names another command."""
    if state.kind == "scalar":
        return state.value in _COMMANDS
    for name, arguments in state.pairs:
        if name.value in _COMMANDS:
            return all(field.value != "name" for item in arguments.items for field, _ in item.pairs)
    return False
