"""Another manager's own file beside the loaders': what ufw sets again when it starts, in a tree for /etc."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from tcptune.lint import discover
from tcptune.lint.around import UFW
from tcptune.lint.reading import File
from tcptune.model.finding import Finding, Fix, Related
from tcptune.model.setting import Setting
from tcptune.rules.written import meaning

_OFF = re.compile(r"^[ \t]*ENABLED=[\"']?no\b", re.MULTILINE | re.IGNORECASE)
_FILE = re.compile(r"^[ \t]*IPT_SYSCTL=[\"']?([^\"'\s#]*)", re.MULTILINE)


def findings(files: Sequence[File], folders: Mapping[str, list[File]]) -> Iterator[Finding]:
    """Yield the lines of drop-ins and of sysctl.conf that ufw's file beside them sets to another value.

    Without a word of ufw's own configuration it is taken to be on: somebody keeps its file.
    """
    for file in files:
        path = PurePosixPath(file.path)
        if path.parts[-2:] != ("ufw", "sysctl.conf"):
            continue
        etc = path.parent.parent
        drop_ins = sorted(filter(_read, folders.get(str(etc / "sysctl.d"), [])), key=_name)
        main = [one for one in files if PurePosixPath(one.path) == etc / "sysctl.conf"]
        if not (drop_ins or main) or not _on(str(etc)):
            continue
        told = _last([file])
        for setting in _last([*drop_ins, *main]).values():
            other = told.get(setting.key)
            if other is not None and meaning(setting) != meaning(other):
                yield _finding(setting, other)


def _name(file: File) -> bytes:
    return PurePosixPath(file.path).name.encode("utf-8", "surrogateescape")


def _read(file: File) -> bool:
    name = PurePosixPath(file.path).name
    return name.endswith(".conf") and not name.startswith(".")


def _last(files: Sequence[File]) -> dict[str, Setting]:
    """Return what is in force after some files: the last line of each parameter, as far as it says so itself."""
    found: dict[str, Setting] = {}
    for file in files:
        for setting in file.reading.settings:
            if setting.templated or setting.group or setting.facts & {"exclude", "glob"}:
                found.pop(setting.key, None)
            else:
                found[setting.key] = setting
    return found


def _on(etc: str) -> bool:
    """Tell whether nothing beside says that ufw is off, or reads another file."""
    if _OFF.search(_text(f"{etc}/ufw/ufw.conf")):
        return False
    named = _FILE.findall(_text(f"{etc}/default/ufw"))
    return not named or named[-1].endswith(UFW)


def _text(path: str) -> str:
    """Return what a file holds; nothing where it is not there or may not be read, since then nothing is known of it."""
    return (discover.load(path, False, discover.Found()) or b"").decode("utf-8", "replace")


def _finding(setting: Setting, other: Setting) -> Finding:
    return Finding(
        "TT505",
        "two-managers",
        "warning",
        f"{setting.key} = {setting.raw} does not last where ufw is on: it sets it to {other.raw} in {UFW}.",
        "ufw writes after the loaders, when it starts; `sysctl --system` by hand turns it back.",
        key=setting.key,
        value=setting.value,
        fix=Fix(f"set it in one place: take it out here or out of {UFW}"),
        at=setting.value_at or setting.key_at,
        related=(Related(other.value_at, f"ufw sets {other.raw}"),) if other.value_at else (),
        anchor=setting.raw,
    )
