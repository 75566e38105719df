"""The parameter can still be set and does nothing any more.

The kernel keeps the file so that old configurations do not fail.

Bad:

    net.ipv4.tcp_low_latency = 1

Fix:

Delete the line.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from tcptune.model.finding import Finding, Fix
from tcptune.model.history import Step
from tcptune.model.parameter import Parameter
from tcptune.model.version import Target
from tcptune.rules import kernels
from tcptune.rules.base import Rule
from tcptune.rules.view import View


def check(view: View) -> Iterator[Finding]:
    """Find parameters without effect that somebody set."""
    for setting, entry in view.known():
        step = entry.lifetime.no_effect
        if step is None or not setting.touched:
            continue
        idle = kernels.holding(view, partial(_idle, entry, step))
        if idle:
            message = f"{setting.key} does nothing any more since {step.since}."
            why = step.note or "The kernel keeps the file for old configurations and never reads the value."
            named = kernels.named(view, idle)
            title = (
                "delete the line" if named is None else f"delete the line where no kernel before {step.since} is left"
            )
            yield RULE.finding(setting, message, why, fix=Fix(title), kernels=named)


def _idle(entry: Parameter, step: Step, target: Target) -> bool:
    return entry.exists(target) and step.holds(target)


RULE = Rule("TT108", "no-effect", "note", "The parameter does nothing any more.", check, about="key")
