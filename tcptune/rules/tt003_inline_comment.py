"""Text behind a value in a sysctl file goes to the kernel with the value.

Neither loader knows comments behind a value. The kernel stops reading a number at the first blank, so `1 # fast` is
taken as 1 by luck; `1# fast` is refused, and so is any text behind a name or a list of ports, and a comment where the
value should be.

Bad:

    net.ipv4.tcp_fin_timeout = 30# seconds

Good:

    # seconds
    net.ipv4.tcp_fin_timeout = 30

Fix:

Move the comment to a line of its own, above the setting.

Sources:

- kernel/sysctl.c: proc_get_long stops at white space
- measured: both loaders hand the text over unchanged
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tcptune.catalog import parameter
from tcptune.catalog.names import known, numeric, single
from tcptune.model.finding import Finding, Fix
from tcptune.model.late import late
from tcptune.model.setting import Edit, Setting
from tcptune.model.value import WIDTH, show
from tcptune.rules.base import Rule
from tcptune.rules.view import View
from tcptune.rules.written import interpret

_COMMENT = r"[#;]|//"
_NUMBERS = r"-?[0-9][0-9a-fxA-FX]*(?:\s+-?[0-9][0-9a-fxA-FX]*)*"
_NAMES = (".tcp_congestion_control", ".default_qdisc")
"""Parameters that take one name."""

_LINES = "The loaders know comments on lines of their own only, and hand over everything behind the = sign."

_SECOND = late(r"-?[a-z]\w*(?:[./][\w*-]+)+\s*=\s*[^\s;#=][^;#=]*")
"""A second setting on the line, as only a shell would have it."""

_SETTING = late(r";\s*(?:sysctl\s+(?:-\w+\s+)?)?-?[a-z]\w*(?:[./][\w*-]+)+\s*=")
"""Where one begins, whatever stands behind it."""

_REFUSED = re.compile(rf"{_NUMBERS}(?:{_COMMENT}).*", re.DOTALL)
_NUMBER_AND_WORDS = late(r"(-?\d+)\s+([#;A-Za-z(\d].*)", re.DOTALL)
_BEHIND = late(rf"[\w-]+\s+(?:{_COMMENT})")


def check(view: View) -> Iterator[Finding]:
    """Find values of sysctl files with a comment behind them."""
    for setting in view.settings.values():
        match = commented(setting.raw) if "loader" in setting.facts or _one_word(setting) or behind(setting) else None
        if match is None:
            yield from _ignored(setting)
        elif match["value"] and setting.raw[0] not in "\"'" and (match["gap"] or not _free(setting)):
            yield _finding(view, setting, match, _accepted(setting, match))
        elif not match["value"] and not setting.templated and _taken_for_value(setting) and not _nowhere(view, setting):
            message = f"The kernel refuses this value: {setting.raw!r} is all of it, and no comment."
            fix = Fix("write the value behind the = sign, and the comment on a line of its own")
            yield RULE.finding(setting, message, _LINES, fix=fix)


def _taken_for_value(setting: Setting) -> bool:
    """Tell whether the kernel refuses a comment that stands where the value should: not where it takes any text."""
    entry = parameter(setting.key)
    numbers = entry.kind != "text" if entry is not None else numeric(setting.key)
    return numbers or setting.key.endswith(_NAMES)


def behind(setting: Setting) -> bool:
    """Tell whether a comment is part of what another format hands over for a parameter that takes numbers."""
    if setting.templated or setting.facts & {"loader", "tuned"} or not _REFUSED.fullmatch(setting.raw):
        return False
    entry = parameter(setting.key)
    return entry.kind in WIDTH if entry is not None else numeric(setting.key)


def _free(setting: Setting) -> bool:
    """Tell whether a parameter takes any text: `#` and `//` within a word may be meant (`kernel.core_pattern`)."""
    entry = parameter(setting.key)
    text = entry.kind == "text" if entry is not None else known(setting.key) is not None
    return text and not numeric(setting.key)


def _one_word(setting: Setting) -> bool:
    """Tell whether a comment stands behind the one name that a parameter takes, whoever hands it to the kernel."""
    return setting.key.endswith(_NAMES) and not setting.templated and _BEHIND.match(setting.raw) is not None


def _ignored(setting: Setting) -> Iterator[Finding]:
    """Find words behind the numbers that belong to the parameter, such as a unit; the kernel does not look at them."""
    entry = parameter(setting.key)
    if "live" in setting.source or len(setting.raw) < 3 or setting.templated:
        return
    if entry is not None:
        value, rest = show(setting.value) if setting.value is not None else "", interpret(entry, setting.raw).rest
    else:
        # Of a parameter that is not described it is seldom known how many numbers it takes.
        match = _NUMBER_AND_WORDS.fullmatch(setting.raw) if numeric(setting.key) else None
        if match and match[2][0].isdecimal() and not single(setting.key):
            match = None
        value, rest = (match[1], match[2]) if match else ("", "")
    if value and rest:
        message = f"The text behind the value goes to the kernel too: {rest!r} is passed over."
        why = f"The kernel stops at the blank, so {value} is set, whatever the rest was meant to say."
        yield RULE.finding(setting, message, why, severity="warning", fix=Fix(f"write {value}"))


def _nowhere(view: View, setting: Setting) -> bool:
    """Tell whether no kernel that is judged is known to have the parameter: then none takes or refuses a value."""
    entry = parameter(setting.key)
    if entry is not None:
        return not any(map(entry.exists, view.targets))
    name = known(setting.key)
    return name is None or (
        name.last is not None and all(one.version.release > name.last.release for one in view.targets)
    )


def commented(raw: str) -> dict[str, str] | None:
    """Return the parts `value`, `gap` and `comment` of a text that has a comment in it."""
    match = re.search(_COMMENT, raw)
    if match is None:
        return None
    value = raw[: match.start()].rstrip()
    return {"value": value, "gap": raw[len(value) : match.start()], "comment": raw[match.start() :]}


def _accepted(setting: Setting, match: dict[str, str]) -> bool:
    """Tell whether the kernel takes the text with the comment; of an unknown key, whether it looks like numbers."""
    entry = parameter(setting.key)
    if entry is not None:
        filled = setting.templated and bool(match["gap"]) and entry.kind in WIDTH
        return entry.kind != "text" and (setting.value is not None or filled)
    return bool(match["gap"]) and re.fullmatch(_NUMBERS, match["value"]) is not None


def _finding(view: View, setting: Setting, match: dict[str, str], accepted: bool) -> Finding:
    comment, value = match["comment"], match["value"]
    if _nowhere(view, setting):
        message = f"The text behind the value is part of it: {comment!r} is no comment here."
        why = "Comments stand on lines of their own; everything behind the = sign is handed over."
    elif accepted:
        message = f"The text behind the value goes to the kernel too: {comment!r} is no comment here."
        why = f"The kernel stops at the blank, so {value} is set; without the blank the line would be refused."
    else:
        message = f"The kernel refuses this value: {comment!r} is part of it, not a comment."
        why = _LINES if "loader" in setting.facts else "The value is handed over as it is; nothing takes a comment off."
    fix = Fix("move the comment to a line of its own", safe=True, edits=_edits(setting, value, comment))
    if comment[0] == ";" and _SETTING.search(comment):
        more = [part.strip() for part in comment.strip("; \t").split(";")]
        whole = all(map(_SECOND.fullmatch, more))
        edits = _edits(setting, value, "\n".join(more)) if whole else ()
        fix = Fix("write each setting on a line of its own", edits=edits)
    return RULE.finding(setting, message, why, severity="warning" if accepted else "error", fix=fix)


def _edits(setting: Setting, value: str, comment: str) -> tuple[Edit, ...]:
    at, key = setting.value_at, setting.key_at
    if at is None or key is None or at.end_column is None or setting.source != "sysctl.d":
        return ()
    text = f"# {comment.removeprefix('//').strip()}" if comment.startswith("//") else comment
    above = Edit(at.path, key.line, key.column, key.line, key.column, f"{text}\n")
    cut = Edit(at.path, at.line, at.column + len(value), at.line, at.end_column, "")
    return (above, cut)


RULE = Rule("TT003", "inline-comment", "error", "Text behind a value goes to the kernel.", check)
