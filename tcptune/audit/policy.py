"""What an audit looks at, as a profile is held against it: running hosts, saved ones, and the files of an image."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from tcptune.catalog import parameters
from tcptune.live.host import boot_loader, module_loaded
from tcptune.live.procsys import on_read_only_mount
from tcptune.model.diff import Change, Comparison
from tcptune.model.host import Host
from tcptune.model.origin import Line, Origins, Source
from tcptune.model.report import Row
from tcptune.model.setting import Setting
from tcptune.model.value import show
from tcptune.profiles.compare import Seen, compare
from tcptune.profiles.facts import Facts
from tcptune.profiles.policy import Policy


def facts_of(host: Host) -> Facts:
    """Return what the conditions of a profile are held against on the running host."""
    return Facts(
        target=host.target,
        memory_bytes=host.memory_bytes or None,
        distro=host.distro,
        initial=host.initial,
        loaded=module_loaded,
        loader=boot_loader(),
        host=host,
    )


def running(host: Host, settings: Mapping[str, Setting], origins: Origins | None) -> Seen:
    """Return a network namespace of the running host; `origins` are what its files say."""
    lines, managers = _who(settings, origins)
    return Seen(facts_of(host), host, settings, origins=lines, candidates=managers, locked=on_read_only_mount)


def saved(host: Host, settings: Mapping[str, Setting], origins: Origins | None) -> Seen:
    """Return a host that was saved with its files. A module is known to be loaded by the parameters that it brings."""
    loader: Literal["systemd", "procps"] | None = None
    if origins is not None:
        loader = "systemd" if origins.boot == "systemd" else "procps"
    lines, managers = _who(settings, origins)
    return Seen(_facts(host, settings, loader), host, settings, origins=lines, candidates=managers)


def saved_rows(host: Host, settings: Mapping[str, Setting], rows: Iterable[Row]) -> Seen:
    """Return a host that was saved as an audit: the lines that explain its values stand in the table."""
    rows = tuple(rows)
    lines = {row.key: row.origin for row in rows if row.origin is not None}
    at_boot = any(row.persisted is not None and row.persisted[0] is not None for row in rows)
    if not host.memory_bytes and all(row.value is None for row in rows):
        return _saved_files(host, rows, lines, at_boot)
    return Seen(_facts(host, settings, "systemd" if at_boot else None), host, settings, origins=lines)


def _saved_files(host: Host, rows: Iterable[Row], lines: Mapping[str, Line], at_boot: bool) -> Seen:
    """Return what the files of an image gave, saved as an audit of them: it has no values, only what is persisted."""
    settings = {}
    for row in rows:
        first, second = row.persisted or (None, None)
        value = (first if at_boot else second) if (first if at_boot else second) is not None else first or second
        settings[row.key] = Setting(row.key, show(value), value)
    facts = Facts(target=host.target, distro=host.distro, initial=True, loader="systemd" if at_boot else "procps")
    return Seen(facts, host, settings, running=False, origins=lines)


def _facts(host: Host, settings: Mapping[str, Setting], loader: Literal["systemd", "procps"] | None) -> Facts:
    brought: dict[str, bool] = {}
    for key, entry in parameters().items():
        module = entry.lifetime.module
        if module is not None:
            brought[module] = brought.get(module, False) or key in settings
    return Facts(
        target=host.target,
        memory_bytes=host.memory_bytes or None,
        distro=host.distro,
        initial=host.initial,
        loaded=lambda name: brought.get(name.replace("-", "_"), True),
        loader=loader,
        host=host,
    )


def of_files(host: Host, origins: Origins) -> Seen:
    """Return what the files of an image give at its boot, managers last; its memory and modules are not known."""
    at_boot = origins.boot == "systemd"
    facts = Facts(target=host.target, distro=host.distro, initial=True, loader="systemd" if at_boot else "procps")
    lines = {key: line for key, source in origins.sources.items() if (line := _last(source, at_boot)) is not None}
    settings = {key: line.setting for key, line in lines.items()}
    return Seen(facts, host, settings, running=False, origins=lines)


def _last(source: Source, at_boot: bool) -> Line | None:
    """Return the line that has the last word at boot; where only `sysctl --system` reads a file, that one's."""
    if source.managers:
        return source.managers[-1]
    return (source.systemd if at_boot else source.procps) or source.systemd or source.procps


def _who(
    settings: Mapping[str, Setting], origins: Origins | None
) -> tuple[dict[str, Line], dict[str, tuple[str, ...]]]:
    """Return the lines that explain values, and the managers that may have written those that no line explains."""
    lines: dict[str, Line] = {}
    managers: dict[str, tuple[str, ...]] = {}
    if origins is None or not origins.applies:
        return lines, managers
    for key, source in origins.sources.items():
        setting = settings.get(key)
        line = source.of(setting) if setting is not None else None
        if line is not None:
            lines[key] = line
        elif source.candidates:
            managers[key] = source.candidates
    return lines, managers


def comparison(policy: Policy | None, seen: Seen) -> Comparison | None:
    """Return the profile beside what is there; None without a profile."""
    return None if policy is None else of_changes(policy, seen, compare(policy, seen))


def of_changes(policy: Policy, seen: Seen, changes: tuple[Change, ...]) -> Comparison:
    """Return changes as what the policy's rule looks at."""
    return Comparison(policy.name, ((seen.facts.target, changes),))
