"""A MachineConfig of OpenShift: the file for sysctl.d, and the one for modules-load.d, as data URLs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import quote

from tcptune.render import sysctl_d
from tcptune.render.comments import comment, header, silences
from tcptune.render.sheet import Sheet, Writer

IGNITION = "3.2.0"
"""The oldest version of Ignition's configuration that every supported OpenShift reads (4.7 and newer)."""


def write(sheet: Sheet) -> str:
    """Return the manifest; comments show what the data URL holds."""
    name = re.sub(r"[^a-z0-9.-]+", "-", sheet.profile).strip("-.")
    lines = header(sheet, "For the nodes with the role worker; the data below is the file that the comments show.")
    lines += [
        "apiVersion: machineconfiguration.openshift.io/v1",
        "kind: MachineConfig",
        "metadata:",
        f"  name: 99-worker-tcptune-{name}",
        "  labels:",
        "    machineconfiguration.openshift.io/role: worker",
        "spec:",
        "  config:",
        "    ignition:",
        f"      version: {IGNITION}",
        "    storage:",
        "      files:",
    ]
    if sheet.modules:
        content = "".join(f"{each}\n" for each in sheet.modules)
        lines += _file(f"/etc/modules-load.d/tcptune-{name}.conf", content)
    lines += _shown(sheet)
    # For lint the whole content stands on the line of its URL.
    quiet = [item for entry in sheet.entries for item in entry.silenced]
    lines += _file(f"/etc/sysctl.d/80-tcptune-{name}.conf", sysctl_d.write(sheet), silences(quiet, "            "))
    return "\n".join(lines) + "\n"


def _shown(sheet: Sheet) -> list[str]:
    lines = []
    for number, entry in enumerate(sheet.entries):
        lines += ["        #"] if number else []
        lines += [f"        # {entry.key} = {entry.text}", *comment(entry.why, "        ")]
    return lines


def _file(path: str, content: str, above: Sequence[str] = ()) -> list[str]:
    return [
        f"        - path: {path}",
        "          mode: 420",
        "          overwrite: true",
        "          contents:",
        *above,
        f'            source: "data:,{quote(content, safe="")}"',
    ]


WRITER = Writer("machineconfig", write, frozenset({"loader"}))
