"""The host's files with one of them as it will be: what the loaders would read after the change."""

from __future__ import annotations

import os

from tcptune.audit.access import Mode, Stat, on_disk
from tcptune.loaders.tree import DiskTree, Kind


class Overlay(DiskTree):
    """This host's files, but `path` holds `text`, or is not there when that is None."""

    def __init__(self, path: str, text: str | None) -> None:
        super().__init__("/")
        self._path = os.path.join(os.path.realpath(os.path.dirname(path)), os.path.basename(path))  # noqa: PTH118,PTH119,PTH120
        self._text = None if text is None else text.encode("utf-8", "surrogateescape")

    def _kind(self, path: str) -> Kind:
        if path == self._path:
            return "missing" if self._text is None else "file"
        return super()._kind(path)

    def _list(self, path: str) -> list[str]:
        names = super()._list(path)
        head, name = os.path.split(self._path)
        if path.rstrip("/") != head:
            return names
        return [each for each in names if each != name] + ([name] if self._text is not None else [])

    def _read(self, path: str, limit: int) -> bytes:
        if path == self._path and self._text is not None:
            return self._text[:limit]
        return super()._read(path, limit)

    def stat(self) -> Stat:
        """Return what looks at modes and owners; the file that will be is root's."""
        look = on_disk(self)
        return lambda path: Mode(0o644, 0, 0) if path == self._path else look(path)
