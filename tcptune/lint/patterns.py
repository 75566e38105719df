"""Paths that a configuration names: patterns as in a .gitignore, seen from the folder of the configuration file."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Generic, TypeVar

T = TypeVar("T")


class Patterns(Generic[T]):
    """What a configuration says of paths, in its order; `base` is the folder that its patterns are seen from."""

    def __init__(self, entries: Sequence[tuple[str, T]] = (), base: str = "") -> None:
        self.base = base
        self._entries = entries
        self._known: dict[str, list[T]] = {}
        if entries:
            from pathspec import GitIgnoreSpec

            self._specs = [GitIgnoreSpec.from_lines([pattern]) for pattern, _ in entries]

    def of(self, path: str) -> list[T]:
        """Return what is said of a path, the last word last."""
        if not self._entries:
            return []
        found = self._known.get(path)
        if found is None:
            seen = self._seen(path)
            found = [
                value for spec, (_, value) in zip(self._specs, self._entries, strict=True) if spec.match_file(seen)
            ]
            self._known[path] = found
        return found

    def last(self, path: str) -> T | None:
        """Return the last of what is said of a path: a later entry beats the ones before."""
        found = self.of(path)
        return found[-1] if found else None

    def _seen(self, path: str) -> str:
        """Return the path as seen from the base; one that lies outside stays as it is."""
        if not self.base:
            return path
        whole = os.path.normpath(os.path.join(os.getcwd(), path))  # noqa: PTH109, PTH118
        inside = os.path.relpath(whole, self.base) if _same_drive(whole, self.base) else path
        return path if inside.startswith("..") else inside


def _same_drive(one: str, other: str) -> bool:
    return os.path.splitdrive(one)[0].lower() == os.path.splitdrive(other)[0].lower()
