"""Which parameters are not there yet when the loaders run at boot: those of modules that something loads later."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from tcptune.catalog import parameter
from tcptune.catalog.modules import NEEDS_CONNTRACK
from tcptune.loaders.kernel import Kernel, Node
from tcptune.loaders.tree import Content, Failure, Tree
from tcptune.model.version import Target

FOLDERS = ("/etc/modules-load.d", "/run/modules-load.d", "/usr/local/lib/modules-load.d", "/usr/lib/modules-load.d")
MODULES = "/etc/modules"
FAMILIES = {
    "nf_conntrack": ("net.netfilter.nf_conntrack_", "net.nf_conntrack_max"),
    "br_netfilter": ("net.bridge.bridge-nf-",),
}
"""Module → the beginnings of the keys that it brings."""

MODPROBE = ("/etc/modprobe.d", "/run/modprobe.d", "/usr/local/lib/modprobe.d", "/usr/lib/modprobe.d", "/lib/modprobe.d")
RULES = ("/etc/udev/rules.d",)
"""Where an administrator's rules of udev stand; packages bring none for these modules."""

_FOR_MODULE = re.compile(r'\bSUBSYSTEM\s*==\s*"module"')
_KERNEL = re.compile(r'\bKERNEL\s*==\s*"([^"]*)"')
_PREFIX = re.compile(r"--prefix[= ](\S+?)[\"' ]")


def module_of(key: str) -> str | None:
    """Return the module that brings a parameter; None for one that is always there."""
    entry = parameter(key)
    if entry is not None and entry.lifetime.module:
        return entry.lifetime.module
    return next((module for module, families in FAMILIES.items() if key.startswith(families)), None)


def needs_late(tree: Tree, target: Target, *, systemd: bool = True) -> tuple[str, ...]:
    """Return the beginnings of the keys that the loader at boot, systemd-sysctl or another one, does not find.

    A module that stands in modules-load.d is loaded before, and so is what it needs; one that is built in is there. A
    rule of udev may run systemd-sysctl again when the module comes, as sysctl.d(5) has it.
    """
    early = {found for name in _loaded_early(tree, systemd) for found in (name, *_needed(name))} | _built_in(
        tree, target
    )
    late = [(module, family) for module, families in FAMILIES.items() if module not in early for family in families]
    return tuple(family for module, family in late if not by_udev(tree, module, family)) if late else ()


def _needed(name: str) -> tuple[str, ...]:
    return ("nf_conntrack",) if NEEDS_CONNTRACK.fullmatch(name) else ()


def _loaded_early(tree: Tree, systemd: bool) -> set[str]:
    """Return the modules that systemd-modules-load loads: a name in /etc masks the same name below it.

    Debian's /etc/modules is read through a link in /etc/modules-load.d, and only through that; OpenRC reads it itself.
    """
    found = {word[0] for word in _words(tree, FOLDERS, "#;")}
    if not systemd:
        found |= {word[0] for word in words_of(tree, MODULES, "#;")}
    denied = set()
    if found:
        for word in modprobe(tree):
            if word[0] == "blacklist" or (word[0] == "install" and idle(word)):
                denied.add(_named(word[1]) if len(word) > 1 else "")
    return {_named(name) for name in found} - denied


def modprobe(tree: Tree) -> Iterator[list[str]]:
    """Yield the words of each line of modprobe's configuration."""
    return _words(tree, MODPROBE, "#")


def idle(words: Sequence[str]) -> bool:
    """Tell whether an install line of modprobe runs a program that does nothing, so that the module never comes."""
    return tuple(words[2:3]) in (("/bin/true",), ("/bin/false",), ("/usr/bin/true",), ("/usr/bin/false",))


def _named(module: str) -> str:
    return module.replace("-", "_")


def _words(tree: Tree, folders: Sequence[str], comments: str) -> Iterator[list[str]]:
    """Yield the words of each line of the .conf files in some folders."""
    paths: dict[str, str] = {}
    for folder in folders:
        names = tree.names(folder)
        for name in () if isinstance(names, Failure) else names:
            if name.endswith(".conf") and not name.startswith("."):
                paths.setdefault(name, f"{folder}/{name}")
    for path in paths.values():
        yield from words_of(tree, path, comments)


def words_of(tree: Tree, path: str, comments: str) -> Iterator[list[str]]:
    """Yield the words of each line of a file; no line where it cannot be read."""
    content = tree.read(path)
    for line in content.text.splitlines() if isinstance(content, Content) else ():
        words = line.split()
        if words and words[0][0] not in comments:
            yield words


def by_udev(tree: Tree, module: str, family: str) -> bool:
    """Tell whether a rule of udev runs a loader for these keys when the module comes."""
    for folder in RULES:
        names = tree.names(folder)
        for name in () if isinstance(names, Failure) else names:
            content = tree.read(f"{folder}/{name}") if name.endswith(".rules") else None
            for line in content.text.splitlines() if isinstance(content, Content) else ():
                if line.lstrip().startswith("#") or not _FOR_MODULE.search(line) or "systemd-sysctl" not in line:
                    continue
                kernel, prefixes = _KERNEL.findall(line), _PREFIX.findall(line)
                dotted = [prefix.removeprefix("/proc/sys").strip("/").replace("/", ".") for prefix in prefixes]
                if module in kernel and (not dotted or family.startswith(tuple(dotted))):
                    return True
    return False


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
