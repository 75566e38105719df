"""Lines that a script puts into a file by a helper of its own: `add_line FILE 'key = value'`. sed sets nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from tcptune.model.late import late
from tcptune.sources.base import FAMILIES
from tcptune.sources.shell_calls import Handed, is_value
from tcptune.sources.shell_lexer import Word
from tcptune.sources.yaml_walk import is_key

_STORE = late(r"(?:^|.*/)(?:[\w.-]*sysctl[\w.-]*\.(?:conf|local)|sysctl\.d/[^/]+)", re.DOTALL)
"""The name of a file that a loader reads, or of one that becomes such a file."""

_ASSIGNMENT = late(r"\s*(?P<key>[A-Za-z][\w./*-]*[./][\w./*-]*\w)\s*=\s*(?P<value>[^\s=][^\n]*?)\s*")

_TAKES_OUT = late(r"remove|delete|del_|clean|uncomment|comment|purge|backup|restore|diff", re.IGNORECASE)
_ASKS = late(r"check|verify|test|has|is_|audit|exist|assert|grep|compare|show|get", re.IGNORECASE)
_PUTS = late(r"add|append|set|put|write|ensure|update|insert|replace|enforce|apply|(?:^|_)tee(?:_|$)", re.IGNORECASE)
_LINE = late(r"line|conf|save", re.IGNORECASE)


_IN_PLACE = late(r"-[a-zA-Z]*i.*|--in-place.*")
_STRIKES = late(r"[/|,@]I?d\b|[/|,@][^/|,@]*[/|,@]\s*#")
_DOTTED = late(r"[A-Za-z][\w-]*(?:\.[\w*-]+)+")
_ESCAPED = late(r"\\(.)")


def taken_out(words: list[Word]) -> set[str]:
    """Return the names that `sed -i` takes out of a file, be it that it deletes their lines or makes them comments."""
    if not any(_IN_PLACE.fullmatch(word.text) for word in words[1:]):
        return set()
    programs = (word.text for word in words[1:] if _STRIKES.search(word.text))
    plain = (_ESCAPED.sub(lambda match: "." if match[1] == "." else " ", program) for program in programs)
    return {name for program in plain for name in _DOTTED.findall(program)}


def _assigned(word: Word) -> Iterator[Handed]:
    match = _ASSIGNMENT.fullmatch(word.text)
    if match and len(word.offsets) == len(word.text) and re.split("[./]", match["key"])[0] in FAMILIES:
        yield Handed(word, match.start("key"), match["key"], word, match.start("value"), match["value"])


def by_name(words: list[Word], target: Callable[[Word], Word]) -> Iterator[Handed]:
    """Yield what a command that is told a file of the loaders and an assignment puts there (`add_line FILE LINE`)."""
    name = words[0].text.rsplit("/", 1)[-1] if words else ""
    if len(words) < 3 or _TAKES_OUT.search(name) or (_ASKS.search(name) and not _PUTS.search(name)):
        return
    named = [(word, target(word).text) for word in words[1:] if word.expands or "sysctl" in word.text]
    stores = [word for word, text in named if "sysctl" in text and _STORE.fullmatch(text)]
    if not stores or not (_PUTS.search(name) or _LINE.search(name)):
        return
    rest = [word for word in words[1:] if word not in stores]
    for index, word in enumerate(rest):
        yield from _assigned(word)
        if is_key(word.text) and index + 1 < len(rest) and rest[index + 1].offsets:
            value = rest[index + 1]
            if is_value(word.text, value.text):
                yield Handed(word, 0, word.text, value, 0, value.text)
