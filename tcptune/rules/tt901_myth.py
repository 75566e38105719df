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
from functools import partial

from tcptune.model.finding import Finding, Fix
from tcptune.model.setting import Setting
from tcptune.model.version import Target
from tcptune.rules import kernels
from tcptune.rules.base import Rule
from tcptune.rules.claims import CLAIMS, REFUTES, Claim
from tcptune.rules.view import View

_SET = re.compile(r"-?(\w+(?:[./-][\w*]+)+|\w+_\w+)\s*[=:]\s*\S")
"""A row of a comment that is a setting itself, taken out of use."""

_BEHIND = re.compile(r"\s#+\s*(\S.*)")
"""Text behind a value that was meant as a comment, and is a part of it for the loaders."""


def check(view: View) -> Iterator[Finding]:
    """Find comments that make one of the claims and do not argue against it."""
    told = set()
    for claim in CLAIMS:
        setting = view.settings.get(claim.key)
        if setting is None or claim.key in told or not _concerns(claim, setting, view):
            continue
        if not any(_makes(claim, comment) for comment in _comments(setting)):
            continue
        concerned = kernels.holding(view, partial(_false, claim), (claim.key, claim.said))
        if not concerned:
            continue
        told.add(claim.key)
        message = f"The comment beside {setting.key} says {claim.said}."
        fix = Fix("correct the comment or leave it out")
        yield RULE.finding(setting, message, claim.truth, fix=fix, kernels=kernels.named(view, concerned))


def _concerns(claim: Claim, setting: Setting, view: View) -> bool:
    return (not claim.values or setting.value in claim.values) and not (claim.unless and view.number(claim.unless))


def _makes(claim: Claim, comment: str) -> bool:
    if not re.search(claim.pattern, comment, re.IGNORECASE):
        return False
    return not re.search(REFUTES, comment, re.IGNORECASE)


def _comments(setting: Setting) -> Iterator[str]:
    """Yield the comment above or beside a setting, and what was meant as one behind its value."""
    if setting.comment:
        yield _words(setting)
    behind = _BEHIND.search(setting.raw)
    if behind is not None:
        yield behind[1]


def _false(claim: Claim, target: Target) -> bool:
    return target.version >= claim.since


def _words(setting: Setting) -> str:
    """Return the comment as running text: without its marks, addresses, and settings that are taken out of use.

    What stands above such a setting of another parameter is said of that one.
    """
    kept: list[str] = []
    for row in setting.comment.split("\n"):
        text = re.sub(r"^[\s#;/*]+", "", row)
        out = _SET.match(text)
        if out is None:
            kept.append(text)
        elif not _same(out[1], setting.key):
            kept.clear()
    return re.sub(r"\w+://\S+", "", " ".join(kept)).strip()


def _same(spelled: str, key: str) -> bool:
    return spelled.replace("/", ".").rpartition(".")[2] == key.rpartition(".")[2]


RULE = Rule("TT901", "myth", "note", "A comment says what is not so.", check, needs=frozenset({"files"}))
