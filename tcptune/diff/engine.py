"""A running host beside a profile: what is wanted, what is there, what would have to be set."""

from __future__ import annotations

from pathlib import Path

from tcptune.catalog import default_value, parameter, parameters
from tcptune.live.host import read_host
from tcptune.live.procsys import Reading, read_all
from tcptune.model.diff import Action, Change, DiffReport
from tcptune.model.host import Host
from tcptune.model.parameter import Parameter
from tcptune.model.value import Value
from tcptune.profiles.facts import Facts
from tcptune.profiles.load import Chain
from tcptune.profiles.resolve import Wanted, resolve

_ORDER: tuple[Action, ...] = ("set", "blocked", "keep", "skip")


def diff(chain: Chain, netns: str | None = None, pid: int | None = None) -> DiffReport:
    """Compare a network namespace of this host with a profile; by default the one that this process is in.

    Raises `TcptuneError` when the namespace cannot be entered.
    """
    keys = sorted({key for member in chain.members for key in member.profile.settings})
    host, reading = _look(keys, netns, pid)
    wanted = resolve(chain, facts_of(host))
    accepted = {accept.rule.upper(): accept.why for accept in chain.accepted}
    changes = [_change(item, host, reading, accepted) for item in wanted]
    place = {key: number for number, key in enumerate(parameters())}
    changes.sort(key=lambda change: (_ORDER.index(change.action), change.risk is None, place.get(change.key, 0)))
    return DiffReport(chain.last.profile.name, host, tuple(changes), (*host.limits, *reading.problems))


def facts_of(host: Host) -> Facts:
    """Return what the conditions of a profile are held against on a running host."""
    return Facts(
        target=host.target,
        memory_bytes=host.memory_bytes or None,
        distro=host.distro,
        initial=host.initial,
        loaded=lambda name: Path("/sys/module", name).is_dir(),
        loader="systemd" if Path("/run/systemd/system").is_dir() else "procps",
        host=host,
    )


def _look(keys: list[str], netns: str | None, pid: int | None) -> tuple[Host, Reading]:
    if netns is None and pid is None:
        return _read(keys)
    from dataclasses import replace

    from tcptune.live.namespaces import netns_by_name, netns_of_pid, run_in

    place = netns_of_pid(pid) if pid is not None else netns_by_name(netns or "")
    host, reading = run_in(place, lambda: _read(keys))
    return replace(host, netns=place.name, container=place.container or host.container), reading


def _read(keys: list[str]) -> tuple[Host, Reading]:
    host = read_host()
    return host, read_all(keys, host=host)


def _change(item: Wanted, host: Host, reading: Reading, accepted: dict[str, str]) -> Change:
    entry = parameter(item.key)
    if entry is None:
        raise LookupError(f"{item.key}: a loaded profile names parameters of the catalogue only")
    setting = reading.settings.get(item.key)
    current = setting.value if setting is not None else None
    default = default_value(entry, host.target, host)

    def made(action: Action, wanted: Value | None, reason: str, risk: str | None = None) -> Change:
        wish = str(item) if item.unmet is None else ""
        return Change(item.key, current, wanted, default, action, reason, wish, risk)

    if item.unmet is not None:
        return made("skip", None, item.unmet)
    if current is not None and item.satisfied(current, default):
        return made("keep", current, item.why)
    wanted = _settled(entry, item.choose(current, default), host)
    if current is None:
        action, reason = _absent(entry, host, reading)
        return made(action, wanted, reason)
    if wanted is None or wanted == current:
        return made("keep", current, item.why)
    obstacle = _obstacle(entry, wanted, host)
    if obstacle is not None:
        return made("blocked", wanted, obstacle)
    return made("set", wanted, item.why, _risk(entry, wanted, host, accepted))


def _settled(entry: Parameter, wanted: Value | None, host: Host) -> Value | None:
    """Return the value as the kernel keeps it, where it rounds numbers up."""
    step = entry.accepted_on(host.target)
    if step is None or not step.multiple or not isinstance(wanted, int):
        return wanted
    return -(-wanted // step.multiple) * step.multiple


def _absent(entry: Parameter, host: Host, reading: Reading) -> tuple[Action, str]:
    """Say why a parameter has no value here: no such kernel or module is no fault of the host's."""
    outcome = reading.outcomes.get(entry.key)
    if outcome is not None and outcome.status != "absent":
        return "blocked", "its value cannot be read here"
    if not entry.exists(host.target):
        return "skip", f"Linux {host.kernel} does not have it"
    scope = entry.scope_on(host.target)
    if host.initial is False and scope is not None and scope.child == "absent":
        return "blocked", "it belongs to the host: this network namespace does not have it"
    if entry.lifetime.module is not None:
        return "skip", f"it is there only once the module {entry.lifetime.module} is loaded"
    return "skip", "this kernel was built without it"


def _obstacle(entry: Parameter, wanted: Value, host: Host) -> str | None:
    """Return what keeps the value from being set here; None when nothing does."""
    scope = entry.scope_on(host.target)
    if host.initial is False and scope is not None and scope.child == "read-only":
        return "it belongs to the host: this network namespace can only read it"
    step = entry.accepted_on(host.target)
    low, high = step.bounds(host.hz) if step is not None else (None, None)
    numbers = wanted if isinstance(wanted, tuple) else (wanted,) if isinstance(wanted, int) else ()
    if any((low is not None and number < low) or (high is not None and number > high) for number in numbers):
        return f"Linux {host.kernel} refuses it: it takes {low} to {high}"
    return None


def _risk(entry: Parameter, wanted: Value, host: Host, accepted: dict[str, str]) -> str | None:
    """Return the documented risk of a value on this kernel, with the profile's reason where it is taken on purpose."""
    for risk in entry.risks:
        version = host.kernel
        if risk.severity == "note" or version < risk.since or (risk.until is not None and version >= risk.until):
            continue
        if risk.when.holds(wanted):
            taken = accepted.get(risk.rule, accepted.get(risk.slug.upper()))
            return f"{risk.rule}: {risk.reason}" + (f" Taken on purpose: {taken}" if taken else "")
    return None
