"""Functions of a script that end it where a file is missing: `need() { for f; do [ -e "$f" ] || exit 1; done; }`.

Behind `need /proc/sys/vm/compaction_proactiveness` that parameter is there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tcptune.model.late import late
from tcptune.sources.base import dotted
from tcptune.sources.shell_lexer import Word
from tcptune.sources.shell_names import functions

_EACH = late(r"\bfor[ \t]+(\w+)[ \t]*(?:in[ \t]+\"?\$[@*]\"?)?[ \t]*(?:;|\n)")
_ONE = late(r"\b(\w+)=\"?\$\{?1\b")
_FILE = r"-[defrw][ \t]+\"?\$\{?(\w+)\}?\"?(?:[ \t]*\]\]?)?"
_MISSING = (
    late(rf"(?:\[\[?|\btest)[ \t]+{_FILE}\s*\|\|\s*(?:\{{[^{{}}]{{0,300}})?\b(?:exit|die)\b"),
    late(
        rf"(?:!\s*(?:\[\[?|\btest)[ \t]+|(?:\[\[?|\btest)[ \t]+![ \t]+){_FILE}"
        r"\s*(?:;?\s*then\b|&&)(?:(?!\b(?:fi|else|elif)\b).){0,300}?\b(?:exit|die)\b",
        re.DOTALL,
    ),
)
_PATH = "/proc/sys/"
_HELD = late(r"\$\{?(\w+)(?:\[[@*]\])?\}?")
_LONGEST = 2_000
"""Characters of an array that are looked at."""


class Required:
    """Knows the functions of a script that end it where a file that they are given is missing."""

    __slots__ = ("_all", "_first", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._all: set[str] = set()
        self._first: set[str] = set()
        for name, body in functions(text) if _PATH in text else ():
            asked = {match[1] for pattern in _MISSING for match in pattern.finditer(body)}
            if asked.intersection(_EACH.findall(body)):
                self._all.add(name)
            elif asked.intersection(["1", *_ONE.findall(body)]):
                self._first.add(name)

    def by(self, words: list[Word]) -> tuple[str, ...]:
        """Return the parameters that are there behind a command."""
        name = words[0].text
        if name in self._all:
            return self.named(words[1:])
        return self.named(words[1:2]) if name in self._first else ()

    def named(self, words: list[Word]) -> tuple[str, ...]:
        """Return the parameters whose files are named, be it by an array."""
        return tuple(dotted(path.removeprefix(_PATH).strip("/")) for word in words for path in self._paths(word))

    def _paths(self, word: Word) -> Iterator[str]:
        held = _HELD.fullmatch(word.text)
        if held is None:
            if word.text.startswith(_PATH) and not word.expands:
                yield word.text
            return
        match = re.search(
            rf"(?:^|[\s;]){held[1]}=(?:\(([^()]{{0,{_LONGEST}}})\)|\"([^\"]{{0,{_LONGEST}}})\")", self._text
        )
        for path in (match[1] or match[2] or "").split() if match else ():
            bare = path.strip("'\"")
            if bare.startswith(_PATH) and "$" not in bare:
                yield bare
