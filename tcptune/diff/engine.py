"""A profile beside what there is: looked at, compared, put into a report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tcptune.audit.policy import facts_of
from tcptune.diff.where import Where
from tcptune.model.diff import Comparison, DiffPart, DiffReport
from tcptune.model.finding import Finding
from tcptune.profiles.compare import Seen, compare
from tcptune.profiles.policy import Policy
from tcptune.rules.registry import run
from tcptune.rules.tt701_policy import RULE
from tcptune.rules.view import View

__all__ = ["Where", "diff", "facts_of"]


def diff(policy: Policy, where: Where) -> DiffReport:
    """Compare a profile with what `where` names.

    Raises `TcptuneError` when nothing can be looked at, or when the profile contradicts itself there.
    """
    if where.against is not None:
        from tcptune.diff.against import look

        seen, changes = look(policy, where.against, where.kernel)
        return _report(policy, [(seen, DiffPart(seen.host, changes))], where)
    problems: tuple[str, ...] = ()
    if where.root is not None or where.snapshot is not None:
        from tcptune.diff.saved import look as look_elsewhere

        places = look_elsewhere(where)
    else:
        from tcptune.diff.live import look as look_here

        places, problems = look_here(policy.keys, where)
    parts = [(seen, DiffPart(seen.host, compare(policy, seen))) for seen in places]
    return _report(policy, parts, where, problems)


def _report(
    policy: Policy, found: Sequence[tuple[Seen, DiffPart]], where: Where, problems: tuple[str, ...] = ()
) -> DiffReport:
    several = where.all_netns or len(found) > 1
    limits = dict.fromkeys([*(line for _, part in found for line in part.host.limits), *problems])
    findings = [finding for seen, part in found for finding in findings_of(policy, seen, part, several=several)]
    return DiffReport(
        profile=policy.name,
        part=found[0][1],
        problems=tuple(limits),
        parts=tuple(part for _, part in found) if several else None,
        place=_place(where, found[0][1]),
        against=where.against.name if where.against is not None else None,
        findings=tuple(findings),
    )


def findings_of(policy: Policy, seen: Seen, part: DiffPart, *, several: bool = False) -> list[Finding]:
    """Return the differences as findings, the same that an audit with this profile gives."""
    target = seen.facts.target
    comparison = Comparison(policy.name, ((target, part.changes),))
    view = View(seen.settings, (target,), seen.host if seen.running else None, policy=comparison)
    found, _ = policy.sift(run(view, (RULE,)))
    return [replace(item, netns=part.host.netns) for item in found] if several else found


def _place(where: Where, part: DiffPart) -> str:
    """Return in words what was looked at, to stand behind `differ from the profile …`."""
    if where.against is not None:
        return f"where {where.against.name} is followed on Linux {part.host.kernel}"
    if where.root is not None:
        return f"in what the files of {where.root} give on Linux {part.host.kernel}"
    if where.snapshot is not None:
        return f"in {'standard input' if where.snapshot == '-' else where.snapshot}"
    return f"in the network namespace {part.host.netns}" if part.host.netns else ""
