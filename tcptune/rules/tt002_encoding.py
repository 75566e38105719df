"""A file is not plain UTF-8: a byte order mark, NUL bytes, other bytes, or characters that cannot be seen.

A byte order mark becomes part of the first key, so the loaders lose that line. procps drops the rest of a line behind a
NUL, systemd-sysctl begins a new line there. A zero-width space copied from a web page makes a key that no kernel has.
Lines that end in CRLF are read as meant by both loaders, but not by every tool, and a shell hands the carriage return
on as part of a value: that is a note. Where it ends the name of a file for sysctl, nothing is set from it: an error.

Fix:

Save the file as UTF-8 without a byte order mark and type the key anew instead of copying it.

Sources:

- measured with procps 4.0.2 and systemd 252
"""

from __future__ import annotations

from collections.abc import Iterator

from tcptune.model.finding import Finding
from tcptune.rules.base import Rule
from tcptune.rules.view import View


def check(view: View) -> Iterator[Finding]:
    """Find nothing by itself: the reader of the file reports its bytes."""
    return iter(())


RULE = Rule("TT002", "encoding", "error", "The file is not plain UTF-8.", check, needs=frozenset({"files"}))
