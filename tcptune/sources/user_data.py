"""What a machine is handed at its first boot: a script, a cloud-config, several of them as MIME parts, or TOML.

Clouds take one text for all of these, and the machine tells by its first line which it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from tcptune.model.late import late
from tcptune.sources import keyfile, shell
from tcptune.sources.base import Reading, Text

NAME = "user-data"

_SHELL = late(r"\s*#!\s*\S*/(?:env\s+)?(?:ba|da|a|k|z)?sh\b")
_CLOUD = late(r"\s*#cloud-config\b")
_MIME = late(r"\s*(?:MIME-Version|Content-Type):", re.IGNORECASE)
_TOML = late(r"\s*(?:#[^\n]*\n\s*)*\[+settings\b")
_HEADER = late(r"[A-Za-z][\w-]*:\s")


def reader(text: str) -> Callable[[Text], Reading] | None:
    """Return what reads a text, by how it begins; None when it is none of these."""
    if _SHELL.match(text):
        return shell.read
    if _CLOUD.match(text):
        return _cloud_config
    if _TOML.match(text):
        return keyfile.read_toml
    return _parts if _MIME.match(text) else None


def _cloud_config(text: Text) -> Reading:
    from tcptune.sources import yaml_source

    found = yaml_source.read(text)
    found.problems = [problem for problem in found.problems if problem.rule != "TT007"]
    return found


def _parts(text: Text) -> Reading:
    """Read each part of a MIME text; lines that begin with `--` divide them, an empty line ends a part's header."""
    reading = Reading(NAME)
    rows: list[tuple[int, int, str]] = []
    header = True
    for number, line in enumerate([*text.lines, "--"]):
        if line.startswith("--"):
            part = text.part(rows)
            form = reader(part.text)
            if form is not None and form is not _parts:
                reading.extend(form(part))
            rows, header = [], True
        elif header:
            header = bool(_HEADER.match(line)) or (bool(line.strip()) and line[0] in " \t")
            if line.strip() and not header:
                rows.append((number, 0, line))
        else:
            rows.append((number, 0, line))
    return reading
