"""What a script sets in a roundabout way: by a function of its own, from an array, in a loop over names.

`set_param net.core.somaxconn 4096`, `["net.core.somaxconn"]="4096"` and `for key in net.core.somaxconn …; do sysctl -w
$key=1` set as much as a plain command does, where the script hands them on to sysctl or to a file of its loaders.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from tcptune.catalog.names import known
from tcptune.model.late import late
from tcptune.model.record import dataclass
from tcptune.sources.base import dotted, is_template
from tcptune.sources.shell_arrays import Compared
from tcptune.sources.shell_lexer import Command, Word
from tcptune.sources.shell_names import functions
from tcptune.sources.shell_words import talks
from tcptune.sources.yaml_walk import is_key

if TYPE_CHECKING:
    from tcptune.sources.shell_setters import Put, Setter

_FILES = 50
"""Variables with such a name that are looked for."""

_WRITES = late(
    r"sysctl[ \t][^\n|)]{0,200}(?:-\w{0,5}w\b|=)|>[ \t]{0,9}\"?[^\s\"]{0,99}(?:sysctl|/proc/sys)"
    r"|tee\b[^\n]{0,200}(?:sysctl|/proc/sys)|>[ \t]{0,9}\"?\$\{?\w{0,40}path"
)
_CERTAINLY = late(
    r"sysctl[ \t][^\n|)\"]{0,200}-\w{0,5}w\b|>[ \t]{0,9}\"?[^\s\"]{0,99}(?:sysctl|/proc/sys)"
    r"|tee\b[^\n]{0,200}(?:sysctl|/proc/sys)|sysctl[ \t]+(?:-\w+[ \t]+)*\"?\$\{?\w+\}?="
)
"""How a function writes whose name says that it asks: what it prints may well look like a command."""

_RESTS = late(r"\bshift\b.{0,200}\$[*@]", re.DOTALL)
"""A function whose value is all that is left of its arguments."""

_FORGIVES = late(r"\|\|[ \t]*true\b|2>[ \t]*/dev/null|sysctl[ \t]+(?:-\w+[ \t]+)*-e\b|\[[ \t]+!?[ \t]*-[efw][ \t]")
_ASKS = late(r"exist|\[[ \t]+!?[ \t]*-[efw][ \t][^\n]{0,40}(?:/proc/|\$)|sysctl[ \t]+-n")
_CALLED = late(r"([\w.:-]+)[ \t]+\"?\$")
_NAMED = late(
    r"\w{0,40}(?:set|write|apply|add|update|put|ensure|tune|emit|append|save|enforce|persist|change|modify|optimi[sz]e)"
    r"\w{0,40}[-_]sysctl\w{0,40}"
    r"|_{0,2}sysctl[-_]\w{0,40}(?:set|write|apply|add|update|put|ensure|change|modify|optimi[sz]e)[\w-]{0,40}",
    re.IGNORECASE,
)
_HANDED = late(rf"^[ \t]*(?:{_NAMED.pattern})[ \t]+\"?\$", re.MULTILINE | re.IGNORECASE)
_STORES = late(r"(?<!re)(?:set|write|put|store|val|tune|apply|update|change|modify)(?!up)", re.IGNORECASE)
_ASKS_FOR = late(
    r"check|test|assert|expect|verify|get_|read|show|compare|restore|backup|save_|log|wait|ch(?:mod|own|grp)$|^u?mount$|^cp$"
    r"|^(?:mv|ln|rm|ls|stat|head|tail|diff|cmp|cat|dd|touch|find|du|wc|sort|exit|return)$",
    re.IGNORECASE,
)
_HOLDS = late(
    r"^[ \t]*(?:(?:local|readonly|export|declare)[ \t]+(?:-\w+[ \t]+)?)?([A-Za-z_]\w*)="
    r"[\"']?[^\s\"'#=]{0,80}sysctl(?:\.d/|[^\s\"'=]{0,60}\.conf)",
    re.MULTILINE,
)
"""A variable with the name of a file of the loaders."""

_PATH = late(r"/proc/sys/+((?:net|vm|kernel|fs)/[\w./-]+)")
_HANDS_ON = re.compile(r">[ \t]{0,9}\"?[^\s\"]{0,99}sysctl|tee[ \t][^\n]{0,200}sysctl|/proc/sys/\"?\$")
_SYSCTL = re.compile(r"sysctl(?P<options>(?:[ \t]+-[-\w]+){0,9})[ \t]+(?P<word>\"?\$[^\n]{0,200})")
_SET = late(r"\"?\$\{?\w+(?:\[[^\]\n]*\])?\}?\"?=")
_READS = late(r"\$\(|`|<\(|\|[ \t]*(?:grep|awk|sed|cut|tr|head|tail|xargs)")
_PAIR = late(r"(?:(?P<array>\w+)?\[)?(?P<key>[A-Za-z][\w./-]+)\]?[ \t]*=[ \t]*(?P<value>\S.*)")
_ELEMENT = late(r"([A-Za-z_]\w*)\[")
_ROW = late(
    r"\s*(?P<key>[A-Za-z][\w-]*[./][\w./-]*\w)(?:\s*[=:|,;]\s*|[ \t]+)(?P<value>[^\s|;#][^|;#\n]*?)\s*(?:[|;#].*)?"
)
"""A name and its value as a loop reads them from a line: `name value`, `name=value`, `name|value|what for`."""

_NUMBERS = late(r"-?\d[\d\s,-]*")
_NEARLY = late(r"-?\d[0-9A-Za-z_]{0,12}(?:[ \t]+#.{0,200})?")
"""What is meant for a number: with a unit, in hexadecimal, with a comment."""

_ASSIGNS = late(r"([A-Za-z_]\w*)\+?=(?=\s*[A-Za-z])")
_TOKEN = late(r"\S+")
_TEXTS = ("congestion_control", "default_qdisc", "core_pattern", "_domain", "_ulp")


@dataclass(frozen=True, slots=True)
class Handed:
    """One assignment: the words that hold name and value, and where in them."""

    key: Word
    key_start: int
    spelled: str
    value: Word
    value_start: int
    raw: str
    facts: frozenset[str] = frozenset()


def _setters(text: str, bodies: list[tuple[str, str]], stores: re.Pattern[str] | None) -> dict[str, Setter]:
    """Return the functions that certainly set what they are given; most scripts have none that uses an argument."""
    if not any("$" in body for _, body in bodies):
        return {}
    from tcptune.sources.shell_setters import places, setter

    held = places(text)
    return {name: found for name, body in bodies if (found := setter(body, stores, held)) is not None}


class Calls:
    """Knows a script's own functions, and whether it hands what stands in arrays on to sysctl."""

    __slots__ = ("_compared", "_functions", "_kept", "_loops", "_rests", "_setters", "_stores", "_text", "hands_on")

    def __init__(self, text: str, tests: frozenset[str] = frozenset()) -> None:
        stores = _stores(text)
        bodies = [*functions(text)] if "sysctl" in text or "/proc/sys" in text else []
        self._functions = _functions(bodies, stores, tests)
        self._stores = stores
        if self._functions:
            from tcptune.sources.shell_kept import only_into_files

            only_into_files(bodies, self._functions, stores)
        self._setters = _setters(text, bodies, stores)
        if self._functions and len(bodies) > len(self._functions):
            from tcptune.sources.shell_wrappers import follow

            follow(bodies, self._functions, self._setters, _ASKS_FOR, lambda body: _facts(body, tests))
        self._rests = frozenset(name for name, body in bodies if name in self._functions and _RESTS.search(body))
        self.hands_on = (
            _HANDS_ON.search(text) is not None
            or _hands(text)
            or (stores is not None and stores.search(text) is not None)
            or _writes(text)
        )
        self._loops: dict[str, list[Word]] = {}
        self._text = text if self.hands_on else ""
        self._kept: bool | None = None
        self._compared = Compared(text) if self.hands_on and ("=(" in text or "]=" in text) else None

    def into_files(self, handed: Handed) -> Handed:
        """Return what an array or a loop hands on with the fact that it goes into a file, where no command sets it."""
        if self._kept is None:
            from tcptune.sources.shell_kept import only_writes

            self._kept = self._text != "" and only_writes(self._text, self._stores)
        return replace(handed, facts=handed.facts | {"loader"}) if self._kept else handed

    def sets(self, name: str) -> bool:
        """Tell whether a command is a function of the script whose arguments end as settings."""
        return name in self._functions or ("sysctl" in name.lower() and _NAMED.fullmatch(name) is not None)

    def facts_of(self, name: str) -> frozenset[str] | None:
        """Return what holds for what a function of the script sets; None when it sets nothing."""
        return self._functions.get(name, frozenset()) if self.sets(name) else None

    def of(self, command: Command, words: list[Word]) -> Iterator[Handed]:
        """Yield what a command sets; `words` are its own, without keywords and prefixes."""
        name = words[0].text if words else ""
        if not name and self.hands_on:
            yield from self._held(command)
        if len(words) > _ROUTER_SETS and [word.text for word in words[1:3]] == ["system", "sysctl"]:
            yield from _router(words)
            return
        if name in self._setters and (found := self._put(name, words[1:])):
            yield from found
            return
        if self.sets(name):
            yield from _call(words[1:], self._functions.get(name, frozenset()), whole=name in self._rests)
            return
        if len(words) > 2 and name != "write" and not (_ASKS_FOR.search(name) or talks(name)):
            yield from _by_path(words[1:], turned=_STORES.search(name) is not None)
        listed = words
        first = command.words[0] if command.words else None
        if first is not None and first.text == "for" and not first.quoted and len(command.words) > 3:
            listed = command.words[3:]
            if all(is_key(word.text) and not _ROW.fullmatch(word.text) for word in listed):
                self._loops[command.words[1].text] = listed
                return
            if self.hands_on:
                yield from _listed(listed, bare=True)
            return
        if self.hands_on and listed and not (self._compared and self._compared.holds(listed[0].start)):
            named = _ELEMENT.match(listed[0].text)
            if named is None or self._compared is None or not self._compared.compares(named[1]):
                yield from _listed(listed)

    def _put(self, name: str, arguments: list[Word]) -> list[Handed]:
        """Return what a function sets of which it is certain what its arguments are."""
        sets, facts = self._setters[name], self._functions.get(name, frozenset[str]())
        puts = sets.call(arguments)
        return [_of(put, facts) for put in puts if sets.takes(put) or is_value(put.spelled, put.raw)]

    def _held(self, command: Command) -> Iterator[Handed]:
        """Yield the pairs of `NAME="a=1 b=2"`, where the script goes on with `$NAME`."""
        for word in command.words:
            match = _ASSIGNS.match(word.text)
            if match is None or not word.quoted or len(word.offsets) != len(word.text):
                continue
            if not re.search(rf"\$\{{?{match[1]}\b", self._text):
                continue
            if "\n" in word.text:
                yield from _rows(word, match.end())
                continue
            pairs = [(one.start(), _PAIR.fullmatch(one[0])) for one in _TOKEN.finditer(word.text, match.end())]
            if all(pair is not None and is_key(pair["key"]) for _, pair in pairs):
                for start, pair in pairs:
                    assert pair is not None
                    at, value_at = start + pair.start("key"), start + pair.start("value")
                    yield Handed(word, at, pair["key"], word, value_at, pair["value"])

    def rows(self, lines: list[tuple[int, str]]) -> Iterator[Handed]:
        """Yield what a loop reads from the lines of a heredoc and hands on: a name and its value on each."""
        if not self.hands_on:
            return
        from tcptune.sources.shell_setters import of_loop

        certain = of_loop(self._text, lines, self._stores)
        for offset, line in lines:
            if certain is not None and (puts := next(certain)):
                yield from (_of(put, frozenset()) for put in puts)
                continue
            word = Word(line, list(range(offset, offset + len(line))), offset, offset + len(line))
            yield from _row(word)

    def looped(self, word: Word) -> Iterator[Handed]:
        """Yield what `$key=value` sets, for each name of the loop around it."""
        match = re.match(r"\$\{?(\w+)\}?[ \t]*=[ \t]*(\S.*)", word.text)
        for key in self._loops.get(match[1], ()) if match else ():
            assert match is not None
            yield Handed(key, 0, key.text, word, match.start(2), match[2])


def _of(put: Put, facts: frozenset[str]) -> Handed:
    start = len(put.key.text) - len(put.spelled) if put.key.text.endswith(put.spelled) else 0
    at = max(0, put.value.text.find(put.raw))
    return Handed(put.key, start, put.spelled, put.value, at, put.raw, facts)


_ROUTER_SETS = 6
"""The last word of VyOS's `set system sysctl parameter NAME value V`."""


def _router(words: list[Word]) -> Iterator[Handed]:
    """Yield what a command of VyOS sets."""
    key, value = words[4], words[_ROUTER_SETS]
    if words[0].text == "set" and words[5].text == "value" and is_key(key.text) and value.offsets:
        # The router loads connection tracking at boot.
        yield Handed(key, 0, key.text, value, 0, value.text, frozenset({"module-loaded"}))


def _hands(text: str) -> bool:
    """Tell whether a script hands a variable to a command with the name of one that sets."""
    lowered = text.lower()
    joined = any(part in lowered for part in ("_sysctl", "-sysctl", "sysctl_", "sysctl-"))
    return joined and _HANDED.search(text) is not None


def _writes(text: str) -> bool:
    """Tell whether a script calls sysctl with a variable in order to write, and not only to read."""
    for match in _SYSCTL.finditer(text):
        word = match["word"]
        if re.search(r"-\w*w|--write|-\w*p", match["options"]) or re.match(
            r"\"?\$\{?\w+(?:\[[^\]\n]*\])?\}?\"?=", word
        ):
            return True
        near = text[max(0, match.start() - 200) : match.start()].rpartition("\n")[2]
        if not match["options"] and not _READS.search(near + word):
            return True
    return False


def _stores(text: str) -> re.Pattern[str] | None:
    """Return how the script writes into a file of the loaders that a variable names; None without such a variable."""
    named = "sysctl.d/" in text or ("sysctl" in text and ".conf" in text)
    held = "|".join(sorted(set(_HOLDS.findall(text)))[:_FILES]) if named else ""
    into = r"(?:>|\btee\b(?:[ \t]+-\w+){0,3})[ \t]{0,9}"
    return re.compile(rf"{into}\"?\$\{{?(?:{held})\b") if held else None


def _functions(
    bodies: list[tuple[str, str]], stores: re.Pattern[str] | None, tests: frozenset[str]
) -> dict[str, frozenset[str]]:
    """Return the functions whose arguments end as settings, with what holds for these; `tests` ask for a parameter."""
    found = {}
    for name, body in bodies:
        stored = stores is not None and stores.search(body) is not None
        if _ASKS_FOR.search(name) and not stored and _CERTAINLY.search(body) is None:
            continue
        if (stored or _WRITES.search(body) or _NAMED.fullmatch(name)) and re.search(r"\$\{?[1@*]", body):
            found[name] = _facts(body, tests)
    return found


def _facts(body: str, tests: frozenset[str]) -> frozenset[str]:
    """Return what holds for what a function with this body sets; `tests` ask for a parameter."""
    facts = {"ignore-errors"} if _FORGIVES.search(body) else set()
    asks = _ASKS.search(body) or (tests and not tests.isdisjoint(_CALLED.findall(body)))
    return frozenset(facts | ({"exists"} if asks else set()))


_BEFORE, _ARGUMENTS = 3, 100
"""Arguments of a call within which the first name stands, and those that are looked at."""


def _call(arguments: list[Word], facts: frozenset[str], *, whole: bool) -> Iterator[Handed]:
    """Yield the name and the value behind it, or `name=value` in one word."""
    pairs = 0
    for index, word in enumerate(arguments[:_ARGUMENTS]):
        if index - pairs >= _BEFORE:
            return
        if is_key(word.text) and index + 1 < len(arguments):
            value = arguments[index + 1]
            raw = " ".join(one.text for one in arguments[index + 1 :]) if whole else value.text
            if value.offsets and is_value(word.text, raw):
                yield Handed(word, 0, word.text, value, 0, raw, facts)
            return
        match = _PAIR.fullmatch(word.text)
        if match and is_key(match["key"]):
            pairs += 1
            yield Handed(word, match.start("key"), match["key"], word, match.start("value"), match["value"], facts)


def _by_path(arguments: list[Word], *, turned: bool) -> Iterator[Handed]:
    """Yield what a command is told to write: `put /proc/sys/vm/swappiness 1`; `turned`, the value may be first."""
    for before, after in pairwise(arguments):
        first = turned and _NUMBERS.fullmatch(before.text) is not None
        word, value = (after, before) if first else (before, after)
        match = _PATH.fullmatch(word.text)
        if match and value.offsets and (_NUMBERS.fullmatch(value.text) or _nearly(match[1], value.text)):
            yield Handed(word, match.start(1), match[1], value, 0, value.text)


def is_value(key: str, raw: str) -> bool:
    """Tell whether a word can be the value of a parameter: numbers, what is filled in, a name where one is taken."""
    if _NUMBERS.fullmatch(raw) is not None or is_template(raw) or key.endswith(_TEXTS):
        return True
    return _nearly(key, raw)


def _nearly(key: str, raw: str) -> bool:
    return _NEARLY.fullmatch(raw) is not None and known(dotted(key)) is not None


def _row(word: Word) -> Iterator[Handed]:
    match = _ROW.fullmatch(word.text)
    if match and is_key(match["key"]) and is_value(match["key"], match["value"]):
        yield Handed(word, match.start("key"), match["key"], word, match.start("value"), match["value"])


def _rows(word: Word, start: int) -> Iterator[Handed]:
    """Yield the lines of a text that a loop reads, where each holds a name and its value without a sign of equality."""
    found = []
    for row in re.finditer(r"[^\n]+", word.text[start:]):
        begin = start + row.start()
        line = replace(word, text=row[0], offsets=word.offsets[begin : begin + len(row[0])])
        handed = list(_row(line)) if "=" not in row[0] else []
        if not handed and row[0].strip() and row[0].lstrip()[0] != "#":
            return
        found += handed
    yield from found


def _listed(words: list[Word], *, bare: bool = False) -> Iterator[Handed]:
    """Yield the entries of an array, when all its words on this line are such; `bare` ones have no quotes."""
    found = []
    for word in words:
        match = _PAIR.fullmatch(word.text)
        if match is None and word.quoted and (rows := list(_row(word))):
            found += rows
            continue
        if match is None or not is_key(match["key"]) or not (bare or word.quoted or "[" in word.text):
            return
        found.append(Handed(word, match.start("key"), match["key"], word, match.start("value"), match["value"]))
    yield from found
