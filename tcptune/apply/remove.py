"""`apply --remove`: our drop-in goes, and each of its values becomes what it would be without it."""

from __future__ import annotations

from tcptune.apply import aside, dropin, preflight, trust
from tcptune.apply.capable import obstacle
from tcptune.apply.order import ordered
from tcptune.apply.plan import existing, seen_here
from tcptune.apply.procsys import ProcSys, blanks, entry_of, means, value_of
from tcptune.apply.target import same
from tcptune.catalog import default_value, parameter
from tcptune.live.snapshot import Snapshot
from tcptune.model.journal import Entry, FileStep, Place, Step
from tcptune.model.origin import Origins
from tcptune.model.plan import Plan
from tcptune.model.value import Value, show


def plan_removal(
    path: str, place: Place, proc: ProcSys, entries: list[Entry], *, force: bool, allow: tuple[str, ...] = ()
) -> Plan:
    """Return the plan that takes our drop-in away.

    Each of its keys gets what the remaining files give under this host's loader, else what it was before our first
    change in this boot, else the kernel's default. Raises `TcptuneError` for a file that is not ours.
    """
    snapshot = seen_here(place)
    try:
        found = existing(path, force=force)
        if found is not None:
            trust.refuse_unwritable(path, room=False)
    except trust.Unsafe as error:
        return Plan("", "", place, snapshot.host, (), (), refusals=(error.message,))
    if found is None:
        return Plan("", "", place, snapshot.host, (), (), notices=(f"{path} is not there",))
    rest = preflight.files_then(snapshot, path, None)
    gone = _Gone(rest, entries, place, snapshot, proc)
    for key, line in dropin.lines(found).items():
        if parameter(key) is not None:
            gone.take(key, line.text)
    planned = preflight.Planned(
        {key: value for key, (_, value) in gone.values.items()}, path, dropin.changed(found, None), rest
    )
    judged = preflight.judge(snapshot, planned, preflight.files_now(snapshot), {})
    return Plan(
        profile="",
        digest="",
        place=place,
        host=snapshot.host,
        changes=(),
        steps=tuple(aside.with_side_effects([gone.steps[key] for key in ordered(gone.values)], proc)),
        file=FileStep(path, found, None),
        refusals=tuple(gone.refusals),
        risks=tuple(preflight.left(judged.risks, allow)),
        present=judged.present,
        notices=tuple(gone.notices),
    )


class _Gone:
    """What becomes of each parameter without our drop-in."""

    def __init__(self, rest: Origins, entries: list[Entry], place: Place, snapshot: Snapshot, proc: ProcSys) -> None:
        self.rest, self.entries, self.place, self.snapshot, self.proc = rest, entries, place, snapshot, proc
        self.values: dict[str, tuple[Value | None, Value]] = {}
        self.steps: dict[str, Step] = {}
        self.notices: list[str] = []
        self.refusals: list[str] = []

    def take(self, key: str, ours: str) -> None:
        """Plan one parameter, whose line in the drop-in says `ours`."""
        try:
            now = self.proc.read(key)
        except FileNotFoundError as error:
            self.notices.append(f"{key}: left alone: {error.strerror}")
            return
        except OSError as error:
            self.refusals.append(f"{key}: it cannot be read here: {error.strerror}")
            return
        if not means(key, now, ours):
            self.notices.append(f"{key} is {blanks(now)!r} and not {ours!r}: somebody changed it since, left alone")
            return
        text, source = _without_us(key, self.rest, self.entries, self.place, self.snapshot)
        if text is None:
            self.notices.append(f"{key}: left at {blanks(now)!r}: {source}")
            return
        self.notices.append(f"{key}: {blanks(text)!r}, {source}")
        value = value_of(key, text)
        if value is None or means(key, now, text):
            return
        if (why := obstacle(self.proc, key, text)) is not None:
            self.refusals.append(f"{key}: it cannot be written here: {why}")
            return
        self.values[key] = (value_of(key, now), value)
        self.steps[key] = Step(key, now, text)


def _without_us(
    key: str, rest: Origins, entries: list[Entry], place: Place, snapshot: Snapshot
) -> tuple[str | None, str]:
    """Return the value that a key would have without us, and where that comes from."""
    source = rest.sources.get(key)
    if source is not None and place.initial:
        line = source.managers[-1] if source.managers else source.systemd if rest.boot == "systemd" else source.procps
        if line is not None and line.value is not None:
            return show(line.value), f"what {line.at.path} says"
    for entry in entries:
        if same(entry.header.place, place):
            for step in entry.header.steps:
                if step.key == key:
                    return step.before, f"what it was before {entry.id}"
    value = default_value(entry_of(key), snapshot.host.target, snapshot.host)
    if value is None:
        return None, "no file and no journal says what it was, and its default is not known"
    return show(value), "the kernel's default"
