"""The head of a here-document that goes into a file: what tells a script, and the lines that belong together."""

from __future__ import annotations

import re

from tcptune.model.late import late

_HEAD = r"(?:cat|tee)\b[^\n]{0,300}<<-?[ \t]*['\"]?(?P<mark>\w+)['\"]?"

LINE = late(rf"^[ \t]*(?:sudo[ \t]+)?{_HEAD}[^\n]{{0,300}}", re.MULTILINE)
"""A command at the beginning of a line; `mark` is the word that ends the text."""

LAST = late(rf"\b{_HEAD}[^\n]*\n?$")
"""A command with which a text ends: the lines of the here-document stand elsewhere."""
