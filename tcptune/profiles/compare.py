"""A profile held against what there is: the one place that says what differs, for `diff`, audits, lint and plans."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import field

from tcptune.catalog import default_value, parameter, parameters
from tcptune.model.diff import Action, Change
from tcptune.model.host import Host
from tcptune.model.origin import Line
from tcptune.model.parameter import Parameter
from tcptune.model.record import dataclass
from tcptune.model.setting import Setting
from tcptune.model.value import Value
from tcptune.profiles import obstacles
from tcptune.profiles.facts import Facts
from tcptune.profiles.meaning import same
from tcptune.profiles.policy import Policy
from tcptune.profiles.resolve import Wanted

_ORDER: tuple[Action, ...] = ("set", "blocked", "keep", "skip")


def _nothing(_key: str) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Seen:
    """What a profile is held against: a running host, a saved one, what files give, or another profile.

    `settings` are the values that are there. `running` is false for files and profiles: a parameter that they do not
    set has its default. `origins` are the lines that explain values, `candidates` the managers that may have written
    one that no line explains, by key. `locked` tells of a key whether /proc/sys is mounted read-only there.
    """

    facts: Facts
    host: Host
    settings: Mapping[str, Setting]
    running: bool = True
    origins: Mapping[str, Line] = field(default_factory=dict)
    candidates: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    locked: Callable[[str], bool] = _nothing

    def default(self, entry: Parameter) -> Value | None:
        """Return the kernel's default there; None where it depends on a memory that is not known."""
        return default_value(entry, self.facts.target, self.host if self.host.memory_bytes else None)


def compare(policy: Policy, seen: Seen, only: Container[str] | None = None) -> tuple[Change, ...]:
    """Return what the profile wants beside what is there, what matters first; `only` limits the parameters.

    Raises `TcptuneError` when the profile contradicts itself there.
    """
    return compared(policy, policy.wanted(seen.facts), seen, only)


def compared(
    policy: Policy, wanted: Iterable[Wanted], seen: Seen, only: Container[str] | None = None
) -> tuple[Change, ...]:
    """Do the same with what the profile was found to want, which is the same for all settings of one place."""
    changes = [_change(item, policy, seen) for item in wanted if only is None or item.key in only]
    place = {key: number for number, key in enumerate(parameters())} if len(changes) > 1 else {}
    return tuple(sorted(changes, key=lambda change: _weight(change, seen, place)))


def _weight(change: Change, seen: Seen, place: Mapping[str, int]) -> tuple[int, bool, bool, int]:
    """Sort key: what is to be set first, and of that first what is harmful as it is, then what is risky to set."""
    entry = parameter(change.key)
    harmful = entry is not None and change.current is not None and _risk(entry, change.current, seen) is not None
    return (_ORDER.index(change.action), not harmful, change.risk is None, place.get(change.key, 0))


def _change(item: Wanted, policy: Policy, seen: Seen) -> Change:
    entry = parameter(item.key)
    if entry is None:
        raise LookupError(f"{item.key}: a loaded profile names parameters of the catalogue only")
    setting = seen.settings.get(item.key)
    there = entry.exists(seen.facts.target)
    default = seen.default(entry) if there or setting is not None else None
    current = setting.value if setting is not None else None
    if setting is None and not seen.running and there:
        current = default

    def made(
        action: Action,
        wanted: Value | None,
        reason: str,
        remedy: str = "",
        risk: str | None = None,
        absent: bool = False,
    ) -> Change:
        return Change(
            key=item.key,
            current=current,
            wanted=wanted,
            default=default,
            action=action,
            reason=reason,
            wish=str(item) if item.unmet is None else "",
            risk=risk,
            why=item.why,
            remedy=remedy,
            origin=seen.origins.get(item.key),
            candidates=seen.candidates.get(item.key, ()) if current != default else (),
            at=item.at,
            condition=item.condition,
            absent=absent,
        )

    if item.unmet is not None:
        return made("skip", None, item.unmet)
    if not there and (setting is None or not seen.running):
        return made("skip", None, obstacles.not_on_this_kernel(entry, seen.facts), absent=True)
    if current is not None and satisfied(item, entry, current, default):
        return made("keep", current, item.why)
    wanted = obstacles.as_kept(entry, item.choose(current, default), seen.facts.target, seen.host.hz)
    if current is None:
        found = obstacles.unknown(entry, item, seen.facts, running=seen.running, there=setting is not None)
        if found is not None:
            return made(found.action, wanted, found.reason, found.remedy, absent=found.absent)
    if wanted is None or (current is not None and same(entry, wanted, current)):
        return made("keep", current, item.why)
    obstacle = obstacles.to_setting(entry, wanted, seen.facts, seen.host, locked=seen.locked(item.key))
    if obstacle is not None:
        return made("blocked", wanted, obstacle.reason, obstacle.remedy)
    return made("set", wanted, item.why, risk=_told(_risk(entry, wanted, seen), policy))


def satisfied(item: Wanted, entry: Parameter, value: Value, default: Value | None) -> bool:
    """Tell whether a value is what is wanted, texts by their meaning; `default` is the kernel's, None: not known."""
    if item.satisfied(value, default):
        return True
    wishes = (default,) if item.default else item.values
    return any(wish is not None and same(entry, value, wish) for wish in wishes)


def _risk(entry: Parameter, value: Value, seen: Seen) -> tuple[str, str, str] | None:
    """Return rule, slug and reason of a value's documented risk on the kernel; None where nothing above a note is."""
    version = seen.facts.target.version
    for risk in entry.risks:
        concerned = risk.since <= version and (risk.until is None or version < risk.until)
        if concerned and risk.severity != "note" and risk.when.holds(value):
            return risk.rule, risk.slug, risk.reason
    return None


def _told(risk: tuple[str, str, str] | None, policy: Policy) -> str | None:
    """Return a risk in words, with the profile's reason where it is taken on purpose."""
    if risk is None:
        return None
    rule, slug, reason = risk
    taken = policy.takes(rule, slug)
    return f"{rule}: {reason}" + (f" Taken on purpose: {taken}" if taken else "")
