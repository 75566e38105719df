"""What a folder of drop-ins comes to as a whole: which file wins, which the loaders pass over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from tcptune.catalog import parameter
from tcptune.lint.around import UFW, drop_in_folder
from tcptune.lint.context import OPENWRT, by_firmware
from tcptune.lint.context import loaded as loaded_in
from tcptune.lint.reading import File
from tcptune.model.finding import Finding, Fix, Related
from tcptune.model.late import late
from tcptune.model.origin import LEFT_OVER, TEXTS
from tcptune.model.setting import Setting
from tcptune.model.value import Value
from tcptune.rules.written import meaning
from tcptune.sources.base import TEMPLATES
from tcptune.sources.shell_modules import needs_loaded

if TYPE_CHECKING:
    from tcptune.lint.look import Share

_ASIDE = (*LEFT_OVER, *TEXTS, *TEMPLATES, ".in")
"""How names end that are no drop-ins yet, or never: templates of them, and what stands beside them."""

_CHOSEN = late(r"\.conf(?:#|@)")
"""What stands behind the name is taken off by whoever installs the file: the package or the host that it is for."""


def put_back(settings: list[Setting]) -> set[str]:
    """Return what functions of one script set to different values: `start` may set back what `stop` changed."""
    seen: dict[str, str] = {}
    found: set[str] = set()
    for setting in settings:
        inside = any(part.startswith("function") for part in setting.group)
        if inside and seen.setdefault(setting.key, setting.raw) != setting.raw:
            found.add(setting.key)
    return found


class Folders:
    """The files of a run, by the folder they stand in."""

    def __init__(self, files: list[File], share: Share) -> None:
        self.files = files
        self.share = share
        self.sets: dict[str, list[File]] = {}
        self._around: dict[str, dict[str, tuple[list[Setting], list[Setting]]]] = {}
        for file in files:
            folder = drop_in_folder(file.path)
            if folder is not None:
                self.sets.setdefault(folder, []).append(file)

    def settings(self, file: File) -> list[Setting]:
        """Return a file's settings with what its neighbours say about them."""
        loaded = self._loaded(file)
        overrides = self._before(file)
        restored = put_back(file.reading.settings)
        if not (self.share.allowed or loaded or overrides or restored):
            return file.reading.settings
        found = []
        for setting in file.reading.settings:
            facts = {"allowed-unsafe"} if self._allows(setting) else set()
            if loaded and needs_loaded(setting.key, loaded):
                facts.add("module-loaded")
            if setting.key in restored or overrides.get(setting.key, setting.value) != setting.value:
                facts.add("overrides")
            found.append(replace(setting, facts=setting.facts | facts) if facts else setting)
        return found

    def _loaded(self, file: File) -> set[str]:
        """Return the modules that are loaded before a file's settings; a script has told them apart itself."""
        found = loaded_in(file.path, self.share.modules, self.share.parts)
        if file.reading.kind not in ("shell", "commands"):
            found |= file.reading.modules | loaded_in(file.path, self.share.written, {})
        if any(needs_loaded(setting.key, OPENWRT) for setting in file.reading.settings):
            found |= by_firmware(file.path, file.text.text)
        return found

    def _before(self, file: File) -> dict[str, Value | None]:
        """Return what files of the same folder that are read earlier set."""
        found: dict[str, Value | None] = {}
        for other in self._neighbours(file):
            if _order(other) < _order(file):
                found.update((setting.key, setting.value) for setting in other.reading.settings)
        return found

    def _neighbours(self, file: File) -> list[File]:
        return self.sets.get(drop_in_folder(file.path) or "", []) if self.sets else []

    def replaced(self, file: File) -> frozenset[str]:
        """Return the parameters that files of the same folder set again later: what stands here is not in force."""
        return frozenset(
            setting.key
            for other in self._neighbours(file)
            if _order(other) > _order(file) and other.path.endswith(".conf")
            for setting in other.reading.settings
            if _in_force(setting)
        )

    def around(self, file: File) -> tuple[list[Setting], list[Setting]]:
        """Return what other drop-ins of a file's folder set before it and after it; nothing for what is none itself.

        Of several values of a parameter that the catalogue knows it is the last one on either side.
        """
        folder = drop_in_folder(file.path)
        if folder is None or folder not in self.sets or not _is_drop_in(file):
            return [], []
        if folder not in self._around:
            self._around[folder] = _each_around(self.sets[folder])
        return self._around[folder][file.path]

    def _allows(self, setting: Setting) -> bool:
        if "pod" not in setting.facts:
            return False
        return any(
            setting.key == name or (name.endswith("*") and setting.key.startswith(name[:-1]))
            for name in self.share.allowed
        )

    def findings(self) -> Iterator[Finding]:
        """Yield what only the whole folder shows: files that no loader reads, values that a later file replaces."""
        for files in self.sets.values():
            yield from _ignored(files)
            yield from _overridden(files)
        for file in self.files:
            if any(setting.store[:1] == "/" for setting in file.reading.settings):
                from tcptune.lint import written

                for before, after, name in written.lost(file):
                    yield _replaced(before, after, name, f"this line, in {name},")
        if any(file.path.endswith(UFW) for file in self.files):
            from tcptune.lint import managers

            yield from managers.findings(self.files, self.sets)


def _order(file: File) -> bytes:
    return PurePosixPath(file.path).name.encode("utf-8", "surrogateescape")


def _each_around(files: list[File]) -> dict[str, tuple[list[Setting], list[Setting]]]:
    """Return for each drop-in of a folder what the others set before it and after it."""
    ordered = sorted(filter(_is_drop_in, files), key=_order)
    own = [
        {one.key: one for one in file.reading.settings if _in_force(one) and parameter(one.key) is not None}
        for file in ordered
    ]
    before: list[list[Setting]] = []
    after: list[list[Setting]] = []
    seen: dict[str, Setting] = {}
    for each in own:
        before.append(list(seen.values()))
        seen.update(each)
    seen = {}
    for each in reversed(own):
        after.append(list(seen.values()))
        seen = each | seen
    return {file.path: (one, other) for file, one, other in zip(ordered, before, reversed(after), strict=True)}


def _in_force(setting: Setting) -> bool:
    """Tell whether a line of a drop-in sets one parameter in any case."""
    return not setting.group and not setting.facts & {"exclude", "glob"}


def _is_drop_in(file: File) -> bool:
    """Tell whether both loaders read a file of such a folder."""
    name = PurePosixPath(file.path).name
    return name.endswith(".conf") and not name.startswith(".")


def _with(setting: Setting, fact: str) -> Setting:
    return replace(setting, facts=setting.facts | {fact})


def _ignored(files: list[File]) -> Iterator[Finding]:
    names = {PurePosixPath(file.path).name for file in files}
    for file in files:
        name = PurePosixPath(file.path).name
        if not file.reading.settings:
            continue
        if not name.endswith(".conf"):
            if name.endswith(_ASIDE) or _CHOSEN.search(name):
                continue
            message = f"No loader reads {name}: its name does not end in .conf."
            why = "systemd-sysctl and procps take only names that end in .conf from this folder; nothing in it is set."
            target = f"{name.split('.')[0]}.conf"
            rename = "give it another name that ends in .conf" if target in names else f"rename it to {target}"
            yield _file("TT503", "ignored-file", file, message, why, f"{rename}, or take it out of the folder")
        elif name.startswith("."):
            message = f"Only procps reads {name}: systemd-sysctl passes over names that begin with a dot."
            why = "At boot the file has no effect, after `sysctl --system` it has."
            yield _file("TT503", "ignored-file", file, message, why, f"rename it to {name.lstrip('.')}")


def _file(rule: str, slug: str, file: File, message: str, why: str, title: str) -> Finding:
    at = file.text.at(0)
    return Finding(rule, slug, "warning", message, why, fix=Fix(title), at=at, anchor=file.path)


def _overridden(files: list[File]) -> Iterator[Finding]:
    """Files of one folder are read in the order of their names, as bytes; the last value of a key wins."""
    last: dict[str, Setting] = {}
    readable = [file for file in files if PurePosixPath(file.path).name.endswith(".conf")]
    for file in sorted(readable, key=_order):
        here: dict[str, Setting] = {}
        for setting in file.reading.settings:
            refused = setting.value is None and parameter(setting.key) is not None
            if not (setting.templated or setting.group or refused or setting.facts & {"exclude", "glob"}):
                here[setting.key] = setting
        for key, setting in here.items():
            before = last.get(key)
            if before is not None and meaning(before) != meaning(setting) and setting.value_at is not None:
                name = PurePosixPath(file.path).name
                yield _replaced(before, setting, name, f"line {setting.key_at.line if setting.key_at else 1} of {name}")
            last[key] = setting


def _replaced(before: Setting, after: Setting, name: str, line: str) -> Finding:
    """Return the finding of a line that loses to one in the file `name`; `line` says which that is."""
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
        related=(Related(after.value_at, f"{line} wins"),) if after.value_at else (),
        anchor=before.raw,
    )
