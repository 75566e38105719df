"""Pods and containers: by which key they are told, and the ports that they listen on.

Compose, Kubernetes, ECS and Ansible's modules for containers name ports; those meant are inside: of `host:container`
the right one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tcptune.model.late import late
from tcptune.sources.yaml_nodes import Node, meant

_INSIDE = late(r"(?:^|:)[ \t]*(\d{1,5})(?:-(\d{1,5}))?(?:/(?:tcp|udp))?[ \t]*$", re.IGNORECASE)
_LISTS = ("ports", "expose", "published_ports", "exposed_ports", "exposed", "publish", "portMappings")
_NUMBERS = ("target", "containerPort")
_PROTOCOLS = ("TCP", "UDP")

_LAST = 65535
_MOST = 100
"""Ports of one range that are taken for listeners; more are a choice that a program has."""


_CONTEXT = late(r"security_?context$", re.IGNORECASE)


def of_pods(name: str) -> bool:
    """Tell whether what stands below a key is the security context of pods, also in the values of a chart."""
    return _CONTEXT.search(name) is not None


def of_service(node: Node) -> frozenset[int]:
    """Return the ports of one container by its mapping."""
    found: set[int] = set()
    for name in _LISTS:
        several = meant(node.get(name))
        for item in several.items if several is not None else ():
            found.update(_text(item.value) if item.kind == "scalar" else _entry(item))
    return frozenset(found)


def of_pod(node: Node) -> frozenset[int] | None:
    """Return the ports of all containers of a pod by its `spec`, which share one network; None for anything else."""
    containers = meant(node.get("containers"))
    if containers is None or containers.kind != "list":
        return None
    several = map(meant, containers.items)
    return frozenset().union(*(of_service(item) for item in several if item is not None and item.kind == "map"))


def _entry(item: Node) -> Iterator[int]:
    """Yield the port of an entry with fields of its own."""
    number, protocol = item.scalar(*_NUMBERS), item.scalar("protocol")
    if number is not None and (protocol is None or protocol.upper() in _PROTOCOLS):
        yield from _text(number)


def _text(told: str) -> Iterator[int]:
    """Yield the ports of a text such as `127.0.0.1:80:8080/tcp` or `3000-3005`."""
    match = _INSIDE.search(told)
    if match is not None:
        first, last = int(match[1]), int(match[2] or match[1])
        if 0 < first <= last <= _LAST and last - first < _MOST:
            yield from range(first, last + 1)
