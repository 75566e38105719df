"""What printf makes of its format and the words behind it: `printf '%s = %s\\n' vm.swappiness 1 vm.dirty_ratio 5`."""

from __future__ import annotations

from tcptune.model.late import late
from tcptune.sources.shell_lexer import Word

_DIRECTIVE = late(r"%(?:(?P<sign>%)|[- +]{0,3}\d{0,3}(?P<kind>[sbdiu]))|\\(?P<escape>[nt\\])|(?P<other>%)")
_ESCAPE = late(r"\\(?P<escape>[nt\\])")
_SIGNS = {"n": "\n", "t": "\t", "\\": "\\"}
_SEVERAL = late(r"\$(?:[@*]|\{[@*]|\{!?\w{1,80}\[[@*]\])")
"""What may become any number of words."""

_COMPUTED = late(r"[-+]?0[\dxX]")
"""A number that printf takes for one of another base, and prints as another text."""

_MOST = 20_000
"""Characters that are made at most."""


def formatted(words: list[Word]) -> Word | None:
    """Return what printf prints as one word, each character at the place that it comes from; no line end behind it.

    The first word is the format, which is used again as long as there are arguments. None where it prints nothing of
    them, or it is not certain what: with arguments of an unknown number, numbers of another base, other directives.
    """
    shape, arguments = words[0], words[1:]
    directives = list(_DIRECTIVE.finditer(shape.text))
    taken = sum(match["kind"] is not None for match in directives)
    if not taken or not arguments or len(arguments) % taken or any(match["other"] for match in directives):
        return None
    if len(shape.offsets) != len(shape.text) or any(len(one.offsets) != len(one.text) for one in arguments):
        return None
    if any(one.expands and _SEVERAL.search(one.text) for one in arguments):
        return None
    if len(arguments) // taken * len(shape.text) + sum(len(one.text) for one in arguments) > _MOST:
        return None
    made = Word(start=shape.start, end=arguments[-1].end, quoted=True, expands=any(one.expands for one in words))
    rest = iter(arguments)
    for _ in range(len(arguments) // taken):
        at = 0
        for match in directives:
            _put(made, shape, at, match.start())
            at = match.end()
            if match["kind"] is None:
                made.text += match["sign"] or _SIGNS[match["escape"]]
                made.offsets.append(shape.offsets[match.start()])
                continue
            argument = next(rest)
            if match["kind"] in "diu" and _COMPUTED.match(argument.text):
                return None
            _argument(made, argument, escapes=match["kind"] == "b")
        _put(made, shape, at, len(shape.text))
    kept = len(made.text.rstrip())
    made.text, made.offsets = made.text[:kept], made.offsets[:kept]
    return made if kept else None


def _put(made: Word, word: Word, start: int, end: int) -> None:
    made.text += word.text[start:end]
    made.offsets += word.offsets[start:end]


def _argument(made: Word, word: Word, *, escapes: bool) -> None:
    at = 0
    for match in _ESCAPE.finditer(word.text) if escapes else ():
        _put(made, word, at, match.start())
        made.text += _SIGNS[match["escape"]]
        made.offsets.append(word.offsets[match.start()])
        at = match.end()
    _put(made, word, at, len(word.text))
