"""The parameter can still be set and does nothing any more.

The kernel keeps the file so that old configurations do not fail.

Bad:

    net.ipv4.tcp_low_latency = 1

Fix:

Delete the line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from tcptune.catalog.bounds import IDLE
from tcptune.model.finding import Finding, Fix
from tcptune.model.history import Step
from tcptune.model.parameter import Parameter
from tcptune.model.setting import Setting
from tcptune.model.version import KernelVersion, Target
from tcptune.rules import kernels
from tcptune.rules.base import Rule
from tcptune.rules.view import View


def check(view: View) -> Iterator[Finding]:
    """Find parameters without effect that somebody set."""
    for setting, entry in view.known():
        step = entry.lifetime.no_effect
        if step is not None and setting.touched:
            why = step.note or "The kernel keeps the file for old configurations and never reads the value."
            yield from _told(view, setting, step.since, why, partial(_idle, entry, step))
    for setting in view.settings.values() if view.host is None else ():
        since, why = IDLE.get(setting.key, (None, ""))
        if since is not None and not setting.facts & {"exclude", "glob"}:
            yield from _told(view, setting, since, why, partial(_since, since))


def _told(
    view: View, setting: Setting, since: KernelVersion, why: str, holds: Callable[[Target], bool]
) -> Iterator[Finding]:
    idle = kernels.holding(view, holds)
    if idle:
        message = f"{setting.key} does nothing any more since {since}."
        named = kernels.named(view, idle)
        title = "delete the line" if named is None else f"delete the line where no kernel before {since} is left"
        yield RULE.finding(setting, message, why, fix=Fix(title), kernels=named)


def _since(release: KernelVersion, target: Target) -> bool:
    return target.version >= release


def _idle(entry: Parameter, step: Step, target: Target) -> bool:
    return entry.exists(target) and step.holds(target)


RULE = Rule("TT108", "no-effect", "note", "The parameter does nothing any more.", check, about="key")
