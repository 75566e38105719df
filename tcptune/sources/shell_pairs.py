"""Names in one array of a script and their values in another, put together by place: `"${KEYS[$i]}=${VALUES[$i]}"`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tcptune.sources.shell_calls import Handed
from tcptune.sources.shell_lexer import Script, Word
from tcptune.sources.yaml_walk import is_key

_PAIR = re.compile(
    r"\$\{(?P<keys>\w+)\[\$?\{?(?P<at>\w+)\}?\]\}\"?[ \t]*=[ \t]*\"?\$\{(?P<values>\w+)\[\$?\{?(?P=at)\}?\]\}"
)
_SETS = re.compile(r"\bsysctl[ \t]+(?:-\w+[ \t]+)*\"?$")
_PRINTS = re.compile(r"\becho[ \t]+(?:-\w+[ \t]+)?\"?$")
_INTO = re.compile(r"\"?[ \t]*(?:>>?|\|[ \t]*(?:sudo[ \t]+)?tee\b(?:[ \t]+-a)?)[ \t]*\"?/etc/sysctl(?:\.conf|\.d/)")
_LOOP = re.compile(r"^for\b", re.MULTILINE)
_ASKS = re.compile(r"\b(?:if|case|test|grep|continue|break)\b|\[[ \t]|&&|\|\||sysctl[ \t]+-\w*n")
_FAR = 400
"""Characters before such a pair within which its loop begins."""


def paired(text: str, script: Script) -> Iterator[Handed]:
    """Yield what a loop over the places of two arrays sets, each of which is given once and all of whose words pair.

    A loop that asks for anything is left alone, and one that is indented: it may stand under a condition.
    """
    arrays: dict[str, list[Word]] | None = None
    for match in _PAIR.finditer(text):
        before = text[max(0, match.start() - _FAR) : match.start()]
        loops = list(_LOOP.finditer(before))
        written = _PRINTS.search(before) and _INTO.match(text, match.end())
        if not loops or not (written or _SETS.search(before)) or _ASKS.search(before, loops[-1].end()):
            continue
        arrays = _arrays(script) if arrays is None else arrays
        keys, values = arrays.get(match["keys"], []), arrays.get(match["values"], [])
        if len(keys) != len(values) or not all(is_key(word.text) and word.offsets for word in keys):
            continue
        for key, value in zip(keys, values, strict=True):
            if value.offsets and value.text:
                yield Handed(key, 0, key.text, value, 0, value.text)


def _arrays(script: Script) -> dict[str, list[Word]]:
    """Return the words of each array that a script gives once, and to which nothing is added."""
    found: dict[str, list[Word]] = {}
    twice: set[str] = set()
    name = ""
    for command in script.commands:
        if name:
            found[name] += command.words
            name = "" if command.operator == ")" else name
            continue
        last = command.words[-1].text if command.words else ""
        if command.operator == "(" and last.endswith("="):
            name = last.rstrip("+=")
            twice |= {name} & found.keys()
            found.setdefault(name, [])
    return {name: words for name, words in found.items() if name not in twice}
