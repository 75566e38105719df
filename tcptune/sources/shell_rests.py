"""Names and values behind a beginning that all of a loop's words share: `for kv in a=1 b=2; do sysctl -w "vm.$kv"`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from tcptune.model.late import late
from tcptune.model.setting import Setting
from tcptune.sources.base import Text, dotted, is_template
from tcptune.sources.shell_calls import Handed
from tcptune.sources.shell_lexer import Word
from tcptune.sources.yaml_walk import is_key

_BEHIND = late(r"(?P<before>[a-z$/][\w./${}-]{1,150})\$(?:\{(?P<braced>\w+)\}|(?P<name>\w+))")
_DIVIDED = late(
    r"(?P<before>[a-z$/][\w./${}-]{1,150})\$\{(?P<name>\w+)%%?(?P<sign>[=:,|])\*\}"
    r"[ \t]*=[ \t]*[\"']?\$\{(?P=name)##?\*(?P=sign)\}[\"']?"
)
"""A word that a loop divides by itself: `net.core.${kv%%:*}=${kv#*:}`."""

_PIECES = {sign: late(rf"\s*(?P<key>[A-Za-z_][\w./-]*?)[ \t]*[{sign}][ \t]*(?P<value>[^\s#].*?)\s*") for sign in "=:,|"}

_TOKEN = late(r"\S+")
_LONGEST = 4_000
"""Characters of a list at most."""

Listed = Callable[[str], list[Word]]
"""What tells the words that a loop's variable takes in turn, as they stand in the text."""


def rests(word: Word, told_in: Callable[[str], str], listed: Listed) -> Iterator[Handed]:
    """Yield what a word sets that ends in a loop's variable, for each of the loop's words with a name and a value.

    `told_in` returns a text with the variables in it that are known, which the beginning may have.
    """
    match = _BEHIND.fullmatch(word.text) or _DIVIDED.fullmatch(word.text)
    if match is None:
        return
    groups = match.groupdict()
    before, sign = told_in(match["before"]).removeprefix("/proc/sys/"), groups.get("sign") or "="
    if "$" in before:
        return
    for piece in listed(groups.get("braced") or match["name"]):
        told = _PIECES[sign].fullmatch(piece.text)
        spelled = before + told["key"] if told else ""
        if told and is_key(spelled) and len(piece.offsets) == len(piece.text):
            yield Handed(piece, told.start("key"), spelled, piece, told.start("value"), told["value"])


def lines(word: Word, told_in: Callable[[str], str], listed: Listed) -> Iterator[Word]:
    """Yield the lines that a printed word becomes in such a loop, as words that stand where the loop's words do."""
    for handed in rests(word, told_in, listed):
        piece, start = handed.key, handed.value_start
        head = f"{handed.spelled} = "
        offsets = [piece.offsets[handed.key_start]] * len(head) + piece.offsets[start : start + len(handed.raw)]
        yield replace(piece, text=head + handed.raw, offsets=offsets)


def turned(
    setting: Setting,
    told_in: Callable[[str], str],
    loops: Mapping[str, tuple[Text, list[Word]]],
    listed_in: Callable[[Text], Listed],
) -> Iterator[Setting]:
    """Yield what `echo "${kv#*=}" > /proc/sys/vm/${kv%%=*}` sets, for each of the words of the loop."""
    word = Word(f"{setting.spelled}={setting.raw}", expands=True)
    match = _DIVIDED.fullmatch(word.text)
    if match is None or match["name"] not in loops:
        return
    text = loops[match["name"]][0]
    for handed in rests(word, told_in, listed_in(text)):
        offsets, start = handed.key.offsets, handed.value_start
        yield replace(
            setting,
            key=dotted(handed.spelled),
            spelled=handed.spelled,
            raw=handed.raw,
            key_at=replace(text.span(offsets[handed.key_start], offsets[handed.key_start] + 1), end_column=None),
            value_at=text.span(offsets[start], offsets[start + len(handed.raw) - 1] + 1),
            templated=is_template(handed.raw),
        )


def divided(word: Word, start: int) -> list[Word]:
    """Return the words between the blanks of a text that begins at a character of a word: `LIST="a=1 b=2"`."""
    if len(word.offsets) != len(word.text) or len(word.text) > _LONGEST:
        return []
    found = []
    for match in _TOKEN.finditer(word.text, start):
        offsets = word.offsets[match.start() : match.end()]
        found.append(replace(word, text=match[0], offsets=offsets, start=offsets[0], end=offsets[-1] + 1))
    return found
