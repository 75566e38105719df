"""Variables of a manifest: `value => $fin_timeout` says for which parameter `Integer $fin_timeout = 10` is.

What a resource takes from a variable with a plain number is judged there, be it the default of a class's parameter or
an assignment. A variable that has several values, or that a condition asks for, says nothing certain.
"""

from __future__ import annotations

import re
from dataclasses import replace

from tcptune.model.setting import Location, Setting
from tcptune.sources.base import Text

_GIVEN = re.compile(
    r"^[ \t]*(?:class[ \t]+[\w:]+[ \t]*\([ \t]*)?(?:[A-Z][^$\n]{0,80}?[ \t]+)?\$(?P<name>[a-z_]\w*)[ \t]*=[ \t]*"
    r"(?P<quote>['\"]?)(?P<value>-?\d+(?:[ \t]+-?\d+)*)(?P=quote)[ \t]*(?:[,)#]|$)",
    re.MULTILINE,
)
_OTHER = re.compile(r"^[ \t]*(?:[A-Z][^$\n]{0,80}?[ \t]+)?\$([a-z_]\w*)[ \t]*=(?![=~>])", re.MULTILINE)
_TAKEN = re.compile(r"\$(?:\{(?P<inner>[a-z_]\w*)\}|(?P<name>[a-z_]\w*))")
_ASKED = re.compile(r"\b(?:if|unless|elsif|case)\b[^\n{]*|\$\w+[ \t]*\?")


def filled(text: Text, settings: list[Setting]) -> list[Setting]:
    """Return the settings, those that name a variable with its value where it is written out in the same file."""
    variables = _variables(text) if any(one.templated for one in settings) else {}
    return [_filled(setting, variables) for setting in settings] if variables else settings


def _filled(setting: Setting, variables: dict[str, tuple[str, Location]]) -> Setting:
    match = _TAKEN.fullmatch(setting.raw) if setting.templated else None
    told = variables.get(match["name"] or match["inner"]) if match is not None else None
    if told is None:
        return setting
    value, at = told
    return replace(setting, raw=value, value_at=at, templated=False, facts=setting.facts | {"variable"})


def _variables(text: Text) -> dict[str, tuple[str, Location]]:
    times: dict[str, int] = {}
    for match in _OTHER.finditer(text.text):
        times[match[1]] = times.get(match[1], 0) + 1
    asked = set(re.findall(r"\$\{?(\w+)", "\n".join(_ASKED.findall(text.text))))
    return {
        match["name"]: (match["value"], text.span(*match.span("value")))
        for match in _GIVEN.finditer(text.text)
        if times.get(match["name"], 1) == 1 and match["name"] not in asked
    }
