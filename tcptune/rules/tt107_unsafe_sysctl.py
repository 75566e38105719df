"""Kubernetes refuses the parameter in a pod unless the kubelet of the node allows it.

The pod stays in `SysctlForbidden`. Kubernetes lets pods set only the parameters of its safe list; every other one has
to be named in `allowedUnsafeSysctls` of the kubelet (or `--allowed-unsafe-sysctls`). When a file of the same tree does
so, this rule is silent.

Fix:

Allow it on the nodes that run the pod, or set it in an init container, or on the node.

Sources:

- Kubernetes documentation: Using sysctls in a Kubernetes Cluster
"""

from __future__ import annotations

from collections.abc import Iterator

from tcptune.catalog import parameter
from tcptune.model.finding import Finding, Fix
from tcptune.rules.base import Rule
from tcptune.rules.view import View

SAFE: dict[str, str] = {
    "kernel.shm_rmid_forced": "1.4",
    "net.ipv4.ip_local_port_range": "1.4",
    "net.ipv4.tcp_syncookies": "1.4",
    "net.ipv4.ping_group_range": "1.18",
    "net.ipv4.ip_unprivileged_port_start": "1.22",
    "net.ipv4.ip_local_reserved_ports": "1.27",
    "net.ipv4.tcp_keepalive_time": "1.29",
    "net.ipv4.tcp_fin_timeout": "1.29",
    "net.ipv4.tcp_keepalive_intvl": "1.29",
    "net.ipv4.tcp_keepalive_probes": "1.29",
    "net.ipv4.tcp_rmem": "1.32",
    "net.ipv4.tcp_wmem": "1.32",
}
"""The parameters that a pod may set anywhere, with the version of Kubernetes since which."""


def check(view: View) -> Iterator[Finding]:
    """Find what a pod sets that is not on the safe list."""
    for setting in view.settings.values():
        if "pod" not in setting.facts or setting.facts & {"allowed-unsafe", "host-network"}:
            continue
        if setting.key in SAFE or not _namespaced(setting.key, view):
            continue
        message = f"Kubernetes refuses {setting.key} in a pod unless the kubelet allows it."
        why = "It is not on the list of safe sysctls: the pod ends in SysctlForbidden on a node that does not allow it."
        fix = Fix(f"add {setting.key} to allowedUnsafeSysctls of the kubelet, or set it on the node")
        yield RULE.finding(setting, message, why, fix=fix)


def _namespaced(key: str, view: View) -> bool:
    entry = parameter(key)
    if entry is None:
        from tcptune.catalog.names import known

        return known(key) is not None and key.startswith(
            ("net.", "kernel.shm", "kernel.msg", "kernel.sem", "fs.mqueue.")
        )
    scopes = (entry.scope_on(target) for target in view.targets if entry.exists(target))
    return any(scope is not None and scope.scope == "netns" for scope in scopes)


RULE = Rule(
    "TT107", "unsafe-sysctl", "warning", "Not on Kubernetes' safe list.", check, about="key", needs=frozenset({"files"})
)
