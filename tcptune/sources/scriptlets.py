"""Scripts between two lines of a file: the scriptlets of an RPM's spec, `script … end script` of upstart's jobs.

Each is a script of its own: what one sets at installation, another may take back when the package goes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tcptune.model.late import late
from tcptune.sources import shell
from tcptune.sources.base import Reading, Text

NAME = "scriptlet"

_SPEC = late(
    r"%(?:(?P<begin>prep|build|install|check|clean|pre|post|preun|postun|pretrans|posttrans|trigger\w*|filetrigger\w*)"
    r"|description|package|files|changelog|sourcelist|patchlist)\b(?P<rest>.*)"
)
_OTHER = late(r"-p\s*(?:<lua>|\S*(?:python|perl|ldconfig))")
_JOB = late(r"\s*(?:(?:pre|post)-(?:start|stop)\s+)?(?:(?P<begin>script)\s*$|exec\s+(?P<run>\S.*)|end\s+script\b)")


def claims(text: Text) -> bool:
    """Claim spec files with sections, and jobs of upstart."""
    if text.rendered.suffix == ".spec":
        return "\n%" in text.text
    return text.rendered.suffix in (".conf", ".upstart") and "\nend script" in text.text


def read(text: Text) -> Reading:
    """Read each script."""
    reading = Reading(NAME)
    head = _SPEC if text.rendered.suffix == ".spec" else _JOB
    for rows in _scripts(text, head):
        part = text.part(rows)
        if "sysctl" in part.text or "/proc/sys/" in part.text:
            reading.extend(shell.read(part, group=(f"script{rows[0][0]}",)))
    return reading


def _scripts(text: Text, head: re.Pattern[str]) -> Iterator[list[tuple[int, int, str]]]:
    """Yield the lines of each script."""
    rows: list[tuple[int, int, str]] = []
    inside = False
    for number, line in enumerate(text.lines):
        match = head.match(line)
        if match is None:
            if inside and not (head is _SPEC and line.startswith("%")):
                rows.append((number, 0, line))
            continue
        if rows:
            yield rows
        rows = []
        inside = bool(match["begin"]) and not (head is _SPEC and _OTHER.search(match["rest"]))
        if head is _JOB and match["run"]:
            yield [(number, match.start("run"), match["run"])]
    if rows:
        yield rows
