"""What the conditions of a profile are held against, and whether they hold."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal

from tcptune.catalog.distributions import DISTRIBUTIONS
from tcptune.model.host import Host
from tcptune.model.profile import When
from tcptune.model.record import dataclass
from tcptune.model.version import Target

Loader = Literal["systemd", "procps"]

_TITLE = re.compile(r"(?P<word>[A-Za-z]+)[^0-9]*(?P<version>\d+(?:\.\d+)?)")
_BASES = {"red": "rhel", "amazon": "al", "suse": "sles", "alma": "almalinux", "centos": "centos"}


@dataclass(frozen=True, slots=True)
class Facts:
    """A host, or a kernel alone. None is what is not known: a condition on it is taken to hold.

    `memory_bytes` is the host's memory, `initial` whether the settings are for its own network namespace, `loaded`
    tells of a module whether it is loaded, `host` is there for a running one.
    """

    target: Target
    memory_bytes: int | None = None
    distro: str | None = None
    initial: bool | None = None
    loaded: Callable[[str], bool] | None = None
    loader: Loader | None = None
    host: Host | None = None


def unmet(when: When | None, facts: Facts) -> str | None:
    """Return the first part of a condition that does not hold, in words; None where all do."""
    if when is None:
        return None
    if not when.kernel_holds(facts.target.version):
        return f"only for kernels {when.kernel}"
    if facts.memory_bytes is not None and not when.memory_holds(facts.memory_bytes):
        return f"only with memory {when.memory}"
    if when.distro is not None and not _is_one_of(when.distro, facts):
        return f"only on {' or '.join(when.distro)}"
    for module in when.module or ():
        if facts.loaded is not None and not facts.loaded(module):
            return f"only where the module {module} is loaded"
    if when.netns is not None and facts.initial is not None and (when.netns == "initial") != facts.initial:
        return f"only in {'the initial' if when.netns == 'initial' else 'another'} network namespace"
    if when.loader is not None and facts.loader is not None and when.loader != facts.loader:
        return f"only where {when.loader} applies the settings at boot"
    return None


def words(when: When | None) -> str:
    """Return a condition in words, empty where there is none."""
    if when is None:
        return ""
    named = [
        *([f"kernel {when.kernel}"] if when.kernel else []),
        *([f"memory {when.memory}"] if when.memory else []),
        *([" or ".join(when.distro)] if when.distro else []),
        *(f"module {name} loaded" for name in when.module or ()),
        *([f"{when.netns} network namespace"] if when.netns else []),
        *([f"settings applied by {when.loader}"] if when.loader else []),
    ]
    return ", ".join(named)


def _is_one_of(wanted: tuple[str, ...], facts: Facts) -> bool:
    known = distribution_names(facts.distro or "") | distribution_names(facts.target.label)
    if facts.target.vendor is not None:
        known |= distribution_names(facts.target.vendor)
    if facts.distro is None and not known:
        return True
    return any(name.lower() in known for name in wanted)


def distribution_names(title: str) -> frozenset[str]:
    """Return the names of the distribution that a title (`Debian GNU/Linux 12 (bookworm)`) or a name means."""
    lowered = title.lower().strip()
    candidates = {lowered}
    match = _TITLE.match(lowered)
    if match is not None:
        word = _BASES.get(match["word"], match["word"])
        candidates |= {f"{word}{match['version']}", f"{word}{match['version'].split('.')[0]}"}
    for each in DISTRIBUTIONS:
        if candidates & set(each.names):
            return frozenset(each.names)
    return frozenset()
