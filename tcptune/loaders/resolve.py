"""Both loaders on one tree: what each would set, and where they part."""

from __future__ import annotations

from tcptune.loaders import procps, systemd
from tcptune.loaders.kernel import Kernel
from tcptune.loaders.outcome import Load, LoadedValue
from tcptune.loaders.tree import Tree
from tcptune.loaders.versions import LoaderVersions, installed
from tcptune.model.record import dataclass


@dataclass(frozen=True, slots=True)
class Resolution:
    """What the loaders of a tree would do; a loader that is not installed has no part in it (None)."""

    versions: LoaderVersions
    systemd: Load | None
    procps: Load | None

    @property
    def loads(self) -> list[Load]:
        """Return the loads there are, the boot's first."""
        return [load for load in (self.systemd, self.procps) if load is not None]

    def differing(self) -> list[tuple[str, LoadedValue | None, LoadedValue | None]]:
        """Return the keys that the two would leave with different texts: key, systemd's value, procps' value."""
        if self.systemd is None or self.procps is None:
            return []
        left, right = self.systemd.values, self.procps.values
        rows = [(key, left.get(key), right.get(key)) for key in sorted(left.keys() | right.keys())]
        return [row for row in rows if _text(row[1]) != _text(row[2])]


def resolve(tree: Tree, kernel: Kernel, versions: LoaderVersions | None = None, *, both: bool = False) -> Resolution:
    """Run the models of the loaders that a tree has (of both with `both`) on its files and a kernel.

    `versions` are those of the tree itself unless given. Without any loader in the tree, both are run.
    """
    versions = versions or installed(tree)
    neither = not versions.has_systemd and not versions.has_procps
    return Resolution(
        versions,
        systemd.load(tree, kernel, versions.systemd) if both or neither or versions.has_systemd else None,
        procps.load(tree, kernel, versions.procps) if both or neither or versions.has_procps else None,
    )


def reads(tree: Tree, load: Load, path: str) -> bool:
    """Tell whether a loader reads a file, by its name or through a link (99-sysctl.conf leads to sysctl.conf)."""
    real = tree.resolve(path).real
    return any(tree.resolve(read).real == real for read in load.files_read)


def _text(value: LoadedValue | None) -> tuple[str, ...] | None:
    return None if value is None else tuple(value.raw.split())
