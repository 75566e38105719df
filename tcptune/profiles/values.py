"""The values of a profile as what the catalogue's parameters take: a pair written as text becomes two numbers."""

from __future__ import annotations

from tcptune.catalog import parameter
from tcptune.errors import TcptuneError
from tcptune.model.parameter import Parameter
from tcptune.model.profile import Profile, Wish
from tcptune.model.value import WIDTH, Value, show
from tcptune.profiles.nodes import Document, Path

SECRET = "net.ipv4.tcp_fastopen_key"
"""A key that lets others open connections: it belongs into no file of settings, and a comparison would print it."""

LONGEST_SHOWN = 60
"""Characters of a wrong value that a message repeats."""

_BOUNDS = ("at_least", "at_most", "per_gib")


def checked(profile: Profile, document: Document) -> Profile:
    """Return the profile with every value as its parameter takes it. Raises `TcptuneError` for one that it does not.

    Rules that are accepted must exist, and so must the distributions of a condition.
    """
    settings = {}
    for key, wish in profile.settings.items():
        entry = parameter(key)
        if entry is not None:
            settings[key] = _wish(entry, wish, document, ("settings", key))
    for number, accept in enumerate(profile.accept):
        _rule(accept.rule, document, ("accept", number, "rule"))
    return profile.model_copy(update={"settings": settings})


def _wish(entry: Parameter, wish: Wish, document: Document, steps: Path) -> Wish:
    if not entry.mode & 0o222:
        raise TcptuneError(f"{document.place(steps)}: {entry.key} can only be read")
    if entry.key == SECRET:
        raise TcptuneError(f"{document.place(steps)}: {entry.key} is a secret, no setting of a profile")
    if wish.bounded and WIDTH.get(entry.kind) != 1:
        named = next(name for name in _BOUNDS if getattr(wish, name) is not None)
        raise TcptuneError(f"{document.place((*steps, named))}: {named} is for one number, {entry.key} is none")
    if wish.at_least is not None and wish.at_most is not None and wish.at_least > wish.at_most:
        place = document.place((*steps, "at_least"))
        raise TcptuneError(f"{place}: at_least {wish.at_least} is above at_most {wish.at_most}")
    for name in wish.when.distro or () if wish.when is not None else ():
        _distro(name, document, (*steps, "when", "distro"))
    update: dict[str, object] = {}
    if wish.value is not None:
        update["value"] = _value(entry, wish.value, document, (*steps, "value"))
    if wish.one_of is not None:
        update["one_of"] = tuple(
            _value(entry, value, document, (*steps, "one_of", number)) for number, value in enumerate(wish.one_of)
        )
    return wish.model_copy(update=update)


def _value(entry: Parameter, value: Value, document: Document, steps: Path) -> Value:
    """Return the value as the catalogue has it."""
    from tcptune.rules.written import interpret

    read = interpret(entry, show(value))
    if read.value is None or read.rest or read.base != "decimal":
        shown = show(value) if len(show(value)) <= LONGEST_SHOWN else show(value)[:LONGEST_SHOWN] + "…"
        said = "that is too long" if shown.endswith("…") else read.why
        said = said or (f"{read.rest!r} is too much" if read.rest else f"it is {read.base}: write {show(read.value)}")
        raise TcptuneError(f"{document.place(steps)}: {entry.key} does not take {shown!r}: {said}")
    return read.value


def _rule(name: str, document: Document, steps: Path) -> None:
    from tcptune.rules.registry import select

    try:
        select((name,))
    except TcptuneError as error:
        raise TcptuneError(f"{document.place(steps)}: {error.message}", hint=error.hint) from None


def _distro(name: str, document: Document, steps: Path) -> None:
    from tcptune.catalog.targets import resolve

    try:
        resolve(name)
    except TcptuneError as error:
        raise TcptuneError(f"{document.place(steps)}: {error.message}", hint=error.hint) from None
