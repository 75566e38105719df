"""A profile resolved for a host or a kernel: its parents merged, its conditions decided, its numbers computed."""

from __future__ import annotations

from tcptune.errors import TcptuneError
from tcptune.model.profile import Wish
from tcptune.model.record import dataclass
from tcptune.model.setting import Location
from tcptune.model.value import Value, show
from tcptune.profiles.facts import Facts, unmet, words
from tcptune.profiles.load import Chain, Loaded

GIB = 1 << 30


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one parameter should be here: a value, one of several, the kernel's default, or a number within bounds.

    `why` is the profile's reason, `at` the place of the setting that counts, `modules` what its condition says is
    loaded, `condition` all of it in words. `unmet` says why it does not hold here; then nothing is wanted. `scale` is
    what `low` was computed with for each GiB of memory.
    """

    key: str
    why: str
    at: Location
    values: tuple[Value, ...] = ()
    low: int | None = None
    high: int | None = None
    default: bool = False
    modules: tuple[str, ...] = ()
    unmet: str | None = None
    condition: str = ""
    scale: int | None = None

    @property
    def at_any_rate(self) -> bool:
        """Tell whether one value is named, which is written even where it is the default."""
        return len(self.values) == 1

    def satisfied(self, value: Value, default: Value | None) -> bool:
        """Tell whether the value is right; `default` is the kernel's own, None where it is not known."""
        if self.default:
            return default is None or value == default
        if self.values:
            return value in self.values
        if not isinstance(value, int):
            return False
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)

    def choose(self, value: Value | None, default: Value | None) -> Value | None:
        """Return what to set where `value` is not right: the nearest bound, the first of several; None: not known."""
        if self.default:
            return default
        if self.values:
            return self.values[0]
        if self.low is not None and not (isinstance(value, int) and self.high is not None and value > self.high):
            return self.low
        return self.high

    def __str__(self) -> str:
        if self.default:
            return "the default"
        if self.values:
            return " or ".join(map(show, self.values))
        if self.low is not None and self.high is not None:
            return f"{self.low} to {self.high}"
        if self.low is None and self.high is None:
            return "-"
        return f"at least {self.low}" if self.low is not None else f"at most {self.high}"


def resolve(chain: Chain, facts: Facts) -> tuple[Wanted, ...]:
    """Return what the profile wants of every parameter it names, sorted by key.

    A setting whose condition does not hold leaves a parent's in force. Bounds are merged one by one. Raises
    `TcptuneError` when the bounds that come together contradict each other, with the places of both.
    """
    merged: dict[str, list[tuple[Loaded, Wish]]] = {}
    missed: dict[str, Wanted] = {}
    for member in chain.members:
        for key, wish in member.profile.settings.items():
            reason = unmet(wish.when, facts)
            if reason is not None:
                missed[key] = Wanted(
                    key, wish.why, member.at("settings", key), unmet=reason, condition=words(wish.when)
                )
                continue
            earlier = merged.get(key, [])
            both = wish.bounded and bool(earlier) and earlier[-1][1].bounded
            merged[key] = [*earlier, (member, wish)] if both else [(member, wish)]
    found = {**missed, **{key: _combined(key, wishes, facts) for key, wishes in merged.items()}}
    return tuple(found[key] for key in sorted(found))


def _combined(key: str, wishes: list[tuple[Loaded, Wish]], facts: Facts) -> Wanted:
    member, wish = wishes[-1]
    at, modules = member.at("settings", key), (wish.when.module or () if wish.when is not None else ())
    condition = words(wish.when)
    why = next((each.why for _, each in reversed(wishes) if each.why), "")
    if not wish.bounded:
        values = wish.one_of or ((wish.value,) if wish.value is not None else ())
        return Wanted(key, why, at, values=values, default=bool(wish.default), modules=modules, condition=condition)
    least, most = _last(key, wishes, "at_least"), _last(key, wishes, "at_most")
    if least is not None and most is not None and least[0] > most[0]:
        raise TcptuneError(
            f"{least[1]}: {key}: at_least {least[0]} is above at_most {most[0]} of {most[1]}",
            hint="name both in the profile that is to win",
        )
    low, high = least[0] if least else None, most[0] if most else None
    scale = _last(key, wishes, "per_gib")
    if scale is not None:
        low = max(low or 0, scale[0] * max(1, round((facts.memory_bytes or 0) / GIB)))
        low = min(low, high) if high is not None else low
    per_gib = scale[0] if scale is not None else None
    return Wanted(key, why, at, low=low, high=high, modules=modules, condition=condition, scale=per_gib)


def _last(key: str, wishes: list[tuple[Loaded, Wish]], name: str) -> tuple[int, Location] | None:
    """Return the last of one kind of bound, and where it stands."""
    for member, wish in reversed(wishes):
        number = getattr(wish, name)
        if number is not None:
            return number, member.at("settings", key, name)
    return None
