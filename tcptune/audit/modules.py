"""Which parameters are not there yet when the loaders run at boot: those of modules that something loads later."""

from __future__ import annotations

from collections.abc import Iterable

from tcptune.catalog import parameter
from tcptune.loaders.kernel import Kernel, Node
from tcptune.loaders.tree import Content, Failure, Tree
from tcptune.model.version import Target

FOLDERS = ("/etc/modules-load.d", "/run/modules-load.d", "/usr/local/lib/modules-load.d", "/usr/lib/modules-load.d")
FAMILIES = {
    "nf_conntrack": ("net.netfilter.nf_conntrack_", "net.nf_conntrack_max"),
    "br_netfilter": ("net.bridge.bridge-nf-",),
}
"""Module → the beginnings of the keys that it brings."""


def module_of(key: str) -> str | None:
    """Return the module that brings a parameter; None for one that is always there."""
    entry = parameter(key)
    if entry is not None and entry.lifetime.module:
        return entry.lifetime.module
    return next((module for module, families in FAMILIES.items() if key.startswith(families)), None)


def needs_late(tree: Tree, target: Target) -> tuple[str, ...]:
    """Return the beginnings of the keys that systemd-sysctl does not find at boot.

    A module that stands in modules-load.d (or Debian's /etc/modules) is loaded before; one that is built in is there.
    """
    early = _loaded_early(tree) | _built_in(tree, target)
    return tuple(family for module, families in FAMILIES.items() if module not in early for family in families)


def _loaded_early(tree: Tree) -> set[str]:
    """Return the modules that systemd-modules-load loads: a name in /etc masks the same name below it."""
    paths: dict[str, str] = {}
    for folder in FOLDERS:
        names = tree.names(folder)
        for name in () if isinstance(names, Failure) else names:
            if name.endswith(".conf") and not name.startswith("."):
                paths.setdefault(name, f"{folder}/{name}")
    found: set[str] = set()
    for path in (*paths.values(), "/etc/modules"):
        content = tree.read(path)
        for line in content.text.splitlines() if isinstance(content, Content) else ():
            word = (line.split() or ["#"])[0]
            if word[0] not in "#;":
                found.add(word.replace("-", "_"))
    return found


def _built_in(tree: Tree, target: Target) -> set[str]:
    """Return the modules that are part of the kernel.

    /sys/module has such a module without a state of initialisation; an image has the list of its kernels.
    """
    found = {
        module
        for module in FAMILIES
        if tree.resolve(f"/sys/module/{module}").kind == "folder"
        and tree.resolve(f"/sys/module/{module}/initstate").kind == "missing"
    }
    releases = tree.names("/lib/modules")
    for release in () if isinstance(releases, Failure) else releases[-1:]:
        content = tree.read(f"/lib/modules/{release}/modules.builtin")
        if isinstance(content, Content):
            found |= {module for module in FAMILIES if f"/{module}.ko" in content.text}
    return found


class Without:
    """A kernel before some modules are loaded: `families` are the beginnings of the keys that are not there yet."""

    def __init__(self, kernel: Kernel, families: tuple[str, ...]) -> None:
        self._kernel = kernel
        self._families = families

    def look(self, path: str) -> Node | None:
        """Return what stands at a path, None for a key of an absent module."""
        node = self._kernel.look(path)
        return None if node is None or node.key.startswith(self._families) else node

    def names(self, folder: str) -> Iterable[str]:
        """Return the names in a folder; those of an absent module lead nowhere."""
        return self._kernel.names(folder)

    def write(self, path: str, text: str) -> str:
        """Return the error that writing a text gives."""
        return self._kernel.write(path, text)
