"""One or two lines for a tired person: is TIME_WAIT a problem here, and what is wrong first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tcptune.model.finding import Finding, counts
from tcptune.model.host import Conntrack, Pressure
from tcptune.model.report import Part, Use
from tcptune.model.setting import Setting

MANY = 1_000
"""From here on people ask about TIME_WAIT, and reach for tcp_fin_timeout."""

HIGH = 0.5
FULL = 0.95

LASTS = "Each ends by itself after 60 s and costs next to nothing."


def verdict(settings: Mapping[str, Setting], part: Part, findings: Sequence[Finding]) -> tuple[str, ...]:
    """Return the verdict on one namespace, a sentence or two for each line."""
    pressure = part.pressure
    lines = [_time_wait(settings, pressure, part.uses) + _conntrack(pressure.conntrack)]
    timeout = _lowered_fin_timeout(settings, pressure)
    if timeout:
        lines.append(timeout)
    lines.append(wrong(findings))
    return tuple(lines)


def _time_wait(settings: Mapping[str, Setting], pressure: Pressure, uses: tuple[Use, ...] | None) -> str:
    number = pressure.sockets.get("TCP.tw")
    if number is None:
        return "How many TIME_WAIT sockets there are could not be read."
    if number == 0:
        return "TIME_WAIT is no problem here: there is no such socket at the moment."
    setting = settings.get("net.ipv4.tcp_max_tw_buckets")
    limit = setting.value if setting and isinstance(setting.value, int) and setting.value > 0 else None
    amount = _sockets(number) + (f", {_percent(number, limit)} of the {limit:,} allowed" if limit else "")
    worst = max((use for use in uses or () if use.budget), key=lambda use: use.used, default=None)
    if limit and number >= limit * FULL:
        return (
            f"TIME_WAIT is at its limit: {amount} by tcp_max_tw_buckets. Above it connections close without"
            " TIME_WAIT, and what it protects from can happen."
        )
    if worst is not None and worst.budget and worst.used >= worst.budget * HIGH:
        return (
            f"TIME_WAIT matters here: {amount}. {worst.name} takes {worst.used:,} of the {worst.budget:,} ephemeral"
            f" ports ({_percent(worst.used, worst.budget)}), {worst.states.get('TIME_WAIT', 0):,} of them in TIME_WAIT."
        )
    verdict = "no problem yet" if limit and number >= limit * HIGH else "no problem here"
    return f"TIME_WAIT is {verdict}: {amount}{_busiest(worst)}. {LASTS}"


def _busiest(use: Use | None) -> str:
    """Return what the busiest destination takes of its ports, where that is worth a word."""
    if use is None or not use.budget or use.used * 100 < use.budget:
        return ""
    return f"; the busiest destination, {use.name}, takes {_percent(use.used, use.budget)} of its {use.budget:,} ports"


def _sockets(number: int) -> str:
    return f"{number:,} socket{'' if number == 1 else 's'}"


def _conntrack(found: Conntrack | None) -> str:
    if found is None or not found.count or not found.limit or found.count * 100 < found.limit:
        return ""
    share = _percent(found.count, found.limit)
    return f" Connection tracking holds {found.count:,} of {found.limit:,} entries ({share})."


def _percent(part: int, whole: int) -> str:
    share = 100 * part / whole
    if 0 < share < 1:
        return "less than 1 %"
    return f"{share:.0f} %"


def _lowered_fin_timeout(settings: Mapping[str, Setting], pressure: Pressure) -> str | None:
    setting = settings.get("net.ipv4.tcp_fin_timeout")
    if setting is None or not setting.touched or not isinstance(setting.value, int) or setting.value >= 60:
        return None
    if pressure.sockets.get("TCP.tw", 0) < MANY:
        return None
    return (
        f"tcp_fin_timeout is lowered to {setting.value} s, which has nothing to do with TIME_WAIT: it limits how long"
        " an orphaned socket stays in FIN-WAIT-2. TIME_WAIT lasts 60 s whatever it says."
    )


def wrong(findings: Sequence[Finding]) -> str:
    """Return how much is wrong, and what first."""
    number = counts(list(findings))
    named = [f"{n} {name}{'' if n == 1 else 's'}" for name, n in number.items() if n]
    if not number["error"] and not number["warning"]:
        tail = f" ({named[0]} below)" if named else ""
        return f"Nothing is wrong with the settings and the counters{tail}."
    return f"{', '.join(named)}. First: {findings[0].message}"
