"""What is in force together, judged: the settings of one file as views, the rules over them, each finding once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from operator import itemgetter
from typing import TYPE_CHECKING

from tcptune.catalog import parameter
from tcptune.lint.reading import BYTE_ORDER_MARK, RETURNS, TAKEN_OUT, UNIX_ENDS
from tcptune.model.finding import Finding, Fix
from tcptune.model.setting import Edit, Location, Setting
from tcptune.model.version import Target
from tcptune.rules.base import Rule
from tcptune.rules.registry import run
from tcptune.rules.view import View
from tcptune.rules.written import meaning
from tcptune.sources.base import Problem

if TYPE_CHECKING:
    from tcptune.lint.policy import Holder


MOST_BELOW = 100_000
"""Settings, counted again for each branch below them, that are judged together with what stands in the branch."""

OF_WRITING = ("TT0", "TT1", "TT2")
"""How the codes of rules begin that ask whether a setting is well written and takes effect."""

OF_RELATIONS = "TT3"
"""How the codes of rules begin that hold one parameter against another."""

MOST_REPLACED = 200
"""Values of one group which a later one replaces that are judged together with the rest; further ones by themselves."""


def judge(
    settings: Sequence[Setting],
    targets: tuple[Target, ...],
    rules: Sequence[Rule],
    options: Mapping[str, int],
    holder: Holder | None = None,
    beside: frozenset[str] = frozenset(),
) -> list[Finding]:
    """Run the rules over every group of settings that are in force together; a finding comes once.

    `holder` holds a profile against what is in force; `beside` are keys that files beside this one may set.
    """
    found: dict[tuple[object, ...], Finding] = {}
    if any("dump" in setting.facts for setting in settings):
        # Nobody wrote a saved `sysctl -a`, and nobody loads it: its values alone can be right or wrong.
        rules = [rule for rule in rules if not rule.code.startswith(OF_WRITING)]
        settings = [setting for setting in settings if not _computed(setting)]
    for view, only in views(settings, targets, options, beside):
        if holder is not None and only is None:
            view = replace(view, policy=holder.comparison(view.settings))
        for finding in run(view, rules):
            if only is not None and not _stands_on(finding, only):
                continue
            found.setdefault((finding.rule, finding.key, finding.at), finding)
    return list(found.values())


def together(
    settings: Sequence[Setting],
    around: tuple[Sequence[Setting], Sequence[Setting]],
    targets: tuple[Target, ...],
    rules: Sequence[Rule],
    options: Mapping[str, int],
) -> list[Finding]:
    """Run rules about relations over a drop-in with what others of its folder set before it and after it.

    Only what stands in this file counts, and no line that a later file replaces: others are told of that.
    """
    before, after = around
    asked = {key for rule in rules for key in rule.keys}
    if not any(setting.key in asked for setting in settings):
        return []
    own = {at for setting in settings for at in (setting.value_at, setting.key_at)}
    replaced = {setting.key for setting in after}
    found = judge([*before, *settings, *after], targets, rules, options)
    return [finding for finding in found if finding.at in own and finding.key not in replaced]


def _computed(setting: Setting) -> bool:
    """Tell whether a value may be what a kernel made of its host's memory: half of a table, a power of two."""
    entry = parameter(setting.key)
    if entry is None or not isinstance(setting.value, int) or setting.value.bit_count() != 1:
        return False
    return any(step.formula for step in entry.default)


def views(
    settings: Sequence[Setting],
    targets: tuple[Target, ...],
    options: Mapping[str, int],
    beside: frozenset[str] = frozenset(),
) -> Iterable[tuple[View, Setting | None]]:
    """Yield a view for each group, then one for each setting that a later one of its group replaces.

    With the second kind comes the setting that it is about: only findings that stand on it count.
    """
    groups: dict[tuple[str, ...], list[tuple[int, Setting]]] = {}
    for place, setting in enumerate(settings):
        if "exclude" not in setting.facts:
            groups.setdefault(setting.group, []).append((place, setting))
    seen, anywhere = 0, beside.union(setting.key for setting in settings)
    lengths = sorted({len(group) for group in groups})
    for group in groups:
        outer = [one for length in lengths if length < len(group) for one in groups.get(group[:length], ())]
        seen += len(outer)
        # A file with so many branches below so many settings is none that a person wrote.
        inner = groups[group] if seen > MOST_BELOW else sorted([*outer, *groups[group]], key=itemgetter(0))
        together = [setting for _, setting in inner]
        in_force = {setting.key: setting for setting in together}
        yield View(in_force, targets, options=options, assignments=tuple(together), anywhere=anywhere), None
        replaced = [one for _, one in groups[group] if in_force[one.key] is not one]
        back = _set_back(together, {one.key for one in replaced}) if replaced else set()
        for number, setting in enumerate(replaced):
            if id(setting) in back:
                setting = replace(setting, facts=setting.facts | {"overrides"})
            others = {} if number >= MOST_REPLACED or _apart(setting, in_force[setting.key]) else in_force
            yield View({**others, setting.key: setting}, targets, options=options, anywhere=anywhere), setting


def _set_back(settings: Sequence[Setting], keys: set[str]) -> set[int]:
    """Return the settings of these parameters, by identity, before which one of the same parameter says otherwise."""
    first: dict[str, object] = {}
    varied: set[str] = set()
    found: set[int] = set()
    for setting in settings:
        if setting.key in keys:
            value = meaning(setting)
            if first.setdefault(setting.key, value) != value:
                varied.add(setting.key)
            if setting.key in varied:
                found.add(id(setting))
    return found


def _apart(setting: Setting, later: Setting) -> bool:
    """Tell whether a script writes another value into another file: what is in force goes with that one alone."""
    files = {one.store.partition(" ")[0] for one in (setting, later)}
    return len(files) > 1 and all(name.startswith("/") for name in files) and setting.value != later.value


def _stands_on(finding: Finding, setting: Setting) -> bool:
    return finding.key == setting.key and finding.at in (setting.value_at, setting.key_at)


def of_problem(problem: Problem, slugs: Mapping[str, str]) -> Finding:
    """Return the finding of a problem that a source met."""
    at: Location = problem.at
    title = problem.remedy or {
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
        fix=_mended(problem, title) if title else None,
        anchor=problem.message if problem.rule == "TT007" else "",
    )


def _mended(problem: Problem, title: str) -> Fix:
    at = problem.at
    if problem.message == BYTE_ORDER_MARK:
        return Fix("take the mark out", safe=True, edits=(Edit(at.path, 1, 1, 1, 2, ""),))
    if title == TAKEN_OUT and at.end_column is not None:
        return Fix(title, safe=True, edits=(Edit(at.path, at.line, at.column, at.line, at.end_column, ""),))
    if problem.message == RETURNS:
        return Fix(UNIX_ENDS)
    return Fix(title)
