"""A file in a drop-in folder is read by no loader, or by only one of them.

Names that do not end in `.conf` are passed over by both, names that begin with a dot by systemd-sysctl.
/etc/sysctl.conf is read by procps alone, unless a link in /etc/sysctl.d leads to it. What stands in /run/sysctl.d is
read, and gone after a reboot (a note).

Fix:

Give the file a name such as `60-limits.conf` in /etc/sysctl.d.

Sources:

- sysctl.d(5) and sysctl(8); measured with both loaders
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePosixPath

from tcptune.model.finding import Finding, Fix
from tcptune.model.origin import LOADERS, Unread
from tcptune.model.severity import Severity
from tcptune.rules.base import Rule
from tcptune.rules.view import View


def check(view: View) -> Iterator[Finding]:
    """Find the files that a host's loaders pass over; of a folder alone `lint` tells by itself."""
    for file in view.origins.unread if view.origins is not None else ():
        severity: Severity = "note" if file.reason == "run" else "warning"
        finding = RULE.finding(None, *_said(file), severity=severity, fix=Fix(_remedy(file)))
        yield replace(finding, at=file.at, anchor=file.at.path)


def _said(file: Unread) -> tuple[str, str]:
    readers = " and ".join(LOADERS[name] for name in file.readers)
    reasons = {
        "suffix": "its name does not end in .conf",
        "hidden": "its name begins with a dot",
        "main": "systemd-sysctl reads only drop-ins, and no link in /etc/sysctl.d leads to it",
    }
    if file.reason == "run":
        why = f"Until then {readers} reads it. What writes it again early at every boot is not looked for."
        return f"{file.at.path} is gone after a reboot: /run is emptied by it.", why
    if not readers:
        return f"No loader reads {file.at.path}: {reasons[file.reason]}.", "Nothing that stands in it is ever set."
    why = f"At the next boot it has no effect; after {readers} by hand it has."
    return f"Only {readers} reads {file.at.path}: {reasons[file.reason]}.", why


def _remedy(file: Unread) -> str:
    if file.reason in ("main", "run"):
        return "move the settings to a file such as /etc/sysctl.d/60-local.conf"
    path = PurePosixPath(file.at.path)
    return f"rename it to {path.name.lstrip('.').split('.')[0]}.conf, or take it out of {path.parent}"


RULE = Rule("TT503", "ignored-file", "warning", "A loader does not read the file.", check)
