"""The kernel refuses the value, or takes it though it has no meaning.

A value outside the accepted range is refused with EINVAL and the old one stays. Many parameters accept more than makes
sense: `tcp_fin_timeout = -5` is taken and read back as it is. Both depend on the kernel's version, so the finding says
for which ones it holds. A number that means what it says, and that nothing works with (`fs.file-max = 500`), is a
warning. Of a parameter that the kernel only tells, such as `nf_conntrack_count` or `mc_forwarding`, no
value is taken from anybody.

Bad:

    net.ipv4.tcp_tw_reuse = 7

Good:

    net.ipv4.tcp_tw_reuse = 1

Fix:

Choose a value of the range that the message names; delete the line of a parameter that can only be read.

Sources:

- the handlers and bounds in the kernel's tables, proven by writing on real kernels
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial

from tcptune.catalog import parameter
from tcptune.catalog.bounds import BOUNDS, EARLIER, FOURTH, GIVEN, LATER, MEANT, SINCE
from tcptune.catalog.names import numeric
from tcptune.catalog.read_only import INSTEAD, read_only
from tcptune.model.finding import Finding, Fix
from tcptune.model.history import RangeStep, in_force
from tcptune.model.parameter import Parameter
from tcptune.model.setting import Setting
from tcptune.model.severity import Severity
from tcptune.model.value import Value, show
from tcptune.model.version import KernelVersion, Target
from tcptune.rules import kernels
from tcptune.rules.base import Rule
from tcptune.rules.view import View
from tcptune.rules.written import interpret, numbers, told

_LONG, _BEYOND = 20, 2**64
"""How many digits a number has at least that is beyond 64 bits, and the first such number."""

_EINVAL = "The write fails with EINVAL and the old value stays."
_TOLD = (
    "Its file has mode 0444, for root too, and nothing is set. `sysctl` reports that; systemd-sysctl passes it over in"
    " silence."
)
_CONF = "net.ipv4.conf."

TICK_RATES = (100, 250, 1000)
"""The tick rates that kernels are built with: a file is judged for all of them."""

_USUAL = 250
"""The tick rate that most kernels are built with: what these refuse is told, though others take it."""

_ODD = 300
"""A tick rate for which a number may be meant, beside those that are judged."""


def check(view: View) -> Iterator[Finding]:
    """Find values outside what is accepted, then values outside what makes sense."""
    if view.host is None:
        yield from _only_told(view)
        yield from _beyond_bounds(view)
        yield from _too_long(view)
    for setting, entry in view.known():
        value = _number(setting, entry)
        if value is None or not setting.touched or isinstance(value, str):
            continue
        setting = setting if value == setting.value else replace(setting, value=value)
        rates = (view.host.hz,) if view.host is not None else TICK_RATES
        asked = (entry.key, value, rates)
        memo = ("TT202", *asked)
        refused = kernels.holding(view, partial(refuses, entry, value, rates), memo)
        if refused and view.host is None:
            yield _refused(view, setting, entry, refused, rates)
            continue
        if view.host is None and (finding := _refused_by_most(view, setting, entry, value)):
            yield finding
            continue
        memo = ("TT202 meaning", *asked)
        meaningless = kernels.holding(view, partial(_unmeant, entry, value), memo)
        if meaningless:
            yield _senseless(view, setting, entry, meaningless)


def _number(setting: Setting, entry: Parameter) -> Value | None:
    """Return the number that is set, or that tuned raises or lowers the value to."""
    return interpret(entry, setting.raw).value if "limit" in setting.facts else setting.value


def _only_told(view: View) -> Iterator[Finding]:
    """Find what is set though the kernel only tells it.

    In a saved `sysctl -a` it stands for that, and behind a test of the file (`[ -w … ] &&`) it is not written.
    """
    for setting in view.settings.values():
        if read_only(setting.key) and not setting.facts & {"exclude", "glob", "exists"}:
            message = f"{setting.key} can only be read: the kernel takes no value from anybody."
            why = _TOLD
            instead = INSTEAD.get(setting.key)
            fix = Fix(f"set {instead}, or delete the line" if instead else "delete the line")
            yield RULE.finding(setting, message, why, fix=fix)


def _too_long(view: View) -> Iterator[Finding]:
    """Find numbers that are beyond every parameter, of those that are not described here."""
    for setting in view.settings.values():
        raw = setting.raw
        if len(raw) < _LONG or not (raw.isascii() and raw.isdecimal()) or int(raw[: _LONG + 1]) < _BEYOND:
            continue
        if numeric(setting.key) and parameter(setting.key) is None and setting.key not in BOUNDS:
            message = f"The kernel refuses {setting.key} = {raw}: the number is beyond what any parameter takes."
            yield RULE.finding(setting, message, _EINVAL)


def _beyond_bounds(view: View) -> Iterator[Finding]:
    """Find numbers that the kernel refuses, or that mean nothing to it, for a parameter without a page."""
    for setting in view.settings.values():
        key = setting.key
        meant = MEANT.get(key.rpartition(".")[2] if key.startswith(_CONF) else key)
        fourth, bounds = FOURTH.get(key), BOUNDS.get(key, meant)
        if (bounds or fourth) is None or not told(setting) or setting.facts & {"exclude", "glob"}:
            continue
        since = LATER.get(key, SINCE)
        concerned = kernels.holding(view, partial(_since, since), ("TT202 bounds", since))
        number = numbers(setting.raw, 4 if fourth else 1).value
        if number is None or not concerned:
            continue
        if fourth and isinstance(number, tuple) and _outside(number[3:], *fourth):
            words = f"{_range(*fourth)} as its fourth number"
            why = "The write fails with ERANGE: the first three numbers are set, the fourth one stays."
            yield _not_taken(view, setting, show(number), words, concerned, why)
        elif bounds and isinstance(number, int) and _outside((number,), *bounds):
            if meant is None:
                yield _not_taken(view, setting, show(number), _range(*bounds), concerned)
            else:
                message = f"The kernel takes {key} = {number}, but the value has no meaning of its own."
                why = f"It knows {_range(*meant)}; any number is taken."
                yield RULE.finding(setting, message, why, fix=Fix(f"choose a value of {_range(*meant)}"))
        elif key in EARLIER and isinstance(number, int) and "kernel-condition" not in setting.facts:
            yield from _refused_earlier(view, setting, number)


def _refused_earlier(view: View, setting: Setting, number: int) -> Iterator[Finding]:
    """Find a number that only newer kernels take; distributions may have brought it to older ones."""
    until, low, high = EARLIER[setting.key]
    given = {one.release for one in GIVEN.get(setting.key, ())}
    older = tuple(
        one
        for one in view.targets
        if one.vendor is None and SINCE <= one.version < until and one.version.release not in given
    )
    if older and _outside((number,), low, high):
        why = f"{_EINVAL} It takes {_range(*BOUNDS[setting.key])} since {until}."
        yield _not_taken(view, setting, show(number), f"{_range(low, high)} before {until}", older, why)


def _since(release: KernelVersion, target: Target) -> bool:
    return target.version >= release


def refuses(entry: Parameter, value: Value, rates: tuple[int, ...], target: Target) -> bool:
    """Tell whether the kernel refuses a number or one of several, whatever tick rate of these it was built with."""
    step = entry.accepted_on(target)
    if step is None or isinstance(value, str) or not entry.exists(target):
        return False
    numbers = value if isinstance(value, tuple) else (value,)
    return all(_outside(numbers, *step.bounds(hz)) for hz in rates)


def _outside(numbers: tuple[int, ...], low: int | None, high: int | None) -> bool:
    return any((low is not None and number < low) or (high is not None and number > high) for number in numbers)


def _unmeant(entry: Parameter, value: Value | None, target: Target) -> bool:
    if not entry.exists(target):
        return False
    meanings = entry.meanings_on(target)
    if isinstance(value, int) and meanings and entry.kind == "enum":
        return value not in meanings
    sensible = entry.sensible
    if sensible is None or isinstance(value, str) or value is None:
        return False
    numbers = value[sensible.free :] if isinstance(value, tuple) else (value,)
    return _outside(numbers, sensible.low, sensible.high)


def _refused(
    view: View, setting: Setting, entry: Parameter, refused: tuple[Target, ...], rates: tuple[int, ...]
) -> Finding:
    step = entry.accepted_on(refused[-1])
    bounds = {hz: step.bounds(hz) for hz in rates} if step is not None else {}
    words = _range(*_shared(bounds.values()))
    if len(set(bounds.values())) < 2:
        return _not_taken(view, setting, show(setting.value), words, refused)
    each = [f"{_range(*bounds[hz])} where it is built with HZ={hz}" for hz in sorted(bounds, reverse=True)]
    return _not_taken(view, setting, show(setting.value), ", ".join(each), refused, choose=words)


def _refused_by_most(view: View, setting: Setting, entry: Parameter, value: Value) -> Finding | None:
    """Return what is to be said of a number that kernels of the usual tick rate refuse; None where they take it.

    The least number of another rate is meant for kernels that were built with it.
    """
    memo = ("TT202 usual", entry.key, value)
    refused = tuple(
        one
        for one in kernels.holding(view, partial(refuses, entry, value, (_USUAL,)), memo)
        if one.vendor is None and not _least(entry.accepted_on(one), value)
    )
    step = entry.accepted_on(refused[-1]) if refused else None
    if step is None or step.low_ticks is None:
        return None
    words, most = _range(*step.bounds(_USUAL)), _range(*step.bounds(max(TICK_RATES)))
    message = f"A kernel built with HZ={_USUAL} refuses {setting.key} = {show(setting.value)}: it takes {words}."
    why = f"{_EINVAL} Built with HZ={max(TICK_RATES)} the kernel takes {most}."
    fix = Fix(f"choose a value of {words}")
    return RULE.finding(setting, message, why, severity="warning", fix=fix, kernels=kernels.named(view, refused))


def _least(step: RangeStep | None, value: Value) -> bool:
    return step is not None and any(step.bounds(hz)[0] == value for hz in (*TICK_RATES, _ODD))


def _not_taken(
    view: View,
    setting: Setting,
    value: str,
    words: str,
    refused: tuple[Target, ...],
    why: str = _EINVAL,
    choose: str = "",
) -> Finding:
    """Return the finding for a number that is refused; `choose` is what to take instead, where it is not `words`."""
    message = f"The kernel refuses {setting.key} = {value}: it takes {words}."
    choose = choose or words
    fix = Fix(f"choose a value of {choose}" if " " in choose else "delete the line")
    return RULE.finding(setting, message, why, fix=fix, kernels=kernels.named(view, refused))


def _shared(bounds: Iterable[tuple[int | None, int | None]]) -> tuple[int | None, int | None]:
    """Return the bounds of what is within all of these."""
    low = max((low for low, _ in bounds if low is not None), default=None)
    high = min((high for _, high in bounds if high is not None), default=None)
    return low, high


def _senseless(view: View, setting: Setting, entry: Parameter, concerned: tuple[Target, ...]) -> Finding:
    message = f"The kernel takes {setting.key} = {show(setting.value)}, but the value has no meaning of its own."
    severity: Severity = "error"
    meanings = entry.meanings_on(concerned[-1])
    if entry.kind == "enum" and meanings and setting.value not in meanings:
        why = "Its meanings are: " + "; ".join(f"{number}: {text}" for number, text in meanings.items()) + "."
        step = in_force(entry.meanings, concerned[-1])
        why = f"{step.note} {why}" if step is not None and step.note else why
        title = "choose one of " + ", ".join(str(number) for number in meanings)
    else:
        sensible = entry.sensible
        why = sensible.why if sensible is not None else ""
        title = f"choose a value of {_range(sensible.low, sensible.high)}" if sensible else "choose another value"
        if sensible is not None and sensible.hurts:
            message, severity = f"{setting.key} = {show(setting.value)} is too small to work with.", "warning"
    if view.host is not None:
        default = view.default(setting.key, view.targets[0])
        title += f": sysctl -w {setting.key}={show(default)} restores the default" if default is not None else ""
    told = kernels.named(view, concerned)
    return RULE.finding(setting, message, why, severity=severity, fix=Fix(title), kernels=told)


def _range(low: int | None, high: int | None) -> str:
    if low is not None and low == high:
        return f"{low}"
    if low is not None and high is not None:
        return f"{low} to {high}"
    return f"{low} or more" if low is not None else f"{high} or less"


RULE = Rule("TT202", "out-of-range", "error", "The kernel refuses the value, or it means nothing.", check)
