"""What the change would bring, before anything is written: the rules on the planned end state beside those of today.

The end state is the live values as they will be, and the next boot as both loaders will make it of the files with our
drop-in among them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from tcptune.apply.overlay import Overlay
from tcptune.audit.origins import live_origins
from tcptune.audit.origins import origins as read_origins
from tcptune.catalog import default_value, parameter
from tcptune.live.processes import process_names
from tcptune.live.snapshot import Snapshot
from tcptune.loaders.kernel import LiveKeys
from tcptune.model.finding import SEVERITIES, Finding
from tcptune.model.origin import Origins
from tcptune.model.record import dataclass
from tcptune.model.setting import Setting
from tcptune.model.value import Value, show
from tcptune.rules.registry import run, select
from tcptune.rules.view import View


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the rules say of the end state: what keeps the plan from being made, and what was there before."""

    risks: tuple[Finding, ...]
    present: tuple[Finding, ...]


def files_now(snapshot: Snapshot) -> Origins:
    """Return what the files of this host say today."""
    return replace(live_origins([snapshot]), applies=snapshot.host.initial is True)


def files_then(snapshot: Snapshot, path: str, text: str | None) -> Origins:
    """Return what they will say with the drop-in as it will be."""
    tree = Overlay(path, text)
    touched = [key for key, setting in snapshot.settings.items() if setting.touched]
    found = read_origins(
        tree,
        LiveKeys,
        snapshot.host.target,
        keys=dict.fromkeys(touched),
        processes=process_names(),
        stat=tree.stat(),
        hz=snapshot.host.hz,
    )
    return replace(found, applies=snapshot.host.initial is True)


@dataclass(frozen=True, slots=True)
class Planned:
    """The end state as a plan has it.

    `values` are written to the kernel. `path` is the drop-in's (None: nothing is kept), `lines` are the parameters
    whose lines in it change, `files` what the loaders will read (None: the files stay as they are).
    """

    values: Mapping[str, Value]
    path: str | None = None
    lines: frozenset[str] = frozenset()
    files: Origins | None = None

    @property
    def written(self) -> frozenset[str]:
        """The parameters that the plan writes, to the kernel or to the drop-in."""
        return self.lines | self.values.keys()


def judge(snapshot: Snapshot, planned: Planned, now: Origins, thresholds: Mapping[str, int]) -> Judgement:
    """Return what the end state brings that today's does not have, that is worse, or that stands on what is written.

    Both are looked at as the host runs, and as it is after the next boot and after the other loader by hand.
    """
    rules = [rule for rule in select() if not rule.code.startswith("TT6") and "policy" not in rule.needs]
    host = snapshot.host
    today = View(snapshot.settings, (host.target,), host, snapshot.pressure, thresholds, origins=now)
    settings = {**snapshot.settings, **{key: _planned(snapshot, key, value) for key, value in planned.values.items()}}
    later = replace(today, settings=settings, origins=planned.files or now)
    risks, present = _compared(run(today, rules), run(later, rules), planned)
    if planned.files is not None and now.applies:
        known = {(each.rule, each.key) for each in (*risks, *present)}
        lasting = [rule for rule in rules if not rule.code.startswith("TT5")]
        for loader in planned.files.loaders:
            before, after = (
                run(replace(today, settings=booted(snapshot, files, loader), origins=None), lasting)
                for files in (now, planned.files)
            )
            for each in _compared(before, after, planned)[0]:
                if (each.rule, each.key) not in known:
                    known.add((each.rule, each.key))
                    risks.append(replace(each, message=f"After {_WHEN[loader]}: {each.message}"))
    return Judgement(tuple(risks), tuple(present))


_WHEN = {"systemd": "the next boot", "procps": "the next `sysctl --system`"}


def booted(snapshot: Snapshot, files: Origins, loader: str) -> dict[str, Setting]:
    """Return the parameters as one loader leaves them at a boot: the files' values, and the kernel's defaults."""
    found: dict[str, Setting] = {}
    for key in snapshot.settings:
        source = files.sources.get(key)
        line = None
        if source is not None:
            line = source.managers[-1] if source.managers else getattr(source, loader)
        if line is not None and line.value is not None:
            found[key] = Setting(key=key, raw=line.raw, value=line.value)
            continue
        entry = parameter(key)
        value = default_value(entry, snapshot.host.target, snapshot.host) if entry is not None else None
        if value is not None:
            found[key] = Setting(key=key, raw=show(value), value=value, touched=False)
    return found


def _compared(
    before: Iterable[Finding], after: Iterable[Finding], planned: Planned
) -> tuple[list[Finding], list[Finding]]:
    """Part the findings of the end state into what the plan brings and what was there before."""
    gravest = _gravest(before)
    risks: list[Finding] = []
    present: list[Finding] = []
    for finding in after:
        if finding.severity == "note" or (planned.files is None and finding.rule == "TT502"):
            continue
        ours = finding.key in planned.written or _at(finding, planned)
        if _replaces(finding, planned) or not (ours or _worse(finding, gravest)):
            present.append(finding)
        else:
            risks.append(finding)
    return risks, present


def _at(finding: Finding, planned: Planned) -> bool:
    """Tell whether a finding stands on the drop-in, while the plan writes that."""
    return bool(planned.lines) and finding.at is not None and finding.at.path == planned.path


def _replaces(finding: Finding, planned: Planned) -> bool:
    """Tell whether a finding says that our drop-in wins over another file: that is what it is written for."""
    if finding.rule != "TT501" or planned.path is None or finding.at is None or finding.at.path == planned.path:
        return False
    return any(each.at.path == planned.path for each in finding.related)


def left(findings: Iterable[Finding], allowed: Iterable[str]) -> list[Finding]:
    """Return the findings that nobody allowed, by code, slug or a prefix such as TT4.

    Raises `TcptuneError` for a name that no rule has.
    """
    names = tuple(allowed)
    codes = {rule.code for rule in select(names)} if names else set()
    return [each for each in findings if each.rule not in codes]


def _planned(snapshot: Snapshot, key: str, value: Value) -> Setting:
    entry = parameter(key)
    default = default_value(entry, snapshot.host.target, snapshot.host) if entry is not None else None
    return Setting(key=key, raw=show(value), value=value, touched=value != default)


Name = tuple[str, str | None, str]


def _name(finding: Finding) -> Name:
    return finding.rule, finding.key, finding.at.path if finding.at is not None else ""


def _gravest(findings: Iterable[Finding]) -> dict[Name, int]:
    found: dict[Name, int] = {}
    for finding in findings:
        gravity = SEVERITIES.index(finding.severity)
        found[_name(finding)] = min(gravity, found.get(_name(finding), gravity))
    return found


def _worse(finding: Finding, before: Mapping[Name, int]) -> bool:
    was = before.get(_name(finding))
    return was is None or SEVERITIES.index(finding.severity) < was
