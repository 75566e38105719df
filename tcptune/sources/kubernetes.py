"""Kubernetes: `securityContext.sysctls`, init containers that run sysctl, kubelet's list, ConfigMaps, tuned objects.

Helm values and templates, Talos and node pools are read by the same shapes; what is a plain map is read by `yaml_maps`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from tcptune.model.late import late
from tcptune.model.setting import Location, Setting
from tcptune.sources import pods, shell, sysctl_conf, tuned
from tcptune.sources.ansible import CONDITIONS, TASKS, WORDS
from tcptune.sources.base import Problem, Reading, Text
from tcptune.sources.ports import of_pod, of_pods
from tcptune.sources.shell_words import UNASSIGNED, assigns_nothing
from tcptune.sources.yaml_nodes import Node, meant
from tcptune.sources.yaml_walk import Around, Walk, is_key, is_name

NAME = "kubernetes"

_ASSIGN = late(r"([A-Za-z][\w./*-]*)\s*=\s*(.*)", re.DOTALL)
_JSON = late(r"\s*[{\[].*[}\]]\s*$", re.DOTALL)
_MANIFEST = late(
    r"^\s*(?:-\s+)?(?:(?:sysctls|kubelet|allowedUnsafeSysctls|boot\.kernel\.sysctl|command|args)\s*:"
    r"|path\s*:[^\n]*sysctl)",
    re.MULTILINE,
)
_SHELL = late(r"(?:ba|da|a)?sh")
_OUTSIDE = ("nsenter", "chroot")
"""What a container runs to leave its own namespaces or files."""

_STARTERS = ("busybox", "sudo", "env", "tini", "dumb-init")
"""What starts another program in a container's namespaces."""

_ALONE = late(r"=?\s*(?:-?\d|\{\{)")
_APART = (
    "A name and its value are two words here.",
    "sysctl takes every word by itself and ends with an error at each; nothing is set.",
    "make them one word: `name=value`",
)

_ALLOWED = ("allowedUnsafeSysctls", "allowed-unsafe-sysctls", "forbiddenSysctls")
_FLAG = late(r"allowed-unsafe-sysctls=[\"']?([\w.*,/-]+)")
_NAME = late(r"[^\s,]+")

_EXAMPLES = frozenset({"good", "bad", "valid", "invalid", "example", "examples", "compliant", "noncompliant"})
"""Where a check of manifests holds texts that it is to pass or to refuse: nobody applies them."""

_PATTERNS = frozenset({"pattern", "anyPattern"})
"""Below what a policy says how manifests are to look."""

_UNTOLD = "{{}}"
"""The value of a parameter that a pod names and gives none: there is none to judge."""


class Kubernetes:
    """Reads pods and what surrounds them."""

    def __init__(self) -> None:
        self._read: set[int] = set()
        self._of_pods: set[Location] = set()
        self._flag: bool | None = None
        self._kind: str | None = None

    def settled(self, settings: list[Setting]) -> list[Setting]:
        """Return a file's settings, those told to be a pod's that were read where an anchor names them."""
        if not self._of_pods:
            return settings
        return [replace(one, facts=one.facts | {"pod"}) if one.key_at in self._of_pods else one for one in settings]

    def around(self, node: Node, around: Around) -> Around:
        """Tell objects and containers apart, and note what shares the host's network or is privileged."""
        if node.get("apiVersion") is not None and node.get("kind") is not None:
            around = around.below("object", group=f"object{node.line}")
            self._kind = node.scalar("kind")  # What is below is visited before the next object is.
        ports = of_pod(node)
        around = around if ports is None else replace(around, ports=ports)
        facts = set()
        if _true(node.scalar("hostNetwork")):
            facts.add("host-network")
        context = node.get("securityContext")
        if context is not None and context.kind == "map" and _true(context.scalar("privileged")):
            facts.add("privileged")
        if node.scalar("type") == "tuning" and node.get("sysctl") is not None:
            facts.add("container")
        return around.below("pod", facts=frozenset(facts)) if facts else around

    def take(self, node: Node, around: Around, walk: Walk) -> frozenset[str]:
        """Take the sysctls of a pod, the commands of a container, the files of a ConfigMap."""
        if node.scalar("kind") == "AdmissionReview":
            return frozenset(key.value for key, _ in node.pairs)  # It quotes what somebody asks for.
        done = self._sysctls(node, around, walk)
        self._commands(node, around, walk)
        self._allowed(node, around, walk)
        if node.scalar("kind") in ("ConfigMap", "Secret"):
            self._files(node.get("data", "stringData"), around, walk)
        if node.scalar("kind") == "Tuned" or "profile" in around.path[-1:]:
            data = node.get("data")
            if data is not None and data.kind == "scalar":
                walk.embedded(data, tuned.read, around.below("data", group=f"profile{data.line}"))  # Each for its nodes
        option = around.path[-1:] == ("sysctl",)
        for key, value in node.pairs:
            if key.value.lower() in _EXAMPLES:
                continue
            if value.kind == "scalar":
                if "ysctl" in value.value or option or key.value == "sysctl":
                    self._texts([value], around, walk)
            elif value.items and value.items[0].block:
                self._texts(value.items, around, walk)
        return frozenset(done)

    def _texts(self, values: Sequence[Node], around: Around, walk: Walk) -> None:
        """Take what is YAML or JSON in texts: a patch, a chart's values, a charm's option."""
        for value in values:
            if value.kind == "scalar" and id(value) not in walk.seen and _holds(value):
                self._document(value, around.below("text", group=f"text{value.line}"), walk)

    def _sysctls(self, node: Node, around: Around, walk: Walk) -> set[str]:
        sysctls = meant(node.get("sysctls"))
        if sysctls is None or sysctls.kind not in ("list", "map"):
            return set()
        above = around.path[-1] if around.path else ""
        own = of_pods(above) or (above == "pod" and sysctls.kind == "list")
        if not own and not pods.of_workload(node, sysctls, around, walk):
            return set()
        facts = frozenset({"pod"})
        if not any(part.startswith("object") for part in around.group):
            around = around.below("", group=f"pod{node.line}")  # Of a chart's values: each is for pods of its own.
        for key, scalar in sysctls.pairs:
            if scalar.kind == "scalar" and is_name(key.value) and id(sysctls) not in walk.seen:
                walk.add(key.value, walk.place(key), scalar, around, kind=NAME, facts=facts)
        if id(sysctls) in self._read:
            return {"sysctls"}
        items = [item for item in map(meant, sysctls.items) if item is not None and id(item) not in self._read]
        self._read |= {id(sysctls), *map(id, items)}
        known = [item for item in items if id(item) in walk.seen or id(sysctls) in walk.seen]
        if known:
            names = [item.get("name") for item in known if item.kind == "map"]
            self._of_pods |= {walk.place(name) for name in names if name is not None}
            items = [item for item in items if id(item) not in walk.seen and id(sysctls) not in walk.seen]
        valued = any(item.get("value") is not None for item in items)
        for item in items:
            name, value = item.get("name"), item.get("value")
            if name is None or name.kind != "scalar" or not is_name(name.value):
                continue
            if value is None and _PATTERNS.isdisjoint(around.path):
                at = walk.place(name)
                told = "" if valued and item.get("<<", "valueFrom") is None else _UNTOLD
                walk.put(name.value, told, at, at, around, kind=NAME, facts=facts, line=name.line)
            elif value is not None and value.kind == "scalar":
                refused = frozenset({pods.UNQUOTED} if pods.no_text(self._kind, value, around, walk) else ())
                walk.add(name.value, walk.place(name), value, around, kind=NAME, facts=facts | refused)
        return {"sysctls"}

    def _commands(self, node: Node, around: Around, walk: Walk) -> None:
        command, arguments = node.get("command"), node.get("args")
        if around.path[-1:] == ("steps",) or around.path[-2:-1] in (("commands",), ("container_commands",)):
            return  # A pipeline's or a host's command
        if command is not None and command.kind == "scalar" and _task(node, around):
            return
        begin = node.get("entrypoint")
        parts = [part for part in (begin, command, arguments) if part is not None]
        words = [word for part in parts for word in ([part] if part.kind == "scalar" else part.items)]
        scalars = [word for word in words if word.kind == "scalar"]
        if not any("sysctl" in word.value or "/proc/sys" in word.value for word in scalars):
            return
        names = [word.value.rsplit("/", 1)[-1] for word in scalars]
        facts = frozenset({"host-network" if names[0] in _OUTSIDE else "container", "command"})
        inner = around.below("command", group=f"container{node.line}", facts=facts)
        if any(_SHELL.fullmatch(name) for name in names) or len(scalars) == 1:
            for word in scalars:
                if "sysctl" in word.value or "/proc/sys" in word.value:
                    walk.embedded(word, shell.read, inner)
        elif "sysctl" in names and names[0] in (*_OUTSIDE, *_STARTERS, "sysctl"):
            sysctl_words(scalars[names.index("sysctl") + 1 :], inner, walk)

    def _allowed(self, node: Node, around: Around, walk: Walk) -> None:
        """Take the names that a kubelet or a policy allows; one that no kernel has allows, or forbids, nothing."""
        for option in _ALLOWED:
            allowed = node.get(option)
            if allowed is None or allowed.kind == "map":
                continue
            for item in allowed.items or [allowed]:
                if item.kind == "scalar":
                    self._listed(item, 0, len(item.value), around.below(option), walk)
        if self._flag is None:
            self._flag = "allowed-unsafe-sysctls=" in walk.text.text
        for _, value in node.pairs if self._flag else ():
            for item in value.items or [value]:
                flag = _FLAG.search(item.value) if item.kind == "scalar" and not item.block else None
                if flag is not None:
                    self._listed(item, *flag.span(1), around.below("flag"), walk)

    def _listed(self, names: Node, start: int, end: int, around: Around, walk: Walk) -> None:
        option = around.path[-1]
        inner = replace(around, group=(*around.group, f"{option}{names.line}"), facts=around.facts | {"exists"})
        for name in _NAME.finditer(names.value, start, end):
            if option != "forbiddenSysctls":
                walk.reading.allowed_unsafe.add(name[0])
            if is_key(name[0]) and "*" not in name[0]:
                at = walk.place(names, name.start(), len(name[0]))
                walk.put(name[0], _UNTOLD, at, at, inner, kind=NAME, line=names.line)

    def _files(self, data: Node | None, around: Around, walk: Walk) -> None:
        if data is None or data.kind != "map":
            return
        for name, content in data.pairs:
            if content.kind != "scalar":
                continue
            if "\n" not in content.value:
                if "sysctl" in name.value and _ASSIGN.fullmatch(content.value):
                    walk.embedded(content, _conf, around.below(name.value, group=name.value))
                continue
            inner = around.below(name.value, group=name.value)
            part = Text(f"{name.value}", content.value)
            if shell.claims(part):
                walk.embedded(content, shell.read, inner)
            elif tuned.claims(part):
                walk.embedded(content, tuned.read, inner)
            elif sysctl_conf.claims(part):
                walk.embedded(content, _conf, inner)
            elif _MANIFEST.search(content.value) and not _JSON.match(content.value):
                self._document(content, inner, walk)

    def _document(self, node: Node, around: Around, walk: Walk) -> None:
        """Read YAML or JSON that stands as a text in another document, one level deep."""
        if walk.text.origin is not None:
            return
        walk.embedded(node, _yaml, around, as_written=not node.block)


def sysctl_words(words: Sequence[Node], around: Around, walk: Walk, kind: str = NAME) -> None:
    """Take the words behind `sysctl`; a value in a word of its own is none to it."""
    writes = any(word.value in ("-w", "--write") for word in words)
    for index, word in enumerate(words):
        match = _ASSIGN.fullmatch(word.value)
        if match:
            key_at = walk.place(word, 0, len(match[1]))
            value_at = walk.place(word, match.start(2), len(match[2]))
            walk.put(match[1], match[2], key_at, value_at, around, kind=kind, line=word.line)
        elif writes and is_key(word.value) and _ALONE.match(walk.raw(words[index + 1]) if words[index + 1 :] else ""):
            at = walk.place(word)
            walk.reading.problems.append(Problem("TT001", "error", at, *_APART))
            walk.put(word.value, _UNTOLD, at, at, around, kind=kind, line=word.line)
        elif assigns_nothing(word.value, writes=writes):
            at = walk.place(word, 0, len(word.value))
            walk.reading.problems.append(Problem("TT001", "error", at, *UNASSIGNED))


def _task(node: Node, around: Around) -> bool:
    """Tell whether a mapping with a command in one text is a task of Ansible, which runs it on the host."""
    above = [name for name in around.path if name not in CONDITIONS]
    return node.get("image") is None and (not above or not TASKS.isdisjoint(above) or node.get(*WORDS) is not None)


def _holds(value: Node) -> bool:
    """Tell whether a text is JSON, or YAML such as a machine's configuration or the values of a chart."""
    return _JSON.match(value.value) is not None or (bool(value.block) and _MANIFEST.search(value.value) is not None)


def _conf(text: Text) -> Reading:
    return sysctl_conf.read(text)


def _yaml(text: Text) -> Reading:
    """Read a text that may be YAML or JSON; one that is not is something else."""
    from tcptune.sources import yaml_source

    found = yaml_source.read(text)
    found.problems = [problem for problem in found.problems if problem.rule != "TT007"]
    return found


def _true(value: str | None) -> bool:
    return (value or "").lower() in ("true", "yes", "on")
