"""The lines of a host's files that set nothing: what the loader at boot tries in vain, and why."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from tcptune.model.finding import Finding
from tcptune.model.origin import Origins
from tcptune.model.version import Target
from tcptune.rules.base import Rule
from tcptune.rules.registry import run
from tcptune.rules.view import View

if TYPE_CHECKING:
    from tcptune.profiles.policy import Policy

_INTERFACE = re.compile(r"^(net\.ipv[46]\.(?:conf|neigh)\.).+\.")

OF_LINES = frozenset(
    {
        "TT003",
        "TT005",
        "TT006",
        "TT101",
        "TT102",
        "TT103",
        "TT104",
        "TT106",
        "TT108",
        "TT201",
        "TT202",
        "TT203",
        "TT204",
    }
)
"""The rules that judge a single line."""


def refused(
    found: Origins, target: Target, rules: Iterable[Rule], options: Mapping[str, int], policy: Policy | None
) -> list[Finding]:
    """Return what is wrong with the lines that set nothing, each judged alone, as it would be in a file.

    What a profile takes on purpose is left out.
    """
    wanted = [rule for rule in rules if rule.code in OF_LINES]
    findings: list[Finding] = []
    quiet = set[tuple[str, str]]()
    for line in found.refused if found.applies else ():
        # A host may have thousands of lines for interfaces that are not there; one of a sort tells of all.
        sort = (_INTERFACE.sub(r"\1*.", line.key), line.raw)
        if sort in quiet:
            continue
        setting = replace(line.setting, spelled=line.key, facts=frozenset({"loader"}))
        view = View({line.key: setting}, (target,), options=options, assignments=(setting,))
        found_here = run(view, wanted)
        findings += found_here
        if not found_here:
            quiet.add(sort)
    return findings if policy is None else policy.sift(findings)[0]


def of_line(saved: Mapping[str, object], codes: frozenset[str]) -> bool:
    """Tell whether a finding of a saved audit is of a line of a file, by one of the rules that are wanted."""
    return saved["location"] is not None and saved["rule"] in OF_LINES & codes
