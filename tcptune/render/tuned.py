"""A profile for tuned: tuned.conf with its summary and the settings of the sysctl plugin."""

from __future__ import annotations

from tcptune.render.comments import harmless, header, reason
from tcptune.render.sheet import Sheet, Writer


def write(sheet: Sheet) -> str:
    """Return the text of tuned.conf."""
    summary = harmless(sheet.summary).replace("#", "").replace("$", "").strip("\"' ")
    use = f"Save as /etc/tuned/{sheet.profile}/tuned.conf, then: tuned-adm profile {sheet.profile}"
    needs = " and ".join(sheet.modules)
    more = (f"It is applied after boot; {needs} has to be loaded by then.",) if needs else ()
    lines = [*header(sheet, use, *more), "", "[main]", f"summary={summary}", "", "[sysctl]"]
    for number, entry in enumerate(sheet.entries):
        lines += [*([""] if number else []), *reason(entry), f"{entry.key}={entry.text}"]
    return "\n".join(lines) + "\n"


WRITER = Writer("tuned", write, frozenset({"tuned"}))
