"""glob(3) and fnmatch(3) as the C library has them, over the keys of a kernel or the files of a tree.

Both loaders leave their patterns to the C library, so `[!a]`, classes, backslashes, unclosed brackets and, where the
caller asks for them, braces have to mean here what they mean there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache

Names = Callable[[str], Iterable[str]]
Exists = Callable[[str], bool]

_CLASSES = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "blank": r" \t",
    "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": r"!-/:-@\[-`{-~",
    "space": r" \t-\r",
    "upper": "A-Z",
    "xdigit": "0-9A-Fa-f",
}


def is_glob(text: str) -> bool:
    """Tell whether a loader takes a text for a pattern; braces alone make none."""
    return "*" in text or "?" in text or "[" in text


def matches(pattern: str, text: str) -> bool:
    """fnmatch(3) without flags: `*` matches slashes and leading dots too."""
    return _compiled(_octets(pattern)).fullmatch(_octets(text)) is not None


def expand(pattern: str, names: Names, exists: Exists, *, braces: bool = False, dots: bool = True) -> list[str]:
    """glob(3): the paths that match, in the order of their bytes; empty when nothing does.

    `names` lists a folder (nothing for what is no folder), `exists` tells whether a path is there. With `braces`,
    `{a,b}` is expanded first; with `dots`, `.` and `..` are names like others (systemd leaves them out).
    """

    def listed(folder: str) -> Iterable[str]:
        return (".", "..", *names(folder)) if dots and exists(f"{folder}/") else names(folder)

    alternatives = _alternatives(pattern) if braces else None
    if alternatives is not None:
        return [found for one in alternatives for found in expand(one, names, exists, braces=True, dots=dots)]
    return _expand(pattern, listed, exists)


def _expand(pattern: str, names: Names, exists: Exists) -> list[str]:
    bare = pattern.rstrip("/")
    if bare and bare != pattern:
        return _folders(bare, names, exists)
    if not _has_magic(pattern):
        plain = _unescaped(pattern)
        return [plain] if exists(plain) else []
    folder, _, last = pattern.rpartition("/")
    folders = _expand(folder, names, exists) if _has_magic(folder) else [_unescaped(folder)]
    if not _has_magic(last):
        plain = _unescaped(last)
        return sorted((path for place in folders if exists(path := f"{place}/{plain}")), key=_bytes)
    match = _compiled(_octets(last)).fullmatch
    hidden = last.startswith((".", "\\."))
    return sorted(
        (
            f"{place}/{name}"
            for place in folders
            for name in names(place or "/")
            if (hidden or not name.startswith(".")) and match(_octets(name))
        ),
        key=_bytes,
    )


def _folders(pattern: str, names: Names, exists: Exists) -> list[str]:
    """Expand a pattern that ended in a slash: folders get it back.

    What is no folder is left out where its own name was a pattern, and kept without the slash where it was plain.
    """
    plain = not _has_magic(pattern.rpartition("/")[2])
    found = [(path, exists(f"{path}/")) for path in _expand(pattern, names, exists)]
    return [f"{path}/" if folder else path for path, folder in found if folder or plain]


def _alternatives(pattern: str) -> list[str] | None:
    """Return the patterns that the first pair of braces stands for; None without one that is closed."""
    begin = _next(pattern, 0, "{")
    if begin < 0:
        return None
    parts, start = [], begin + 1
    while True:
        end = _end_of_alternative(pattern, start)
        if end < 0:
            return None
        parts.append(pattern[start:end])
        if pattern[end] == "}":
            return [pattern[:begin] + part + pattern[end + 1 :] for part in parts]
        start = end + 1


def _next(pattern: str, start: int, sign: str) -> int:
    while start < len(pattern):
        if pattern[start] == "\\":
            start += 1
        elif pattern[start] == sign:
            return start
        start += 1
    return -1


def _end_of_alternative(pattern: str, at: int) -> int:
    depth = 0
    while at < len(pattern):
        sign = pattern[at]
        if sign == "\\" and at + 1 < len(pattern):
            at += 2
            continue
        if depth == 0 and sign in ",}":
            return at
        depth += (sign == "{") - (sign == "}")
        at += 1
    return -1


def _has_magic(pattern: str) -> bool:
    """Tell whether the C library sees a pattern: `[` counts only with a `]` behind it."""
    opened = False
    at = 0
    while at < len(pattern):
        sign = pattern[at]
        if sign in "*?" or (sign == "]" and opened):
            return True
        opened = opened or sign == "["
        at += 2 if sign == "\\" else 1
    return False


def _unescaped(pattern: str) -> str:
    return re.sub(r"\\(.)", r"\1", pattern, flags=re.DOTALL) if "\\" in pattern else pattern


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    out, at = [], 0
    while at < len(pattern):
        sign = pattern[at]
        at += 1
        if sign == "*":
            out.append(".*")
        elif sign == "?":
            out.append(".")
        elif sign == "[":
            text, at = _bracket(pattern, at)
            out.append(text)
        elif sign == "\\":
            if at == len(pattern):
                return re.compile(r"(?!)")
            out.append(re.escape(pattern[at]))
            at += 1
        else:
            out.append(re.escape(sign))
    return re.compile("".join(out), re.DOTALL)


def _bracket(pattern: str, start: int) -> tuple[str, int]:
    """Translate the bracket whose `[` stands before `start`; an unclosed one is a plain `[`."""
    at = start
    negated = at < len(pattern) and pattern[at] in "!^"
    at += negated
    items: list[str] = []
    first = True
    while at < len(pattern):
        if pattern[at] == "]" and not first:
            body = "".join(items)
            if not body:
                return ("." if negated else "(?!)"), at + 1
            return f"[{'^' if negated else ''}{body}]", at + 1
        first = False
        named = re.compile(r"\[:([a-z]+):\]").match(pattern, at)
        if named:
            items.append(_CLASSES.get(named[1], ""))
            at = named.end()
            continue
        if pattern[at:] == "\\" or pattern[at + 1 :] == "-":
            return "(?!)", len(pattern)
        low, at = _single(pattern, at)
        high = low
        if pattern[at : at + 1] == "-" and pattern[at + 1 : at + 2] not in ("", "]"):
            high, at = _single(pattern, at + 1)
        if low <= high:
            items.append(f"{re.escape(low)}-{re.escape(high)}")
    return r"\[", start


def _single(pattern: str, at: int) -> tuple[str, int]:
    if pattern[at] == "\\" and at + 1 < len(pattern):
        return pattern[at + 1], at + 2
    return pattern[at], at + 1


def _octets(text: str) -> str:
    """Return one character for each byte: in the C locale, in which loaders run at boot, `?` is a byte."""
    return text if text.isascii() else _bytes(text).decode("latin-1")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
