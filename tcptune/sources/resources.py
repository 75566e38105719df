"""Resources of Puppet, Chef and Salt, and Terraform's maps: a parameter's name, and its value a few lines below.

The four have the same shape, `TYPE 'net.core.somaxconn' … value … 4096`, so that one reader with a table of their words
serves them; each word list is a fact about one tool.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from tcptune.model.setting import Setting
from tcptune.sources import terraform_arguments
from tcptune.sources.base import FAMILIES, Comment, Reading, Text, is_template, joined
from tcptune.sources.yaml_walk import is_key

NAME = "resource"

_MODULE = re.compile(r"""\b(?:kmod::load|kernel_module)\b[^\n'"]{0,20}['"](\w+)['"]""")
"""Puppet's and Chef's resources that load a module."""

_NESTED = re.compile(r"""(?P<levels>(?:\[['"][\w-]+['"]\]){3,12})\s*=\s*(?P<value>"[^"]*"|'[^']*'|[^\s,;#}]+)""")

_TOP = re.compile(r"^[a-z]\w*\b[^=]*\{")
"""The first line of one of Terraform's top-level blocks."""

_QUOTED = r"""["'](?P<key>[A-Za-z][\w./*-]*)["']"""
_SCALAR = r"""(?P<value>"[^"]*"|'[^']*'|[^\s,;#}]+)"""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one tool writes a resource: where its name stands, where its value, what ends it, what removes it."""

    suffixes: tuple[str, ...]
    begins: re.Pattern[str]
    value: re.Pattern[str]
    ends: re.Pattern[str]
    absent: re.Pattern[str]
    pair: re.Pattern[str]


DIALECTS = {
    "puppet": Dialect(
        (".pp",),
        re.compile(rf"""\bsysctl[\w:]*\s*\{{\s*{_QUOTED}\s*:"""),
        re.compile(rf"""\b(?:value|val)\s*=>\s*{_SCALAR}"""),
        re.compile(r"\}"),
        re.compile(r"ensure\s*=>\s*['\"]?absent"),
        re.compile(rf"""{_QUOTED}\s*=>\s*(?:\{{\s*['"]?value['"]?\s*=>\s*)?{_SCALAR}"""),
    ),
    "chef": Dialect(
        (".rb",),
        re.compile(rf"""\b\w{{0,40}}?sysctl\w{{0,40}}\s*\(?\s*{_QUOTED}\s*\)?\s*(?:do|\{{)?"""),
        re.compile(rf"""(?:^|\bdo\b|\{{)\s*value\s*\(?\s*{_SCALAR}"""),
        re.compile(r"(?:^|\s)end\s*$"),
        re.compile(r"action\s+:(?:remove|delete|nothing)"),
        re.compile(rf"""{_QUOTED}(?:\]\s*=|\s*=>|:)\s*{_SCALAR}"""),
    ),
    "terraform": Dialect(
        (".tf", ".tfvars", ".hcl"),
        re.compile(r"(?!)"),
        re.compile(r"(?!)"),
        re.compile(r"(?!)"),
        re.compile(r"(?!)"),
        re.compile(rf"""^\s*["']?(?P<key>[a-z][\w-]*(?:[./][\w*-]+)+)["']?\s*[=:]\s*{_SCALAR}"""),
    ),
}


def claims(text: Text) -> bool:
    """Claim manifests, recipes and Terraform files by name."""
    return _dialect(text) is not None


def _dialect(text: Text) -> Dialect | None:
    suffix = PurePosixPath(text.path).suffix
    return next((entry for entry in DIALECTS.values() if suffix in entry.suffixes), None)


def read(text: Text) -> Reading:
    """Read resources, and maps from parameter to value."""
    reading = Reading(NAME)
    dialect = _dialect(text)
    if dialect is None:
        return reading
    reading.modules |= {match[1] for match in _MODULE.finditer(text.text)}
    open_name: tuple[str, int, int] | None = None
    pending: list[Setting] = []
    beside = ""
    for number, line in enumerate(text.lines):
        code, comment = _comment(line)
        if comment is not None:
            at = text.at(number, len(code))
            reading.comments.append(Comment(at, comment, alone=not code.strip()))
        if not code.strip():
            beside = joined(beside, comment) if comment else ""
            continue
        beside = joined(beside, comment) if comment else beside
        begin = dialect.begins.search(code)
        if begin and is_key(begin["key"]):
            open_name, pending = (begin["key"], number, begin.start("key")), []
        if open_name is not None:
            _inside(text, number, code, dialect, open_name, pending, beside)
            if dialect.absent.search(code):
                pending, open_name = [], None
            elif dialect.ends.search(code, begin.end() if begin else 0):
                reading.settings += pending
                open_name = None
        else:
            for match in dialect.pair.finditer(code):
                if is_key(match["key"]):
                    place = (match["key"], number, match.start("key"))
                    reading.settings.append(_setting(text, number, match, place, beside))
            for match in _NESTED.finditer(code) if dialect is DIALECTS["chef"] else ():
                reading.settings += _nested(text, number, match, beside)
        beside = ""
    if dialect is DIALECTS["terraform"]:
        reading.settings = _by_resource(text, [*reading.settings, *terraform_arguments.read(text)])
    return reading


def _by_resource(text: Text, settings: list[Setting]) -> list[Setting]:
    """Give the settings of each top-level block a group: two node pools are two hosts."""
    begins = [number + 1 for number, line in enumerate(text.lines) if _TOP.match(line)]
    found = []
    for setting in settings:
        line = setting.key_at.line if setting.key_at is not None else 0
        index = bisect_right(begins, line)
        block = begins[index - 1] if index else 0
        found.append(replace(setting, group=(f"block{block}",)) if block else setting)
    return found


def _nested(text: Text, number: int, match: re.Match[str], beside: str) -> list[Setting]:
    """Read an attribute written level by level: `['net']['ipv4']['tcp_sack'] = 1`."""
    words = re.findall(r"""\[['"]([\w-]+)['"]\]""", match["levels"])
    start = next((index for index, word in enumerate(words) if word in FAMILIES), len(words))
    key = ".".join(words[start:])
    if not is_key(key) or "sysctl" not in words[:start]:
        return []
    setting = _setting(text, number, match, (key, number, match.start("levels")), beside)
    return [replace(setting, key_at=text.at(number, match.start("levels"), match.end("levels")))]


def _inside(
    text: Text,
    number: int,
    code: str,
    dialect: Dialect,
    name: tuple[str, int, int],
    pending: list[Setting],
    beside: str,
) -> None:
    match = dialect.value.search(code)
    if match:
        pending[:] = [_setting(text, number, match, name, beside)]


def _setting(text: Text, number: int, match: re.Match[str], name: tuple[str, int, int], beside: str) -> Setting:
    spelled, line, column = name
    raw, start = match["value"], match.start("value")
    quoted = len(raw) > 1 and raw[0] == raw[-1] and raw[0] in "\"'"
    inner = raw[1:-1] if quoted else raw
    start += 1 if quoted else 0
    literal = quoted or re.fullmatch(r"-?\d\w*|true|false", raw) is not None
    return Setting(
        key=spelled,
        raw=inner,
        spelled=spelled,
        key_at=text.at(line, column, column + len(spelled)),
        value_at=text.at(number, start, start + len(inner)),
        source=NAME,
        comment=beside,
        templated=is_template(inner) or "#{" in inner or not literal,
        facts=frozenset({"typed"}),
    )


def _comment(line: str) -> tuple[str, str | None]:
    """Divide a line into code and comment; a `#` inside quotes is none, nor is the `#{` of an interpolation."""
    quote = ""
    for index, character in enumerate(line):
        if quote:
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        elif character == "#" and line[index + 1 : index + 2] != "{":
            return line[:index], line[index:]
    return line, None
