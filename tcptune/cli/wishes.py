"""What `apply` is asked for: a profile, and values of the command line on top of it."""

from __future__ import annotations

from tcptune.apply.trust import refuse_file
from tcptune.catalog import parameter
from tcptune.cli.policy import meant
from tcptune.errors import TcptuneError
from tcptune.model.profile import Profile, Wish
from tcptune.profiles.load import Chain, Loaded, load
from tcptune.profiles.nodes import Document
from tcptune.profiles.policy import Policy
from tcptune.rules.written import interpret


def policy(name: str | None, values: list[str]) -> Policy:
    """Return the profile with the values of `--set` on top.

    Raises `TcptuneError` for what cannot be understood, and for a file that others than root can change.
    """
    base = Policy(load(name, refuse_file, meant)) if name is not None else None
    if not values:
        if base is None:
            raise TcptuneError("name a profile, or use --set KEY=VALUE")
        return base
    wishes = dict(_assignment(each) for each in values)
    title = base.name if base is not None else "command-line"
    own = Profile.model_validate(
        {"schema": "tcptune/profile/1", "name": title, "summary": "values of the command line", "settings": wishes}
    )
    document = Document("--set")
    document.values = {"settings": {key: wish.value for key, wish in wishes.items()}}
    members = base.chain.members if base is not None else ()
    return Policy(Chain((*members, Loaded(own, "--set", document))))


def _assignment(given: str) -> tuple[str, Wish]:
    key, sign, text = given.partition("=")
    key = key.strip().replace("/", ".")
    if not sign or not key:
        raise TcptuneError(f"--set takes KEY=VALUE, not {given!r}")
    entry = parameter(key)
    if entry is None:
        near = meant(key)
        hint = f"did you mean {near!r}?" if near else "`tcptune params --all` lists the parameters"
        raise TcptuneError(f"--set: there is no parameter {key!r}", hint=hint)
    read = interpret(entry, text.strip())
    if read.value is None or read.rest:
        why = read.why or f"{read.rest!r} stands behind the value"
        raise TcptuneError(f"--set {given}: {why}")
    return key, Wish.model_validate({"value": read.value, "why": "given with --set"})
