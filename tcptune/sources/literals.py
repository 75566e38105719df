"""Maps written out in an expression: `{'net.core.somaxconn': 9}`, `[{'name': 'vm.swappiness', 'value': 1}]`, pairs.

Salt's `{% set %}` and `{% for %}`, Ansible's `loop` and the Ruby of ERB have them; what is made of the map is not
followed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tcptune.model.late import late
from tcptune.model.setting import Setting
from tcptune.sources.base import Text, dotted, is_template
from tcptune.sources.yaml_walk import is_key

NAME = "literal"

_VALUE = r"""(?:"(?P<{0}q>[^"\n]*)"|'(?P<{0}s>[^'\n]*)'|(?P<{0}n>-?\d+)(?=\s*(?:[,)}}\]]|$)))"""
_ENTRY = late(r"""["'](?P<key>[a-z][\w-]*(?:[./][\w-]+)+)["']\s*(?::|=>)\s*""" + _VALUE.format("v"))
_PAIR = late(r"""[(\[]\s*["'](?P<key>[a-z][\w-]*(?:[./][\w-]+)+)["']\s*,\s*""" + _VALUE.format("v") + r"\s*[)\]]")
_NAMED = late(
    r"""["'](?:name|key|k|param)["']\s*:\s*["'](?P<key>[a-z][\w-]*(?:[./][\w-]+)+)["']\s*,\s*["'](?:value|val|v)["']\s*:\s*"""
    + _VALUE.format("v")
)


def of_line(text: Text, number: int, start: int, end: int, group: tuple[str, ...]) -> Iterator[Setting]:
    """Yield what the maps of a part of a line set."""
    line = text.lines[number]
    for pattern in (_ENTRY, _PAIR, _NAMED):
        for match in pattern.finditer(line, start, end):
            kind = next(kind for kind in ("vq", "vs", "vn") if match[kind] is not None)
            if is_key(match["key"]) and not is_key(match[kind]):  # Two names beside each other are a list of names.
                yield Setting(
                    key=dotted(match["key"]),
                    raw=match[kind],
                    spelled=match["key"],
                    key_at=text.at(number, match.start("key"), match.end("key")),
                    value_at=text.at(number, match.start(kind), match.end(kind)),
                    source=NAME,
                    templated=is_template(match[kind]),
                    group=group,
                    facts=frozenset({"typed"}),
                )


def of_erb(text: Text) -> Iterator[Setting]:
    """Yield what hashes set that stand in ERB's tags; a file of the loaders is made of them."""
    inside = False
    for number, line in enumerate(text.lines):
        start = 0
        while start < len(line):
            if not inside:
                begin = line.find("<%", start)
                if begin < 0:
                    break
                inside, start = True, begin + 2
            end = line.find("%>", start)
            stop = end if end >= 0 else len(line)
            if "=>" in line[start:stop] and line[start : start + 1] != "#":
                for one in of_line(text, number, start, stop, ()):
                    yield replace(one, facts=frozenset({"loader"}))
            if end < 0:
                break
            inside, start = False, end + 2
