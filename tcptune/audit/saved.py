"""An audit of another host, saved: judged again by the rules that are here now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tcptune.audit import collected, saved_ports
from tcptune.audit.gather import Request
from tcptune.audit.modules import Without
from tcptune.audit.origins import origins
from tcptune.audit.refused import of_line, refused
from tcptune.audit.rows import rows
from tcptune.audit.since import contents, document_of
from tcptune.audit.verdict import verdict
from tcptune.catalog import parameter
from tcptune.errors import TcptuneError
from tcptune.model.finding import SEVERITIES, Finding, Fix, Related, order
from tcptune.model.host import Conntrack, Host, Pressure
from tcptune.model.origin import Line, Origins
from tcptune.model.report import AuditReport, Part, Row
from tcptune.model.setting import Location, Setting
from tcptune.model.value import Value, show
from tcptune.model.version import KernelVersion
from tcptune.rules.base import Rule
from tcptune.rules.registry import run, select
from tcptune.rules.view import View

if TYPE_CHECKING:
    from tcptune.profiles.compare import Seen
    from tcptune.profiles.policy import Policy

OF_FILES = frozenset({"TT105", "TT501", "TT502", "TT503", "TT504", "TT505", "TT506"})
"""What only the host's files show: a saved audit says it as it was found there."""


def audit_saved(path: str, request: Request) -> AuditReport:
    """Audit what was saved of a host. Raises `TcptuneError` when it cannot be read or is no such thing."""
    data = contents(path)
    rules = select(request.select, request.ignore)
    if data.startswith(collected.MAGIC.encode()):
        return _collected(path, data, rules, request)
    document = document_of(path, data)
    try:
        return _again(document, rules, request)
    except (KeyError, TypeError, AttributeError, ValueError, IndexError):
        raise TcptuneError(f"{path}: a saved audit that is not what its schema says") from None


def hosts_of(path: str, request: Request) -> list[Seen]:
    """Return each namespace that was saved, for a profile to be held against. Raises `TcptuneError`."""
    from tcptune.audit.policy import saved, saved_rows

    data = contents(path)
    if data.startswith(collected.MAGIC.encode()):
        found = collected.read(path, data.decode("utf-8", "surrogateescape"))
        host, settings, files = _collected_host(found)
        return [saved(replace(host, limits=(*host.limits, *files.problems)), settings, files)]
    document = document_of(path, data)
    try:
        seen = []
        for place in document.get("namespaces") or [document]:
            host, settings = _host(place["host"]), _settings(place["parameters"])
            seen.append(saved_rows(host, settings, _rows(place["parameters"], rows(settings, host, ()))))
        return seen
    except (KeyError, TypeError, AttributeError, ValueError, IndexError):
        raise TcptuneError(f"{path}: a saved audit that is not what its schema says") from None


def _collected_host(found: collected.Collected) -> tuple[Host, dict[str, Setting], Origins]:
    """Return the host, its values, and what its files say."""
    host = collected.host_of(found)
    settings = collected.settings_of(found, host)
    foreign = collected.foreign_files(found, host)
    files = origins(
        found.tree,
        lambda accepts, absent: Without(collected.kernel_of(found, accepts), absent),
        host.target,
        keys=[key for key, setting in settings.items() if setting.touched],
        processes=found.text("processes").split("\n"),
        versions=collected.versions_of(found),
        stat=found.modes.get,
        applies=host.initial is True and not foreign,
        host=host if host.memory_bytes else None,
        hz=host.hz,
    )
    return host, settings, replace(files, problems=(foreign, *files.problems)) if foreign else files


def _collected(path: str, data: bytes, rules: Sequence[Rule], request: Request) -> AuditReport:
    found = collected.read(path, data.decode("utf-8", "surrogateescape"))
    host, settings, files = _collected_host(found)
    pressure = collected.pressure_of(found)
    view = View(settings, (host.target,), host, pressure, request.thresholds, origins=files)
    findings, accepted = _judged(view, rules, request.policy, files)
    findings += refused(files, host.target, rules, request.thresholds, request.policy)
    findings.sort(key=order)
    host = replace(host, limits=(*host.limits, *files.problems))
    part = Part(host, rows(settings, host, findings, files), pressure)
    boot = found.text("/proc/sys/kernel/random/boot_id").strip()
    return AuditReport(
        verdict(settings, part, findings),
        part,
        tuple(findings),
        boot or None,
        _when(found.text("date")),
        accepted=accepted,
    )


def _judged(
    view: View, rules: Sequence[Rule], policy: Policy | None, files: Origins | None, rows: Sequence[Row] = ()
) -> tuple[list[Finding], tuple[str, ...]]:
    """Return what the rules find, and a line for what the profile takes; `rows` are those of a saved audit."""
    if policy is None or view.host is None:
        return list(run(view, rules)), ()
    from tcptune.audit.policy import comparison, saved, saved_rows

    host = view.host
    seen = saved(host, view.settings, files) if files is not None else saved_rows(host, view.settings, rows)
    return policy.sift(run(replace(view, policy=comparison(policy, seen)), rules))


def _when(seconds: str) -> str | None:
    from tcptune.audit.engine import utc

    text = seconds.strip()
    return utc(float(text)) if text.isascii() and text.isdecimal() and len(text) < 12 else None


def _again(document: Mapping[str, Any], rules: Sequence[Rule], request: Request) -> AuditReport:
    codes = frozenset(rule.code for rule in rules)
    kept = [_finding(one) for one in document["findings"] if one["rule"] in OF_FILES & codes or of_line(one, codes)]
    namespaces = document.get("namespaces")
    findings: list[Finding] = []
    accepted: list[str] = []
    parts: list[Part] = []
    views: list[Mapping[str, Setting]] = []
    for place in [document] if namespaces is None else namespaces:
        host, settings, pressure = _host(place["host"]), _settings(place["parameters"]), _pressure(place["pressure"])
        view = View(settings, (host.target,), host, pressure, request.thresholds)
        table = _rows(place["parameters"], rows(settings, host, ())) if request.policy is not None else ()
        here, taken = _judged(view, rules, request.policy, None, table)
        if namespaces is not None:
            here = [replace(one, netns=host.netns) for one in here]
        mine = [one for one in kept if namespaces is None or one.netns == host.netns]
        old, more = request.policy.sift(mine) if request.policy is not None else (mine, ())
        here += old
        findings += here
        accepted += (*taken, *more)
        table = _rows(place["parameters"], rows(settings, host, here))
        parts.append(Part(host, table, pressure, pressure.ports.uses if pressure.ports else None))
        views.append(settings)
    findings.sort(key=order)
    return AuditReport(
        verdict(views[0], parts[0], findings),
        parts[0],
        tuple(findings),
        document.get("boot_id"),
        document.get("taken_at"),
        None if namespaces is None else tuple(parts),
        tuple(dict.fromkeys(accepted)),
    )


def _host(said: Mapping[str, Any]) -> Host:
    return Host(
        kernel=KernelVersion.parse(said["kernel"]),
        release=str(said["release"]),
        vendor=said["vendor"],
        distro=str(said["distro"]),
        memory_bytes=int(said["memory_bytes"]),
        page_size=int(said["page_size"]),
        cpus=int(said["cpus"]),
        hz=int(said["hz"]),
        uptime_seconds=said["uptime_seconds"],
        netns=said["netns"],
        initial=said["initial"],
        container=said["container"],
        privileged=bool(said["privileged"]),
        limits=tuple(str(line) for line in said["limits"]),
    )


def _value(said: object) -> Value | None:
    if said is None or (isinstance(said, int | str) and not isinstance(said, bool)):
        return said
    if isinstance(said, list) and all(isinstance(one, int) for one in said):
        return tuple(said)
    raise ValueError(said)


def _settings(said: Sequence[Mapping[str, Any]]) -> dict[str, Setting]:
    found = {}
    for one in said:
        value = _value(one["value"])
        if parameter(one["key"]) is not None:
            # A secret has no value in a report; that it was changed is known all the same.
            found[one["key"]] = Setting(one["key"], _raw(value), value, touched=one["status"] == "changed")
    return found


def _raw(value: Value | None) -> str:
    """Return the text that the kernel printed: it parts numbers by tabs, and fingerprints are made of it."""
    return "\t".join(map(str, value)) if isinstance(value, tuple) else show(value)


def _rows(said: Sequence[Mapping[str, Any]], table: tuple[Row, ...]) -> tuple[Row, ...]:
    """Return the table with what the host knew of itself: defaults, and what its files say."""
    by_key = {one["key"]: one for one in said}
    return tuple(_row(by_key[row.key], row) for row in table)


def _row(said: Mapping[str, Any], row: Row) -> Row:
    given, place = said["persisted"], said["origin"]
    persisted = None if given is None else (_value(given["systemd"]), _value(given["procps"]))
    origin = None
    if place is not None:
        origin = Line(row.key, show(row.value), row.value, Location(place["path"], place["line"]), place["loader"])
    default = _value(said["default"])
    note = f"{origin.at.path.rpartition('/')[2]}:{origin.at.line}" if origin is not None else ""
    return replace(row, default=default, status=said["status"], origin=origin, persisted=persisted, note=note)


def _pressure(said: Mapping[str, Any]) -> Pressure:
    tracked = said["conntrack"]
    conntrack = None
    if tracked is not None:
        conntrack = Conntrack(tracked["count"], tracked["limit"], tracked["buckets"], dict(tracked["stats"]))
    return Pressure(
        sockets=dict(said["sockets"]),
        counters=dict(said["counters"]),
        growth=None if said["growth"] is None else dict(said["growth"]),
        sample_seconds=said["sample_seconds"],
        conntrack=conntrack,
        conntrack_growth=None if tracked is None or tracked["growth"] is None else dict(tracked["growth"]),
        listening=frozenset(said["listening"]),
        states=dict(said["states"]),
        time_wait_inbound=said["time_wait_inbound"],
        time_wait_outbound=said["time_wait_outbound"],
        ports=saved_ports.port_pressure(said),
    )


def _finding(said: Mapping[str, Any]) -> Finding:
    at, fix = said["location"], said["fix"]
    if said["severity"] not in SEVERITIES:
        raise ValueError(said["severity"])
    return Finding(
        rule=said["rule"],
        slug=said["slug"],
        severity=said["severity"],
        message=said["message"],
        why=said["why"],
        key=said["key"],
        value=_value(said["value"]),
        fix=Fix(fix["title"]) if fix is not None else None,
        at=Location(**at) if at is not None else None,
        related=tuple(
            Related(Location(one["path"], one["line"], one["column"]), one["message"]) for one in said["related"]
        ),
        netns=said["netns"],
        references=tuple(said["references"]),
        anchor=show(_value(said["value"])) if said["key"] else at["path"] if at else "",
    )
