"""Tasks of Ansible that are chosen by `--tags`: which are alternatives to each other, and which run together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

from tcptune.model.setting import Setting
from tcptune.sources.yaml_nodes import Node

_MARK = "tags "
"""How the part of a group begins that names the tags of a task or block."""

_MANY = 200
"""Sets of tags in one file that are compared with each other."""

_LEAST = 2
"""Keys that alternatives share at least; a single one is set twice by two sections of the same run."""

_NEVER, _ALWAYS = "never", "always"


def part(tags: Node | None) -> str | None:
    """Return the part of a group for the tags of a task, block or play; None where it has none."""
    if tags is None:
        return None
    told = [item.value for item in tags.items] if tags.kind == "list" else tags.value.split(",")
    names = sorted({name.strip() for name in told if name.strip()})
    return _MARK + ",".join(names) if names and tags.kind in ("list", "scalar") else None


def settled(settings: Sequence[Setting]) -> list[Setting]:
    """Return the settings with their tags in the group only where these choose between alternatives.

    Two disjoint sets of tags are alternatives when one of them has `never`, which runs only when it is asked for, or
    when the tasks of one set half of the other's keys, and no single one: a run for both would set each twice. What is
    tagged `always` is an alternative to nothing.
    """
    told = [_tags(setting) for setting in settings]
    keys: dict[frozenset[str], set[str]] = {}
    for setting, tags in zip(settings, told, strict=True):
        if tags and _ALWAYS not in tags and len(keys) < _MANY:
            keys.setdefault(tags, set()).add(setting.key)
    apart: set[frozenset[str]] = set()
    for one, other in combinations(keys, 2):
        if not (one & other) - {_NEVER} and _alternatives(one | other, keys[one], keys[other]):
            apart |= {one, other}
    return [_settled(setting, tags, tags in apart) for setting, tags in zip(settings, told, strict=True)]


def _alternatives(tags: frozenset[str], one: set[str], other: set[str]) -> bool:
    shared = len(one & other)
    return shared > 0 if _NEVER in tags else shared >= _LEAST and shared * 2 >= min(len(one), len(other))


def _tags(setting: Setting) -> frozenset[str]:
    """Return the tags of a setting's task and of all blocks around it."""
    told = [part.removeprefix(_MARK) for part in setting.group if part.startswith(_MARK)]
    return frozenset(name for names in told for name in names.split(","))


def _settled(setting: Setting, tags: frozenset[str], apart: bool) -> Setting:
    if not tags:
        return setting
    plain = tuple(part for part in setting.group if not part.startswith(_MARK))
    return replace(setting, group=(*plain, _MARK + ",".join(sorted(tags))) if apart else plain)
