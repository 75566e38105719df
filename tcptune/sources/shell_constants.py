"""Variables of a script that hold one value: `FIN=15` once, and `sysctl -w net.ipv4.tcp_fin_timeout=$FIN` behind it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from tcptune.model.late import late
from tcptune.model.setting import Setting
from tcptune.sources.base import dotted, is_filled, is_template
from tcptune.sources.shell_calls import Handed
from tcptune.sources.shell_lexer import Word
from tcptune.sources.yaml_walk import is_key

_ASSIGNS = re.compile(r"([A-Za-z_]\w*)=([\w./-]+(?:[ \t]+[\w.-]+)*)")
_DECLARES = frozenset({"local", "export", "readonly", "declare", "typeset"})
_FLAG = late(r"-[A-Za-z]+")
_USED = late(r"\$(?:\{(\w+)\}|(\w+))")
_ASSIGNED = late(
    r"(?P<key>\$(?:\{(?P<braced>\w+)\}|(?P<name>\w+))(?P<rest>[\w./-]{0,150}))[ \t]*=[ \t]*(?P<value>\S.*)", re.DOTALL
)
_READS_IN = frozenset({".", "source"})
_TELLS_ONLY = late(r"(?:os|lsb)-release|/functions\b")
"""Files that a script reads in for what they say of the system, and that set none of its own variables."""

_BARE = late(r"(?<![\w$])(?<!\$\{)[A-Za-z_]\w*")
_COMMENT = late(r"^[ \t]*#.*", re.MULTILINE)
_LONGEST = 100
"""Characters of a value at most."""


class Constants:
    """Knows what the variables of a script hold that get a value at one place only, and nothing conditional on it.

    A variable is none of them when its name stands anywhere else without a `$` before it: there it may be read, counted
    up or set anew. What a script reads in from another file may set all of them.
    """

    __slots__ = ("_bare", "_held", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._held: dict[str, tuple[str, tuple[str, ...]]] = {}
        self._bare: Counter[str] | None = None

    def feed(self, words: list[Word], group: tuple[str, ...]) -> None:
        """Take in what a command in a block of the script assigns."""
        if not words:
            return
        first = words[0].text
        if first in _READS_IN and not (len(words) > 1 and _TELLS_ONLY.search(words[1].text)):
            self._held.clear()
        if "=" not in words[-1].text or words[-1].expands:
            return
        declared = first in _DECLARES
        given = [word for word in words[declared:] if not (declared and _FLAG.fullmatch(word.text))]
        matches = [_ASSIGNS.fullmatch(word.text) for word in given if len(word.text) <= _LONGEST]
        if len(matches) == len(given) and all(matches):
            self._held.update((match[1], (match[2], group)) for match in matches if match is not None)

    def put_in(self, setting: Setting) -> Setting:
        """Return a setting with the values in the place of the variables; the same where not all of them are known."""
        setting = self._named(setting) if "$" in setting.spelled and self._held else setting
        raw = setting.raw
        if not self._held or not setting.templated or "$" not in raw or "\\" in raw or "tuned" in setting.facts:
            return setting
        told = _USED.sub(lambda match: self._value(match[1] or match[2], setting.group) or match[0], raw)
        if is_template(setting.spelled) or is_template(told) or is_filled(told):
            return setting
        # What stands there is the variable, and not what it holds: the place has no end.
        at = replace(setting.value_at, end_column=None) if setting.value_at is not None else None
        return replace(setting, raw=told, value_at=at, templated=False)

    def names(self, word: Word, group: tuple[str, ...]) -> Iterator[Handed]:
        """Yield what `$KEY=value` and `$P.name=value` set, where the variable holds a name or how one begins."""
        match = _ASSIGNED.fullmatch(word.text)
        held = self._value(match["braced"] or match["name"], group) if match else ""
        if match and held and is_key(held + match["rest"]):
            yield Handed(word, 0, match["key"], word, match.start("value"), match["value"])

    def _named(self, setting: Setting) -> Setting:
        told = _USED.sub(lambda match: self._value(match[1] or match[2], setting.group) or match[0], setting.spelled)
        if is_template(told) or not is_key(told):
            return setting
        templated = setting.templated and (is_template(setting.raw) or is_filled(setting.raw))
        at = replace(setting.key_at, end_column=None) if setting.key_at is not None else None
        return replace(setting, key=dotted(told), spelled=told, key_at=at, templated=templated)

    def _value(self, name: str, group: tuple[str, ...]) -> str:
        value, where = self._held.get(name, ("", ()))
        if not value or group[: len(where)] != where:
            return ""
        if self._bare is None:
            self._bare = Counter(_BARE.findall(_COMMENT.sub("", self._text)))
        return value if self._bare[name] == 1 else ""
