"""Vagrantfiles: the scripts that they run in their machines, in heredocs and in quotes of Ruby.

Each text is a group of its own: which machine runs it, the file does not say in a way that could be read here.
"""

from __future__ import annotations

import re

from tcptune.sources import inside
from tcptune.sources.base import Reading, Text

NAME = "vagrant"

_NAMED = re.compile(r"(?:^|[._-])vagrantfile|\.vagrant$", re.IGNORECASE)


def claims(text: Text) -> bool:
    """Claim them by name."""
    return _NAMED.search(text.rendered.name) is not None


def read(text: Text) -> Reading:
    """Read the texts that are scripts, or files for the loaders."""
    from tcptune.sources import ruby_files

    reading = Reading(NAME)
    found, _ = inside.read(text, apart=True)
    reading.extend(found)
    inside.between_brackets(text, reading, apart=True)
    ruby_files.add(text, reading)
    return reading
