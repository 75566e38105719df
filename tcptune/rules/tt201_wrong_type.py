"""The text is not what the parameter takes.

The kernel takes whole numbers, as many as the parameter has. `1.0`, `true`, `60s` and `1024-65535` are refused, and the
old value stays. Of a pair with one number only the first half is changed, without a word.

In a manifest of Kubernetes the value of a pod's parameter is a text: the API server refuses a bare number or boolean.

Bad:

    net.ipv4.ip_local_port_range = 20000

Good:

    net.ipv4.ip_local_port_range = 20000 60999

Fix:

Write whole numbers, as many as belong there, with a blank between two.

Sources:

- kernel/sysctl.c: proc_get_long; measured on Linux 6.18
- Kubernetes, core/v1: Sysctl.value is a string
"""

from __future__ import annotations

from collections.abc import Iterator

from tcptune.catalog import parameter
from tcptune.catalog.bounds import WIDTHS
from tcptune.catalog.names import numeric
from tcptune.model.finding import Finding, Fix
from tcptune.model.parameter import Parameter
from tcptune.model.setting import Edit, Setting
from tcptune.model.value import WIDTH
from tcptune.rules.base import Rule
from tcptune.rules.tt003_inline_comment import behind, commented
from tcptune.rules.view import View
from tcptune.rules.written import INVISIBLE, interpret, numbers, quoted, told

_REFUSED = "The kernel refuses the text (EINVAL) and keeps the old value, or changes only a part of it."
_SINGLE = "tuned raises and lowers single numbers, and writes the sign with any others"
_NO_TEXT = (
    "The API server refuses the object: it cannot put a number or a boolean into Sysctl.value, which is a string."
)
_SWITCH = {"true": "1", "yes": "1", "on": "1", "false": "0", "no": "0", "off": "0"}
_SWITCHES = frozenset(_SWITCH)
"""Words that formats with types turn into 1 and 0."""

Misread = tuple[Setting, str, str]
"""A setting, why its text is refused, and what to write instead."""

_last: list[tuple[View, tuple[Misread, ...]]] = []
"""The view that was asked for last, with the answer."""


def check(view: View) -> Iterator[Finding]:
    """Find values that the kernel does not read as numbers, or reads only in part."""
    for setting in view.settings.values():
        if "loader" in setting.facts and setting.raw.startswith("=") and parameter(setting.key) is None:
            message = f"{setting.key} does not take {setting.raw!r}: the second = sign is part of the value."
            why = "The kernel gets it with the value and refuses both."
            yield RULE.finding(setting, message, why, fix=Fix("write one = sign"))
        if "unquoted" in setting.facts:
            yield _unquoted(setting)
    for setting, why, wanted in misread(view):
        # Of no value at all TT001 speaks, of quotes TT005.
        if (setting.raw.strip() and not quoted(setting.raw)) or view.live:
            message = f"{setting.key} does not take {setting.raw!r}: {why}."
            yield RULE.finding(setting, message, _REFUSED, fix=Fix(wanted))


def _unquoted(setting: Setting) -> Finding:
    """Return what is wrong with a number or boolean in a pod's manifest, where only a text is taken."""
    raw, at = setting.raw, setting.value_at
    word = _SWITCH.get(raw.lower(), raw)
    edits: tuple[Edit, ...] = ()
    if at is not None and at.end_column is not None and raw.isdecimal():
        edits = (Edit(at.path, at.line, at.column, at.line, at.end_column, f'"{raw}"'),)
    message = f"Kubernetes does not take the bare {raw} for {setting.key}: the value has to be a text."
    fix = Fix(f'write "{word}" in quotes', safe=bool(edits), edits=edits)
    return RULE.finding(setting, message, _NO_TEXT, fix=fix)


def misread(view: View) -> tuple[Misread, ...]:
    """Return what is set to a text that the kernel does not take: the setting, why, and what to write.

    Three rules ask it of a view, one right after the other: it is looked for once.
    """
    if not _last or _last[0][0] is not view:
        _last[:] = [(view, tuple(_misread(view)))]
    return _last[0][1]


def _misread(view: View) -> Iterator[Misread]:
    if view.host is None:
        yield from _no_number(view)
    for setting, entry in view.known():
        if setting.value is not None or not told(setting) or setting.facts & {"exclude", "glob", "unquoted"}:
            continue
        if "limit" in setting.facts and WIDTH.get(entry.kind, 1) > 1:
            yield setting, _SINGLE, "write the numbers alone"
            continue
        if ("loader" in setting.facts and commented(setting.raw)) or behind(setting):
            continue
        read = interpret(entry, setting.raw)
        if read.why and not (view.host is None and INVISIBLE.search(setting.raw)):
            yield setting, read.why, _wanted(entry)  # Of what nobody sees TT002 speaks.


def _no_number(view: View) -> Iterator[Misread]:
    """Yield texts of parameters that are not described here, but of which it is known that they take numbers."""
    for setting in view.settings.values():
        raw = setting.raw.strip()
        width = WIDTHS.get(setting.key, 1)
        if width == 1 and raw.isdecimal() and raw.isascii() and (raw[0] != "0" or len(raw) == 1):
            continue
        if not told(setting) or setting.facts & {"exclude", "glob", "unquoted"}:
            continue
        if "typed" in setting.facts and raw.lower() in _SWITCHES:
            continue
        if ("loader" in setting.facts and (raw[:1] == "=" or commented(setting.raw))) or behind(setting):
            continue
        if parameter(setting.key) is not None or not numeric(setting.key):
            continue
        why = numbers(raw, width).why
        if why and not INVISIBLE.search(raw):
            yield setting, why, "write whole numbers" if width == 1 else f"write {width} whole numbers"


def _wanted(entry: Parameter) -> str:
    wanted = {
        "bool": "write 0 or 1",
        "pair": "write two whole numbers with a blank between them",
        "triple": "write three whole numbers with blanks between them",
        "ports": "write ports and ranges with commas and no blanks, such as 8080,9000-9010",
    }.get(entry.kind, "write a whole number")
    return f"{wanted} ({entry.unit})" if entry.unit and entry.kind == "int" else wanted


RULE = Rule("TT201", "wrong-type", "error", "The text is not what the parameter takes.", check)
