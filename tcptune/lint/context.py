"""What files say about others of their tree: modules loaded at boot, parameters set, sysctls that a kubelet allows."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence

from tcptune.model.late import late
from tcptune.sources import nix
from tcptune.sources.base import Text, named_modules

Trees = tuple[tuple[str, frozenset[str]], ...]
"""Paths that others begin with, and the names of what concerns them."""

Parts = dict[str, frozenset[str]]
"""What is applied as a whole, and the names of what concerns it."""

Mentions = dict[str, dict[str, set[str]]]
"""By role or the like, parameters with the files that name them."""

_ROLE = re.compile(r"^(?:.*/)?roles/[^/]+/")
_PART = re.compile(r"^(?:.*/)?(?=(?:tasks|defaults|vars|files|templates|recipes|attributes|manifests)/)")
_HOST = late(r"(?:(?:usr/local/lib|usr/lib|etc|run|lib)/)?modules-load\.d/")
_TASKS = late(r"^(?P<tree>(?:.*/)?)tasks/")

_CODE = (".pp", ".rb", ".sls", ".nix", ".yml", ".yaml")
"""How the names of files end that load modules for what is applied with them."""

_PARTS_OF = frozenset(
    {"scripts", "script", "bin", "sbin", "k8s", "kubernetes", "install", "setup", "tools", "hack"}
) | {*("deploy", "provision", "provisioning", "bootstrap", "utils")}
"""Names of folders in which a project has the scripts for what stands beside them."""

_OPENWRT_TREE = late(r"(?:^|/)(?:[\w.-]*openwrt[\w.-]*|base-files/files)/", re.IGNORECASE)
_OPENWRT_TEXT = late(
    r"\A#![^\n]*/etc/rc\.common\b|\buci[ \t]+(?:-\w+[ \t]+)*(?:set|add|add_list|delete|commit|batch)\b"
    r"|\bbase-files/files/etc/|(?i:\bopenwrt\b)"
    r"|^# Defaults are configured in /etc/sysctl\.d/\* and can be customized in this file"
    r"|\bnf_conntrack_skip_filter\b",
    re.MULTILINE,
)
_UFW = late(r"(?:^|/)ufw/sysctl\.conf(?:\.\w+)?$")
_BY_UFW = {"nf_conntrack"}
_OTHER_HOSTS = late(r"\b(?:apt(?:-get)?|yum|dnf|systemctl)[ \t]+\w")


def modules(loading: Iterable[tuple[str, bytes]]) -> tuple[Trees, Parts, Trees]:
    """Return for each tree (a path that others begin with) the modules that it loads at boot, and those of parts.

    A file of modules-load.d speaks for the tree it stands in, or its role; tasks that run modprobe or write such a file
    for their role or playbook; manifests, recipes, states and modules of NixOS for what is applied with them. Beside
    these are the modules that scripts write into such a file: another script may run without them.
    """
    found: dict[str, set[str]] = {}
    parts: dict[str, set[str]] = {}
    written: dict[str, set[str]] = {}
    for path, data in loading:
        role = _ROLE.match(path)
        host = _HOST.search(path)
        tasks = _TASKS.match(path)
        text = data.decode("utf-8", "replace")
        if host is not None:
            names = {row.strip() for row in text.split("\n")}
            names = {name for name in names if name and name[0] not in "#;"}
            tree = role[0] if role else path[: host.start()]
            found.setdefault(tree, set()).update(names)
        elif tasks is not None:
            found.setdefault(role[0] if role else tasks["tree"], set()).update(named_modules(text))
        elif not path.endswith(_CODE):
            written.setdefault(role[0] if role else _of_script(path), set()).update(_written(path, text))
        else:
            names = nix.modules(text) if path.endswith(".nix") else named_modules(text)
            parts.setdefault(_part(path), set()).update(names)
    return _trees(found), {part: frozenset(names) for part, names in parts.items() if names}, _trees(written)


def _trees(found: dict[str, set[str]]) -> Trees:
    return tuple(sorted((tree, frozenset(names)) for tree, names in found.items() if names))


def _written(path: str, text: str) -> set[str]:
    """Return the modules that a script writes into modules-load.d."""
    from tcptune.sources.shell_lexer import lex
    from tcptune.sources.shell_modules import loaded_at_boot
    from tcptune.sources.shell_names import is_script

    return loaded_at_boot(lex(text)) if is_script(Text(path, text)) else set()


def _of_script(path: str) -> str:
    """Return the tree of a script that writes into modules-load.d: its folder, and what stands beside that folder.

    What is beside it belongs to it in a repository, or where the folder's name says that it is a part of something;
    it may else be one of many projects.
    """
    folder = path.rpartition("/")[0]
    above, _, name = folder.rpartition("/")
    own = f"{folder}/" if folder else ""
    if not folder or os.path.exists(f"{folder}/.git"):  # noqa: PTH110
        return own
    part = above not in ("", ".", "..") and name.lower() in _PARTS_OF
    return (f"{above}/" if above else "") if part or os.path.exists(f"{above or '.'}/.git") else own  # noqa: PTH110


def loaded(path: str, trees: Trees, parts: Parts) -> set[str]:
    """Return the modules that are loaded at boot where this file is in force, or by what is applied with it."""
    found = {name for tree, names in trees if _below(path, tree) for name in names}
    return found.union(parts.get(_part(path), ())) if parts else found


def mentions(candidates: Iterable[tuple[str, bytes, bool]], keys: Iterable[str]) -> Mentions:
    """Return for what is applied as a whole its files that name one of the keys: they may set it for the others."""
    words = {key: key.rpartition(".")[2].encode() for key in keys}
    found: Mentions = {}
    for path, data, _ in candidates:
        for key, word in words.items():
            if word in data:
                found.setdefault(_unit(path), {}).setdefault(key, set()).add(path)
    return found


def beside(path: str, mentioned: Mentions) -> frozenset[str]:
    """Return the keys that other files name which are applied together with this one."""
    keys = mentioned.get(_unit(path), {}) if mentioned else {}
    return frozenset(key for key, files in keys.items() if len(files) > 1 or path not in files)


def _part(path: str) -> str:
    """Return what a file is applied with when it comes to modules: also the states of one folder of Salt."""
    unit = _unit(path.removeprefix("./"))
    return path.removeprefix("./").rpartition("/")[0] if path.endswith(".sls") else unit.rstrip("/")


def _unit(path: str) -> str:
    """Return what is applied as a whole: a role, a cookbook, a folder of NixOS' modules; else the file alone."""
    unit = _ROLE.match(path) or _PART.match(path)
    return unit[0] if unit else path.rpartition("/")[0] if path.endswith(".nix") else path


OPENWRT = {"nf_conntrack", "br_netfilter"}
"""The modules that OpenWrt loads before it reads its sysctl files.

Its /etc/init.d/boot runs kmodloader (S10), /etc/init.d/sysctl comes after it (S11); there is no modules-load.d.
"""


def by_firmware(path: str, text: str) -> set[str]:
    """Return the modules that a router's own boot has loaded, for a file that is for such a router.

    ufw has its own file read when its rules are in force, and these ask for the state of connections.
    """
    if _UFW.search(path):
        return _BY_UFW
    if _OPENWRT_TREE.search(os.path.abspath(path)) or (  # noqa: PTH100
        _OPENWRT_TEXT.search(text) and not _OTHER_HOSTS.search(text)
    ):
        return OPENWRT
    return set()


def _below(path: str, tree: str) -> bool:
    if tree.startswith("..") or (tree.startswith("/") and not path.startswith("/")):
        # What stands beside the working directory, or where a link leads, is compared by its real place.
        path, tree = os.path.realpath(path), os.path.join(os.path.realpath(tree), "")  # noqa: PTH118
    return path.removeprefix("./").startswith(tree.removeprefix("./"))


def allowed(candidates: Sequence[tuple[str, bytes, bool]]) -> frozenset[str]:
    """Return the unsafe sysctls that a kubelet's configuration among these files allows."""
    found: set[str] = set()
    for path, data, named in candidates:
        if b"llowedUnsafeSysctls" in data or b"llowed-unsafe" in data:
            from tcptune.lint import reading

            file = reading.read(path, data, named=named)
            found |= file.reading.allowed_unsafe if file is not None else set()
    return frozenset(found)
