"""Files that Ignition writes, in a MachineConfig, Butane or its own JSON: sysctl.d as data URL or inline text."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import replace

from tcptune.model.setting import Location
from tcptune.sources import sysctl_conf
from tcptune.sources.base import Text
from tcptune.sources.yaml_nodes import Node
from tcptune.sources.yaml_walk import Around, Walk

NAME = "ignition"

_URL = re.compile(r"data:(?P<type>[^,]*),", re.IGNORECASE)
_ESCAPES = re.compile(r"(?:%[0-9A-Fa-f]{2})+")


class Ignition:
    """Reads the entries of `storage.files`."""

    def around(self, node: Node, around: Around) -> Around:
        """Change nothing."""
        return around

    def take(self, node: Node, around: Around, walk: Walk) -> frozenset[str]:
        """Take the settings of a file for sysctl.d, and the modules of one for modules-load.d."""
        path, contents = node.scalar("path"), node.get("contents")
        if path is None or contents is None or contents.kind != "map":
            return frozenset()
        content = contents.get("source", "inline")
        if content is None or content.kind != "scalar" or contents.scalar("compression"):
            return frozenset()
        modules = "modules-load.d" in path or path == "/etc/modules"
        if not modules and "sysctl" not in path:
            return frozenset()
        text, offsets = decoded(content.value)
        if modules:
            names = (row.strip() for row in (text if offsets else content.value).split("\n"))
            walk.reading.modules |= {name for name in names if name and name[0] not in "#;"}
        elif offsets:
            self._settings(path, text, offsets, content, around, walk)
        elif _URL.match(content.value) is None:
            walk.embedded(content, sysctl_conf.read, around.below("contents", group=path))
        return frozenset({"contents"})

    def _settings(self, path: str, text: str, offsets: list[int], content: Node, around: Around, walk: Walk) -> None:
        """Read a decoded file; every place is that of the characters in the URL."""
        inner = Text(path, text)
        starts = [0]
        for line in text.split("\n"):
            starts.append(starts[-1] + len(line) + 1)

        def place(at: Location) -> Location:
            first = starts[at.line - 1] + at.column - 1
            last = starts[at.line - 1] + (at.end_column or at.column + 1) - 1
            begin = offsets[min(first, len(offsets) - 1)]
            return walk.place(content, begin, max(offsets[min(last, len(offsets) - 1)] - begin, 1))

        found = sysctl_conf.read(inner)
        for setting in found.settings:
            walk.reading.settings.append(
                replace(
                    setting,
                    key_at=place(setting.key_at) if setting.key_at is not None else None,
                    value_at=place(setting.value_at) if setting.value_at is not None else None,
                    group=(*around.group, path, *setting.group),
                    facts=setting.facts | around.facts,
                )
            )
        walk.reading.problems += [replace(problem, at=place(problem.at)) for problem in found.problems]


def decoded(url: str) -> tuple[str, list[int]]:
    """Return what a data URL holds, and for each character of it (and its end) where it stands in the URL.

    Both are empty for what is no data URL, or holds no text.
    """
    match = _URL.match(url)
    if match is None:
        return "", []
    start = match.end()
    if match["type"].lower().endswith(";base64"):
        try:
            text = base64.b64decode(url[start:], validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError):
            return "", []
        return text, [start] * len(text) + [len(url)]
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
