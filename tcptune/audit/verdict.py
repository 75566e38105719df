"""One or two lines for a tired person: is TIME_WAIT a problem here, and what is wrong first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tcptune.model.finding import Finding, counts
from tcptune.model.host import Conntrack, Pressure
from tcptune.model.setting import Setting
from tcptune.model.value import Value

MANY = 1_000
"""From here on people ask about TIME_WAIT, and reach for tcp_fin_timeout."""

HIGH = 0.5
FULL = 0.95

LASTS = "Each ends by itself after 60 s and holds no descriptor and little memory."


def verdict(settings: Mapping[str, Setting], pressure: Pressure, findings: Sequence[Finding]) -> tuple[str, ...]:
    """Return the verdict on one namespace, a sentence or two for each line."""
    lines = [_time_wait(settings, pressure)]
    timeout = _lowered_fin_timeout(settings, pressure)
    if timeout:
        lines.append(timeout)
    lines.append(_wrong(findings))
    return tuple(lines)


def _value(settings: Mapping[str, Setting], key: str) -> Value | None:
    setting = settings.get(key)
    return setting.value if setting else None


def _time_wait(settings: Mapping[str, Setting], pressure: Pressure) -> str:
    number = pressure.sockets.get("TCP.tw")
    if number is None:
        return "How many TIME_WAIT sockets there are could not be read."
    buckets = _value(settings, "net.ipv4.tcp_max_tw_buckets")
    limit = buckets if isinstance(buckets, int) and buckets > 0 else None
    ports = _ports(settings)
    tracked = _conntrack(pressure.conntrack)
    if number == 0:
        return f"TIME_WAIT is no problem here: there is no such socket at the moment.{tracked}"
    share = number / limit if limit else 0.0
    amount = f"{_sockets(number)}{_of(number, limit, 'that tcp_max_tw_buckets allows')}"
    if share >= FULL:
        return (
            f"TIME_WAIT is at its limit: {amount}. Above it connections are closed without TIME_WAIT,"
            f" and what it protects from can happen.{tracked}"
        )
    outgoing = number if pressure.time_wait_outbound is None else pressure.time_wait_outbound
    if ports and outgoing > ports * HIGH:
        return (
            f"TIME_WAIT may matter here: {amount}. If most of them went out to one address and port, they hold"
            f" {_percent(min(outgoing, ports), ports)} of its {ports:,} ephemeral ports; spread out they do no"
            f" harm.{tracked}"
        )
    if share >= HIGH:
        return f"TIME_WAIT is no problem yet: {amount}. {LASTS}{tracked}"
    return f"TIME_WAIT is no problem here: {amount}{_of_ports(outgoing, ports)}. {LASTS}{tracked}"


def _ports(settings: Mapping[str, Setting]) -> int | None:
    pair = _value(settings, "net.ipv4.ip_local_port_range")
    return pair[1] - pair[0] + 1 if isinstance(pair, tuple) and len(pair) == 2 else None


def _sockets(number: int) -> str:
    return f"{number:,} socket{'' if number == 1 else 's'}"


def _of(number: int, limit: int | None, what: str) -> str:
    return f", {_percent(number, limit)} of the {limit:,} {what}" if limit else ""


def _of_ports(number: int, ports: int | None) -> str:
    if not ports or not number:
        return ""
    return f", and at most {_percent(number, ports)} of the {ports:,} ephemeral ports of one destination"


def _conntrack(found: Conntrack | None) -> str:
    if found is None or not found.count or not found.limit:
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


def _wrong(findings: Sequence[Finding]) -> str:
    number = counts(list(findings))
    named = [f"{n} {name}{'' if n == 1 else 's'}" for name, n in number.items() if n]
    if not number["error"] and not number["warning"]:
        tail = f" ({named[0]} below)" if named else ""
        return f"Nothing is wrong with the settings and the counters{tail}."
    return f"{', '.join(named)}. First: {findings[0].message}"
