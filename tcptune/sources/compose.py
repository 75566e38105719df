"""Docker compose: a service's `sysctls`, as a list of `key=value` or as a map; the containers of ECS."""

from __future__ import annotations

from tcptune.sources.yaml_nodes import Node
from tcptune.sources.yaml_walk import Around, Walk, is_key

NAME = "compose"


class Compose:
    """Reads services; the keys below `services` are hosts of their own."""

    def around(self, node: Node, around: Around) -> Around:
        """Give every service a group, and note the host's network and privileges."""
        if around.path[-2:-1] == ("services",):
            facts = set()
            if node.scalar("network_mode") == "host":
                facts.add("host-network")
            if (node.scalar("privileged") or "").lower() == "true":
                facts.add("privileged")
            return around.below("service", group=f"service {around.path[-1]}", facts=frozenset(facts))
        return around

    def take(self, node: Node, around: Around, walk: Walk) -> frozenset[str]:
        """Take a service's sysctls."""
        controls = node.get("systemControls")
        if controls is not None and controls.kind == "list":
            return self._controls(controls, around, walk)
        sysctls = node.get("sysctls")
        if sysctls is None or "services" not in around.path:
            return frozenset()
        facts = frozenset({"container"})
        for item in sysctls.items:
            spelled, equals, raw = item.value.partition("=")
            if item.kind == "scalar" and equals and is_key(spelled.strip()):
                key_at = walk.place(item, 0, len(spelled))
                value_at = walk.place(item, len(spelled) + 1, len(raw))
                name = spelled.strip()
                walk.put(name, raw.strip(), key_at, value_at, around, kind=NAME, facts=facts, line=item.line)
        for key, value in [*sysctls.pairs, *(pair for item in sysctls.items for pair in item.pairs)]:
            if value.kind == "scalar" and is_key(key.value):
                walk.add(key.value, walk.place(key), value, around, kind=NAME, facts=facts)
        return frozenset({"sysctls"})

    def _controls(self, controls: Node, around: Around, walk: Walk) -> frozenset[str]:
        """Take the `systemControls` of a task definition of ECS."""
        inner = around.below("container", group=f"container{controls.line}")
        facts = frozenset({"container"})
        for item in controls.items:
            name, value = item.get("namespace"), item.get("value")
            if name is not None and value is not None and value.kind == "scalar" and is_key(name.value):
                walk.add(name.value, walk.place(name), value, inner, kind=NAME, facts=facts)
        return frozenset({"systemControls"})
