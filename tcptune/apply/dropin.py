"""Our drop-in: its text, how it is known to be ours and untouched, and which values it holds."""

from __future__ import annotations

import hashlib
import textwrap
from collections.abc import Collection, Iterable, Mapping

from tcptune.catalog import parameter
from tcptune.model.record import dataclass

DEFAULT = "/etc/sysctl.d/80-tcptune.conf"
_MARK = "# Written by `tcptune apply`; sha256 of what follows: "
_NOTE = "# Change it with tcptune, which refuses a file that was edited by hand.\n"


@dataclass(frozen=True, slots=True)
class Line:
    """A parameter in the drop-in: its value's text and the reason, which stands in comments above it."""

    key: str
    text: str
    why: str = ""


def text(lines: Iterable[Line]) -> str:
    """Return the file: sorted, each value under its reason, with a digest that tells an edit by hand."""
    parts = []
    for line in sorted(lines, key=lambda each: each.key):
        # A control character in a reason could end its comment, and makes systemd-sysctl refuse the whole file.
        reason = "".join(each if each.isprintable() else " " for each in line.why)
        comment = textwrap.wrap(" ".join(reason.split()), 110, break_on_hyphens=False)
        parts.append("".join(f"# {row}\n" for row in comment) + f"{line.key} = {line.text}\n")
    body = _NOTE + "".join(f"\n{part}" for part in parts)
    return f"{_MARK}{_digest(body)}\n{body}"


def is_ours(found: str) -> bool:
    """Tell whether a file has our header."""
    return found.startswith(_MARK)


def is_untouched(found: str) -> bool:
    """Tell whether a file of ours is as we wrote it."""
    head, _, body = found.partition("\n")
    return head == _MARK + _digest(body)


def lines(found: str) -> dict[str, Line]:
    """Return the values of a file of ours by key, with the comments right above each as its reason."""
    known: dict[str, Line] = {}
    why: list[str] = []
    for row in found.split("\n")[2:]:
        bare = row.strip()
        if bare.startswith(("#", ";")):
            why.append(bare.lstrip("#; "))
        elif "=" in bare:
            key, _, value = bare.partition("=")
            known[key.strip()] = Line(key.strip(), " ".join(value.split()), " ".join(why))
            why = []
        else:
            why = []
    return known


def merged(found: str | None, new: Mapping[str, Line], gone: Collection[str] = ()) -> str | None:
    """Return the file with new values beside those that are there already, and without some.

    None where nothing is left of it. What an edit by hand has put there besides parameters of the catalogue goes.
    """
    before = lines(found) if found is not None else {}
    kept = {key: line for key, line in before.items() if parameter(key) is not None and key not in gone}
    after = kept | dict(new)
    return text(after.values()) if after else None


def changed(before: str | None, after: str | None) -> frozenset[str]:
    """Return the parameters whose values two states of the file do not share."""
    one, other = ({key: line.text for key, line in lines(each or "").items()} for each in (before, after))
    return frozenset(key for key in one.keys() | other.keys() if one.get(key) != other.get(key))


def undone(found: str | None, before: str | None, after: str | None) -> tuple[str | None, tuple[str, ...]]:
    """Return the file with the lines of one change as they were before it, and the keys whose lines changed since.

    `before` and `after` are the file as that change found and left it. The lines of other changes stay.
    """
    now, old, ours = (lines(each or "") for each in (found, before, after))
    since: list[str] = []
    for key in sorted(changed(before, after)):
        there, was, made = (each[key].text if key in each else None for each in (now, old, ours))
        if there not in (was, made):
            since.append(key)
        now.pop(key, None)
        if key in old:
            now[key] = old[key]
    return (text(now.values()) if now else None), tuple(since)


def _digest(body: str) -> str:
    return hashlib.sha256(body.encode("utf-8", "surrogateescape")).hexdigest()
