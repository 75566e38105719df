"""modules-load.d: names of modules, one a line, loaded at boot before the sysctl files are read."""

from __future__ import annotations

from pathlib import PurePosixPath

from tcptune.sources.base import Reading, Text

NAME = "modules-load.d"

FOLDER = "modules-load.d"


def claims(text: Text) -> bool:
    """Claim the files of the folder, and Debian's /etc/modules."""
    path = PurePosixPath(text.path)
    return (path.parent.name == FOLDER and path.suffix == ".conf") or path.parts[-2:] == ("etc", "modules")


def read(text: Text) -> Reading:
    """Read the modules; there are no settings."""
    rows = (line.strip() for line in text.lines)
    return Reading(NAME, modules={row.split()[0].replace("-", "_") for row in rows if row and row[0] not in "#;"})
