"""tuned profiles: the `[sysctl]` section, and others of its type (`[sysctl.net]` with `type=sysctl`).

tuned takes off trailing comments itself, knows `=>` (raise only) and `=<` (lower only), and replaces `${variables}`.
A value that only raises or lowers is not the value in the end: of it only what the kernel refuses is wrong. `=` alone
divides; a line without it makes tuned give up the profile. The notes of saptune are written alike, with a `[version]`;
there a parameter without a value is one that is left as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from tcptune.model.late import late
from tcptune.model.setting import Setting
from tcptune.sources.base import SECTIONS, Comment, Problem, Reading, Text, dotted, is_template, joined
from tcptune.sources.hints import FOREIGN
from tcptune.sources.templates import in_branches
from tcptune.sources.yaml_walk import is_key, is_name

NAME = "tuned"

_SECTION = re.compile(r"\s*\[([^\]]*)\]")
_OPEN = late(r"\s*\[[\w:.-]*\s*(?:[#;].*)?")
_UNCLOSED = "The bracket of this section is never closed."
_EQUALS = late(r"\s*[\w./-]+\s*=")
"""An assignment as tuned knows it; profiles of KeenTune, which are laid out alike, have colons instead."""

_UNDIVIDED = late(r"([a-z][\w./-]*)\s*(?:([<>])=\s*\S|[:\uff1a\uff1d]\s*\S|(?<=\s)\w[^=]*$)")
"""What stands for an assignment and is none: `NAME VALUE`, `NAME: VALUE`, `NAME >= VALUE`; indented, it is a value."""

_PATH = late(r"((?:/proc/sys/)?[a-z][\w-]*/[\w/-]+)\s*=")
_LINE = late(r"\s*([A-Za-z][\w./*-]*)\s*=([<>]?)\s*(.*)$")
_OTHERS = frozenset(
    {".yml", ".yaml", ".json", ".toml", ".tf", ".hcl", ".pp", ".rb", ".sls", ".nix", ".sh"}
    | {".md", ".rst", ".adoc", ".asciidoc", ".org", ".tex"}
)
"""How the names of files end that may hold a profile, but are none."""

_INCLUDES = late(r"^[ \t]*include[ \t]*=[ \t]*[^\s#;]", re.MULTILINE)
"""The profile that this one builds on: what stands here may set back what stands there."""

_TRAILING = late(r"\s[#;].*$")
BOUND = late(r"^[<>]\s*")


def claims(text: Text) -> bool:
    """Claim profiles by name, and INI files that have a [sysctl] section beside tuned's own."""
    if text.name in ("tuned.conf",) or text.path.endswith("-tuned.conf"):
        return True
    suffix = text.rendered.suffix
    if suffix in _OTHERS or suffix[1:] in FOREIGN:
        return False
    sections = {match[1].strip() for match in map(_SECTION.match, text.lines) if match}
    # A script may well write such a section into some file.
    return any(name.startswith("sysctl") for name in sections) and SECTIONS.match(text.text) is not None


def read(text: Text) -> Reading:
    """Read the settings of every section whose plugin is sysctl."""
    reading = Reading(NAME)
    section, beside = "", ""
    types = _types(text)
    note = "[version]" in text.lines
    keen = not any(map(_EQUALS.match, text.lines))
    for number, line in enumerate(text.lines):
        bare = line.strip()
        if not bare or bare[0] in "#;":
            if bare:
                start = len(line) - len(line.lstrip())
                reading.comments.append(Comment(text.at(number, start), bare, alone=True))
            beside = joined(beside, bare) if bare else ""
            continue
        match = _SECTION.match(line)
        if match:
            section, beside = match[1].strip(), ""
            continue
        if _OPEN.fullmatch(line):
            at = text.at(number, len(line) - len(line.lstrip()), len(line.rstrip()))
            reading.problems.append(Problem("TT007", "error", at, _UNCLOSED, "tuned does not read the profile."))
        if types.get(section, section.split(":")[0].strip()) == "sysctl":
            setting = _setting(text, number, line.replace(":", "=", keen), section, beside, reading)
            if setting is not None and (setting.raw or not note):
                reading.settings.append(setting)
            elif setting is None and not note and not keen:
                reading.problems += _mistaken(text, number, line)
        beside = ""
    if _INCLUDES.search(text.text):
        reading.settings = [replace(one, facts=one.facts | {"overrides"}) for one in reading.settings]
    if "{%" in text.text or "{{" in text.text or "<%" in text.text:
        reading.settings = in_branches(text, reading.settings)
    return reading


def _setting(text: Text, number: int, line: str, section: str, beside: str, reading: Reading) -> Setting | None:
    match = _LINE.match(line)
    if match is None or match[1] in ("type", "enabled", "devices", "replace", "priority") or "." not in match[1]:
        return None
    raw, start = match[3], match.start(3)
    bound = BOUND.match(raw)
    limits = bool(match[2]) or bound is not None
    if bound:
        raw, start = raw[bound.end() :], start + bound.end()
    trailing = _TRAILING.search(raw)
    if trailing:
        at = start + trailing.start() + 1
        reading.comments.append(Comment(text.at(number, at), line[at:], alone=False))
        beside = joined(beside, line[at:])
        raw = raw[: trailing.start()]
    raw = raw.strip()
    inner = raw[1:-1] if len(raw) > 1 and raw[0] == raw[-1] and raw[0] in "\"'" else raw
    start += 1 if inner != raw else 0
    return Setting(
        key=dotted(match[1]),
        raw=inner,
        spelled=match[1],
        key_at=text.at(number, match.start(1), match.end(1)),
        value_at=text.at(number, start, start + len(inner)),
        source=NAME,
        comment=beside,
        templated=limits or is_template(inner),
        group=(section,) if section != "sysctl" else (),
        facts=frozenset({"tuned", "limit"} if limits and not is_template(inner) else {"tuned"}),
    )


def _mistaken(text: Text, number: int, line: str) -> Iterator[Problem]:
    """Yield the problem of a line that names a parameter, and is no assignment of it to tuned."""
    if (path := _PATH.match(line)) is not None and is_name(path[1]):
        name = path[1].removeprefix("/proc/sys/").replace("/", ".")
        said = f"{path[1]} is no name to tuned: it divides names by dots, as {name} is."
        yield Problem(
            "TT006", "error", text.at(number, *path.span(1)), said, "tuned finds no such file and sets nothing."
        )
    match = _UNDIVIDED.match(line)
    if match is None or is_template(line) or not is_key(match[1]):
        return
    at = text.at(number, *match.span(1))
    if match[2] in ("<", ">"):
        why = f"The sign stands behind the =: {match[1]} ={match[2]} and the number."
        said = f"tuned takes {match[1]}{match[2]} for the name."
    else:
        why = "tuned does not read the profile: an option and its value are divided by =."
        said = "This line is no assignment."
    yield Problem("TT001", "error", at, said, why)


def _types(text: Text) -> dict[str, str]:
    found: dict[str, str] = {}
    section = ""
    for line in text.lines:
        match = _SECTION.match(line)
        if match:
            section = match[1].strip()
        elif line.strip().startswith("type"):
            found[section] = line.partition("=")[2].strip()
    return found
