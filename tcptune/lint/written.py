"""Drop-ins that one script writes side by side: a line loses to a file of a later name, as in a folder of files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from posixpath import basename, dirname

from tcptune.catalog import parameter
from tcptune.lint.reading import File
from tcptune.model.late import late
from tcptune.model.setting import Setting
from tcptune.rules.written import meaning

_DROP_IN = late(r"(?:/[\w.-]+)*/(?:etc|run|usr/lib|usr/local/lib)/sysctl\.d/[\w-][\w.-]*\.conf")
"""The name of a file that both loaders read, written out; also one below the root of an image."""

_TAKES_OUT = late(
    r"(?<![\w.-])(?:rm|unlink|mv|shred|truncate|install|ln|git|find|dpkg|rsync)[ \t](?:[^\n\\]|\\\n|\\.){0,500}"
    r"|(?<![\w.-])sed[ \t][^\n]{0,20}-\w*i(?:[^\n\\]|\\\n|\\.){0,500}|(?::|true)[ \t]*>[^\n]{0,200}"
)
"""Commands that may take a file away, or lines out of it."""

_SEVERAL = late(r"sysctl\.d(?:/?[\"']?(?:[ \t;|&)]|$)|/[\w.-]*[*?\[{$])")
"""A folder of drop-ins, or several of its files, among the words of such a command."""

_ELSEWHERE = late(r"(?:^|[;&|(][ \t]*|\bdo[ \t]+)(?:sudo[ \t]+)?(?:ssh|sshpass|pssh|pdsh)[ \t]", re.MULTILINE)
"""Commands for another host, which may be another one each time."""

_NOT_SURE = frozenset({"conditional", "kernel-condition", "undo", "exclude", "glob", "container"})

_MOST = 50
"""Drop-ins of one script that are held against each other: more than any person writes."""

Lost = tuple[Setting, Setting, str]
"""A line that loses, the one that wins, and the name of the file that this one goes into."""


def lost(file: File) -> Iterator[Lost]:
    """Yield the lines of drop-ins that lose to another file which the same commands write, without a condition."""
    if file.text.text.count(".conf") < 2:
        return
    for files in _written(file).values():
        if not 2 <= len(files) <= _MOST or len(_ELSEWHERE.findall(file.text.text)) > 1:
            continue
        taken = [match[0] for match in _TAKES_OUT.finditer(file.text.text)]
        gone = {path for path in files if _taken_out(path, file.text.text, taken)}
        last: dict[str, Setting] = {}
        for path in sorted(files.keys() - gone, key=lambda path: path.encode("utf-8", "surrogateescape")):
            for key, setting in files[path].items():
                before = last.get(key)
                if before is not None and meaning(before) != meaning(setting):
                    yield before, setting, basename(path)
                last[key] = setting


def _written(file: File) -> dict[tuple[object, ...], dict[str, dict[str, Setting]]]:
    """Return what goes into each drop-in in the end, by the folder and the commands that belong together."""
    found: dict[tuple[object, ...], dict[str, dict[str, Setting]]] = {}
    version: dict[str, str] = {}
    where: dict[tuple[str, str], tuple[object, ...]] = {}
    for setting in file.reading.settings:
        path, _, number = setting.store.partition(" ") if setting.store[:1] == "/" else ("", "", "")
        if not path or _DROP_IN.fullmatch(path) is None or (number and not number.isdecimal()):
            continue
        if version.setdefault(path, number) != number:  # The file is written anew.
            version[path] = number
            for files in found.values():
                files.pop(path, None)
        place = (dirname(path), setting.group)
        here = found.setdefault(place, {}).setdefault(path, {})
        here.pop(setting.key, None)
        if where.setdefault((path, setting.key), place) != place:  # Another branch or function has a value of its own.
            found[where[path, setting.key]].get(path, {}).pop(setting.key, None)
            continue
        refused = setting.value is None and parameter(setting.key) is not None
        if not (setting.templated or refused or setting.value_at is None or setting.facts & _NOT_SURE):
            here[setting.key] = setting
    return found


def _taken_out(path: str, text: str, taken: list[str]) -> bool:
    """Tell whether one of the commands may take a file away again, or lines out of it: it is named beside that."""
    name = re.escape(basename(path))
    held = re.findall(rf"\b([A-Za-z_]\w{{0,60}})=[\"']?[^\s\"'=]{{0,200}}{name}", text) if taken else []
    named = re.compile(rf"{name}(?![\w.-])|\$\{{?(?:{'|'.join(map(re.escape, held[:_MOST])) or '(?!)'})\b")
    return any(named.search(command) or _SEVERAL.search(command) for command in taken)
