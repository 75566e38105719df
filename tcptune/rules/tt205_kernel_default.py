"""The value is the default of every kernel that the file is for.

The line changes nothing, and hides from the reader which lines do. Keep it only where something else is known to break
the default, and say so beside it. Lines that harden a host (`kernel.randomize_va_space = 2`) are let stand where
distributions or the kernel's configuration decide of the default.

Bad:

    net.ipv4.tcp_syncookies = 1

Good:

    net.ipv4.tcp_syncookies = 2

Fix:

Delete the line.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from tcptune.catalog.bounds import DEFAULTS, RIVALS, SINCE
from tcptune.model.finding import Finding, Fix
from tcptune.model.parameter import Parameter
from tcptune.model.setting import Setting
from tcptune.model.value import show
from tcptune.model.version import Target
from tcptune.rules import kernels
from tcptune.rules.base import Rule
from tcptune.rules.view import View

_CHOICES = frozenset({"kernel-condition", "conditional", "exclude", "overrides", "undo", "variable"})
"""Where the default may be what another line, branch or file has to be set back to, or what a variable has to have."""

PRESET = frozenset({"net.core.default_qdisc", "net.ipv4.ping_group_range", "fs.nr_open"})
"""What systemd or distributions set for every host: there the kernel's default is a change."""


def check(view: View) -> Iterator[Finding]:
    """Find values that are the default on all kernels judged; where one computes it from memory, none is known."""
    for setting, entry in view.known():
        if setting.value is None or entry.key in PRESET or entry.lifetime.no_effect or _chosen(view, setting):
            continue
        memo = ("TT205", entry.key, setting.value)
        default = kernels.holding(view, partial(_is_default, view, entry, setting), memo)
        if len(default) == len(view.targets):
            yield _finding(setting, show(setting.value))
    yield from _constant(view)


def _constant(view: View) -> Iterator[Finding]:
    """Find the defaults of parameters without a page, where they are the same constant on every kernel judged."""
    for setting in view.settings.values():
        default = DEFAULTS.get(setting.key)
        if default is None or setting.templated or setting.raw.strip() != str(default) or _chosen(view, setting):
            continue
        rival = RIVALS.get(setting.key)
        if rival is not None and (rival in view.settings or rival in view.anywhere):
            continue
        if len(kernels.holding(view, _known, ("TT205 constants",))) == len(view.targets):
            yield _finding(setting, str(default))


def _known(target: Target) -> bool:
    return target.version >= SINCE


def _chosen(view: View, setting: Setting) -> bool:
    """Tell whether something beside the line has another value: then this one is a choice."""
    if setting.facts & _CHOICES:
        return True
    return any(other.key == setting.key and _meaning(other) != _meaning(setting) for other in view.assignments)


def _meaning(setting: Setting) -> object:
    return setting.raw.strip() if setting.value is None else setting.value


def _finding(setting: Setting, value: str) -> Finding:
    message = f"{setting.key} = {value} is the kernel's default."
    why = "The line changes nothing on any of the kernels judged."
    return RULE.finding(setting, message, why, fix=Fix("delete the line"))


def _is_default(view: View, entry: Parameter, setting: Setting, target: Target) -> bool:
    return entry.exists(target) and view.default(entry.key, target) == setting.value


RULE = Rule("TT205", "kernel-default", "note", "The value is the default.", check, needs=frozenset({"files"}))
