"""Files of keys and values with a place for kernel parameters: Podman's containers (`Sysctl=`), TOML.

In TOML they are the entries of a table whose name says so, or the texts of a list such as `default_sysctls`, which
CRI-O and Podman set in every container.
"""

from __future__ import annotations

import re

from tcptune.model.late import late
from tcptune.model.setting import Setting
from tcptune.sources.base import Comment, Reading, Text, dotted, is_template, pure
from tcptune.sources.yaml_walk import is_name

NAME = "keyfile"

_CONTAINER = late(r"^\s*(?:Sysctl\s*=|PodmanArgs\s*=[^\n]{0,400}?--sysctl[= ])", re.IGNORECASE)
_PAIR = late(r"""(?P<key>[A-Za-z][\w./-]*)=(?P<value>"[^"]*"|\S*)""")
_TABLE = late(r"^\s*\[+([^\]]*)\]+")
_INLINE = late(r"^\s*[\w.]*sysctls?\s*=\s*\{")
_MEMBER = late(r"""["'](?P<key>[^"'=]+)["']\s*=\s*(?P<value>"[^"]*"|'[^']*'|[^\s,}]+)""")
_LIST = re.compile(r"^\s*default_sysctls\s*=\s*\[")
_TEXTS = late(r"""(["'])(?P<key>[A-Za-z][\w./-]*)\s*=\s*(?P<value>(?:(?!\1)[^\n])*)\1""")
_ENTRY = late(r"""^\s*(?:[\w.]*sysctl\.)?["'](?P<key>[^"']+)["']\s*=\s*(?P<value>"[^"]*"|'[^']*'|[^\s#]+)""")

_BARE = late(r"""^\s*(?P<key>[a-z][\w-]*(?:\.[\w-]+)+)\s*=\s*(?P<value>"[^"]*"|'[^']*'|[^\s#]+)""")
"""A name without quotes, which TOML takes for tables within tables."""


def claims(text: Text) -> bool:
    """Claim Podman's units, and TOML that names sysctls."""
    suffix = text.rendered.suffix
    if pure(text.path).suffix in (".container", ".pod") or (suffix == ".toml" and "sysctl" in text.text):
        return True
    if text.text.startswith("#!"):
        return False
    return suffix in (".conf", "") and any(map(_LIST.match, text.lines if "default_sysctls" in text.text else ()))


def read(text: Text) -> Reading:
    """Read the settings of the file."""
    reading = _read(text, toml=pure(text.path).suffix not in (".container", ".pod"))
    if text.rendered.suffix != ".toml":
        return reading
    from tcptune.sources import strict

    problem = strict.of_toml(text)
    if problem is not None:
        reading.problems.append(problem)
        line = problem.at.line
        reading.settings = [one for one in reading.settings if one.key_at is None or one.key_at.line != line]
    return reading


def read_toml(text: Text) -> Reading:
    """Read the settings of a TOML text, whatever its name."""
    return _read(text, toml=True)


def read_unit(text: Text) -> Reading:
    """Read the settings of one of Podman's units, whatever its name."""
    return _read(text, toml=False)


def _read(text: Text, *, toml: bool) -> Reading:
    reading = Reading(NAME)
    table, listed = "", False
    for number, line in enumerate(text.lines):
        if line.lstrip()[:1] in ("#", ";"):
            reading.comments.append(Comment(text.at(number, len(line) - len(line.lstrip())), line.strip(), alone=True))
            continue
        header = _TABLE.match(line)
        if toml and (listed or _LIST.match(line)):
            for entry in _TEXTS.finditer(line):
                _add(text, reading, number, entry, frozenset({"container"}))
            listed = "]" not in line.partition("=")[2] if not listed else "]" not in line
        elif header:
            table = header[1]
        elif toml and _INLINE.match(line):
            for member in _MEMBER.finditer(line):
                _add(text, reading, number, member, _typed(table, line))
        elif toml:
            match = _ENTRY.match(line) or (_BARE.match(line) if "sysctl" in table else None)
            if match and "sysctl" in table + line.split("=", 1)[0]:
                _add(text, reading, number, match, _typed(table, line))
        elif begin := _CONTAINER.match(line):
            for match in _PAIR.finditer(line, begin.end()):
                _add(text, reading, number, match, frozenset({"container"}))
    return reading


def _typed(table: str, line: str) -> frozenset[str]:
    """Return what is known of an entry's value: Bottlerocket takes texts, and writes them as they are."""
    return frozenset() if "kernel.sysctl" in f"{table}.{line.split('=', 1)[0]}" else frozenset({"typed"})


def _add(text: Text, reading: Reading, number: int, match: re.Match[str], facts: frozenset[str]) -> None:
    if not is_name(match["key"]):
        return
    raw, start = match["value"], match.start("value")
    if len(raw) > 1 and raw[0] == raw[-1] and raw[0] in "\"'":
        raw, start = raw[1:-1], start + 1
    reading.settings.append(
        Setting(
            key=dotted(match["key"]),
            raw=raw,
            spelled=match["key"],
            key_at=text.at(number, match.start("key"), match.end("key")),
            value_at=text.at(number, start, start + len(raw)),
            source=NAME,
            templated=is_template(raw),
            facts=facts,
        )
    )
