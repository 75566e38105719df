"""A number is read as octal or hexadecimal.

The kernel reads numbers as C does: a leading 0 makes it octal, so `010` is 8, and `08` is refused; `0x10` is 16. Tools
that compare texts see a difference for ever.

Bad:

    net.ipv4.tcp_fin_timeout = 030

Good:

    net.ipv4.tcp_fin_timeout = 30

Fix:

Write the number in decimal.

Sources:

- kernel/sysctl.c: proc_get_long takes the base from the prefix
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from tcptune.catalog import parameter
from tcptune.catalog.names import numeric
from tcptune.model.finding import Finding, Fix
from tcptune.model.late import late
from tcptune.model.setting import Setting
from tcptune.model.value import show
from tcptune.rules.base import Rule
from tcptune.rules.view import View

_OCTAL = r"(?:^|\s)-?0[0-7]+(?=\s|$)"
_HEXADECIMAL = r"(?:^|\s)-?0[xX][0-9a-fA-F]+(?=\s|$)"
_MASK = late(r"mask|_(?:fields|reflect|mode)$")
"""What names of parameters have in them whose bits each mean something."""


def check(view: View) -> Iterator[Finding]:
    """Find numbers with a prefix that changes their base."""
    for setting, entry in view.known():
        if entry.kind in ("text", "ports") or setting.templated or setting.value is None:
            continue
        if re.search(_OCTAL, setting.raw):
            yield _finding(setting, "octal", "A leading 0 makes the number octal.")
        elif re.search(_HEXADECIMAL, setting.raw):
            yield _finding(setting, "hexadecimal", "0x makes the number hexadecimal.")

    if view.host is None:
        yield from _not_described(view)


def _not_described(view: View) -> Iterator[Finding]:
    """Find such numbers of parameters without a page, which take numbers; a mask is written in hexadecimal."""
    for setting in view.settings.values():
        raw = setting.raw.strip()
        if raw[:1] != "0" or len(raw) == 1 or setting.templated or parameter(setting.key) is not None:
            continue
        if not numeric(setting.key):
            continue
        if re.fullmatch(_OCTAL, raw):
            yield _finding(replace(setting, value=int(raw, 8)), "octal", "A leading 0 makes the number octal.")
        elif re.fullmatch(_HEXADECIMAL, raw) and not _MASK.search(setting.key):
            yield _finding(replace(setting, value=int(raw, 16)), "hexadecimal", "0x makes the number hexadecimal.")


def _finding(setting: Setting, base: str, why: str) -> Finding:
    value = show(setting.value)
    message = f"{setting.raw} is {base}: the kernel sets {value}."
    more = " Tools that compare the text with the kernel's answer report a difference for ever."
    return RULE.finding(setting, message, why + more, fix=Fix(f"write {value}, or the decimal number that is meant"))


RULE = Rule("TT204", "surprising-number", "warning", "A number is octal or hex.", check, needs=frozenset({"files"}))
