"""A drop-in, its folder or the target of its link can be written by others than root.

The loaders run as root and write whatever stands there. Who can write the file, or put another one into the folder,
sets every parameter of the kernel at the next boot, `kernel.core_pattern` among them, which runs programs as root.

Fix:

`chown root:root` and `chmod go-w` for the file and for the folder that it stands in.

Sources:

- sysctl.d(5) and core(5)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tcptune.model.finding import Finding, Fix
from tcptune.model.setting import Location
from tcptune.rules.base import Rule
from tcptune.rules.view import View


def check(view: View) -> Iterator[Finding]:
    """Find what others than root can write."""
    for found in view.origins.writable if view.origins is not None else ():
        through = f" ({found.through} leads there)" if found.through else ""
        what = "folder" if found.kind == "folder" else "file"
        message = f"The {what} {found.path} can be written by {found.who}{through}."
        why = "The loaders run as root and set whatever stands in it, also what makes the kernel run a program as root."
        fix = Fix(f"chown root:root {found.path} && chmod go-w {found.path}")
        yield replace(RULE.finding(None, message, why, fix=fix), at=Location(found.path), anchor=found.path)


RULE = Rule(
    "TT504",
    "writable-by-others",
    "error",
    "Others than root can write a drop-in.",
    check,
    needs=frozenset({"origins"}),
)
