"""Variables of Ansible that a file only compares a host with: each loop over them shows values, none sets one."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tcptune.sources.yaml_nodes import Node
from tcptune.sources.yaml_walk import Walk

ASKS = re.compile(r"""(?:\S*/)?sysctl\s+(?:-[neNb]+\s+|--values\s+)*["']?\{\{[^{}]*\}\}["']?\s*""")
"""A command that shows each entry of a loop, and sets none."""

_KEEPS = ("set_fact", "ansible.builtin.set_fact", "vars")
_RUNS = re.compile(
    r"\s*(?:-\s+)?(?:ansible\.builtin\.)?(?:shell|command|cmd|_raw_params):\s*[\"']?(?P<told>[^\"'#\s].*?)[\"']?\s*"
)
_LOOKS = re.compile(r"\s*(?:-\s+)?(?:ansible\.builtin\.)?(?:assert|debug|fail|stat):.*")

_ELSEWHERE = re.compile(r"\s*(?:-\s+)?(?:ansible\.builtin\.)?(?:roles|include\w*|import_\w+|dependencies):.*")
"""What hands a file's variables on without a word about them."""


def skip(node: Node, walk: Walk) -> None:
    """Leave out the variables that a task or a play sets and that the file's loops only ask about."""
    kept = node.get(*_KEEPS)
    held = [(key, value) for key, value in kept.pairs if value.kind in ("list", "map")] if kept is not None else []
    if not held or any(map(_ELSEWHERE.fullmatch, walk.text.lines)):
        return
    walk.seen |= {id(value) for key, value in held if _only_asked(key.value, walk.text.lines)}


def _only_asked(name: str, rows: Sequence[str]) -> bool:
    """Tell whether a variable is used, and nowhere but in loops of tasks that ask."""
    used = re.compile(rf"(?<![\w.-]){re.escape(name)}(?![\w-]|\s*:)")
    loop = re.compile(
        rf"\s*(?:loop|with_items|with_dict|with_list):\s*[\"']?\{{\{{\s*{re.escape(name)}\b[^{{}}]*\}}\}}[\"']?\s*"
    )
    uses = [number for number, row in enumerate(rows) if used.search(f" {row}".partition(" #")[0])]
    return bool(uses) and all(loop.fullmatch(rows[number]) and _asks(rows, number) for number in uses)


def _asks(rows: Sequence[str], number: int) -> bool:
    """Tell whether the task around a line runs a command that only asks, or looks at a host with a module."""
    depth = _depth(rows[number])
    first = next((at for at in range(number, -1, -1) if rows[at].strip() and _depth(rows[at]) < depth), number)
    task = [rows[first]]
    for row in rows[first + 1 :]:
        if row.strip() and _depth(row) <= _depth(rows[first]):
            break
        task.append(row)
    commands = [match["told"] for row in task if (match := _RUNS.fullmatch(row)) is not None]
    return any(map(_LOOKS.fullmatch, task)) or (len(commands) == 1 and ASKS.fullmatch(commands[0]) is not None)


def _depth(row: str) -> int:
    return len(row) - len(row.lstrip(" "))
