"""The parameter is gone on a kernel that the file is for.

The line is an error in the log at every boot, or fails the play that sets it, and what it was meant to do does not
happen. A condition that asks for the kernel or the distribution silences this rule for what stands under it.

Bad:

    net.ipv4.tcp_tw_recycle = 1

Good:

    net.ipv4.tcp_tw_reuse = 1

Fix:

Delete the line; the message says what took its place, where anything did.

Sources:

- the tables of parameters in the kernel's sources, release by release
"""

from __future__ import annotations

from collections.abc import Iterator

from tcptune.catalog import parameter
from tcptune.model.finding import Finding, Fix
from tcptune.model.setting import Edit, Setting
from tcptune.model.severity import Severity
from tcptune.model.version import KernelVersion, Target
from tcptune.rules import kernels
from tcptune.rules.base import Rule
from tcptune.rules.view import View

_WHY = (
    "Writing it fails: there is no such file. `sysctl -p` and Ansible end with an error, systemd-sysctl only notes it."
)
_IGNORED = "Writing it fails: there is no such file. The failure is ignored here on purpose, and nothing is set."
_DASH = "Nothing is set: there is no such file. The dash keeps systemd-sysctl quiet, `sysctl -p` fails all the same."

_LONG_AGO = KernelVersion(3, 0)
"""What was gone before is in no distribution's kernel; of later names its own patches may have kept one."""


def check(view: View) -> Iterator[Finding]:
    """Find keys that one of the kernels does not have any more."""
    for setting in view.settings.values():
        if setting.facts & {"kernel-condition", "exists", "glob"}:
            continue
        entry = parameter(setting.key)
        if entry is not None and entry.lifetime.removed is not None and entry.lifetime.renamed_to is None:
            removed = entry.lifetime.removed
            gone = kernels.holding(view, removed.holds, ("TT102", setting.key))
            if gone and not entry.lifetime.vendor_only:
                yield _finding(view, setting, gone, str(removed.since), entry.lifetime.instead)
        elif entry is None:
            yield from _by_name(view, setting)


def _by_name(view: View, setting: Setting) -> Iterator[Finding]:
    from tcptune.catalog.moved import MOVED
    from tcptune.catalog.names import known

    name = known(setting.key)
    if name is None or name.last is None:
        return
    last = name.last
    told = last < _LONG_AGO
    gone = kernels.holding(
        view, lambda target: (told or target.vendor is None) and target.version.release > last.release
    )
    if gone:
        yield _finding(view, setting, gone, None, MOVED.get(setting.key), f"{last}")


def _finding(
    view: View, setting: Setting, gone: tuple[Target, ...], since: str | None, instead: str | None, last: str = ""
) -> Finding:
    when = f"since {since}" if since else f"after {last}"
    message = f"{setting.key} is gone {when}."
    told = instead.removeprefix("Delete the line. ") if instead else ""
    title = f"delete the line: {told}" if told else "delete the line"
    ignored = "ignore-errors" in setting.facts
    why = _WHY if not ignored else _DASH if "loader" in setting.facts else _IGNORED
    why = f"{why} {told}" if told else why
    edits = _comment_out(setting) if len(gone) == len(view.targets) else ()
    fix = Fix(title, safe=bool(edits), edits=edits)
    severity: Severity = "warning" if ignored else "error"
    return RULE.finding(
        setting,
        message,
        why,
        severity=severity,
        fix=fix,
        kernels=kernels.named(view, gone),
    )


def _comment_out(setting: Setting) -> tuple[Edit, ...]:
    at = setting.key_at
    if at is None or setting.source != "sysctl.d":
        return ()
    return (Edit(at.path, at.line, at.column, at.line, at.column, "# gone from the kernel: "),)


RULE = Rule("TT102", "removed-key", "error", "The parameter is gone on the target kernel.", check, about="key")
