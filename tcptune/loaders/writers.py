"""Who writes parameters after the loaders: tuned, ufw, kube-proxy and other managers that a host may have.

A manager is *present* by its files or processes. Some have files that say what they set; of the others only the keys
that they may set are known, so that for a value which no file explains they are candidates, no more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import NamedTuple

from tcptune.loaders import procps, tuned
from tcptune.loaders.outcome import Load, first_separator, swapped
from tcptune.loaders.tree import Content, Tree
from tcptune.model.setting import Location


class Written(NamedTuple):
    """One parameter in a manager's own files; `templated` when the text is filled in by the manager."""

    key: str
    raw: str
    location: Location
    templated: bool = False


class Writer(NamedTuple):
    """A manager that is present.

    `evidence` is the file or the process it is known by. `values` is what its files set, the last one of each key.
    `may` are patterns of dotted keys that it may set besides. `yields_to` are the files that win over it all the same:
    tuned writes those again after its own profile.
    """

    name: str
    evidence: str
    values: tuple[Written, ...] = ()
    may: tuple[str, ...] = ()
    yields_to: tuple[str, ...] = ()

    def sets(self, key: str) -> bool:
        """Tell whether it sets this key or may do so."""
        return any(one.key == key for one in self.values) or any(fnmatchcase(key, pattern) for pattern in self.may)


_CONNTRACK = ("max", "tcp_timeout_established", "tcp_timeout_close_wait", "tcp_be_liberal", "udp_timeout*")
_KUBE_PROXY = (
    *(f"net.netfilter.nf_conntrack_{name}" for name in _CONNTRACK),
    "net.nf_conntrack_max",
    "net.ipv4.conf.*.route_localnet",
)
_RUNTIME = ("net.ipv4.ip_forward", "net.ipv4.conf.*.forwarding", "net.ipv4.conf.*.route_localnet", "net.bridge.*")

_BY_PROCESS = {
    "kube-proxy": ("kube-proxy", _KUBE_PROXY),
    "k3s": ("kube-proxy", _KUBE_PROXY),
    "k3s-server": ("kube-proxy", _KUBE_PROXY),
    "k3s-agent": ("kube-proxy", _KUBE_PROXY),
    "dockerd": ("docker", _RUNTIME),
    "containerd": ("containerd", _RUNTIME),
    "crio": ("cri-o", _RUNTIME),
}
"""Command name → manager and the keys it may set."""

_BY_PATH = {
    "/var/lib/kube-proxy": ("kube-proxy", _KUBE_PROXY),
    "/etc/kubernetes/kubelet.conf": ("kube-proxy", _KUBE_PROXY),
    "/var/lib/rancher/k3s": ("kube-proxy", _KUBE_PROXY),
    "/run/docker.sock": ("docker", _RUNTIME),
    "/usr/bin/dockerd": ("docker", _RUNTIME),
    "/run/containerd/containerd.sock": ("containerd", _RUNTIME),
    "/run/crio/crio.sock": ("cri-o", _RUNTIME),
    "/var/lib/cloud/instance": ("cloud-init", ("*",)),
    "/etc/runlevels/boot/sysctl": ("OpenRC", ()),
}
"""What is there when a manager is → manager and the keys it may set."""


def writers(tree: Tree, processes: Iterable[str] = ()) -> list[Writer]:
    """Return the managers that a host has, by its files and the names of its processes, each of them once."""
    found: dict[str, Writer] = {}
    for writer in (_tuned(tree), _ufw(tree), _script(tree)):
        if writer is not None:
            found[writer.name] = writer
    for process in sorted(set(processes) & _BY_PROCESS.keys()):
        name, may = _BY_PROCESS[process]
        found.setdefault(name, Writer(name, f"process {process}", may=may))
    for path, (name, may) in _BY_PATH.items():
        if tree.resolve(path).kind not in ("missing", "denied", "not-a-folder", "loop"):
            found.setdefault(name, Writer(name, path, may=may))
    return list(found.values())


def candidates(present: Iterable[Writer], key: str) -> list[str]:
    """Return the names of the managers that may have set a key at run time."""
    return [writer.name for writer in present if writer.sets(key)]


def _tuned(tree: Tree) -> Writer | None:
    active = tree.read(tuned.ACTIVE)
    if not isinstance(active, Content) or not active.text.strip():
        return None
    lines = tuned.settings(tree, active.text.split())
    values = tuple(Written(line.key, line.raw, line.location, line.templated) for line in lines)
    return Writer("tuned", tuned.ACTIVE, values, yields_to=tuned.yields_to(tree))


_SCRIPT = "/etc/rc.local"
_SETS = re.compile(r"\bnet[./][\w./-]+")


def _script(tree: Tree) -> Writer | None:
    """The script that many hosts still run at the end of a boot: what it names beside `sysctl` or below /proc/sys."""
    content = tree.read(_SCRIPT)
    lines = content.text.splitlines() if isinstance(content, Content) else []
    said = [line for line in lines if ("sysctl" in line or "/proc/sys" in line) and not line.lstrip().startswith("#")]
    names = [name.strip("./") for line in said for name in _SETS.findall(line)]
    keys = [swapped(name) if first_separator(name) == "/" else name for name in names]
    return Writer("rc.local", _SCRIPT, may=tuple(dict.fromkeys(keys))) if keys else None


_UFW = "/etc/ufw/ufw.conf"
_UFW_DEFAULTS = "/etc/default/ufw"


def _ufw(tree: Tree) -> Writer | None:
    """ufw is switched on in its own file; which file of values it loads stands in its defaults."""
    if _assigned(tree, _UFW, "ENABLED").lower() != "yes":
        return None
    path = _assigned(tree, _UFW_DEFAULTS, "IPT_SYSCTL")
    content = tree.read(path) if path.startswith("/") else None
    values: dict[str, Written] = {}
    if isinstance(content, Content):
        for line in procps.assignments(path, content, Load("procps", "")):
            if line.raw is not None:
                key = swapped(line.path)
                values[key] = Written(key, line.raw, line.location)
    return Writer("ufw", path or _UFW, tuple(values.values()))


def _assigned(tree: Tree, path: str, name: str) -> str:
    """Return what a file of shell assignments gives a name, without quotes; empty when it does not."""
    content = tree.read(path)
    value = ""
    for line in content.text.splitlines() if isinstance(content, Content) else ():
        word, equals, text = line.strip().partition("=")
        if equals and word == name:
            value = text.split(" #")[0].strip().strip("\"'")
    return value
