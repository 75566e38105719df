"""A service's `sysctls` for compose."""

from __future__ import annotations

from tcptune.render.comments import header, reason
from tcptune.render.sheet import Entry, Sheet, Writer
from tcptune.render.yaml_text import quoted

SERVICE = "app"


def write(sheet: Sheet) -> str:
    """Return a compose file that adds the settings to one service."""
    use = f"Call your service as here or write its name instead of {SERVICE}; merge with: compose -f FILE -f THIS"
    lines = [*header(sheet, use), "services:", f"  {SERVICE}:"]
    lines += ["    sysctls:"] if sheet.entries else ["    sysctls: {}"]
    for number, entry in enumerate(sheet.entries):
        lines += [*([""] if number else []), *reason(entry, "      "), f"      {entry.key}: {_value(entry)}"]
    return "\n".join(lines) + "\n"


def _value(entry: Entry) -> str:
    return entry.text if isinstance(entry.value, int) else quoted(entry.text)


WRITER = Writer("compose", write, frozenset({"container"}))
