"""Texts that a machine is handed at its first boot, as a value in YAML or JSON: node classes, stacks, machine pools."""

from __future__ import annotations

from tcptune.model.late import late
from tcptune.sources import user_data
from tcptune.sources.yaml_nodes import Node
from tcptune.sources.yaml_walk import Around, Walk

NAME = "machines"

_TELLS = late(r"sysctl|/proc/sys/|\bnet\.(?:ipv[46]|core|netfilter)\.")


class Machines:
    """Reads texts of several lines that begin as such a text does, and that no other format has read."""

    def around(self, node: Node, around: Around) -> Around:
        """Change nothing."""
        return around

    def take(self, node: Node, around: Around, walk: Walk) -> frozenset[str]:
        """Take the texts of a mapping."""
        for key, value in node.pairs:
            if value.kind != "scalar" or "\n" not in value.value or id(value) in walk.seen:
                continue
            form = user_data.reader(value.value) if _TELLS.search(value.value) else None
            if form is not None and walk.text.origin is None:
                walk.embedded(value, form, around.below(key.value, group=f"{key.value}{value.line}"))
        return frozenset()
