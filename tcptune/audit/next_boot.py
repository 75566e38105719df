"""A host's files as the next boot finds them: /run is empty then."""

from __future__ import annotations

from tcptune.loaders.tree import Kind, Tree

RUN = "/run"
PLACES = ("/run/sysctl.d", "/run/modules-load.d", "/run/modprobe.d")


def lasting(tree: Tree) -> Tree:
    """Return the tree without what is gone after a boot; the same one where nothing is."""
    return Lasting(tree) if any(_has_files(tree, place) for place in PLACES) else tree


def _has_files(tree: Tree, folder: str) -> bool:
    return tree.resolve(folder).kind == "folder" and tree.names(folder) != []


class Lasting(Tree):
    """A tree without the folders of /run: a tmpfs that is made anew at every boot."""

    def __init__(self, tree: Tree) -> None:
        super().__init__()
        self._tree = tree
        self._bounded = tree._bounded

    def _kind(self, path: str) -> Kind:
        return "missing" if path.startswith(f"{RUN}/") else self._tree._kind(path)

    def _target(self, path: str) -> str | None:
        return self._tree._target(path)

    def _list(self, path: str) -> list[str]:
        return self._tree._list(path)

    def _read(self, path: str, limit: int) -> bytes:
        return self._tree._read(path, limit)
