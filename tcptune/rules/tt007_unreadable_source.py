"""A file does not parse in its own format, so nothing of it can be judged.

The place is the parser's own. What stands before it has been read, and all other files have been checked.

Fix:

Mend the file: the tools it is written for refuse it as well. A template that is no YAML before it is rendered is no
finding; it is read line by line.
"""

from __future__ import annotations

from collections.abc import Iterator

from tcptune.model.finding import Finding
from tcptune.rules.base import Rule
from tcptune.rules.view import View


def check(view: View) -> Iterator[Finding]:
    """Find nothing by itself: the reader of the file reports what does not parse."""
    return iter(())


RULE = Rule("TT007", "unreadable-source", "error", "The file does not parse.", check, needs=frozenset({"files"}))
