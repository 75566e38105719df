"""`apply --remove`: our drop-in goes, and each of its values becomes what it would be without it."""

from __future__ import annotations

from dataclasses import replace

from tcptune.apply import dropin, preflight
from tcptune.apply.journal import Journal
from tcptune.apply.order import ordered
from tcptune.apply.plan import existing
from tcptune.apply.procsys import ProcSys, entry_of, means, value_of
from tcptune.apply.target import same
from tcptune.catalog import default_value, parameter
from tcptune.live.snapshot import Snapshot, take
from tcptune.model.journal import FileStep, Place, Step
from tcptune.model.origin import Origins
from tcptune.model.plan import Plan
from tcptune.model.value import Value, show


def plan_removal(path: str, place: Place, proc: ProcSys, journal: Journal | None, *, force: bool) -> Plan:
    """Return the plan that takes our drop-in away.

    Each of its keys gets what the remaining files give under this host's loader, else what it was before our first
    change in this boot, else the kernel's default. Raises `TcptuneError` for a file that is not ours.
    """
    snapshot = take()
    snapshot = replace(snapshot, host=replace(snapshot.host, netns=place.name, uptime_seconds=None))
    found = existing(path, force=force)
    if found is None:
        return Plan("", "", place, snapshot.host, (), ())
    rest = preflight.files_then(snapshot, path, None)
    values: dict[str, tuple[Value | None, Value]] = {}
    steps: dict[str, Step] = {}
    notices: list[str] = []
    for key, line in dropin.lines(found).items():
        if parameter(key) is None:
            continue
        try:
            now = proc.read(key)
        except OSError as error:
            notices.append(f"{key}: left alone: {error.strerror}")
            continue
        if not means(key, now, line.text):
            notices.append(f"{key} is {now!r} and not {line.text!r}: somebody changed it since, left alone")
            continue
        text, why = _without_us(key, rest, journal, place, snapshot)
        if text is None:
            notices.append(f"{key}: left at {now!r}: {why}")
            continue
        notices.append(f"{key}: {text!r}, {why}")
        value = value_of(key, text)
        if value is not None and not means(key, now, text):
            values[key] = (value_of(key, now), value)
            steps[key] = Step(key, now, text)
    return Plan(
        profile="",
        digest="",
        place=place,
        host=snapshot.host,
        changes=(),
        steps=tuple(steps[key] for key in ordered(values)),
        file=FileStep(path, found, None),
        notices=tuple(notices),
    )


def _without_us(
    key: str, rest: Origins, journal: Journal | None, place: Place, snapshot: Snapshot
) -> tuple[str | None, str]:
    """Return the value that a key would have without us, and where that comes from."""
    source = rest.sources.get(key)
    if source is not None and place.initial:
        line = source.managers[-1] if source.managers else source.systemd if rest.boot == "systemd" else source.procps
        if line is not None and line.value is not None:
            return show(line.value), f"what {line.at.path} says"
    for entry in journal.entries() if journal is not None else ():
        if same(entry.header.place, place):
            for step in entry.header.steps:
                if step.key == key:
                    return step.before, f"what it was before {entry.id}"
    value = default_value(entry_of(key), snapshot.host.target, snapshot.host)
    if value is None:
        return None, "no file and no journal says what it was, and its default is not known"
    return show(value), "the kernel's default"
