"""What Kubernetes makes of `sysctls:`: whose they are in the values of a chart, and which values it refuses unread."""

from __future__ import annotations

import re

from tcptune.model.late import late
from tcptune.sources.base import pure
from tcptune.sources.ports import of_pods
from tcptune.sources.yaml_nodes import Node
from tcptune.sources.yaml_walk import Around, Walk

UNQUOTED = "unquoted"
"""The fact of a value that the API server refuses, since it is no text."""

_VALUES = late(r"(?:^|[._-])values(?:[._-]|$)", re.IGNORECASE)
"""What the name of a file with a chart's values has in it, those of templates and examples as well."""

_BELOW = frozenset({"values", "valuesObject", "valuesInline", "release_values"})
"""Below what other files hand values to a chart."""

_TUNES = late(r"sysctl|kernel|tun(?:e|ing)(?![a-z])", re.IGNORECASE)
"""What the names of charts and of their sections have in them that set a node's parameters from a privileged pod."""

_MACHINES = late(r"node|worker|machine|control-?plane|pool", re.IGNORECASE)
"""What the sections are named after that describe a cluster's machines, which have images and replicas as well."""

_OF_PODS = ("net.", "net/", "kernel.shm", "kernel.msg", "kernel.sem", "fs.mqueue.")
"""How the parameters begin of which a pod has its own."""

_PAGE = "sysctl-cluster"
"""A part of the address of the page that tells how pods get parameters of their own."""

_NEAR = 8
"""Lines above a section in which the page is named for it."""

_SPEC = ("spec", "template", "spec", "securityContext")
_KINDS = {
    "Pod": ("spec", "securityContext"),
    "PodTemplate": ("template", "spec", "securityContext"),
    "CronJob": ("spec", "jobTemplate", *_SPEC),
    **dict.fromkeys(
        ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job"),
        _SPEC,
    ),
}
"""Where each kind of Kubernetes' own has the security context of its pods."""

_NO_TEXT = late(
    r"[-+]?(?:\d[\d_]*(?:\.\d*)?|0x[0-9a-fA-F]+)|true|True|TRUE|false|False|FALSE|yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF"
)
"""What YAML, as Kubernetes reads it, makes a number or a boolean of."""


def of_workload(node: Node, sysctls: Node, around: Around, walk: Walk) -> bool:
    """Tell whether the `sysctls` of a chart's values are those of its pods, by what is named beside or above them.

    A chart that tunes nodes from a privileged pod has such a section, too.
    """
    path = pure(walk.text.path)
    if _VALUES.search(path.name) is None and _BELOW.isdisjoint(around.path):
        return False
    line = next(key.line for key, value in node.pairs if key.value == "sysctls")
    if any(_PAGE in row for row in walk.text.lines[max(0, line - _NEAR) : line]):
        return True
    if any(map(_TUNES.search, (*around.path, *path.parts[-3:]))) or "privileged" in around.facts:
        return False
    if around.path[-1:] == ("controller",):
        return True
    names = [key.value for key, _ in sysctls.pairs] + [item.scalar("name") or "" for item in sysctls.items]
    if not any(name.startswith(_OF_PODS) for name in names):
        return False
    if any(of_pods(key.value) for key, _ in node.pairs):
        return True
    beside = node.get("replicaCount") is not None or None not in (node.get("image"), node.get("resources"))
    return beside and not any(map(_MACHINES.search, around.path))


def no_text(kind: str | None, value: Node, around: Around, walk: Walk) -> bool:
    """Tell whether a value in an object of a kind is a bare number or boolean, where a text is asked for."""
    if not value.plain or value.block or _NO_TEXT.fullmatch(value.value) is None or "object" not in around.path:
        return False
    if walk.text.lines[value.line][value.column : value.column + 1] in ("!", "&"):
        return False
    above = around.path[len(around.path) - around.path[::-1].index("object") :]
    return tuple(name for name in above if name not in ("pod", "")) == _KINDS.get(kind or "")
