"""`docker run` as a script that hands its own arguments on: `sh FILE --rm nginx`."""

from __future__ import annotations

import shlex

from tcptune.render.comments import comment, header, silences
from tcptune.render.sheet import Sheet, Writer


def write(sheet: Sheet) -> str:
    """Return the script; between the continued lines of a command no comment can stand, so the reasons come first."""
    lines = ["#!/bin/sh", *header(sheet, "What this script is given goes to docker run: sh FILE --rm IMAGE")]
    for entry in sheet.entries:
        if entry.why:
            lines += ["#", *comment(f"{entry.key}: {entry.why}")]
    lines += silences((item for entry in sheet.entries for item in entry.silenced), mark="ignore-file")
    lines += ["", "exec docker run \\"]
    lines += [f"  --sysctl {shlex.quote(f'{entry.key}={entry.text}')} \\" for entry in sheet.entries]
    return "\n".join([*lines, '  "$@"']) + "\n"


WRITER = Writer("docker-run", write, frozenset({"container"}))
