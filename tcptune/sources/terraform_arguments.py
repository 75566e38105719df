"""Blocks of Terraform and Bicep where a provider spells each parameter as an argument: `net_core_somaxconn`."""

from __future__ import annotations

import re
from dataclasses import replace

from tcptune.model.late import late
from tcptune.model.setting import Setting
from tcptune.sources.base import Text, is_template
from tcptune.sources.spellings import WORD, dotted_name

NAME = "terraform"

_BLOCK = late(r"\b(?:sysctl_config|sysctls?)\s*[=:]?\s*\{|\bsysctl_configs?\s*=\s*\[")
_ARGUMENT = late(
    rf"""^\s*(?P<key>{WORD})\s*[=:]\s*(?P<quote>["']?)"""
    r"""(?P<value>[^"'#\s]+(?: +[^"'#\s/]+)*|(?<=["'])(?=["']))["']?,?\s*(?:(?:#|//).*)?$"""
)
_OTHERS = ("_config", "_enabled", "_block")
_RANGE = "net_ipv4_ip_local_port_range"


def read(text: Text) -> list[Setting]:
    """Read the arguments of every such block; the two ends of the port range are one setting."""
    found: list[Setting] = []
    ends: dict[str, Setting] = {}
    depth = 0
    for number, line in enumerate(text.lines):
        if depth == 0 and not _BLOCK.search(line):
            continue
        depth += sum(line.count(sign) for sign in "{[") - sum(line.count(sign) for sign in "}]")
        match = _ARGUMENT.match(line)
        if match is None:
            ends = ends if depth else {}
            continue
        name, _, end = match["key"].rpartition("_")
        if name == _RANGE:
            ends[end] = _setting(text, number, match, "net.ipv4.ip_local_port_range")
            if ends.keys() == {"min", "max"}:
                found.append(_pair(ends["min"], ends["max"]))
        elif not match["key"].endswith(_OTHERS):
            found.append(_setting(text, number, match, dotted_name(match["key"])))
    return found


def _pair(low: Setting, high: Setting) -> Setting:
    return replace(low, raw=f"{low.raw} {high.raw}", templated=low.templated or high.templated)


def _setting(text: Text, number: int, match: re.Match[str], key: str) -> Setting:
    raw = match["value"]
    literal = bool(match["quote"]) or re.fullmatch(r"-?\d+(?:\.\d+)?|true|false", raw) is not None
    return Setting(
        key=key,
        raw=raw,
        key_at=text.at(number, match.start("key"), match.end("key")),
        value_at=text.at(number, match.start("value"), match.end("value")),
        source=NAME,
        templated=is_template(raw) or not literal,
        facts=frozenset({"typed", "module-loaded"}),
    )
