"""A profile as settings for the lab's hosts, beside what this host has for the same parameters."""

from __future__ import annotations

from tcptune.catalog import default_value, parameter
from tcptune.live.host import read_host
from tcptune.live.procsys import read_all
from tcptune.model.value import show
from tcptune.profiles.facts import Facts
from tcptune.profiles.load import Chain
from tcptune.profiles.resolve import resolve

Settings = dict[str, str]


def both(chain: Chain) -> tuple[Settings, Settings]:
    """Return this host's values and the profile's, for every parameter that a network namespace has of its own."""
    host = read_host()
    wanted = resolve(chain, Facts(target=host.target, memory_bytes=host.memory_bytes or None, initial=False, host=host))
    reading = read_all([each.key for each in wanted], host=host)
    current: Settings = {}
    profile: Settings = {}
    for each in wanted:
        entry = parameter(each.key)
        setting = reading.settings.get(each.key)
        scope = entry.scope_on(host.target) if entry is not None else None
        if entry is None or setting is None or each.unmet is not None or scope is None or scope.scope != "netns":
            continue
        if scope.child != "own" or entry.mode & 0o222 == 0 or entry.lifetime.module is not None:
            continue
        default = default_value(entry, host.target, host)
        here = setting.value
        if here is None:
            continue
        value = here if each.satisfied(here, default) else each.choose(here, default)
        if value is not None:
            current[each.key], profile[each.key] = show(here), show(value)
    return current, profile
