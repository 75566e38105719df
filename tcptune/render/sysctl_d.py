"""A file for /etc/sysctl.d: a comment stands alone on its line, what stands behind a value would go to the kernel."""

from __future__ import annotations

from tcptune.render.comments import header, modules_note, reason
from tcptune.render.sheet import Sheet, Writer


def write(sheet: Sheet) -> str:
    """Return the file's text."""
    lines = header(sheet, *modules_note(sheet))
    for entry in sheet.entries:
        lines += ["", *reason(entry), f"{entry.key} = {entry.text}"]
    return "\n".join(lines) + "\n"


WRITER = Writer("sysctl.d", write, frozenset({"loader"}))
