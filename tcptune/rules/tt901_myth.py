"""A comment beside the setting says what is not so.

What is repeated in comments is believed and copied. The myths are those of the catalogue; `tcptune explain` on the
parameter refutes them with sources.

Bad:

    # shortens TIME_WAIT
    net.ipv4.tcp_fin_timeout = 30

Good:

    # orphaned connections wait less long in FIN-WAIT-2
    net.ipv4.tcp_fin_timeout = 30

Fix:

Write into the comment what the setting does, or leave the comment out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, partial

from tcptune.model.finding import Finding, Fix
from tcptune.model.setting import Setting
from tcptune.model.version import Target
from tcptune.rules import kernels
from tcptune.rules.base import Rule
from tcptune.rules.claims import CLAIMS, REFUTES, TIME_WAIT, Claim
from tcptune.rules.claims_asked import MORE
from tcptune.rules.remarks import comments
from tcptune.rules.view import View

_STATE = re.compile(TIME_WAIT, re.IGNORECASE)
_SWITCHES = re.compile(
    r"nabl|isabl|turn|activat|switch|stop|\bnot?\b|prohibit|forbid|ignor|reject|refus|deny|drop|block|never|n'?t\b|\bo(?:n|ff)\b",
    re.IGNORECASE,
)
"""One of these is in every English comment that says of a switch how it is."""

_NUMBERS = re.compile(r"\d|default", re.IGNORECASE)
"""One of these is in every English comment that says of a number what it is."""


def check(view: View) -> Iterator[Finding]:
    """Find comments that make one of the claims and do not argue against it."""
    told = set()
    for claim, setting in _commented(view):
        if claim.key in told or not _concerns(claim, setting, view):
            continue
        if not any(_makes(claim, comment) for comment in comments(setting)):
            continue
        concerned = kernels.holding(view, partial(_false, claim), (claim.key, claim.said))
        if not concerned:
            continue
        told.add(claim.key)
        message = f"The comment beside {setting.key} says {claim.said}."
        fix = Fix("correct the comment or leave it out")
        yield RULE.finding(setting, message, claim.truth, fix=fix, kernels=kernels.named(view, concerned))
    for setting in view.settings.values():
        if setting.key not in told and (found := _said(setting, view)) is not None:
            fix = Fix("correct the comment or the value")
            yield RULE.finding(setting, f"The comment beside {setting.key} says {found[0]}.", found[1], fix=fix)


def _commented(view: View) -> Iterator[tuple[Claim, Setting]]:
    """Yield the claims about each setting that has a comment, in their order."""
    claims = _by_key()
    for key, setting in view.settings.items():
        if key in claims and (setting.comment or "#" in setting.raw):
            for claim in claims[key]:
                yield claim, setting


@cache
def _by_key() -> dict[str, list[Claim]]:
    found: dict[str, list[Claim]] = {}
    for claim in (*CLAIMS, *MORE):
        found.setdefault(claim.key, []).append(claim)
    return found


def _said(setting: Setting, view: View) -> tuple[str, str] | None:
    """Return what a comment says of a switch or a number that is not so, and what is so."""
    if not (setting.comment or "#" in setting.raw):
        return None
    text = f"{setting.comment}\n{setting.raw}"
    found = None
    if not text.isascii() or _SWITCHES.search(text):
        from tcptune.rules.said_switches import contradicted

        found = contradicted(setting)
    if found is None and (not setting.comment.isascii() or _NUMBERS.search(setting.comment) or "#" in setting.raw):
        from tcptune.rules.said_numbers import misstated

        found = misstated(setting, view)
    return found


def _concerns(claim: Claim, setting: Setting, view: View) -> bool:
    if claim.below is not None and not (isinstance(setting.value, int) and 0 < setting.value < claim.below):
        return False
    return (not claim.values or setting.value in claim.values) and not (claim.unless and view.number(claim.unless))


def _makes(claim: Claim, comment: str) -> bool:
    if claim.state and _STATE.search(comment) is None:
        return False  # What every way to put it names costs less to look for than the ways.
    if not re.search(claim.pattern, comment, re.IGNORECASE):
        return False
    return not re.search(REFUTES, comment, re.IGNORECASE)


def _false(claim: Claim, target: Target) -> bool:
    return target.version >= claim.since


RULE = Rule("TT901", "myth", "note", "A comment says what is not so.", check, needs=frozenset({"files"}))
