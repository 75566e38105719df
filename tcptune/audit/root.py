"""An image, a container's files or a backup: what its loaders would set, without any live value."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tcptune.audit.access import on_disk
from tcptune.audit.gather import Request
from tcptune.audit.modules import Without
from tcptune.audit.origins import origins
from tcptune.audit.refused import refused
from tcptune.audit.rows import rows
from tcptune.audit.verdict import wrong
from tcptune.catalog import parameter, parameters
from tcptune.catalog.distributions import vendor_of
from tcptune.catalog.targets import newest, resolve
from tcptune.errors import TcptuneError
from tcptune.live.host import parse_os_release
from tcptune.loaders.kernel import Accepts, Kernel, Keys, Node
from tcptune.loaders.tree import Content, DiskTree, Failure
from tcptune.model.finding import Finding, order
from tcptune.model.host import Host, Pressure
from tcptune.model.origin import Origins
from tcptune.model.report import AuditReport, Part
from tcptune.model.setting import Setting
from tcptune.model.version import KernelVersion, Target
from tcptune.rules.registry import run, select
from tcptune.rules.view import View

if TYPE_CHECKING:
    from tcptune.profiles.compare import Seen


def audit_root(root: str, request: Request) -> AuditReport:
    """Audit the files below a folder. Raises `TcptuneError` when it is none, or for an unknown kernel."""
    host, found = _read(root, request.kernel)
    settings = _settings(found)
    view = View(settings, (host.target,), options=request.thresholds, origins=found)
    findings, accepted = _judged(view, host, found, request)
    rules = select(request.select, request.ignore)
    findings += refused(found, host.target, rules, request.thresholds, request.policy)
    # A manager's line that turns a drop-in's value back to the default does change something.
    managed = {line.at.path for source in found.sources.values() for line in source.managers}
    findings = [one for one in findings if one.rule != "TT205" or one.at is None or one.at.path not in managed]
    findings.sort(key=order)
    table = rows(
        {key: one for key, one in settings.items() if _exists(key, host.target)}, host, findings, found, live=False
    )
    number = len(settings)
    said = f"The files of {root} set {number} parameter{'' if number == 1 else 's'}; no live value was looked at."
    return AuditReport((said, wrong(findings)), Part(host, table, Pressure()), tuple(findings), accepted=accepted)


def files_of(root: str, request: Request) -> Seen:
    """Return what the files below a folder give, for a profile to be held against. Raises `TcptuneError`."""
    from tcptune.audit.policy import of_files

    return of_files(*_read(root, request.kernel))


def _read(root: str, kernel: str | None) -> tuple[Host, Origins]:
    """Return the host that the files are of, and what they say."""
    if not Path(root).is_dir():
        raise TcptuneError(f"{root}: there is no such folder")
    tree = DiskTree(root)
    if isinstance(tree.names("/"), Failure):
        raise TcptuneError(f"{root}: may not be read by this user")
    host = _host(tree, kernel)
    found = origins(
        tree,
        kernel_of(host.target),
        host.target,
        stat=on_disk(tree),
        host=host if host.memory_bytes else None,
        hz=host.hz,
    )
    return replace(host, limits=(*host.limits, *found.problems)), found


def _judged(view: View, host: Host, found: Origins, request: Request) -> tuple[list[Finding], tuple[str, ...]]:
    rules = select(request.select, request.ignore)
    if request.policy is None:
        return sorted(run(view, rules), key=order), ()
    from tcptune.audit.policy import comparison, of_files

    view = replace(view, policy=comparison(request.policy, of_files(host, found)))
    left, accepted = request.policy.sift(run(view, rules))
    return sorted(left, key=order), accepted


def _exists(key: str, target: Target) -> bool:
    entry = parameter(key)
    return entry is not None and entry.exists(target)


def kernel_of(target: Target) -> Callable[[Accepts, tuple[str, ...]], Kernel]:
    """Return what makes a kernel of which names are known: in families that are not known whole, any key is there."""
    from tcptune.catalog.names import all_names

    def make(accepts: Accepts, absent: tuple[str, ...]) -> Kernel:
        there = [entry for entry in parameters().values() if entry.exists(target)]
        locked = [entry.key for entry in there if not entry.mode & 0o222]
        listed = [key for name in all_names() for key in _spelled_out(name) if _may_exist(key, target)]
        keys = Keys([*(entry.key for entry in there), *listed], complete=False, read_only=locked, accepts=accepts)
        return Without(Named(keys, target), absent)

    return make


TOP = tuple(
    f"{name}." for name in ("abi", "crypto", "debug", "dev", "fs", "kernel", "net", "sunrpc", "user", "vm", "xen")
)
"""The folders of /proc/sys."""


class Named:
    """A kernel without the names of the families known whole that its release does not have."""

    def __init__(self, kernel: Kernel, target: Target) -> None:
        self._kernel = kernel
        self._target = target

    def look(self, path: str) -> Node | None:
        """Return what stands at a path."""
        from tcptune.catalog.names import COMPLETE

        node = self._kernel.look(path)
        if node is None or node.kind != "file":
            return node
        if node.key.startswith("net.ipv4/") or not node.key.startswith(TOP):
            return None
        if not node.key.startswith(COMPLETE):
            return node
        return node if _may_exist(node.key, self._target) else None

    def names(self, folder: str) -> Iterable[str]:
        """Return the names in a folder."""
        return self._kernel.names(folder)

    def write(self, path: str, text: str) -> str:
        """Return the error that writing a text gives."""
        return self._kernel.write(path, text)


def _may_exist(key: str, target: Target) -> bool:
    """Tell whether a kernel may have a key; a distribution's may have what came later."""
    from tcptune.catalog.names import known

    entry = parameter(key)
    if entry is not None:
        return entry.exists(target)
    name = known(key)
    if name is None or (name.last is not None and target.version.release > name.last.release):
        return False
    return target.vendor is not None or target.version.release >= name.first.release


def _spelled_out(name: str) -> tuple[str, ...]:
    """Return the keys of the interfaces that every host has."""
    if "*" not in name:
        return (name,)
    if not name.startswith(("net.ipv4.conf.*.", "net.ipv6.conf.*.", "net.ipv4.neigh.*.", "net.ipv6.neigh.*.")):
        return ()
    return tuple(name.replace("*", one) for one in ("all", "default", "lo") if one != "all" or ".conf." in name)


def _settings(found: Origins) -> dict[str, Setting]:
    """Return what stands in the files at the end of a boot, managers' too, or by hand where nothing does so at boot."""
    settings = {}
    for key, source in found.sources.items():
        line = source.managers[-1] if source.managers else source.systemd or source.procps
        if line is not None:
            settings[key] = replace(line.setting, spelled=key, facts=frozenset({"loader"}))
    return settings


def _host(tree: DiskTree, named: str | None) -> Host:
    told = [one for path in ("/etc/os-release", "/usr/lib/os-release") if isinstance(one := tree.read(path), Content)]
    system = parse_os_release(told[0].text if told else "")
    target, release, limits = _kernel(tree, named, system)
    name = system.get("PRETTY_NAME") or system.get("NAME", "")
    return Host(kernel=target.version, release=release, vendor=target.vendor, distro=name, limits=limits)


def _kernel(tree: DiskTree, named: str | None, system: dict[str, str]) -> tuple[Target, str, tuple[str, ...]]:
    """Return the kernel to judge for, its release, and what is to be said of that."""
    if named is not None:
        return resolve(named), "", ()
    release = _installed(tree)
    ident, number = system.get("ID", ""), system.get("VERSION_ID", "")
    if release:
        version = KernelVersion.parse(release)
        return Target(version, vendor_of(release, ident, number), str(version)), release, ()
    try:
        target = resolve(f"{ident}{number}")
    except TcptuneError:
        target = newest()
        return target, "", (f"no kernel is known here: judged for {target}; --kernel names another",)
    return target, "", (f"no kernel is installed here: judged for that of {target}",)


def _installed(tree: DiskTree) -> str:
    """Return the newest kernel of /lib/modules; empty when there is none."""
    names = tree.names("/lib/modules")
    found = []
    for name in () if isinstance(names, Failure) else names:
        try:
            found.append((KernelVersion.parse(name), name))
        except ValueError:
            continue
    return max(found)[1] if found else ""
