"""From a profile to what a target is given: each parameter's value in every world that the known facts allow."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from tcptune.catalog import default_value, parameter
from tcptune.model.host import Host
from tcptune.model.profile import Wish, comparisons, memory_size
from tcptune.model.record import dataclass
from tcptune.model.value import Value
from tcptune.profiles.facts import Facts, Loader, distribution_names
from tcptune.profiles.load import Chain
from tcptune.profiles.resolve import GIB, Wanted, resolve
from tcptune.render.sheet import Entry, Refusal, Sheet, Writer, label
from tcptune.render.silence import silenced

SIZES = tuple(1 << power for power in range(27, 45))
"""Memory sizes in bytes, 128 MiB to 16 TiB, that stand for every host where none is given."""

PLAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 ,._:+/-]*[A-Za-z0-9])?")
"""Texts that every format holds as they are; the names and lists that kernel parameters take are no others."""

_LOADERS: tuple[Loader, ...] = ("systemd", "procps")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one world makes of a parameter: the value to be written, or the default that is right, or why neither."""

    item: Wanted
    value: Value | None = None
    default: Value | None = None
    reason: str = ""


def plan(chain: Chain, known: Facts, target: Writer, *, everything: bool = False) -> Sheet:
    """Return what the profile wants of a target for one kernel.

    What is None in `known` is not known: a value that depends on it is refused. A parameter whose default is right
    already is left to the kernel, unless `everything` is asked for. Raises `TcptuneError` for a profile whose bounds
    contradict each other.
    """
    here = replace(known, initial=not target.contained)
    entries: list[Entry] = []
    satisfied: list[str] = []
    passed: list[Refusal] = []
    refused: list[Refusal] = []
    for key in sorted({key for member in chain.members for key in member.profile.settings}):
        found = _settle(_only(chain, key), key, here, target, everything)
        if isinstance(found, Entry):
            entries.append(found)
        elif isinstance(found, Refusal):
            refused.append(found)
        elif found:
            passed.append(Refusal(key, found))
        else:
            satisfied.append(key)
    head = chain.last.profile
    quiet = silenced(entries, chain, here, target)
    return Sheet(
        head.name,
        head.summary,
        label(known.target),
        _circumstances(known),
        tuple(replace(entry, silenced=tuple(quiet.get(entry.key, ()))) for entry in entries),
        tuple(satisfied),
        tuple(passed),
        tuple(refused),
    )


def _settle(part: Chain, key: str, known: Facts, target: Writer, everything: bool) -> Entry | Refusal | str:
    """Return the entry, the refusal, or why nothing is written: a reason, empty where the default is right."""
    needs = _unknown(part, key, known)
    worlds = [_outcome(part, facts, everything) for facts in _worlds(part, known, needs)]
    written = [world for world in worlds if world.value is not None]
    if not written:
        return _nothing(part, key, known, worlds, everything)
    entry = parameter(key)
    scope = entry.scope_on(known.target) if entry is not None else None
    if target.contained and (scope is None or scope.scope == "host"):
        return Refusal(key, "it belongs to the whole host, no container or pod has its own")
    if len({world.value if world.value is not None else world.default for world in worlds}) > 1:
        return Refusal(key, _asks(needs))
    value = written[0].value
    if isinstance(value, str) and PLAIN.fullmatch(value) is None:
        said = f"{value!r} is no text that a file of settings can hold" if value else "no file can hold an empty value"
        return Refusal(key, said)
    module = entry.lifetime.module if entry is not None else None
    stated = module if module in written[0].item.modules else None
    return Entry(key, value if value is not None else 0, written[0].item.why, stated)


def _nothing(part: Chain, key: str, known: Facts, worlds: list[Outcome], everything: bool) -> Refusal | str:
    """Say why no world writes the parameter; wanted in the other kind of namespace alone is what a target refuses."""
    elsewhere = _outcome(part, replace(known, initial=not known.initial), everything)
    if all(world.item.unmet is not None for world in worlds) and elsewhere.value is not None:
        where = "the host itself" if not known.initial else "containers and pods"
        return Refusal(key, f"the profile wants it for {where} only")
    return worlds[0].reason if all(world.reason for world in worlds) else ""


def _outcome(part: Chain, facts: Facts, everything: bool) -> Outcome:
    (item,) = resolve(part, facts)
    entry = parameter(item.key)
    if item.unmet is not None or entry is None:
        return Outcome(item, reason=item.unmet or "")
    if not entry.exists(facts.target):
        return Outcome(item, reason=f"{label(facts.target)} does not have it")
    default = default_value(entry, facts.target, facts.host)
    if item.default and default is None:
        return Outcome(item, reason="its default is not known" if everything else "")
    if item.default or (not item.at_any_rate and default is not None and item.satisfied(default, default)):
        return Outcome(item, default if everything else None, default)
    return Outcome(item, item.choose(default, default), default)


def _only(chain: Chain, key: str) -> Chain:
    """Return the chain with the settings of one parameter alone."""
    members = []
    for member in chain.members:
        wish = member.profile.settings.get(key)
        if wish is not None:
            profile = member.profile.model_copy(update={"settings": {key: wish}})
            members.append(replace(member, profile=profile))
    return Chain(tuple(members))


def _wishes(part: Chain) -> list[Wish]:
    return [wish for member in part.members for wish in member.profile.settings.values()]


def _unknown(part: Chain, key: str, known: Facts) -> dict[str, str]:
    """Return the facts that the parameter's value may depend on and nobody gave: in words, with the option to give."""
    found = {}
    wishes = _wishes(part)
    conditions = [wish.when for wish in wishes if wish.when is not None]
    entry = parameter(key)
    step = entry.default_on(known.target) if entry is not None else None
    computed = step is not None and step.formula is not None
    if known.memory_bytes is None and (
        computed or any(wish.per_gib for wish in wishes) or any(when.memory for when in conditions)
    ):
        found["memory"] = "the host's memory: --memory SIZE, such as 8GiB"
    named = known.distro or known.target.vendor or distribution_names(known.target.label)
    if not named and any(when.distro for when in conditions):
        found["distro"] = "the distribution: --distro NAME"
    modules = sorted({name for when in conditions for name in when.module or ()})
    if known.loaded is None and modules:
        names = " ".join(f"--module {name}" for name in modules)
        found["module"] = f"whether {' and '.join(modules)} will be loaded: {names}"
    if known.loader is None and any(when.loader for when in conditions):
        found["loader"] = "who applies drop-ins at boot: --loader systemd or procps"
    return found


def _asks(needs: dict[str, str]) -> str:
    return "its value depends on " + "; and on ".join(needs.values())


def _worlds(part: Chain, known: Facts, needs: dict[str, str]) -> Iterator[Facts]:
    """Yield the facts of every host that may be meant, as far as the parameter's value can tell them apart."""
    conditions = [wish.when for wish in _wishes(part) if wish.when is not None]
    sizes = _sizes([when.memory for when in conditions if when.memory]) if "memory" in needs else [known.memory_bytes]
    names = sorted({name for when in conditions for name in when.distro or ()})
    distros = [*names, "another"] if "distro" in needs else [known.distro]
    modules = sorted({name for when in conditions for name in when.module or ()})
    loads: list[frozenset[str]] = [frozenset()]
    if "module" in needs:
        loads = [frozenset(), frozenset(modules), *(frozenset({name}) for name in modules)]
    loaders = _LOADERS if "loader" in needs else (known.loader,)
    for size, distro, load, loader in product(sizes, distros, loads, loaders):
        loaded = load.__contains__ if "module" in needs else known.loaded
        host = known.host
        if host is None and size is not None:
            host = Host(known.target.version, vendor=known.target.vendor, memory_bytes=size, initial=known.initial)
        yield replace(known, memory_bytes=size, distro=distro, loaded=loaded, loader=loader, host=host)


def _sizes(written: list[str]) -> list[int]:
    """Return the sizes that stand for all, with those on both sides of every number that a condition names."""
    edges = [memory_size(operand) for text in written for _, operand in comparisons(text)]
    return sorted({*SIZES, *(edge + step for edge in edges for step in (-1, 0, 1))})


def _circumstances(known: Facts) -> str:
    named = [label(known.target)]
    if known.memory_bytes is not None:
        named.append(f"{round(known.memory_bytes / GIB, 1):g} GiB of memory")
    if known.distro:
        named.append(known.distro)
    return ", ".join(named)
