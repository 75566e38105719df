"""Functions and loops of a script that certainly set what they are given: `put() { sysctl -w "vm.$1=$2"; }`.

Where it is known which argument ends as the name and which as the value, a value needs not look like one to be read:
`put swappiness 2G` sets as much as it says, and is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tcptune.catalog.names import known, numeric
from tcptune.model.record import dataclass
from tcptune.sources.base import dotted
from tcptune.sources.shell_lexer import Word
from tcptune.sources.yaml_walk import is_key

_KEY = r"(?P<key>[^\s\"'=|;&<>()`]{0,80}\$[^\s\"'=|;&<>()`]{1,80})"
_VALUE = r"(?P<value>[^\s\"'=|;&<>()`]{1,80})"
_INTO = r"[ \t]*(?:>>?|\|[ \t]*(?:sudo[ \t]+)?tee(?:[ \t]+-a)?)[ \t]*\"?"
_SINKS = (
    re.compile(rf"\bsysctl(?:[ \t]+-[-\w]+){{0,5}}[ \t]+\"?{_KEY}\"?=\"?{_VALUE}(?=[\"\s;|&>)]|$)"),
    re.compile(
        rf"\b(?:echo(?:[ \t]+-n)?|printf(?:[ \t]+[\"']?%s(?:\\n)?[\"']?)?)[ \t]+\"?{_VALUE}\"?{_INTO}{_KEY}"
        r"(?=[\"\s;|&)]|$)"
    ),
    re.compile(rf"\becho(?:[ \t]+-[ne]+)?[ \t]+\"?{_KEY}[ \t]*=[ \t]*{_VALUE}\"?{_INTO}(?P<file>[^\s\"]{{1,99}})"),
    re.compile(
        r"\bprintf[ \t]+[\"'](?P<before>[\w./-]{0,80})%s[ \t]*=[ \t]*%s(?:\\n)?[\"'][ \t]+"
        rf"\"?{_KEY}\"?[ \t]+\"?{_VALUE}\"?{_INTO}(?P<file>[^\s\"]{{1,99}})"
    ),
)
"""How a function writes: by sysctl, below /proc/sys, into a file of the loaders."""

_USED = re.compile(r"\$(?:\{(\w+|[@*])(?::?[-?=][^{}]*|//\\?[./]/\\?[./])?\}|([A-Za-z_]\w*|\d|[@*]))")
_TURNED = re.compile(
    r"\$\([ \t]*(?:echo|printf[ \t]+[\"']?%s[\"']?)[ \t]+\"?\$\{?(\w+)\}?\"?[ \t]*\|[ \t]*"
    r"(?:tr[ \t]+[\"']?\\?[./][\"']?[ \t]+[\"']?\\?[./]"
    r"|sed[ \t]+(?:-e[ \t]+)?[\"']?s(?P<sign>[|,#/@])\\*\.(?P=sign)\\?/(?P=sign)g?)[\"']?[ \t]*\)"
)
"""A name whose dots become slashes, or the other way round, as the name of a file has them."""

_PLACES = re.compile(
    r"^[ \t]*(?:readonly[ \t]+|declare[ \t]+-r[ \t]+)?([A-Za-z_]\w*)="
    r"[\"']?((?:/proc/sys/?|net[./])[\w./-]{0,80})[\"']?[ \t]*$",
    re.MULTILINE,
)
_ASSIGNED = re.compile(
    r"(?:^|[\s;{])(?P<name>[A-Za-z_]\w*)=(?:\"(?P<quoted>[^\"\n`]{0,120})\"|(?P<bare>[^\s\"'`;]{0,120}))"
)
_ANEW = re.compile(r"(?:^|[\s;{])([A-Za-z_]\w*)(?:\+|\[[^\]\n]{0,40}\])?=")
_SHIFTS = re.compile(r"\bshift\b(?:[ \t]+(\d))?")
_TURNS = re.compile(r"\b(?:while|until|for)\b|\bset[ \t]+--")
_MESSAGE = re.compile(r"[A-Za-z][a-z]*[ \t]+[A-Za-z]")
_INTO_VARIABLE = re.compile(r"(?:>|\btee(?:[ \t]+-a)?)[ \t]*\"?\$")
_NAME = re.compile(r"[\w./*:@-]+")
_READ = re.compile(
    r"(?:IFS=(?P<divider>\"[^\"\n]{0,3}\"|'[^'\n]{0,3}'|\S?)[ \t]+)?\bread(?:[ \t]+-[re]+)*[ \t]+"
    r"(?P<names>\w+(?:[ \t]+\w+){1,3})[ \t]*(?:;|\n|&&|\|\|)"
)
_FAR = 2_000
"""Characters between the `read` of a loop and the lines that it reads."""

_REST = 0
"""Stands for all arguments, which follow those that a function has shifted away."""

_Parts = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Put:
    """What a call sets: the word that has the name, the name, the word that has the value, and the value."""

    key: Word
    spelled: str
    value: Word
    raw: str


@dataclass(frozen=True, slots=True)
class Setter:
    """How the arguments of a function become a name and a value: numbers stand for arguments.

    `first` is the first argument of those that the value is made of. A `path` has to be the file of a parameter. A
    value that the function compares with something may be a word of its own (`chosen`), and an empty one nothing.
    """

    key: _Parts
    value: _Parts
    first: int
    path: bool
    chosen: bool
    empties: bool

    def call(self, words: list[Word]) -> Iterator[Put]:
        """Yield what a call with these arguments sets; nothing where one of them is missing or no name."""
        used = [part for part in (*self.key, *self.value) if isinstance(part, int)]
        if not used or max(*used, self.first) > len(words):
            return
        named = [words[part - 1] for part in self.key if isinstance(part, int)]
        if any(not word.offsets or word.expands or _NAME.fullmatch(word.text) is None for word in named):
            return
        spelled = "".join(part if isinstance(part, str) else words[part - 1].text for part in self.key)
        if self.path and not spelled.startswith("/proc/sys/"):
            return
        spelled = spelled.removeprefix("/proc/sys/")
        if not is_key(spelled) or not named:
            return
        value, raw = named[-1], "".join(part for part in self.value if isinstance(part, str))
        if self.first:
            value = words[self.first - 1]
            rest = words[self.first - 1 :] if _REST in self.value else [value]
            raw = " ".join(word.text for word in rest).strip()
        if raw and value.offsets:
            yield Put(named[-1], spelled, value, raw)
        elif not raw and self.empties and value.end > value.start and numeric(dotted(spelled)):
            yield Put(named[-1], spelled, value, "")

    def takes(self, put: Put) -> bool:
        """Tell whether a value is one of the parameter, be it a wrong one; several words are rather a message."""
        return not self.chosen and known(dotted(put.spelled)) is not None and _MESSAGE.match(put.raw) is None


def places(text: str) -> dict[str, _Parts]:
    """Return the variables of a script that hold one folder of parameters, or how their names begin."""
    if "=net" not in text and "/proc/sys" not in text:
        return {}
    found = _PLACES.findall(text)
    names = [name for name, _ in found]
    return {name: (held,) for name, held in found if names.count(name) == 1 and text.count(f"{name}=") == 1}


def setter(
    body: str, stores: re.Pattern[str] | None, known_places: dict[str, _Parts], given: dict[str, _Parts] | None = None
) -> Setter | None:
    """Return how a function, or a loop whose variables are `given`, sets what it gets; None where it is not certain.

    `stores` tells how the script writes into a file of the loaders that a variable names; see also `places`.
    """
    if "$" not in body or (given is None and _TURNS.search(body) and ("shift" in body or "set" in body)):
        return None
    if "sysctl" not in body and "/proc/sys" not in body and _INTO_VARIABLE.search(body) is None:
        return None
    if "|" in body:
        body = _TURNED.sub(r"${\1}", body)
    held = known_places | (given or {})
    sinks = [(sink, match) for sink in _SINKS for match in sink.finditer(body)]
    anew = _ANEW.findall(body) if sinks else []
    for match in _ASSIGNED.finditer(body) if sinks else ():
        parts = _parts(match["quoted"] or match["bare"] or "", held, body, match.start())
        if parts is not None and anew.count(match["name"]) == 1:
            held[match["name"]] = parts
        else:
            held.pop(match["name"], None)
    found: dict[tuple[_Parts, _Parts], bool] = {}
    for sink, match in sinks:
        if "file" in sink.groupindex and "sysctl" not in match["file"] and not (stores and stores.search(match[0])):
            continue
        key = _parts(match["key"], held, body, match.start())
        value = _parts(match["value"], held, body, match.start())
        if key is None and sink is _SINKS[1] and "/proc/sys" not in match["key"]:
            continue  # A file of some other purpose, such as a log.
        if key is None or value is None or not any(isinstance(part, int) and part for part in key):
            return None
        if "before" in sink.groupindex and match["before"]:
            key = (match["before"], *key)
        writes = sink is _SINKS[1]
        path = writes and not (isinstance(key[0], str) and key[0].startswith("/proc/sys/"))
        if path and len(key) > 1:
            return None
        found.setdefault((_plain(key), value), path)
    if len(found) != 1:
        return None
    (key, value), path = next(iter(found.items()))
    numbers = [part for part in value if isinstance(part, int)]
    if len(value) != 1 or (numbers and _REST in numbers and not _SHIFTS.search(body)):
        return None
    first = 0
    if numbers:
        first = numbers[0] or 1 + _shifted(body, len(body))
        names = [name for name, parts in held.items() if parts == value] + [str(first), "[@*]"]
        chosen, empties = _compared("|".join(names), body)
    else:
        chosen, empties = False, False
    return Setter(key, value, first, path, chosen, empties)


def of_loop(text: str, lines: list[tuple[int, str]], stores: re.Pattern[str] | None) -> Iterator[list[Put]] | None:
    """Yield for each line that a loop reads what it sets; None when it is not certain that the loop does."""
    offset = lines[0][0] if lines else 0
    heads = list(_READ.finditer(text, max(0, offset - _FAR), offset))
    if not heads:
        return None
    head = heads[-1]
    names = head["names"].split()
    given: dict[str, _Parts] = {name: (number,) for number, name in enumerate(names, 1)}
    found = setter(text[head.end() : offset], stores, {}, given)
    divider = (head["divider"] or "").strip("\"'").strip()
    if found is None or found.path or len(divider) > 1:
        return None
    return (_of_line(found, start, line, divider, len(names)) for start, line in lines)


def _of_line(found: Setter, offset: int, line: str, divider: str, count: int) -> list[Put]:
    if not line.strip() or line.lstrip()[0] == "#":
        return []
    pattern = rf"[^{re.escape(divider)}]+" if divider else r"\S+"
    fields = list(re.finditer(pattern, line))
    words = []
    for number, field in enumerate(fields[:count], 1):
        raw = line[field.start() :] if number == count else field[0]
        start = offset + field.start() + len(raw) - len(raw.lstrip())
        raw = raw.strip()
        words.append(Word(raw, list(range(start, start + len(raw))), start, start + len(raw)))
    return [put for put in found.call(words) if found.takes(put)]


def _parts(text: str, held: dict[str, _Parts], body: str, at: int) -> _Parts | None:
    """Return a text with the numbers of arguments in the place of what it expands; None where another is expanded."""
    parts: list[str | int] = []
    end = 0
    for match in _USED.finditer(text):
        parts += [text[end : match.start()]] if match.start() > end else []
        end = match.end()
        name = match[1] or match[2]
        if name in ("@", "*"):
            parts.append(_REST)
        elif name in held:
            parts += held[name]
        elif name.isdecimal() and name != "0":
            parts.append(int(name) + _shifted(body, at))
        else:
            return None
    parts += [text[end:]] if end < len(text) else []
    return None if any(isinstance(part, str) and "$" in part for part in parts) else tuple(parts)


def _plain(key: _Parts) -> _Parts:
    """Return a name without the folder of all parameters, so that several ways to write the same are told as one."""
    first = key[0]
    if not isinstance(first, str) or not first.startswith("/proc/sys/"):
        return key
    rest = first.removeprefix("/proc/sys/")
    return ((rest,) if rest else ()) + key[1:]


def _shifted(body: str, at: int) -> int:
    """Return how many arguments a function has shifted away up to a place."""
    return sum(int(match[1] or 1) for match in _SHIFTS.finditer(body, 0, at)) if "shift" in body else 0


def _compared(names: str, body: str) -> tuple[bool, bool]:
    """Tell of a function's value whether it may be a word that is only compared, and whether an empty one is used."""
    used = rf"\$\{{?(?:{names})\b"
    literal = rf"\bcase[ \t]+\"?{used}|{used}\}}?\"?[ \t]*(?:==?|!=|=~|-\w\w)[ \t]*[\"']?[^$\"'\s]"
    chosen = re.search(literal, body) is not None
    asks = re.search(rf"-[zn][ \t]+\"?{used}|{used}:|\$#|==?[ \t]*(?:\"\"|'')", body) is not None
    return chosen, not chosen and not asks
