"""Views for tests of rules: a live host's and a file's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tcptune.catalog import default_value, parameter, parameters
from tcptune.lint.reading import meant
from tcptune.model.finding import Finding
from tcptune.model.host import Host, Pressure
from tcptune.model.setting import Setting
from tcptune.model.value import Value, show
from tcptune.model.version import KernelVersion, Target
from tcptune.rules.registry import rules, run
from tcptune.rules.view import View
from tcptune.sources import sysctl_conf
from tcptune.sources.base import Text

GIB = 1 << 30


def host(kernel: str = "6.18", memory: int = 24 * GIB, **more: Any) -> Host:
    """Return a host of that kernel and memory."""
    return Host(kernel=KernelVersion.parse(kernel), memory_bytes=memory, initial=True, privileged=True, **more)


def live_view(
    changed: Mapping[str, Value] | None = None,
    *,
    kernel: str = "6.18",
    memory: int = 24 * GIB,
    pressure: Pressure | None = None,
) -> View:
    """Return the view of a running host: all defaults, but for what `changed` sets."""
    where = host(kernel, memory)
    settings: dict[str, Setting] = {}
    for key, entry in parameters().items():
        if not entry.exists(where.target):
            continue
        default = default_value(entry, where.target, where)
        value = (changed or {}).get(key, default)
        if value is not None:
            settings[key] = Setting(key=key, raw=show(value), value=value, touched=value != default)
    for key, value in (changed or {}).items():
        settings.setdefault(key, Setting(key=key, raw=show(value), value=value))
    return View(settings, (where.target,), host=where, pressure=pressure or Pressure())


def targets(*kernels: str) -> tuple[Target, ...]:
    """Return the kernels by their releases."""
    return tuple(Target(KernelVersion.parse(kernel), None, kernel) for kernel in kernels)


def file_settings(text: str, facts: frozenset[str] = frozenset()) -> list[Setting]:
    """Return the settings of sysctl.d lines, with further facts about their surroundings."""
    from dataclasses import replace

    found = [meant(setting) for setting in sysctl_conf.read(Text("99-test.conf", text)).settings]
    return [replace(setting, facts=setting.facts | facts) for setting in found]


def file_view(text: str, *kernels: str, facts: frozenset[str] = frozenset()) -> View:
    """Return the view of sysctl.d lines, judged for the kernels (6.1 when none is named)."""
    settings = file_settings(text, facts)
    in_force = {setting.key: setting for setting in settings if "exclude" not in setting.facts}
    return View(in_force, targets(*(kernels or ("6.1",))), assignments=tuple(settings))


def found(view: View, code: str) -> list[Finding]:
    """Return what one rule finds in a view."""
    return run(view, [rule for rule in rules() if rule.code == code])


def codes(view: View) -> list[str]:
    """Return the codes of all findings in a view, each once, sorted."""
    return sorted({finding.rule for finding in run(view, rules())})


__all__ = ["GIB", "codes", "file_settings", "file_view", "found", "host", "live_view", "parameter", "targets"]
