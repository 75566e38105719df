"""Lines that a script puts into a file by editing it: `sed -i '$a …'`, `add_line FILE 'key = value'`.

Of sed's commands those count that put in a whole line: the text of `a`, `c` and `i`. What replaces text by text (`s`),
deletes lines or makes comments of them sets nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from tcptune.sources.base import FAMILIES
from tcptune.sources.shell_calls import Handed, is_value
from tcptune.sources.shell_lexer import Word
from tcptune.sources.yaml_walk import is_key

_STORE = re.compile(r"(?:^|.*/)(?:[\w.-]*sysctl[\w.-]*\.(?:conf|local)|sysctl\.d/[^/]+)", re.DOTALL)
"""The name of a file that a loader reads, or of one that becomes such a file."""

_TEXT = re.compile(r"(?:^|[\s/,;{}$\d!])[aci](?:\\\n|\\|[ \t])[ \t]*(?P<text>[^\n]+)", re.MULTILINE)
"""sed's `a`, `c` and `i` with the text behind them, on the same line or the next."""

_ASSIGNMENT = re.compile(r"\s*(?P<key>[A-Za-z][\w./*-]*[./][\w./*-]*\w)\s*=\s*(?P<value>[^\s=][^\n]*?)\s*")
_OPTION = re.compile(r"--?[A-Za-z].*")
_LONGEST = 20_000
"""Characters of a sed script that are looked at."""

_TAKES_OUT = re.compile(r"remove|delete|del_|clean|uncomment|comment|purge|backup|restore|diff", re.IGNORECASE)
_ASKS = re.compile(r"check|verify|test|has|is_|audit|exist|assert|grep|compare|show|get", re.IGNORECASE)
_PUTS = re.compile(r"add|append|set|put|write|ensure|update|insert|replace|enforce|apply", re.IGNORECASE)
_LINE = re.compile(r"line|conf|save", re.IGNORECASE)


def by_sed(words: list[Word], target: Callable[[Word], Word]) -> Iterator[Handed]:
    """Yield what `sed -i` leaves in a file of the loaders; `target` replaces the variables in a file's name."""
    if not any(re.fullmatch(r"-[A-Za-z]*i.*|--in-place.*", word.text) for word in words[1:]):
        return
    scripts, files = _operands(words)
    if not any(_STORE.fullmatch(target(word).text) for word in files):
        return
    for script in scripts:
        script = _within(script, 0, min(len(script.text), _LONGEST))
        for match in _TEXT.finditer(script.text):
            yield from _lines(script, match.start("text"), match.end("text"))


def _operands(words: list[Word]) -> tuple[list[Word], list[Word]]:
    """Return sed's scripts and its files."""
    scripts: list[Word] = []
    files: list[Word] = []
    expected = False
    for word in words[1:]:
        if expected:
            scripts.append(word)
            expected = False
        elif _OPTION.fullmatch(word.text) and not word.quoted:
            expected = re.fullmatch(r"-[A-Za-z]*e|--expression", word.text) is not None
        else:
            files.append(word)
    return (scripts, files) if scripts else (files[:1], files[1:])


def _lines(script: Word, start: int, end: int) -> Iterator[Handed]:
    """Yield the assignments of a text of sed's, whose lines `\\n` divides; a backslash before a sign is sed's own."""
    for line in re.finditer(r"((?:(?!\\n)[^\n])+)(?:\\n)?", script.text[start:end]):
        stop = start + line.end(1)
        kept = [at for at in range(start + line.start(), stop) if script.text[at] != "\\" or at + 1 == stop]
        offsets = [script.offsets[at] for at in kept if at < len(script.offsets)]
        yield from _assigned(replace(script, text="".join(script.text[at] for at in kept), offsets=offsets))


def _assigned(word: Word) -> Iterator[Handed]:
    match = _ASSIGNMENT.fullmatch(word.text)
    if match and len(word.offsets) == len(word.text) and re.split("[./]", match["key"])[0] in FAMILIES:
        yield Handed(word, match.start("key"), match["key"], word, match.start("value"), match["value"])


def _within(word: Word, start: int, end: int) -> Word:
    return replace(word, text=word.text[start:end], offsets=word.offsets[start:end])


def by_name(words: list[Word], target: Callable[[Word], Word]) -> Iterator[Handed]:
    """Yield what a command that is told a file of the loaders and an assignment puts there (`add_line FILE LINE`)."""
    name = words[0].text.rsplit("/", 1)[-1] if words else ""
    if len(words) < 3 or _TAKES_OUT.search(name) or (_ASKS.search(name) and not _PUTS.search(name)):
        return
    stores = [word for word in words[1:] if "sysctl" in target(word).text and _STORE.fullmatch(target(word).text)]
    if not stores or not (_PUTS.search(name) or _LINE.search(name)):
        return
    rest = [word for word in words[1:] if word not in stores]
    for index, word in enumerate(rest):
        yield from _assigned(word)
        if is_key(word.text) and index + 1 < len(rest) and rest[index + 1].offsets:
            value = rest[index + 1]
            if is_value(word.text, value.text):
                yield Handed(word, 0, word.text, value, 0, value.text)
