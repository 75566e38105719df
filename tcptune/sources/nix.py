"""NixOS: `boot.kernel.sysctl`, as one attribute set or attribute by attribute."""

from __future__ import annotations

import re

from tcptune.model.setting import Setting
from tcptune.sources.base import Comment, Reading, Text, is_template, joined
from tcptune.sources.yaml_walk import is_key

NAME = "nix"

_LINE = re.compile(
    r'^\s*(?:boot\.kernel\.sysctl\.)?"?(?P<key>[a-z][\w-]*(?:[./][\w*-]+)+)"?\s*=\s*(?P<value>.*?)\s*;?\s*(?:#.*)?$'
)
_MODULES = re.compile(
    r"boot\.(?:initrd\.)?(?:kernelModules|availableKernelModules)\s*=[^\[;]{0,200}\[([^\]]{0,4000})\]"
)
_WRAPPER = re.compile(r"^(?:lib\.)?mk(?:Default|Force|OverrideDefault|Override\s+\d+|Before|After)\s+(.*)$")


def claims(text: Text) -> bool:
    """Claim Nix expressions."""
    return text.path.endswith(".nix")


def read(text: Text) -> Reading:
    """Read every attribute whose name is a parameter's."""
    reading = Reading(NAME)
    for match in _MODULES.finditer(text.text):
        reading.modules |= set(re.findall(r"\w+", match[1]))
    beside = ""
    inside = False
    for number, line in enumerate(text.lines):
        bare = line.strip()
        if bare.startswith("#") or not bare:
            beside = joined(beside, bare) if bare else ""
            if bare:
                reading.comments.append(Comment(text.at(number, line.index("#")), bare, alone=True))
            continue
        if "/*" in bare:
            inside = True
        if not inside:
            _setting(text, number, line, beside, reading)
        if "*/" in bare:
            inside = False
        beside = ""
    return reading


def _setting(text: Text, number: int, line: str, beside: str, reading: Reading) -> None:
    match = _LINE.match(line)
    if match is None or not is_key(match["key"]) or not match["value"]:
        return
    raw, start = match["value"], match.start("value")
    wrapper = _WRAPPER.match(raw)
    if wrapper:
        start += wrapper.start(1)
        raw = wrapper[1]
    if raw.startswith(("{", "[")):
        return
    quoted = len(raw) > 1 and raw[0] == raw[-1] == '"'
    inner = raw[1:-1] if quoted else raw
    start += 1 if quoted else 0
    literal = quoted or re.fullmatch(r"-?\w+", raw) is not None
    trailing = line.find("#", match.end("value"))
    if trailing >= 0:
        reading.comments.append(Comment(text.at(number, trailing), line[trailing:], alone=False))
        beside = joined(beside, line[trailing:])
    reading.settings.append(
        Setting(
            key=match["key"],
            raw=inner,
            spelled=match["key"],
            key_at=text.at(number, match.start("key"), match.end("key")),
            value_at=text.at(number, start, start + len(inner)),
            source=NAME,
            comment=beside,
            templated=is_template(inner) or not literal,
            facts=frozenset({"typed"}),
        )
    )
