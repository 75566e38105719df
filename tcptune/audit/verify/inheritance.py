"""Whether a new namespace takes over what its parent has set: seen in a guest only, where the parent may be written."""

from __future__ import annotations

from collections.abc import Sequence

from tcptune.audit.verify.case import Case
from tcptune.audit.verify.scope import change
from tcptune.live.probe import FreshNamespace

INHERITED = "a new namespace takes over the initial one's value"
OWN = "a new namespace starts with the default"


def check_inheritance(cases: Sequence[Case]) -> None:
    """Change every parameter outside, make one namespace, and see which of them it has taken over."""
    changed: list[tuple[Case, str, str]] = []
    for case in cases:
        if case.may_write_outside and case.scope.scope == "netns" and case.outside and case.outside.text:
            ground = case.stage.outside
            if change(case, ground, case.outside.text):
                look = ground.look(case.entry.key)
                changed.append((case, case.outside.text, (look and look.text) or ""))
    with FreshNamespace() as fresh:
        seen = fresh.run(lambda: {case.entry.key: fresh.look(case.entry.key) for case, _, _ in changed})
    for case, before, now in reversed(changed):
        case.stage.outside.write(case.entry.key, before.strip())
        found = seen[case.entry.key]
        if found is None or found.text is None:
            continue
        said, taken = INHERITED if case.entry.inherited else OWN, found.text.split() == now.split()
        case.compare("inherited", taken == case.entry.inherited, said, INHERITED if taken else OWN)
