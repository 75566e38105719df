"""From what somebody typed to the one thing that is meant: exact name, alias, unique part, or a suggestion."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tcptune.catalog import parameters
from tcptune.catalog.counters import COUNTERS
from tcptune.catalog.topics import TOPICS
from tcptune.errors import TcptuneError
from tcptune.model.page import PageKind

SHOWN = 12
"""So many candidates are listed for a part that fits several names."""


@dataclass(frozen=True, slots=True)
class Name:
    """Something that can be asked for; `name` identifies it within its kind, `spellings` are what else it is called."""

    name: str
    kind: PageKind
    spellings: tuple[str, ...] = ()

    @property
    def own(self) -> tuple[str, ...]:
        """The name and its last part (`tcp_tw_reuse`)."""
        return (self.name, self.name.rpartition(".")[2] if self.kind in ("parameter", "counter") else self.name)

    @property
    def known_as(self) -> tuple[str, ...]:
        """The name, its last part and the other spellings."""
        return (*self.own, *self.spellings)


def names(extra: Iterable[Name] = ()) -> list[Name]:
    """Return all that can be asked for: the catalogue's entries and the `extra` ones of the layers above it."""
    return [
        *(Name(key, "parameter") for key in parameters()),
        *(Name(entry.id, "counter") for entry in COUNTERS),
        *(Name(entry.name, "topic", entry.aliases) for entry in TOPICS),
        *extra,
    ]


def find(asked: str, among: Sequence[Name]) -> Name:
    """Return what is meant by the text.

    An exact name comes first, then one that differs in case and in `-`, `_`, `/` only, then a part that only one name
    or, failing that, only one other spelling has. Raises `TcptuneError` with the candidates for an ambiguous part, and
    with near misses for an unknown name.
    """
    text = asked.strip().removeprefix("/proc/sys/")
    if not text:
        raise TcptuneError("no name was given", hint="for example: tcptune explain tcp_tw_reuse")
    plain = _plain(text)
    stages = (
        [name for name in among if text == name.name],
        [name for name in among if text in name.known_as],
        [name for name in among if plain == _plain(name.name)],
        [name for name in among if any(plain == _plain(known) for known in name.known_as)],
        [name for name in among if any(plain in _plain(known) for known in name.own)],
        [name for name in among if any(plain in _plain(known) for known in name.spellings)],
    )
    for matches in stages:
        if len(matches) == 1:
            return matches[0]
        if matches:
            raise TcptuneError(f"{asked!r} fits {len(matches)} names", hint=f"which one: {_listed(matches)}?")
    raise TcptuneError(f"nothing is known of {asked!r}", hint=_near(plain, among))


def _plain(text: str) -> str:
    return text.lower().replace("/", ".").replace("-", "_").replace(" ", "_")


def _listed(matches: Sequence[Name]) -> str:
    shown = [name.name for name in sorted(matches, key=lambda name: (len(name.name), name.name))[:SHOWN]]
    rest = len(matches) - len(shown)
    return ", ".join(shown) + (f" and {rest} more" if rest else "")


def _near(plain: str, among: Sequence[Name]) -> str:
    from difflib import get_close_matches

    spelled = {_plain(known): name.name for name in reversed(among) for known in name.known_as}
    near = list(dict.fromkeys(spelled[match] for match in get_close_matches(plain, spelled, n=3, cutoff=0.7)))
    if near:
        return f"did you mean {' or '.join(near)}?"
    if codes := [
        name.name for name in among if name.kind == "rule" and plain.startswith("tt") and plain[2:].isdecimal()
    ]:
        return f"the rules are {min(codes)} to {max(codes)}, in tcptune-rules(7)"
    return "`tcptune params --all` lists the parameters"
