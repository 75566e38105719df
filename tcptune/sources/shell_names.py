"""Which files are shell scripts: by first line, by name and place, and by what they plainly run; their functions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import zip_longest

from tcptune.model.late import late
from tcptune.sources import heredocs
from tcptune.sources.base import Text, pure

_SUFFIXES = frozenset({".sh", ".bash", ".ksh", ".zsh", ".csh", ".tcsh", ".fish", ".rc", ".profile", ".run", ".ebuild"})
_PLACES = late(r"(?:^|/)(?:rc\.local|(?:init|rc\d?|local|uci-defaults|dispatcher|if-(?:pre-)?up)(?:\.d)?/[^/]+)$")
"""Where scripts stand whose names and first lines do not say so."""

_FUNCTION = late(r"^(?:function[ \t]+[\w-]+(?:[ \t]*\(\))?|[\w-]+[ \t]*\(\))[ \t]*(?:\n[ \t]*)?\{", re.MULTILINE)
"""What only a script has in it: the head of a function."""

_HEAD = re.compile(r"^[ \t]*(?:function[ \t]+([\w.:-]+)|([\w.:-]+)[ \t]*\(\))", re.MULTILINE)
_ENDS = late(r"\n[ \t]*\}|;[ \t]*\}")
_BODY = 4_000
"""Characters of a function's body that are looked at."""

_BUILDS = late(r"(?:^|/)(?:PKGBUILD|APKBUILD)(?:\.\w+)?$")
"""Recipes of packages that are scripts."""

_PEOPLE = late(
    r"(?:^|/)(?:docs?/[^/]*\.txt|(?:README|NOTES|INSTALL|CHANGES|CHANGELOG|HISTORY|NEWS|TODO|FAQ)(?:\.txt)?)$"
)
"""Texts for people, in which commands are told."""

SHEBANG = late(
    r"#!\s*\S*(?:/|\s)(?:env\s+)?(?:ba|da|k|z|a|tc|c|fi)?sh\b"
    r"|#[ \t]*shellcheck[ \t]+(?:[\w-]+=\S+[ \t]+)*shell=(?:ba|da|k)?sh\b"
)
"""The first line of a script, and of a part of one that others read in."""

_HINT = late(
    r"^\s*(?:sudo\s+)?(?:(?:/\S*/)?sysctl\s+(?:-[\w-]+\s+)*[\w./-]+=|echo\s.*>\s*/proc/sys/|(?:cat|tee)\s.*/etc/sysctl.{0,99}<<"
    r"|cat\s.*<<.*>\s*\S{0,99}/etc/sysctl|echo\s.*>>?\s*\S{0,99}/etc/sysctl\.)",
    re.MULTILINE,
)


def is_script(text: Text) -> bool:
    """Tell whether a file is a script."""
    if text.rendered.suffix in _SUFFIXES or SHEBANG.match(text.text) or _BUILDS.search(text.path):
        return True
    if _PEOPLE.search(text.path):
        return False
    placed = pure(text.path).suffix in {"", ".txt", ".install"} or _PLACES.search(text.path) is not None
    if not placed and text.path.endswith((".conf", ".inc")):
        placed = _FUNCTION.search(text.text) is not None or _feeds(text.text)
    return placed and plainly_sets(text.text)


def _feeds(text: str) -> bool:
    """Tell whether a file below /etc is written from a here-document."""
    return "<<" in text and any("/etc/" in head[0] for head in heredocs.LINE.finditer(text))


def plainly_sets(text: str) -> bool:
    """Tell whether a text holds a command that sets a parameter, as only a script does."""
    return _HINT.search(text) is not None


def functions(text: str) -> Iterator[tuple[str, str]]:
    """Yield the name of each function of a script with its body: up to the first closing brace or the next head."""
    if "()" not in text and "function" not in text:
        return
    heads = list(_HEAD.finditer(text))
    for head, following in zip_longest(heads, heads[1:]):
        furthest = head.end() + _BODY
        body = text[head.end() : furthest if following is None else min(following.start(), furthest)]
        end = _ENDS.search(body)
        yield head[1] or head[2], body[: end.start()] if end else body
