"""A pod's `securityContext.sysctls`; each says since when every kubelet takes it, or that it has to be allowed."""

from __future__ import annotations

from tcptune.render.comments import header, named
from tcptune.render.sheet import Entry, Sheet, Writer
from tcptune.render.yaml_text import quoted
from tcptune.rules.tt107_unsafe_sysctl import SAFE


def write(sheet: Sheet) -> str:
    """Return the part of a pod's manifest."""
    unsafe = [entry.key for entry in sheet.entries if entry.key not in SAFE]
    more = (f"The kubelet has to allow (--allowed-unsafe-sysctls): {', '.join(unsafe)}.",) if unsafe else ()
    lines = header(sheet, "Part of a Pod; in a Deployment and its like it belongs below spec.template.", *more)
    lines += ["spec:", "  securityContext:"]
    lines += ["    sysctls:"] if sheet.entries else ["    sysctls: []"]
    for number, entry in enumerate(sheet.entries):
        lines += [*([""] if number else []), *named(entry, quoted(entry.text), "      ", _standing(entry))]
    return "\n".join(lines) + "\n"


def _standing(entry: Entry) -> str:
    since = SAFE.get(entry.key)
    if since is None:
        return "Unsafe: the pod starts only on nodes whose kubelet allows it."
    return f"Safe since Kubernetes {since}."


WRITER = Writer("kubernetes", write, frozenset({"pod"}))
