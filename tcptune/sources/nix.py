"""NixOS: `boot.kernel.sysctl`, as one attribute set or attribute by attribute."""

from __future__ import annotations

import re
from dataclasses import replace

from tcptune.model.late import late
from tcptune.model.setting import Setting
from tcptune.sources import inside as texts
from tcptune.sources.base import Comment, Reading, Text, dotted, is_template, joined
from tcptune.sources.code_blocks import CodeBlocks
from tcptune.sources.nix_text import Layout, layout
from tcptune.sources.yaml_walk import is_name

NAME = "nix"

_ENTRY = late(
    r"""(?:^\s*|[{;(]\s*|(?:boot\.)?(?:kernel\.)?\bsysctls?\.)(?P<quote>"?)(?P<key>(?!boot\.)(?:/proc/sys/)?[a-z][\w-]*(?:[./][\w*-]+)+)(?P=quote)\s*=\s*"""
    r"""(?P<value>(?:"[^"]*"|[^;"#=])+)(?=;|$|\s#)"""
)
_EXAMPLE = late(r"(?<![.\w-])example\s*=\s*\{")
_FLAG = late(r"""--sysctl(?:=|["']?\s+["']?)(?P<key>[a-z][\w-]*(?:[./][\w-]+)+)=(?P<value>[^"'\s]+)""")
"""What a container is started with."""

_MODULES = late(r"(?<![\w-])(?:kernelModules|availableKernelModules)\s*=[^\[;]{0,200}\[([^\]]{0,4000})\]")
_TRACKS = late(
    r"(?<![\w-])(?:networking\s*\.\s*)?nat\s*(?:\.\s*enable\s*=|=\s*\{[^{}]{0,2000}?(?<![\w.-])enable\s*=)"
    r"(?!\s*(?:lib\.)?(?:(?:mkDefault|mkForce)\s+)?false\b|\s*(?:lib\.)?mk(?:Enable)?Option\b)"
    r"|(?<![\w-])autoLoadConntrackHelpers\s*=\s*true\b|(?<![\w-])connectionTrackingModules\s*=\s*\[\s*[^\]\s]"
)
"""Options of NixOS that load connection tracking: its address translation and its firewall name modules of it."""

_WRAPPER = late(r"^(?:lib\.)?mk(Default|Force|OverrideDefault|Override\s+\d+|Before|After)\s+(.*)$")
_PRIORITIES = {"Default": frozenset({"priority"}), "Force": frozenset({"priority", "overrides"})}
_OPTION = "kernel.sysctl"
"""NixOS' own option within `boot`, whose value is all the parameters."""

_TYPED = frozenset({"typed"})
_OVERRIDES = frozenset({"priority", "overrides"})


def claims(text: Text) -> bool:
    """Claim Nix expressions."""
    return text.path.endswith(".nix")


def modules(source: str) -> set[str]:
    """Return the modules that an expression has loaded at boot, by their names or by options that need them."""
    found = {name for match in _MODULES.finditer(source) for name in re.findall(r"\w+", match[1])}
    if "networking" in source and _TRACKS.search(source):
        found.add("nf_conntrack")
    return found


def read(text: Text) -> Reading:
    """Read every attribute whose name is a parameter's."""
    reading = Reading(NAME)
    reading.modules |= modules(text.text)
    beside = ""
    inside = False
    blocks = CodeBlocks("nix")
    parts = layout(text.text)
    start = 0
    for number, line in enumerate(text.text.split("\n")):
        bare = line.strip()
        start += len(line) + 1
        if parts.in_text(start - len(line) - 1):
            beside = ""
            continue
        if bare.startswith("#") or not bare:
            beside = joined(beside, bare) if bare else ""
            if bare:
                reading.comments.append(Comment(text.at(number, line.index("#")), bare, alone=True))
            continue
        if "/*" in bare:
            inside = True
        if not inside:
            _line(text, number, text.lines[number], beside, reading, blocks)
        if "*/" in bare:
            inside = False
        beside = ""
    reading.settings = _by_set(text, parts, _applied(text, parts, reading.settings))
    found = texts.of_nix(text, parts.texts)
    if found.settings:
        told = {(one.key_at.line, one.key) for one in found.settings if one.key_at is not None}
        reading.settings = [
            one for one in reading.settings if one.key_at is None or (one.key_at.line, one.key) not in told
        ]
    reading.extend(found)
    if "sysctl" in text.text:
        from tcptune.sources import balance

        problem = balance.nix(text)
        reading.problems += [] if problem is None else [problem]
    return reading


def _applied(text: Text, parts: Layout, settings: list[Setting]) -> list[Setting]:
    """Return the settings without those of an option's `example`, which is only told in the manual."""
    if not settings or "example" not in text.text:
        return settings
    starts = [0, *(match.end() for match in re.finditer("\n", text.text))]
    shown = {match.end() for match in _EXAMPLE.finditer(text.text)}
    places = [parts.set_at(starts[one.key_at.line - 1] + one.key_at.column) if one.key_at else -1 for one in settings]
    return [setting for setting, place in zip(settings, places, strict=True) if place not in shown]


def _by_set(text: Text, parts: Layout, settings: list[Setting]) -> list[Setting]:
    """Tell attribute sets apart that hold the same key: one is merged over the other, or they are two machines'."""
    if len({setting.key for setting in settings}) == len(settings):
        return settings
    starts = [0, *(match.end() for match in re.finditer("\n", text.text))]
    places = [parts.set_at(starts[one.key_at.line - 1] + one.key_at.column) if one.key_at else -1 for one in settings]
    keys: dict[str, set[int]] = {}
    for setting, place in zip(settings, places, strict=True):
        keys.setdefault(setting.key, set()).add(place)
    apart = {place for found in keys.values() if len(found) > 1 for place in found}
    return [
        replace(setting, group=(*setting.group, f"set{place}")) if place in apart else setting
        for setting, place in zip(settings, places, strict=True)
    ]


def _line(text: Text, number: int, line: str, beside: str, reading: Reading, blocks: CodeBlocks) -> None:
    """Read the attributes of a line, and the comment behind them."""
    end = _comment(line)
    if end < len(line):
        reading.comments.append(Comment(text.at(number, end), line[end:], alone=False))
        beside = joined(beside, line[end:])
    code = line[:end]
    blocks.feed(code)
    found = [(match, _TYPED) for match in _ENTRY.finditer(code)]
    if "--sysctl" in code:
        found += [(match, frozenset({"container"})) for match in _FLAG.finditer(code)]
    for match, told in found:
        if is_name(match["key"]):
            setting = _setting(text, number, match, beside, told)
            if setting is not None:
                group, facts = blocks.at(match.start("key"))
                reading.settings.append(replace(setting, group=group, facts=setting.facts | facts))


def _comment(line: str) -> int:
    """Return where the comment behind the code begins; a `#` in a text is none."""
    quoted = False
    for index, character in enumerate(line):
        if character == '"':
            quoted = not quoted
        elif character == "#" and not quoted:
            return index
    return len(line)


def _setting(
    text: Text, number: int, match: re.Match[str], beside: str, facts: frozenset[str] = _TYPED
) -> Setting | None:
    raw, start = match["value"].rstrip(), match.start("value")
    wrapper = _WRAPPER.match(raw)
    if wrapper:
        start += wrapper.start(2)
        raw = wrapper[2]
        facts |= _PRIORITIES.get(wrapper[1], _OVERRIDES)
    if raw.startswith(("{", "[")) or raw.endswith(("{", "[", "(")) or raw == "null" or match["key"] == _OPTION:
        return None
    mark = next((mark for mark in ('"', "''") if len(raw) > 2 * len(mark) - 1 and raw[: len(mark)] == mark), "")
    quoted = bool(mark) and raw.endswith(mark)
    inner = raw[len(mark) : -len(mark)] if quoted else raw
    start += len(mark) if quoted else 0
    literal = quoted or "container" in facts or re.fullmatch(r"-?\d+(?:\.\d+)?|true|false", raw) is not None
    return Setting(
        key=dotted(match["key"]),
        raw=inner,
        spelled=match["key"],
        key_at=text.at(number, match.start("key"), match.end("key")),
        value_at=text.at(number, start, start + len(inner)),
        source=NAME,
        comment=beside,
        templated=is_template(inner) or not literal,
        facts=facts - _TYPED if quoted else facts,
    )
