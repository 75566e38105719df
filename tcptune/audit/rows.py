"""The table of an audit: every parameter that the host has, in the catalogue's order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tcptune.catalog import default_value, parameters
from tcptune.model.finding import Finding
from tcptune.model.host import Host
from tcptune.model.report import Row
from tcptune.model.setting import Setting

SECRET = frozenset({"net.ipv4.tcp_fastopen_key", "net.core.netdev_rss_key"})
"""Keys whose value lets others forge or steer connections: it is not printed, and not saved in a report."""


def rows(settings: Mapping[str, Setting], host: Host, findings: Iterable[Finding]) -> tuple[Row, ...]:
    """Return a row for each setting that the catalogue knows, with the codes of the findings on it."""
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
        default = default_value(entry, target, host)
        value = None if key in SECRET else setting.value
        scope = entry.scope_on(target)
        found.append(
            Row(
                key=key,
                value=value,
                default=default,
                unit=entry.unit,
                scope=scope.scope if scope is not None else "host",
                status="unknown" if default is None else "changed" if value != default else "default",
                full=entry.depth == "full",
                rules=tuple(sorted(concerned.get(key, ()))),
            )
        )
    return tuple(found)
