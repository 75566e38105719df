"""Maps written out in an expression of Jinja: `{'net.core.somaxconn': 9}`, `[{'name': 'vm.swappiness', 'value': 1}]`.

Salt's `{% set %}` and Ansible's `loop` have them; what the expression makes of the map is not followed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tcptune.model.setting import Setting
from tcptune.sources.base import Text, dotted, is_template
from tcptune.sources.yaml_walk import is_key

NAME = "literal"

_VALUE = r"""(?:"(?P<{0}q>[^"\n]*)"|'(?P<{0}s>[^'\n]*)'|(?P<{0}n>-?\d+)(?=\s*[,}}\]]))"""
_ENTRY = re.compile(r"""["'](?P<key>[a-z][\w-]*(?:[./][\w-]+)+)["']\s*:\s*""" + _VALUE.format("v"))
_NAMED = re.compile(
    r"""["'](?:name|key|k|param)["']\s*:\s*["'](?P<key>[a-z][\w-]*(?:[./][\w-]+)+)["']\s*,\s*["'](?:value|val|v)["']\s*:\s*"""
    + _VALUE.format("v")
)


def of_line(text: Text, number: int, start: int, end: int, group: tuple[str, ...]) -> Iterator[Setting]:
    """Yield what the maps of a part of a line set."""
    line = text.lines[number]
    for pattern in (_ENTRY, _NAMED):
        for match in pattern.finditer(line, start, end):
            kind = next(kind for kind in ("vq", "vs", "vn") if match[kind] is not None)
            if is_key(match["key"]):
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
