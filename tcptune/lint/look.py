"""A quick look at files: which may hold settings, and which of those concern other files too.

Rules, catalogue and formats are imported when the first such file is met: most files of a repository hold none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import field

from tcptune.lint import discover
from tcptune.model.late import late
from tcptune.model.record import dataclass
from tcptune.sources.hints import LOADS, foreign, worth

MENTIONED = late(LOADS.encode())
"""What tasks, manifests, recipes and states that load a module mention."""

_VARIABLES = ("/defaults/", "/vars/")
_PARTS = {
    "pp": ("manifests/",),
    "rb": ("recipes/", "attributes/"),
    "sls": ("",),
    "nix": ("",),
    "yml": _VARIABLES,
    "yaml": _VARIABLES,
}
"""By the ends of names, the folders (any for "") whose files load modules for others that are applied with them."""

_BRING = (b"conntrack", b"bridge", b"br_netfilter", b"ip_vs")
_SCRIPT = (".sh", ".bash")
_WRITTEN = b"/modules-load.d/"
"""What scripts mention that have modules loaded at boot."""

_ENDS = tuple(f".{suffix}" for suffix in _PARTS)
_YAML = (".yml", ".yaml")
_CODE = tuple(end for end in _ENDS if end not in _YAML)

Candidate = tuple[str, bytes, bool]
"""A file that may hold settings: its path, its bytes, and whether it was named itself."""


@dataclass(frozen=True, slots=True)
class Share:
    """What files say about others: the sysctls that a kubelet allows, and the modules that each tree loads at boot.

    `parts` are the modules that are loaded by what is applied as a whole, as a module of Puppet is. `mentioned` are
    parameters that relations ask for, by the roles whose files name them. `written` are modules that scripts have
    loaded at boot for the other files of their trees. `context` are the files that were read only
    to know of what surrounds the given ones.
    """

    allowed: frozenset[str] = frozenset()
    modules: tuple[tuple[str, frozenset[str]], ...] = ()
    parts: dict[str, frozenset[str]] = field(default_factory=dict)
    context: frozenset[str] = frozenset()
    mentioned: dict[str, dict[str, set[str]]] = field(default_factory=dict)
    written: tuple[tuple[str, frozenset[str]], ...] = ()


@dataclass(slots=True)
class Look:
    """The files one process looks at."""

    candidates: list[Candidate] = field(default_factory=list)
    loading: list[tuple[str, bytes]] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)

    def files(self, files: Iterable[tuple[str, bool]]) -> None:
        """Read the files and keep those that may hold settings."""
        found = discover.Found(self.skipped)
        for path, named in files:
            if foreign(path) and not named:
                continue
            data = discover.load(path, named, found)
            if data is not None:
                self.add(path, data, named)

    def add(self, path: str, data: bytes, named: bool) -> None:
        """Keep a file that may hold settings, or that loads modules."""
        useful = worth(path, data)
        if useful:
            self.candidates.append((path, data, named))
        # By what costs least first: this is asked of every file of a repository.
        if path.endswith(_SCRIPT):
            loads = _WRITTEN in data or ("tasks" in path and _may_load(path, data))
        elif path.endswith(_YAML):
            loads = ("tasks" in path or "/defaults/" in path or "/vars/" in path) and _may_load(path, data)
        elif path.endswith(_CODE) or "tasks" in path or "modules-load.d/" in path:
            loads = _may_load(path, data)
        else:
            loads = useful and _WRITTEN in data and _plain(path)
        if loads:
            self.loading.append((path, data))

    def take(self, other: Look) -> None:
        """Take over what another process found."""
        self.candidates += other.candidates
        self.loading += other.loading
        self.skipped += other.skipped

    def share(self, context: Sequence[str] = ()) -> Share:
        """Return what holds for the files of all processes; `context` are those that nothing is told of."""
        from tcptune.lint.context import allowed, mentions, modules
        from tcptune.rules.relations import DEFAULTS

        named = mentions(self.candidates, DEFAULTS)
        trees, parts, written = modules(self.loading)
        return Share(allowed(self.candidates), trees, parts, frozenset(context), named, written)


def _plain(path: str) -> bool:
    return "." not in path.rpartition("/")[2]


def _may_load(path: str, data: bytes) -> bool:
    """Tell whether tasks or code may load a module that brings parameters with it, by what costs least first."""
    if "modules-load.d/" in path:
        return True
    tasks = "tasks" in path
    if not tasks and not path.endswith(_ENDS):
        return False
    if not tasks and not any(folder in path for folder in _PARTS[path.rpartition(".")[2]]):
        return False
    if path.endswith(".nix"):
        return b"ernelModules" in data or (b"networking" in data and b"nat" in data)
    return b"mod" in data and any(name in data for name in _BRING) and MENTIONED.search(data) is not None
