"""Another profile as what there is: a host with the kernel's defaults that follows it."""

from __future__ import annotations

from tcptune.catalog import parameter
from tcptune.catalog.targets import newest, resolve
from tcptune.model.diff import Change
from tcptune.model.host import Host
from tcptune.model.origin import Line
from tcptune.model.setting import Setting
from tcptune.model.value import show
from tcptune.profiles.compare import Seen, compare
from tcptune.profiles.facts import Facts
from tcptune.profiles.policy import Policy
from tcptune.profiles.resolve import Wanted


def look(policy: Policy, other: Policy, kernel: str | None) -> tuple[Seen, tuple[Change, ...]]:
    """Return the host that follows `other`, and what `policy` wants otherwise; what only `other` names comes last.

    The kernel is the newest one known unless it is named: two profiles compare alike wherever that is done.
    """
    target = resolve(kernel) if kernel is not None else newest()
    facts = Facts(target)
    wanted = other.wanted(facts)
    seen = _followed(wanted, facts, Host(kernel=target.version, vendor=target.vendor))
    changes = compare(policy, seen)
    named = {change.key for change in changes}
    rest = tuple(_alone(item, seen, policy) for item in wanted if item.key not in named and item.unmet is None)
    return seen, (*changes, *rest)


def _followed(wanted: tuple[Wanted, ...], facts: Facts, host: Host) -> Seen:
    settings: dict[str, Setting] = {}
    origins: dict[str, Line] = {}
    seen = Seen(facts, host, settings, running=False, origins=origins)
    for item in wanted:
        entry = parameter(item.key)
        if entry is None or item.unmet is not None or not entry.exists(facts.target):
            continue
        default = seen.default(entry)
        if item.default or (not item.at_any_rate and default is not None and item.satisfied(default, default)):
            continue
        value = item.choose(default, default)
        if value is not None:
            settings[item.key] = Setting(item.key, show(value), value, value_at=item.at, source="profile")
            origins[item.key] = Line(item.key, show(value), value, item.at, "profile")
    return seen


def _alone(item: Wanted, seen: Seen, policy: Policy) -> Change:
    entry = parameter(item.key)
    setting = seen.settings.get(item.key)
    default = seen.default(entry) if entry is not None else None
    return Change(
        key=item.key,
        current=setting.value if setting is not None else default,
        wanted=None,
        default=default,
        action="skip",
        reason=f"{policy.name} says nothing of it; the other profile wants {item}",
        wish="",
        origin=seen.origins.get(item.key),
        at=item.at,
    )
