"""A drafted profile as the text of its file."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping, Sequence

from tcptune import __version__
from tcptune.draft.item import Item
from tcptune.model.profile import SCHEMA
from tcptune.model.value import as_json
from tcptune.render.comments import harmless

WIDTH = 110


def write(name: str, source: str, items: Sequence[Item], accepted: Mapping[str, str]) -> str:
    """Return the profile's text; `accepted` are the risks that come with its values, each with the reason."""
    origin = harmless(source)
    lines = [
        f"# tcptune {__version__}: drafted from {origin}. Name what it is for, and say why of each value.",
        f"schema: {SCHEMA}",
        f"name: {name}",
        f"summary: {_scalar(f'What {origin} sets')}",
        "settings:" if items else "settings: {}",
    ]
    for item in items:
        lines += _setting(item)
    lines += ["accept:"] if accepted else []
    for rule, why in accepted.items():
        lines += [f"  - rule: {rule}", *_folded("why", why, "    ")]
    return "\n".join(lines) + "\n"


def _setting(item: Item) -> list[str]:
    value = _scalar(as_json(item.value))
    conditions = [f"module: {item.module}"] if item.module is not None else []
    conditions += ["netns: other"] if item.contained else []
    if item.bound == "value" and not conditions and not item.why:
        return [f"  {item.key}: {value}"]
    lines = [f"  {item.key}:", f"    {item.bound}: {value}"]
    lines += [f"    when: {{{', '.join(conditions)}}}"] if conditions else []
    return [*lines, *_folded("why", item.why, "    ")]


def _scalar(value: int | str | list[int] | None) -> str:
    """Return a value as YAML has it; JSON is a part of it, and what is printable needs no escape."""
    return json.dumps(value, ensure_ascii=False)


def _folded(name: str, text: str, indent: str) -> list[str]:
    """Return a text as a folded block: a line end in it is one blank, so nothing in it needs quotes."""
    rows = textwrap.wrap(harmless(text), WIDTH - len(indent), break_long_words=False, break_on_hyphens=False)
    return [f"{indent}{name}: >-", *(f"{indent}  {row}" for row in rows)] if rows else []
