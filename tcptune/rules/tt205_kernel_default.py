"""The value is the default of every kernel that the file is for.

The line changes nothing, and hides from the reader which lines do. Keep it only where something else is known to break
the default, and say so beside it.

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
        if setting.value is None or setting.facts & _CHOICES or entry.key in PRESET or entry.lifetime.no_effect:
            continue
        if any(other.key == setting.key and other.value != setting.value for other in view.assignments):
            continue
        memo = ("TT205", entry.key, setting.value)
        default = kernels.holding(view, partial(_is_default, view, entry, setting), memo)
        if len(default) == len(view.targets):
            message = f"{setting.key} = {show(setting.value)} is the kernel's default."
            why = "The line changes nothing on any of the kernels judged."
            yield RULE.finding(setting, message, why, fix=Fix("delete the line"))


def _is_default(view: View, entry: Parameter, setting: Setting, target: Target) -> bool:
    return entry.exists(target) and view.default(entry.key, target) == setting.value


RULE = Rule("TT205", "kernel-default", "note", "The value is the default.", check, needs=frozenset({"files"}))
