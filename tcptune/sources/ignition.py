"""Files that Ignition writes, in a MachineConfig, Butane or its own JSON: as data URL or inline text."""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Callable
from dataclasses import replace

from tcptune.model.late import late
from tcptune.model.setting import Location
from tcptune.sources import commands, files
from tcptune.sources.base import Reading, Text
from tcptune.sources.yaml_nodes import Node
from tcptune.sources.yaml_walk import Around, Walk

NAME = "ignition"

_URL = late(r"data:(?P<type>[^,]*),", re.IGNORECASE)
_ELSEWHERE = late(r"[a-zA-Z][\w+-]*:\S+")
"""What a file is fetched from, alone in its text: any URL, of whatever scheme."""

_MOST = 1_000_000
"""Bytes that are unpacked of one file."""

_ESCAPES = late(r"(?:%[0-9A-Fa-f]{2})+")


class Ignition:
    """Reads the entries of `storage.files`."""

    def around(self, node: Node, around: Around) -> Around:
        """Change nothing."""
        return around

    def take(self, node: Node, around: Around, walk: Walk) -> frozenset[str]:
        """Take the settings of a file for sysctl.d, and the modules of one for modules-load.d."""
        path, contents = node.scalar("path"), node.get("contents")
        unit = node.scalar("name") or ""
        if contents is not None and contents.kind == "scalar" and unit.endswith(".service"):
            walk.embedded(contents, commands.read_unit, around.below("contents", group=unit))
            return frozenset({"contents"})
        added = node.get("append")
        if path is None:
            return frozenset()
        for more in added.items if added is not None else ():
            self._contents(path, more, around, walk)
        if contents is None or contents.kind != "map":
            return frozenset()
        return self._contents(path, contents, around, walk)

    def _contents(self, path: str, contents: Node, around: Around, walk: Walk) -> frozenset[str]:
        """Take the contents of a file, or a part that is appended to one."""
        content = contents.get("source", "inline") if contents.kind == "map" else None
        packed = contents.scalar("compression") if contents.kind == "map" else None
        if content is None or content.kind != "scalar" or packed not in (None, "", "gzip"):
            return frozenset()
        text, offsets = decoded(content.value, packed=packed == "gzip")
        if packed == "gzip" and not offsets:
            return frozenset()
        if "modules-load.d" in path or path == "/etc/modules":
            names = (row.strip() for row in (text if offsets else content.value).split("\n"))
            walk.reading.modules |= {name for name in names if name and name[0] not in "#;"}
            return frozenset({"contents"})
        form = files.reader(path, text if offsets else content.value)
        if form is None:
            return frozenset({"contents"})  # A text for people: nothing runs it.
        inner = around.below("contents", group=path)
        if offsets:
            decoded_settings(form, Text(path, text), offsets, content, inner, walk)
        elif _ELSEWHERE.fullmatch(content.value.strip()) is None:
            walk.embedded(content, form, inner)
        return frozenset({"contents"})


def decoded_settings(
    form: Callable[[Text], Reading], inner: Text, offsets: list[int], content: Node, around: Around, walk: Walk
) -> None:
    """Read a decoded file; every place is that of the characters in the node that holds it."""
    starts = [0]
    for line in inner.text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)

    def place(at: Location) -> Location:
        first = starts[at.line - 1] + at.column - 1
        last = starts[at.line - 1] + (at.end_column or at.column + 1) - 1
        begin = offsets[min(first, len(offsets) - 1)]
        return walk.place(content, begin, max(offsets[min(last, len(offsets) - 1)] - begin, 1))

    found = form(inner)
    for setting in found.settings:
        walk.reading.settings.append(
            replace(
                setting,
                key_at=place(setting.key_at) if setting.key_at is not None else None,
                value_at=place(setting.value_at) if setting.value_at is not None else None,
                group=(*around.group, *setting.group),
                facts=setting.facts | around.facts,
            )
        )
    walk.reading.problems += [replace(problem, at=place(problem.at)) for problem in found.problems]


def from_base64(told: str, start: int = 0, *, packed: bool = False) -> tuple[str, list[int]]:
    """Return what stands in Base64 from `start` on, each character of it at the place where the whole begins.

    With `packed` it is what gzip made of it. Both are empty for what is neither, and for what is too much.
    """
    try:
        data = base64.b64decode("".join(told[start:].split()), validate=True)
        text = (_unpacked(data) if packed else data).decode("utf-8")
    except (binascii.Error, ValueError, zlib.error):
        return "", []
    return text, [start] * len(text) + [len(told)]


def _unpacked(data: bytes) -> bytes:
    """Return what gzip packed. Raises `ValueError` when it is too much, `zlib.error` when it is something else."""
    unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
    text = unpacker.decompress(data, _MOST)
    if unpacker.unconsumed_tail:
        raise ValueError(len(text))
    return text


def decoded(url: str, *, packed: bool = False) -> tuple[str, list[int]]:
    """Return what a data URL holds, and for each character of it (and its end) where it stands in the URL.

    Both are empty for what is no data URL, or holds no text.
    """
    match = _URL.match(url)
    if match is None:
        return "", []
    start = match.end()
    if match["type"].lower().endswith(";base64"):
        return from_base64(url, start, packed=packed)
    if packed:
        return "", []
    parts: list[str] = []
    offsets: list[int] = []
    at = start
    for escapes in [*_ESCAPES.finditer(url, start), None]:
        end = escapes.start() if escapes is not None else len(url)
        parts.append(url[at:end])
        offsets += range(at, end)
        if escapes is None:
            break
        characters = bytes.fromhex(escapes[0].replace("%", "")).decode("utf-8", "replace")
        at = escapes.start()
        for character in characters:
            offsets.append(min(at, escapes.end()))
            at += 3 * len(character.encode("utf-8"))
        parts.append(characters)
        at = escapes.end()
    return "".join(parts), [*offsets, len(url)]
