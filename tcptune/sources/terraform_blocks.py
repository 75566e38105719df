"""What Terraform's blocks say of the settings in them: pods, containers, nodes whose service takes texts."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import replace
from itertools import zip_longest

from tcptune.model.late import late
from tcptune.model.setting import Setting
from tcptune.sources.base import Text

_TOP = late(r"^[a-z]\w*\b[^=]*\{")
"""The first line of one of Terraform's top-level blocks."""

_HOST = late(r"^\s*host_network\s*=\s*true\b", re.MULTILINE)
"""What gives Terraform's pods the host's network, so that they have no parameters of their own."""

_BRACES = late(
    r"\"(?P<quoted>[\w.-]{1,99})\"\s*[=:]\s*\{|\"(?:[^\"\\\n]|\\.)*\"|(?:#|//)[^\n]*"
    r"|(?P<name>\b[A-Za-z][\w-]{0,99})(?P<labels>(?:\s+\"[\w.-]{1,99}\"){1,2}|)\s*[=:]?\s*(?:\w{1,40}\(\s*)?\{|(?P<open>\{)|(?P<close>\})"
)
"""What opens and closes blocks and objects, with their names; texts and comments hold none."""

_SERVICES = (("machine", "sysctls"), ("linux_node_config", "sysctls"), ("config", "sysctl"))
"""Below what values are texts that the kernel gets: of Talos, of Google's nodes and of Nomad's containers.

The first two have connection tracking from the beginning; of a container's modules nothing is said.
"""

_WORDS = ("security_context", "talos", *(block for block, _ in _SERVICES))
"""One of these stands in a file that has any such block."""

_CONTAINER = late(r'resource\s+"(?:docker|podman)_(?:container|service)"')
_SHARED = late(r'\s*network_mode\s*=\s*"host"')
"""A container of Terraform's, and what gives it the host's network."""


def settled(text: Text, settings: list[Setting]) -> list[Setting]:
    """Give the settings of each top-level block a group: two node pools are two hosts."""
    begins = [number + 1 for number, line in enumerate(text.lines) if _TOP.match(line)]
    paths = _paths(text)
    alone = _HOST.search(text.text) is None
    containers = _containers(text, begins)
    found = []
    for setting in settings:
        line = setting.key_at.line if setting.key_at is not None else 0
        path = paths.get(line, ())
        if path[-2:] in _SERVICES or _of_talos(path):
            setting = replace(setting, facts=setting.facts - {"typed"} | {"module-loaded"})
        if alone and "security_context" in path:
            setting = replace(setting, facts=setting.facts - {"typed"} | {"pod"})
        index = bisect_right(begins, line)
        block = begins[index - 1] if index else 0
        if block in containers:
            setting = replace(setting, facts=setting.facts - {"typed"} | containers[block])
        found.append(replace(setting, group=(f"block{block}",)) if block else setting)
    return found


def _containers(text: Text, begins: list[int]) -> dict[int, frozenset[str]]:
    """Return by first line (from 1) what is to be known of the blocks that are containers."""
    found = {}
    for block, end in zip_longest(begins, begins[1:]):
        if _CONTAINER.match(text.lines[block - 1]):
            own = text.lines[block : end - 1 if end else None]
            found[block] = frozenset({"container", "host-network"} if any(map(_SHARED.match, own)) else {"container"})
    return found


def _of_talos(path: tuple[str, ...]) -> bool:
    """Tell whether a map of parameters is for a machine that is named after Talos."""
    return path[-1:] != () and "sysctl" in path[-1] and any("talos" in name for name in path)


def _paths(text: Text) -> dict[int, tuple[str, ...]]:
    """Return of each line (from 1) that a block of pods or services is around the names of all that it stands in."""
    if not any(word in text.text for word in _WORDS):
        return {}
    found: dict[int, tuple[str, ...]] = {}
    names: list[str] = []
    for number, line in enumerate(text.lines, 1):
        opened = tuple(names)
        for match in _BRACES.finditer(line):
            if match["close"]:
                del names[-1:]
            elif match[0][-1] == "{":
                names.append(match["quoted"] or (match["name"] or "") + (match["labels"] or ""))
                opened = tuple(names) if len(names) > len(opened) else opened
        told = tuple(name for name in opened if name)
        if told:
            found[number] = told
    return found
