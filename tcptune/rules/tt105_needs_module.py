"""The parameter exists only once a kernel module is loaded, which at boot is after the files are read.

systemd-sysctl runs early. A module that a firewall loads later brings its parameters with their defaults, and the line
in sysctl.d was for nothing: after the reboot the value is another one than today. tuned starts later, and passes over
what is not there by then.

Bad:

    net.netfilter.nf_conntrack_max = 262144

Fix:

Name the module in /etc/modules-load.d, which is read before sysctl.d, or load it earlier in the same script.

Sources:

- systemd-sysctl.service runs after systemd-modules-load.service
- tuned.service runs after network.target; plugin_sysctl.py logs what it cannot read, and goes on
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tcptune.catalog import parameter
from tcptune.model.finding import Finding, Fix
from tcptune.model.origin import Origins
from tcptune.model.version import Target
from tcptune.rules.base import Rule
from tcptune.rules.view import View

_SILENT = frozenset({"module-loaded", "container", "pod", "privileged", "command", "exclude", "exists"})

_AT_BOOT = (
    "At boot the files are read before a firewall or a container engine loads it: unless something reads them again"
    " later, the line sets nothing."
)
_TUNED = (
    "tuned starts after network.target. If nothing has loaded the module by then, as a firewall may, there is no such"
    " file: tuned notes that in its log, and the line sets nothing."
)
_NOW = "On a host where nothing has loaded it yet the command fails: there is no such file."


def check(view: View) -> Iterator[Finding]:
    """Find keys whose module nothing loads before them."""
    if view.origins is not None:
        yield from _at_boot(view.origins)
        return
    for setting in view.settings.values() if view.host is None else ():
        module = module_of(setting.key, view.targets)
        if module is None or setting.facts & _SILENT:
            continue
        message = f"{setting.key} exists only once the module {module} is loaded."
        why = _NOW if "shell" in setting.facts else _TUNED if "tuned" in setting.facts else _AT_BOOT
        fix = Fix(
            f'add "{module}" to boot.kernelModules'
            if setting.source == "nix"
            else f"write {module} into a file of /etc/modules-load.d"
        )
        yield RULE.finding(setting, message, why, fix=fix)


def _at_boot(origins: Origins) -> Iterator[Finding]:
    """Find the lines of a host that systemd-sysctl passes over at boot, since nothing loads their module before."""
    for source in origins.sources.values():
        line, module = source.late, source.module
        if line is None or not origins.applies:
            continue
        message = f"{line.key} is not set at boot: the module {module} is not loaded yet when {line.at.path} is read."
        why = f"Nothing in modules-load.d names {module}; what loads it later brings the defaults with it."
        if source.candidates:
            names, are = " and ".join(source.candidates), "is" if len(source.candidates) == 1 else "are"
            why += f" {names} {are} here and may set it then."
        yield RULE.finding(line.setting, message, why, fix=Fix(f"echo {module} > /etc/modules-load.d/{module}.conf"))


def module_of(key: str, targets: tuple[Target, ...]) -> str | None:
    """Return the module that brings a parameter with it; None for what is always there, or gone from a target."""
    from tcptune.catalog.names import known

    if key.startswith("net.bridge.bridge-nf-"):
        return "br_netfilter" if known(key) is not None else None
    if key.startswith("net.ipv4.vs."):
        scheduler = re.fullmatch(r"net\.ipv4\.vs\.(lblcr?)_expiration", key)
        return (f"ip_vs_{scheduler[1]}" if scheduler else "ip_vs") if known(key) is not None else None
    entry = parameter(key)
    if entry is not None:
        gone = entry.lifetime.removed
        return None if gone is not None and any(map(gone.holds, targets)) else entry.lifetime.module
    if not key.startswith("net.netfilter.nf_conntrack_"):
        return None
    name = known(key)
    return "nf_conntrack" if name is not None and name.last is None else None


RULE = Rule("TT105", "needs-module", "warning", "Its module is loaded after sysctl.", check, about="key")
