"""The oldest kernel that the file is for does not have the parameter yet.

There the line is an error in the log, or fails the play that sets it. A condition that asks for the kernel or the
distribution silences this rule for what stands under it.

Bad:

    Kernel: 6.1
    net.ipv4.tcp_tw_reuse_delay = 500

Good:

    Kernel: 6.18
    net.ipv4.tcp_tw_reuse_delay = 500

Fix:

Set it only where the kernel has it, or put a `-` before the key, so that the loaders forgive it.

Sources:

- the tables of parameters in the kernel's sources, release by release
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from tcptune.catalog import parameter
from tcptune.model.finding import Finding, Fix
from tcptune.model.parameter import Parameter
from tcptune.model.version import Target
from tcptune.rules import kernels
from tcptune.rules.base import Rule
from tcptune.rules.view import View

_LOADERS = frozenset({"loader", "tuned", "shell"})


def check(view: View) -> Iterator[Finding]:
    """Find keys that came after one of the kernels."""
    for setting in view.settings.values():
        if setting.facts & {"kernel-condition", "exists", "ignore-errors", "glob"}:
            continue
        entry = parameter(setting.key)
        if entry is not None and entry.lifetime.vendor_only:
            continue
        since = _since(entry, setting.key)
        if since is None:
            continue
        memo = ("TT103", setting.key)
        before = kernels.holding(view, partial(_lacks, entry, setting.key), memo)
        if not before:
            continue
        told = kernels.span(before)
        lacks = "do not" if " and " in told or " to " in told else "does not"
        message = f"{setting.key} came with {since}; {told} {lacks} have it{_carried(entry, before)}."
        if entry is None:  # Of a name alone the table says which kernels lack it, and the earliest that may have it.
            message = f"{told} {lacks} have {setting.key} yet."
        why = "Writing it fails on those kernels: there is no such file yet."
        # Of the dash a loader alone knows.
        dash = ", or write `-` before the key" if setting.facts & _LOADERS == {"loader"} else ""
        fix = Fix(f"set it only where the kernel has it{dash}")
        yield RULE.finding(setting, message, why, fix=fix, kernels=kernels.named(view, before))


def _since(entry: Parameter | None, key: str) -> str | None:
    from tcptune.catalog.names import known

    if entry is not None:
        return str(entry.lifetime.began.since)
    name = known(key)
    return str(name.first) if name is not None else None


def _carried(entry: Parameter | None, before: Sequence[Target]) -> str:
    """Return the stable releases of those kernels that were given the parameter later, in words."""
    also = entry.lifetime.began.also if entry is not None else ()
    given = [str(one) for one in also if any(target.version.release == one.release for target in before)]
    return f", but for the stable {' and '.join(given)} and later ones of their series" if given else ""


def _lacks(entry: Parameter | None, key: str, target: Target) -> bool:
    from tcptune.catalog.names import known

    if entry is not None:
        return not entry.lifetime.began.holds(target)
    name = known(key)
    return name is not None and target.vendor is None and target.version.release < name.first.release


RULE = Rule(
    "TT103",
    "key-too-new",
    "warning",
    "A target kernel does not have it yet.",
    check,
    about="key",
    needs=frozenset({"files"}),
)
