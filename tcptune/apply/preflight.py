"""What the change would bring, before anything is written: the rules on the planned end state beside those of today.

The end state is the live values as they will be, and the next boot as both loaders will make it of the files with our
drop-in among them.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
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


def judge(
    snapshot: Snapshot,
    values: Mapping[str, Value],
    now: Origins,
    then: Origins | None,
    *,
    path: str | None,
    thresholds: Mapping[str, int],
) -> Judgement:
    """Return what the end state brings that today's does not have, that is worse, or that stands on what is written.

    `values` are the planned ones, `then` the files as they will be (None: they stay), `path` the drop-in's.
    """
    rules = [rule for rule in select() if not rule.code.startswith("TT6") and "policy" not in rule.needs]
    host = snapshot.host
    today = View(snapshot.settings, (host.target,), host, snapshot.pressure, thresholds, origins=now)
    settings = {**snapshot.settings, **{key: _planned(snapshot, key, value) for key, value in values.items()}}
    later = replace(today, settings=settings, origins=then or now)
    before = _gravest(run(today, rules))
    risks: list[Finding] = []
    present: list[Finding] = []
    for finding in run(later, rules):
        if finding.severity == "note" or (then is None and finding.rule == "TT502" and finding.key in values):
            continue
        ours = finding.key in values or (path is not None and finding.at is not None and finding.at.path == path)
        (risks if ours or _worse(finding, before) else present).append(finding)
    return Judgement(tuple(risks), tuple(present))


def left(findings: Iterable[Finding], allowed: Container[str], names: Iterable[str]) -> list[Finding]:
    """Return the findings that nobody allowed; `names` are codes, slugs and prefixes such as TT4."""
    prefixes = tuple(name.upper() for name in names if name.upper().startswith("TT"))
    return [
        each
        for each in findings
        if not (each.rule in allowed or each.slug in allowed or each.rule.startswith(prefixes))
    ]


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
