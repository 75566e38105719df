"""What is in force together, judged: the settings of one file as views, the rules over them, each finding once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from tcptune.model.finding import Finding, Fix
from tcptune.model.setting import Location, Setting
from tcptune.model.version import Target
from tcptune.rules.base import Rule
from tcptune.rules.registry import run
from tcptune.rules.view import View
from tcptune.sources.base import Problem

if TYPE_CHECKING:
    from tcptune.lint.policy import Holder


def judge(
    settings: Sequence[Setting],
    targets: tuple[Target, ...],
    rules: Sequence[Rule],
    options: Mapping[str, int],
    holder: Holder | None = None,
) -> list[Finding]:
    """Run the rules over every group of settings that are in force together; a finding comes once.

    `holder` holds a profile against what is in force.
    """
    found: dict[tuple[object, ...], Finding] = {}
    for view, only in views(settings, targets, options):
        if holder is not None and only is None:
            view = replace(view, policy=holder.comparison(view.settings))
        for finding in run(view, rules):
            if only is not None and not _stands_on(finding, only):
                continue
            found.setdefault((finding.rule, finding.key, finding.at), finding)
    return list(found.values())


def views(
    settings: Sequence[Setting], targets: tuple[Target, ...], options: Mapping[str, int]
) -> Iterable[tuple[View, Setting | None]]:
    """Yield a view for each group, then one for each setting that a later one of its group replaces.

    With the second kind comes the setting that it is about: only findings that stand on it count.
    """
    active = [setting for setting in settings if "exclude" not in setting.facts]
    groups = dict.fromkeys(setting.group for setting in active)
    for group in groups:
        together = [setting for setting in active if setting.group == group[: len(setting.group)]]
        in_force = {setting.key: setting for setting in together}
        yield View(in_force, targets, options=options, assignments=tuple(together)), None
        for setting in together:
            if setting.group == group and in_force[setting.key] is not setting:
                yield View({**in_force, setting.key: setting}, targets, options=options), setting


def _stands_on(finding: Finding, setting: Setting) -> bool:
    return finding.key == setting.key and finding.at in (setting.value_at, setting.key_at)


def of_problem(problem: Problem, slugs: Mapping[str, str]) -> Finding:
    """Return the finding of a problem that a source met."""
    at: Location = problem.at
    title = {
        "TT001": "write `key = value`, or make the line a comment",
        "TT002": "save the file as UTF-8 without a byte order mark, and type the key anew",
        "TT007": "mend the file so that its own tools read it",
    }.get(problem.rule)
    return Finding(
        rule=problem.rule,
        slug=slugs.get(problem.rule, ""),
        severity=problem.severity,
        message=problem.message,
        why=problem.why,
        at=at,
        fix=Fix(title) if title else None,
        anchor=problem.message if problem.rule == "TT007" else "",
    )
