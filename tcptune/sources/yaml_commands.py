"""Lists of commands in YAML and JSON that no tool is known for: each entry runs sysctl or writes below /proc/sys."""

from __future__ import annotations

import re

from tcptune.model.late import late
from tcptune.sources import shell, shell_scripts
from tcptune.sources.heredocs import LAST
from tcptune.sources.yaml_nodes import Node
from tcptune.sources.yaml_walk import Around, Walk

_RUN = re.compile(
    r"cmd|command|run|exec|script|action|hook|provision|start|boot|init|tune|setup|steps|prepare|install|up$",
    re.IGNORECASE,
)
_NOT_RUN = late(
    r"name|title|desc|check|verif|expect|assert|test|audit|undo|revert|rollback|restore|stop|example|message|warn|info|"
    r"doc|hint|help|note|comment|recommend|suggest|remed|allow|deny|forbid|match|pattern|grep|log",
    re.IGNORECASE,
)
"""Names of lists whose commands somebody runs, and of those that only tell of commands."""


class Commands:
    """Reads such lists; what a tool's own format has read is left alone."""

    def around(self, node: Node, around: Around) -> Around:
        """Change nothing."""
        return around

    def take(self, node: Node, around: Around, walk: Walk) -> frozenset[str]:
        """Take the entries that set a parameter; the mapping goes on to the other formats."""
        for key, value in node.pairs:
            for several in (value, *value.items) if value.kind == "list" else ():
                told = [item for item in several.items if item.kind == "scalar" and id(item) not in walk.seen]
                if any("sysctl" in item.value for item in told) and any(LAST.search(item.value) for item in told):
                    _script(told, around, walk)
            if value.kind == "list" and _RUN.search(key.value) and not _NOT_RUN.search(key.value):
                for item in value.items:
                    if item.kind == "scalar" and id(item) not in walk.seen and shell_scripts.sets(item.value):
                        walk.embedded(item, shell.read, around)
        return frozenset()


def _script(lines: list[Node], around: Around, walk: Walk) -> None:
    """Read a list whose entries are the lines of one script: the user data of a host."""
    walk.seen.update(map(id, lines))
    rows = [(line.line, line.column + (not line.plain), line.value.rstrip("\n")) for line in lines]
    part = walk.text.part(rows)
    walk.take_over(part, shell.read(part), around.below("script", group=f"script{lines[0].line}"))
