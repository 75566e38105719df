"""A parameter of the whole host is set for a container, a pod or a network namespace.

It has no value of its own there. Docker and Kubernetes refuse to start the container; `sysctl -w` inside fails because
the file is missing or read-only.

Fix:

Set it on the host (node), and take it out of the container's definition.

Sources:

- the scope of each parameter, as `tcptune explain` shows it, proven by listing a fresh namespace
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from tcptune.catalog import parameter
from tcptune.model.finding import Finding, Fix
from tcptune.model.setting import Setting
from tcptune.model.version import Target
from tcptune.rules import kernels
from tcptune.rules.base import Rule
from tcptune.rules.view import View

_IPC = ("kernel.shm", "kernel.msg", "kernel.sem", "fs.mqueue.", "kernel.domainname", "kernel.hostname")


def check(view: View) -> Iterator[Finding]:
    """Find host-wide keys where only a namespace can be meant."""
    for setting in view.settings.values():
        if not setting.facts & {"container", "pod"} or "host-network" in setting.facts:
            continue
        if "command" in setting.facts and not setting.key.startswith("net."):
            continue
        memo = ("TT106", setting.key)
        wide = kernels.holding(view, partial(_host_wide, setting), memo)
        if wide:
            message = f"{setting.key} belongs to the whole host: no container or pod has its own."
            why = "The container does not start with it, or the write fails: there is no such file in its namespace."
            fix = Fix("set it on the host and take it out here")
            yield RULE.finding(setting, message, why, fix=fix, kernels=kernels.named(view, wide))


def _host_wide(setting: Setting, target: Target) -> bool:
    entry = parameter(setting.key)
    if entry is not None:
        scope = entry.scope_on(target)
        return entry.exists(target) and scope is not None and (scope.scope == "host" or scope.child != "own")
    if setting.key.startswith("net."):
        return _without_page(setting.key, target)
    return setting.key.startswith(("vm.", "kernel.", "fs.")) and not setting.key.startswith(_IPC)


def _without_page(key: str, target: Target) -> bool:
    """Tell of a parameter without a page whether the target has it, and only in the host's own namespace."""
    from tcptune.catalog.host_wide import host_wide
    from tcptune.catalog.names import known

    life, version = known(key) if host_wide(key) else None, target.version.release
    return life is not None and life.first.release <= version and (life.last is None or version <= life.last.release)


RULE = Rule(
    "TT106",
    "not-namespaced",
    "error",
    "Host-wide, but set for a container.",
    check,
    about="key",
    needs=frozenset({"files"}),
)
