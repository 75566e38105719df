"""Variables of Ansible that a file only compares a host with: each loop over them shows values, none sets one."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tcptune.model.late import late
from tcptune.sources.yaml_nodes import Node
from tcptune.sources.yaml_walk import Walk

ASKS = late(r"""(?:\S*/)?sysctl\s+(?:-[neNb]+\s+|--values\s+)*["']?\{\{[^{}]*\}\}["']?\s*""")
"""A command that shows each entry of a loop, and sets none."""

_KEEPS = ("set_fact", "ansible.builtin.set_fact", "vars")
_RUNS = late(
    r"\s*(?:-\s+)?(?:ansible\.builtin\.)?(?:shell|command|cmd|_raw_params):\s*[\"']?(?P<told>[^\"'#\s].*?)[\"']?\s*"
)
_LOOKS = late(r"\s*(?:-\s+)?(?:ansible\.builtin\.)?(?:assert|debug|fail|stat):.*")

_USED = late(r"(?<![\w.-])\w[\w-]*(?!\s*:)(?![\w-])")
_ELSEWHERE = late(r"\s*(?:-\s+)?(?:ansible\.builtin\.)?(?:roles|include\w*|import_\w+|dependencies):.*")
"""What hands a file's variables on without a word about them."""


_MOST_ABOVE = 200
"""Lines of a task above its loop that are looked at."""


class Asked:
    """What a file's lines say about its variables, gathered when it is first asked for."""

    def __init__(self) -> None:
        self._rows: Sequence[str] = ()
        self._uses: dict[str, list[int]] = {}

    def skip(self, node: Node, walk: Walk) -> None:
        """Leave out the variables that a task or a play sets and that the file's loops only ask about."""
        kept = node.get(*_KEEPS)
        held = [(key, value) for key, value in kept.pairs if value.kind in ("list", "map")] if kept is not None else []
        if not held:
            return
        if self._rows is not walk.text.lines:
            self._rows = walk.text.lines
            self._uses = {} if any(map(_ELSEWHERE.fullmatch, self._rows)) else _used(self._rows)
        walk.seen |= {id(value) for key, value in held if self._only_asked(key.value, self._uses.get(key.value, []))}

    def _only_asked(self, name: str, uses: list[int]) -> bool:
        """Tell whether a variable is used, and nowhere but in loops of tasks that ask."""
        loop = re.compile(
            rf"\s*(?:loop|with_items|with_dict|with_list):\s*[\"']?\{{\{{\s*{re.escape(name)}\b[^{{}}]*\}}\}}[\"']?\s*"
        )
        return bool(uses) and all(loop.fullmatch(self._rows[number]) and _asks(self._rows, number) for number in uses)


def _used(rows: Sequence[str]) -> dict[str, list[int]]:
    """Return for each word the lines that it is used in, beside those that give it a value."""
    found: dict[str, list[int]] = {}
    for number, row in enumerate(rows):
        for match in _USED.finditer(f" {row}".partition(" #")[0]):
            lines = found.setdefault(match[0], [])
            if not lines or lines[-1] != number:
                lines.append(number)
    return found


def _asks(rows: Sequence[str], number: int) -> bool:
    """Tell whether the task around a line runs a command that only asks, or looks at a host with a module."""
    depth = _depth(rows[number])
    above = range(number, max(number - _MOST_ABOVE, -1), -1)
    first = next((at for at in above if rows[at].strip() and _depth(rows[at]) < depth), number)
    task = [rows[first]]
    for row in rows[first + 1 : number + _MOST_ABOVE]:
        if row.strip() and _depth(row) <= _depth(rows[first]):
            break
        task.append(row)
    commands = [match["told"] for row in task if (match := _RUNS.fullmatch(row)) is not None]
    return any(map(_LOOKS.fullmatch, task)) or (len(commands) == 1 and ASKS.fullmatch(commands[0]) is not None)


def _depth(row: str) -> int:
    return len(row) - len(row.lstrip(" "))
