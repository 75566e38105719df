"""Salt's other ways to set a parameter: `cmd.run` with a command, `file.managed` and `file.append` with lines."""

from __future__ import annotations

from tcptune.sources import shell, sysctl_conf
from tcptune.sources.yaml_nodes import Node
from tcptune.sources.yaml_walk import Around, Walk

NAME = "salt"

_COMMANDS = ("cmd.run", "cmd.wait", "cmd.script", "cmd.run_stdin")
_FILES = ("file.managed", "file.append", "file.prepend", "file.line", "file.blockreplace")


class SaltFiles:
    """Reads the states of a state file that run a command, or put lines into a file of the loaders."""

    def around(self, node: Node, around: Around) -> Around:
        """Change nothing."""
        return around

    def take(self, node: Node, around: Around, walk: Walk) -> frozenset[str]:
        """Take the states of a mapping from state to arguments."""
        done = set()
        for key, value in node.pairs:
            if value.kind != "list":
                continue
            name = key.value
            function = next((item.value for item in value.items if item.kind == "scalar"), "")
            if name in ("cmd", "file") and function:
                name = f"{name}.{function}"
            fields = {field.value: found for item in value.items for field, found in item.pairs}
            state = around.path[-1] if around.path else ""
            if name in _COMMANDS:
                command = fields.get("name")
                if command is not None and command.kind == "scalar":
                    walk.embedded(command, shell.read, around)
                done.add(key.value)
            elif name in _FILES:
                where = fields["name"].value if "name" in fields else state
                content = fields.get("contents") or fields.get("text") or fields.get("content")
                if "sysctl" in where and content is not None:
                    for line in [content] if content.kind == "scalar" else content.items:
                        if line.kind == "scalar" and "=" in line.value:
                            walk.embedded(line, sysctl_conf.read, around)
                done.add(key.value)
        return frozenset(done)
