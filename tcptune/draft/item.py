"""What is carried over into a new profile, and what is not."""

from __future__ import annotations

import re
from typing import Literal

from tcptune.catalog import parameter
from tcptune.model.parameter import Parameter
from tcptune.model.record import dataclass
from tcptune.model.value import Value
from tcptune.profiles.values import SECRET
from tcptune.render.comments import harmless
from tcptune.render.plan import PLAIN

LONGEST_REASON = 500
"""Characters of a reason; a file's licence or a whole manual above a line is none."""

_ASSIGNMENT = re.compile(r"[-a-z]*[a-z]\w*([./][\w*-]+)+\s*[=:]\s*\S+\s*(#.*)?", re.IGNORECASE)
_SUPPRESSION = re.compile(r"tcptune\s?:\s*ignore")


@dataclass(frozen=True, slots=True)
class Item:
    """One parameter of the new profile: its value or bound, its reason, where it holds, and where it was found."""

    key: str
    value: Value
    place: str
    why: str = ""
    bound: Literal["value", "at_least", "at_most"] = "value"
    contained: bool = False

    @property
    def module(self) -> str | None:
        """The kernel module that the parameter comes with."""
        entry = parameter(self.key)
        return entry.lifetime.module if entry is not None else None


@dataclass(frozen=True, slots=True)
class Draft:
    """What was found: the source in a few words, what is carried over, a line for each thing that is not."""

    source: str
    items: tuple[Item, ...]
    left: tuple[str, ...] = ()


def reason(comment: str) -> str:
    """Return the reason that a comment gives: without its signs, rules to lint, and settings that are commented out."""
    rows = []
    for row in comment.split("\n"):
        text = row.strip().strip("#;*/").strip().rstrip("-=#*").strip()
        if any(sign.isalnum() for sign in text) and not _SUPPRESSION.search(text) and not _ASSIGNMENT.fullmatch(text):
            rows.append(text)
    told = harmless(" ".join(rows))
    return told if len(told) <= LONGEST_REASON else told[: LONGEST_REASON - 1].rsplit(" ", 1)[0] + "…"


def obstacle(entry: Parameter, value: Value) -> str | None:
    """Return why a value of the catalogue's parameter belongs into no profile; None where it does."""
    if not entry.mode & 0o222:
        return "it can only be read"
    if entry.key == SECRET:
        return "it is a secret"
    if isinstance(value, str) and PLAIN.fullmatch(value) is None:
        return f"{value!r} is no value that a profile can hold" if value else "its value is empty"
    return None
