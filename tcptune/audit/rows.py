"""The table of an audit: every parameter that the host has, in the catalogue's order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypedDict

from tcptune.catalog import default_value, parameters
from tcptune.model.finding import Finding
from tcptune.model.host import Host
from tcptune.model.origin import LOADERS, Line, Origins, Source
from tcptune.model.report import Row
from tcptune.model.setting import Setting
from tcptune.model.value import Value, show

SECRET = frozenset({"net.ipv4.tcp_fastopen_key", "net.core.netdev_rss_key"})
"""Keys whose value lets others forge or steer connections: it is not printed, and not saved in a report."""


def rows(
    settings: Mapping[str, Setting],
    host: Host,
    findings: Iterable[Finding],
    origins: Origins | None = None,
    *,
    live: bool = True,
) -> tuple[Row, ...]:
    """Return a row for each setting that the catalogue knows, with the codes of the findings on it.

    Without `live` the settings are what files give: they are no values of a host, and are not shown as such.
    """
    concerned: dict[str, list[str]] = {}
    for finding in findings:
        if finding.key is not None and finding.rule not in concerned.setdefault(finding.key, []):
            concerned[finding.key].append(finding.rule)
    target = host.target
    found = []
    for key, entry in parameters().items():
        setting = settings.get(key)
        if setting is None:
            continue
        default = default_value(entry, target, host if host.memory_bytes else None)
        value = None if key in SECRET else setting.value
        scope = entry.scope_on(target)
        found.append(
            Row(
                key=key,
                value=value if live else None,
                default=default,
                unit=entry.unit,
                scope=scope.scope if scope is not None else "host",
                status="unknown" if default is None else "changed" if value != default else "default",
                full=entry.depth == "full",
                rules=tuple(sorted(concerned.get(key, ()))),
                **_files(setting, origins, default, live=live),
            )
        )
    return tuple(found)


class _Files(TypedDict):
    origin: Line | None
    persisted: tuple[Value | None, Value | None] | None
    note: str


def _files(setting: Setting, origins: Origins | None, default: Value | None, *, live: bool) -> _Files:
    """Return what the files say of a value: where it was set, what each loader gives, and that in a few words."""
    if origins is None:
        return {"origin": None, "persisted": None, "note": ""}
    secret = setting.key in SECRET
    source = origins.sources.get(setting.key) or Source(setting.key)
    by_loader = (None, None) if secret else (_given(source.systemd), _given(source.procps))
    origin = source.of(setting) if origins.applies else None
    told = live and origins.applies
    note = _note(setting, source, origin, default, origins.boot) if told else _shown(source)
    return {"origin": origin, "persisted": by_loader, "note": note}


def _given(line: Line | None) -> Value | None:
    return None if line is None else line.value if line.value is not None else line.raw


def _note(setting: Setting, source: Source, origin: Line | None, default: Value | None, boot: str) -> str:
    """Return where the value was set, and the next boot's when that is another one."""
    if origin is not None:
        manager = "" if origin.by in LOADERS else f"{origin.by}, "
        words = f"{manager}{origin.at.path.rpartition('/')[2]}:{origin.at.line}"
    elif setting.touched:
        words = "at run time" + (f" ({' or '.join(source.candidates)}?)" if source.candidates else "")
    else:
        words = ""
    line = source.systemd if boot == "systemd" else source.procps
    managed = source.managers[-1] if source.managers else line
    after = _given(managed) if managed is not None else default
    if setting.key in SECRET or after is None or after == setting.value:
        return words
    return f"{words}; {show(after)} at boot"


def _shown(source: Source) -> str:
    line = source.systemd or source.procps
    last = source.managers[-1] if source.managers else None
    if source.key in SECRET:
        return ""
    if last is not None and (line is None or not last.says(line)):
        return f"{last.by}, {last.at.path.rpartition('/')[2]} says {show(_given(last))}"
    if line is None:
        return ""
    words = f"{line.at.path.rpartition('/')[2]} says {show(_given(line))}"
    other = source.procps
    if other is not None and not other.says(line):
        words += f"; {other.at.path.rpartition('/')[2]} {show(_given(other))} by hand"
    return words
