"""A profile read from its file, with its parents in the order in which they are merged; every error has its place."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from tcptune.catalog import parameter
from tcptune.errors import TcptuneError
from tcptune.model.profile import Accept, Profile, When, Wish
from tcptune.model.record import dataclass
from tcptune.model.setting import Location
from tcptune.profiles import find
from tcptune.profiles.nodes import LARGEST, Document, read
from tcptune.profiles.values import checked

Guard = Callable[[str], None]
Suggest = Callable[[str], str | None]

DEEPEST = 20
"""Parents of parents that are followed."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A profile and the file it was read from."""

    profile: Profile
    path: str
    document: Document

    def at(self, *steps: str | int) -> Location:
        """Return the place of a value in the file."""
        return Location(self.path, *self.document.mark(steps))


@dataclass(frozen=True, slots=True)
class Chain:
    """A profile with all it builds on: parents first, each file once, the profile itself last."""

    members: tuple[Loaded, ...]

    @property
    def last(self) -> Loaded:
        """The profile that was asked for."""
        return self.members[-1]

    @property
    def accepted(self) -> tuple[Accept, ...]:
        """The risks that the profile or a parent takes on purpose; the last reason for a rule counts."""
        found = {accept.rule: accept for member in self.members for accept in member.profile.accept}
        return tuple(found.values())

    def takes(self, rule: str, slug: str) -> str | None:
        """Return why the profile takes what a rule warns of; None where it does not.

        `accept` names a rule by its code, its slug, or a prefix such as `TT4`.
        """
        return next((each.why for each in reversed(self.accepted) if _names(each.rule, rule, slug)), None)


def _names(name: str, rule: str, slug: str) -> bool:
    return name == slug or (name.upper().startswith("TT") and rule.startswith(name.upper()))


def load(name: str, guard: Guard | None = None, suggest: Suggest | None = None) -> Chain:
    """Read a profile by name or path, and its parents.

    `guard` is asked about every file before it is obeyed, `suggest` for the parameter that was meant by an unknown
    one. Raises `TcptuneError` with file, line and column for whatever is wrong.
    """
    members: dict[str, Loaded] = {}
    _follow(find.locate(name), (), members, guard, suggest or (lambda _: None))
    return Chain(tuple(members.values()))


def _follow(path: str, above: tuple[str, ...], members: dict[str, Loaded], guard: Guard | None, ask: Suggest) -> None:
    """Put the parents of a file, then the file, into `members`; `above` are the files that extend it."""
    real = os.path.realpath(path)
    if real in members:
        return
    loaded = _read(path, guard, ask)
    for number, parent in enumerate(loaded.profile.extends):
        place = loaded.document.place(("extends", number))
        try:
            below = find.locate(parent, beside=path)
        except TcptuneError as error:
            raise TcptuneError(f"{place}: {error.message}", hint=error.hint) from None
        line = (*above, real)
        if os.path.realpath(below) in line:
            circle = [*line[line.index(os.path.realpath(below)) :], os.path.realpath(below)]
            shown = " → ".join(Path(each).stem for each in circle)
            raise TcptuneError(f"{place}: the profiles extend each other in a circle: {shown}")
        if len(line) > DEEPEST:
            raise TcptuneError(f"{place}: more than {DEEPEST} parents of parents")
        if not Path(below).is_file():
            raise TcptuneError(f"{place}: the parent {parent!r} is not there: no file {below}")
        _follow(below, line, members, guard, ask)
    members[real] = loaded


def _read(path: str, guard: Guard | None, ask: Suggest) -> Loaded:
    try:
        # Without blocking: nobody may ever write into a FIFO.
        with open(path, "rb", opener=_at_once) as stream:
            if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                raise TcptuneError(f"{path}: is no regular file")
            # What lies beside the code is as trustworthy as the code.
            if guard is not None and Path(path).parent != find.shipped_folder():
                guard(path)
            data = stream.read(LARGEST + 1)
    except OSError as error:
        raise TcptuneError(f"{path}: {error.strerror}") from None
    return parse(path, data, ask)


def parse(path: str, data: bytes, suggest: Suggest = lambda _: None) -> Loaded:
    """Return the profile that these bytes of a file are, without its parents.

    Raises `TcptuneError` with file, line and column for whatever is wrong.
    """
    document = read(path, data)
    try:
        profile = Profile.model_validate(document.values)
    except ValidationError as error:
        raise _first(error, document) from None
    for key in profile.settings:
        entry = parameter(key)
        if entry is None:
            near = suggest(key)
            hint = f"did you mean {near!r}?" if near else "`tcptune params --all` lists the parameters"
            raise TcptuneError(f"{document.place(('settings', key))}: there is no parameter {key!r}", hint=hint)
    return Loaded(checked(profile, document), path, document)


def _at_once(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


_EXPECTED = {
    "dict_type": "a mapping is expected",
    "tuple_type": "a list is expected",
    "string_type": "a text is expected",
    "string_too_short": "it is empty",
    "too_short": "it is empty",
    "literal_error": "only {expected} is known",
    "string_pattern_mismatch": "small letters, digits, - . and _ are expected",
    "model_type": "a mapping is expected",
    "model_attributes_type": "a mapping is expected",
}
"""Errors by pydantic's names for them, in words that say what the file has to hold."""


def _first(error: ValidationError, document: Document) -> TcptuneError:
    """Return what pydantic found wrong at the first place of the file, as one line."""
    found = sorted(error.errors(), key=lambda item: document.mark(item["loc"]))
    item = found[0]
    steps = item["loc"]
    name = str(steps[-1]) if steps else ""
    place, more = document.place(steps), f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    if item["type"] == "extra_forbidden":
        return TcptuneError(f"{place}: there is no key {name!r} here{more}", hint=_near(name, _known(steps)))
    if item["type"] == "literal_error" and item["ctx"].get("expected") == "True":
        return TcptuneError(f"{place}: {name}: only true is known{more}", hint="leave it out where it is not wanted")
    if item["type"] == "missing":
        return TcptuneError(f"{place}: {name!r} is missing{more}")
    said = _EXPECTED.get(item["type"], str(item["msg"]).removeprefix("Value error, "))
    said = said.format_map(item["ctx"]) if item["type"] in _EXPECTED and "ctx" in item else said
    said = said[:1].lower() + said[1:]
    words = [step for step in steps if isinstance(step, str)]
    return TcptuneError(f"{place}: {words[-1] if words else 'the profile'}: {said}{more}")


def _known(steps: tuple[Any, ...]) -> list[str]:
    """Return the keys that there are where an unknown one stands."""
    model = Profile
    fields = [field.alias or name for name, field in model.model_fields.items()]
    if len(steps) > 1 and steps[0] == "settings":
        fields = list((When if "when" in steps[2:-1] else Wish).model_fields)
    elif len(steps) > 1:
        fields = list(Accept.model_fields)
    return fields


def _near(name: str, known: list[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name.replace("-", "_"), known, n=1)
    return f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(known)}"
