"""A folder that is a host's file system: an image, a container's files, a backup, or what a repository lays over one.

What the loaders make of it as a whole comes in as `Origins`; here is which files that are, and how what is found there
and in the single files comes together in one report.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tcptune.errors import TcptuneError
from tcptune.loaders.folders import FOLDERS, MAIN
from tcptune.loaders.tree import DiskTree, Failure
from tcptune.loaders.writers import writers
from tcptune.model.finding import Finding, Related
from tcptune.model.origin import Line, Origins
from tcptune.model.setting import Location, Setting
from tcptune.rules.registry import run
from tcptune.rules.view import View

if TYPE_CHECKING:
    from tcptune.lint.check import Options
    from tcptune.lint.reading import File
    from tcptune.rules.base import Rule

MODULES = ("/etc/modules-load.d", "/run/modules-load.d", "/usr/local/lib/modules-load.d", "/usr/lib/modules-load.d")
TOGETHER = ("TT105", "TT3", "TT50", "TT701")
"""Rules that are about the host as a whole: no single file of it tells whether they hold."""


class Root:
    """A host's files below a folder, by the paths that they have on the host and from here."""

    def __init__(self, folder: str) -> None:
        """Take a folder. Raises `TcptuneError` when it is none, or may not be read."""
        if not Path(folder).is_dir():
            raise TcptuneError(f"{folder}: there is no such folder")
        self.folder = folder
        self.tree = DiskTree(folder)
        if isinstance(self.tree.names("/"), Failure):
            raise TcptuneError(f"{folder}: may not be read by this user")

    def shown(self, path: str) -> str:
        """Return the path from here of a path on the host; its links are followed inside the folder."""
        inside = self.tree.resolve(path).real.lstrip("/")
        return os.path.normpath(os.path.join(self.folder, inside)).replace(os.sep, "/")  # noqa: PTH118

    def settings(self) -> list[str]:
        """Return the files that set parameters at boot, from here: drop-ins, sysctl.conf, the managers' own files."""
        masked = self._masked()
        paths = [path for folder in FOLDERS for path in self._names(folder) if path not in masked]
        paths += [MAIN, *(one.location.path for writer in writers(self.tree) for one in writer.values)]
        return self._files(paths)

    def modules(self) -> list[str]:
        """Return the files that name modules to load at boot, from here."""
        return self._files([path for folder in MODULES for path in self._names(folder)])

    def given(self, paths: Iterable[str]) -> list[str]:
        """Return paths on the host (with or without the leading slash) from here.

        Raises `TcptuneError` for one that is not there.
        """
        found = []
        for path in paths:
            kind = self.tree.resolve(path).kind
            if kind in ("missing", "not-a-folder", "loop", "denied"):
                raise TcptuneError(f"{path}: there is no such file below {self.folder}")
            found.append(self.shown(path))
        return found

    def _names(self, folder: str) -> list[str]:
        names = self.tree.names(folder)
        return [] if isinstance(names, Failure) else [f"{folder}/{name}" for name in names]

    def _masked(self) -> set[str]:
        """Return the drop-ins whose name stands in a folder of higher priority, too."""
        first: dict[str, str] = {}
        return {
            path
            for folder in FOLDERS
            for path in self._names(folder)
            if self.tree.resolve(first.setdefault(path.rsplit("/", 1)[-1], path)).real != self.tree.resolve(path).real
        }

    def _files(self, paths: Iterable[str]) -> list[str]:
        return list(dict.fromkeys(self.shown(path) for path in paths if self.tree.resolve(path).kind == "file"))


class HostFiles:
    """The files of a root and what its loaders make of them together."""

    def __init__(self, root: Root, origins: Origins) -> None:
        self.root = root
        self.origins = origins
        self.files = frozenset(root.settings())

    def rules_of(self, path: str, rules: Sequence[Rule]) -> Sequence[Rule]:
        """Return the rules that a single file is judged by."""
        return [rule for rule in rules if not rule.code.startswith(TOGETHER)] if path in self.files else rules

    def findings(self, files: Sequence[File], options: Options) -> Iterator[Finding]:
        """Yield what only the host as a whole shows; places are those from here."""
        view = View(self._settings(files), options.targets, options=options.thresholds, origins=self.origins)
        if options.policy is not None:
            from tcptune.lint.policy import Holder

            view = replace(view, policy=Holder(options.policy, options.targets).whole(view.settings))
        for finding in run(view, [rule for rule in options.rules if rule.code.startswith(TOGETHER)]):
            related = tuple(Related(self._place(other.at), other.message) for other in finding.related)
            if finding.rule == "TT701":
                related = finding.related  # The profile is no file of the host.
            yield replace(finding, at=self._place(finding.at) if finding.at else None, related=related)

    def _settings(self, files: Sequence[File]) -> dict[str, Setting]:
        """Return what is in force at the end of a boot, or by hand where nothing does so, as the files have it."""
        read = {
            (file.path, setting.key_at.line, setting.key): setting
            for file in files
            for setting in file.reading.settings
            if setting.key_at is not None
        }
        found = {}
        for key, source in self.origins.sources.items():
            line = source.systemd or source.procps
            if line is not None:
                place = self._place(line.at)
                found[key] = read.get((place.path, place.line, key)) or self._of_line(line)
        return found

    def _of_line(self, line: Line) -> Setting:
        return replace(line.setting, spelled=line.key, key_at=self._place(line.at), facts=frozenset({"loader"}))

    def _place(self, at: Location) -> Location:
        return replace(at, path=self.root.shown(at.path)) if at.path.startswith("/") and not self._is_here(at) else at

    def _is_here(self, at: Location) -> bool:
        """Tell whether a place is one of a file as it was read, by its path from here."""
        return at.path in self.files
