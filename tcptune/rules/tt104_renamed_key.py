"""The key is an old name of a parameter that lives under another one.

Writing the old name fails, so nothing is set; the new name takes the same value.

Bad:

    net.ipv4.netfilter.ip_conntrack_max = 262144

Good:

    net.netfilter.nf_conntrack_max = 262144

Fix:

Write the new name.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from tcptune.catalog import parameter
from tcptune.model.finding import Finding, Fix
from tcptune.model.parameter import Parameter
from tcptune.model.setting import Edit, Setting
from tcptune.model.version import Target
from tcptune.rules import kernels
from tcptune.rules.base import Rule
from tcptune.rules.tt101_unknown_key import beside
from tcptune.rules.view import View


def check(view: View) -> Iterator[Finding]:
    """Find old names on kernels that know only the new one."""
    for setting, entry in view.known():
        new = entry.lifetime.renamed_to
        if new is None or setting.facts & {"kernel-condition", "exists"}:
            continue
        gone = kernels.holding(view, partial(_lacks, entry))
        if not gone:
            continue
        at = setting.key_at
        edits: tuple[Edit, ...] = ()
        if at is not None and at.end_column is not None and at.end_column - at.column == len(setting.spelled):
            written = new.replace(".", "/") if "/" in setting.spelled else new
            edits = (Edit(at.path, at.line, at.column, at.line, at.end_column, written),)
        message = f"{setting.key} is the old name of {new}."
        why = "The old name is no file any more, so the line sets nothing."
        fix = Fix(f"write {new}", safe=len(gone) == len(view.targets), edits=edits)
        if new in view.settings or any(_goes_by(other, new, setting) for other in view.settings.values()):
            fix = beside(new)
        yield RULE.finding(setting, message, why, fix=fix, kernels=kernels.named(view, gone))


def _goes_by(other: Setting, new: str, setting: Setting) -> bool:
    """Tell whether another old name of the same parameter is set beside one."""
    if other.key == setting.key:
        return False
    entry = parameter(other.key)
    return entry is not None and entry.lifetime.renamed_to == new


def _lacks(entry: Parameter, target: Target) -> bool:
    return not entry.exists(target)


RULE = Rule("TT104", "renamed-key", "error", "The old name of a living parameter.", check, about="key")
