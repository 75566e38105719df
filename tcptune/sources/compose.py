"""Docker compose: a service's `sysctls`, as a list of `key=value` or as a map; the containers of ECS and of Ansible."""

from __future__ import annotations

from dataclasses import replace

from tcptune.model.late import late
from tcptune.sources.base import Problem
from tcptune.sources.ports import of_service
from tcptune.sources.yaml_nodes import Node, meant
from tcptune.sources.yaml_walk import Around, Walk, is_key, is_name

NAME = "compose"

_ENGINES = ("docker_container", "podman_container", "docker_swarm_service")
"""How the names of Ansible's modules end that run a container."""

_DIVIDED = late(r"\s*([A-Za-z][\w./-]*)[ \t]*[ \t:\uff1a\uff1d][ \t]*\S")
"""A name with something behind it, and no sign of equality between them."""

_MOST_ABOVE = 20
"""Services that extend one another in turn which are followed."""

_FACTS = frozenset({"container"})
_UNTOLD = "{{}}"
"""The value of a parameter that is set under another name than its own."""

_BLANK = "Docker hands it on and the container does not start; podman refuses the option: nothing is set."
_NO_PAIR = ("This entry is no assignment.", "The engine asks for `name=value` and does not start the container.")


class Compose:
    """Reads services; the keys below `services` are hosts of their own."""

    def __init__(self) -> None:
        self._read: set[int] = set()
        self._heirs: dict[str, frozenset[int]] = {}

    def around(self, node: Node, around: Around) -> Around:
        """Give every service a group, and note the host's network and privileges."""
        if around.path[-2:-1] == ("services",) or (around.path and around.path[-1].endswith(_ENGINES)):
            facts = set()
            if "host" in (node.scalar("network_mode"), node.scalar("network")):
                facts.add("host-network")
            if (node.scalar("privileged") or "").lower() == "true":
                facts.add("privileged")
            name = around.path[-1] if "services" in around.path else node.line
            ports = of_service(node)
            if self._heirs and len(around.path) == 2:
                ports |= self._heirs.get(around.path[-1], frozenset())
            around = replace(around, ports=ports)
            return around.below("service", group=f"service {name}", facts=frozenset(facts))
        return around

    def take(self, node: Node, around: Around, walk: Walk) -> frozenset[str]:
        """Take a service's sysctls."""
        if not around.path:
            self._heirs = _extending(_shared(node, walk))
        controls = node.get("systemControls")
        if controls is not None and controls.kind == "list":
            return self._controls(controls, replace(around, ports=of_service(node)), walk)
        engine = len(around.path) > 1 and around.path[-2].endswith(_ENGINES)
        sysctls = meant(node.get("sysctls", "sysctl") if engine else node.get("sysctls"))
        if sysctls is None or not (engine or "services" in around.path):
            return frozenset()
        self._sysctls(sysctls, around, walk)
        return frozenset({"sysctls", "sysctl"} if engine else {"sysctls"})

    def _sysctls(self, sysctls: Node, around: Around, walk: Walk) -> None:
        """Take a list or a map, and what it merges; what an anchor names is taken once."""
        if id(sysctls) in self._read:
            return
        self._read.add(id(sysctls))
        if sysctls.kind == "scalar" and (divided := _DIVIDED.match(sysctls.value)) and is_key(divided[1]):
            walk.reading.problems.append(
                Problem("TT001", "error", walk.place(sysctls, 0, len(sysctls.value)), *_NO_PAIR)
            )
        for item in map(meant, sysctls.items):
            if item is not None and item.kind == "scalar":
                self._entry(item, around, walk)
            elif item is not None and item.kind == "map":
                self._sysctls(item, around, walk)
                places = [walk.place(key) for key, _ in item.pairs if is_name(key.value)]
                walk.reading.problems += [Problem("TT001", "error", at, *_NO_PAIR) for at in places]
        for key, value in sysctls.pairs:
            if value.kind == "scalar" and is_name(key.value):
                walk.add(key.value, walk.place(key), value, around, kind=NAME, facts=_FACTS)
            elif key.value == "<<" and (merged := meant(value)) is not None:
                self._sysctls(merged, around, walk)

    def _entry(self, item: Node, around: Around, walk: Walk) -> None:
        """Take `name=value`, which engines divide at the sign: a blank before it is a part of the name."""
        spelled, equals, raw = item.value.partition("=")
        at = walk.place(item, len(spelled) - len(spelled.lstrip()), len(spelled.strip()))
        if not equals and (divided := _DIVIDED.match(item.value)) and is_key(divided[1]):
            whole = walk.place(item, 0, len(item.value))
            walk.reading.problems.append(Problem("TT001", "error", whole, *_NO_PAIR))
        elif equals and spelled != spelled.strip() and is_name(spelled.strip()):
            name = spelled.strip()
            message = f"No kernel has a parameter {spelled!r}: the blank beside {name} is a part of the name."
            remedy = f"write {name}={raw.strip()}"
            walk.reading.problems.append(Problem("TT101", "error", at, message, _BLANK, remedy))
            walk.put(name, _UNTOLD, at, at, around, kind=NAME, facts=_FACTS, line=item.line)
        elif is_name(spelled):
            value_at = walk.place(item, len(spelled) + 1, len(raw)) if equals else at
            walk.put(spelled, raw.strip(), at, value_at, around, kind=NAME, facts=_FACTS, line=item.line)

    def _controls(self, controls: Node, around: Around, walk: Walk) -> frozenset[str]:
        """Take the `systemControls` of a task definition of ECS."""
        inner = around.below("container", group=f"container{controls.line}")
        for item in controls.items:
            name, value = item.get("namespace"), item.get("value")
            if name is not None and value is not None and value.kind == "scalar" and is_key(name.value):
                walk.add(name.value, walk.place(name), value, inner, kind=NAME, facts=_FACTS)
        return frozenset({"systemControls"})


def _shared(root: Node, walk: Walk) -> dict[str, tuple[str, Node]]:
    """Leave what services have under an anchor to them: where it stands by itself it is no data of anybody.

    Returned are the services that extend another one of the file, by their names, with the name of that one.
    """
    services = meant(root.get("services"))
    extending: dict[str, tuple[str, Node]] = {}
    for key, service in services.pairs if services is not None else ():
        whole = meant(service)
        base = meant(whole.get("extends")) if whole is not None and whole.kind == "map" else None
        if whole is not None and base is not None:
            name = base.value if base.kind == "scalar" else base.scalar("service")
            if name and base.get("file") is None:
                extending[key.value] = (name, whole)
        sysctls = whole.get("sysctls") if whole is not None and whole.kind == "map" else None
        if sysctls is not None:
            merged = [value for key, value in sysctls.pairs if key.value == "<<"]
            parts = [meant(one) for one in (sysctls, *merged, *(part for value in merged for part in value.items))]
            walk.seen |= {id(part) for part in parts}
    return extending


def _extending(services: dict[str, tuple[str, Node]]) -> dict[str, frozenset[int]]:
    """Return by the names of services the ports of those that have their sysctls from them, and none of their own."""
    found: dict[str, frozenset[int]] = {}
    for name, (_, node) in services.items():
        ports, above, seen = of_service(node), name, {name}
        while ports and above in services and services[above][1].get("sysctls") is None:
            above = services[above][0]
            if above in seen or len(seen) > _MOST_ABOVE:
                break
            seen.add(above)
            found[above] = found.get(above, frozenset()) | ports
    return found
