"""What a folder of drop-ins comes to as a whole: which file wins, which the loaders pass over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from tcptune.lint.reading import File
from tcptune.model.finding import Finding, Fix, Related
from tcptune.model.setting import Setting

if TYPE_CHECKING:
    from tcptune.lint.check import Options

FOLDER = "sysctl.d"


class Folders:
    """The files of a run, by the folder they stand in."""

    def __init__(self, files: list[File]) -> None:
        self.files = files
        self.allowed: set[str] = set()
        self.modules: set[str] = set()
        self.sets: dict[str, list[File]] = {}
        for file in files:
            self.allowed |= file.reading.allowed_unsafe
            folder = PurePosixPath(file.path).parent
            if folder.name == FOLDER:
                self.sets.setdefault(str(folder), []).append(file)

    def settings(self, file: File) -> list[Setting]:
        """Return a file's settings with what its neighbours say about them."""
        if not self.allowed:
            return file.reading.settings
        return [
            replace(setting, facts=setting.facts | {"allowed-unsafe"}) if self._allows(setting) else setting
            for setting in file.reading.settings
        ]

    def _allows(self, setting: Setting) -> bool:
        if "pod" not in setting.facts:
            return False
        return any(
            setting.key == name or (name.endswith("*") and setting.key.startswith(name[:-1])) for name in self.allowed
        )

    def findings(self, options: Options) -> Iterator[Finding]:
        """Yield what only the whole folder shows: files that no loader reads, values that a later file replaces."""
        for files in self.sets.values():
            yield from _ignored(files)
            yield from _overridden(files)


def _ignored(files: list[File]) -> Iterator[Finding]:
    for file in files:
        name = PurePosixPath(file.path).name
        if not file.reading.settings:
            continue
        if not name.endswith(".conf"):
            if name.endswith((".j2", ".erb", ".tmpl", ".tpl", ".md", ".rst", ".sample", ".example", ".mustache")):
                continue
            message = f"No loader reads {name}: its name does not end in .conf."
            why = "systemd-sysctl and procps take only names that end in .conf from this folder; nothing in it is set."
            yield _file("TT503", "ignored-file", file, message, why, f"rename it to {name.split('.')[0]}.conf")
        elif name.startswith("."):
            message = f"Only procps reads {name}: systemd-sysctl passes over names that begin with a dot."
            why = "At boot the file has no effect, after `sysctl --system` it has."
            yield _file("TT503", "ignored-file", file, message, why, f"rename it to {name.lstrip('.')}")


def _file(rule: str, slug: str, file: File, message: str, why: str, title: str) -> Finding:
    at = file.text.at(0)
    return Finding(rule, slug, "warning", message, why, fix=Fix(title), at=at, anchor=file.path)


def _overridden(files: list[File]) -> Iterator[Finding]:
    """Files of one folder are read in the order of their names, as bytes; the last value of a key wins."""
    last: dict[str, tuple[Setting, File]] = {}
    readable = [file for file in files if PurePosixPath(file.path).name.endswith(".conf")]
    for file in sorted(readable, key=lambda entry: PurePosixPath(entry.path).name.encode("utf-8", "surrogateescape")):
        here: dict[str, Setting] = {}
        for setting in file.reading.settings:
            if not setting.templated and not setting.group and not setting.facts & {"exclude", "glob"}:
                here[setting.key] = setting
        for key, setting in here.items():
            before = last.get(key)
            if before is not None and _differ(before[0], setting) and setting.value_at is not None:
                yield _replaced(before[0], setting, before[1], file)
            last[key] = (setting, file)


def _differ(one: Setting, other: Setting) -> bool:
    if one.value is not None and other.value is not None:
        return one.value != other.value
    return one.raw.split() != other.raw.split()


def _replaced(before: Setting, after: Setting, old: File, new: File) -> Finding:
    name = PurePosixPath(new.path).name
    line = after.key_at.line if after.key_at else 1
    return Finding(
        "TT501",
        "overridden",
        "warning",
        f"{before.key} = {before.raw} has no effect: {name} sets it to {after.raw} later.",
        "Both loaders read the files of sysctl.d in the order of their names and keep the last value.",
        key=before.key,
        value=before.value,
        fix=Fix(f"take the line out, or set {before.raw} in {name}"),
        at=before.value_at or before.key_at,
        related=(Related(after.value_at, f"line {line} of {name} wins"),) if after.value_at else (),
        anchor=before.raw,
    )
