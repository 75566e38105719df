"""A parameter is not what the profile wants that `--profile` names.

A profile says what a host of one role should have, and why. With `audit --profile` the values of the host are held
against it, with `lint --profile` the lines of files, for every kernel judged; a line that a later one of the same
file or folder replaces is passed over. That no line sets a parameter at all is said of a whole host only (a running
one, a saved one, `--root`), where the kernel's default is known and is not what the profile wants: a single file need
not set everything. `lint` names the profile's line then. What the profile accepts is not reported by any other rule;
`-v` lists it.

Fix:

Set what the profile wants, or mend the profile: `tcptune diff PROFILE` shows all of it.

Sources:

- the profile itself; each finding gives its reason and its place
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from tcptune.model.finding import Finding, Fix, Related
from tcptune.model.setting import Edit, Setting
from tcptune.model.value import show
from tcptune.model.version import Target
from tcptune.rules import kernels
from tcptune.rules.base import Rule
from tcptune.rules.relations import to_set
from tcptune.rules.view import View

if TYPE_CHECKING:
    from tcptune.model.diff import Change, Comparison


def check(view: View) -> Iterator[Finding]:
    """Find the parameters that are not as the profile wants them, each once for all kernels."""
    policy = view.policy
    for key, (change, targets) in _differing(policy).items() if policy is not None else ():
        yield _finding(view, policy.profile if policy is not None else "", key, change, tuple(targets))


def _differing(policy: Comparison | None) -> dict[str, tuple[Change, list[Target]]]:
    """Return the differences by parameter with the kernels concerned; the first kernel's demand speaks for all."""
    found: dict[str, tuple[Change, list[Target]]] = {}
    for target, changes in policy.changes if policy is not None else ():
        for change in changes:
            if change.differs:
                found.setdefault(change.key, (change, []))[1].append(target)
    return found


def _finding(view: View, profile: str, key: str, change: Change, targets: tuple[Target, ...]) -> Finding:
    setting = view.settings.get(key)
    why = change.why or "The profile gives no reason."
    if change.action == "blocked":
        why = f"{why} Here {change.reason}."
    related = (Related(change.at, "what the profile wants"),) if change.at is not None else ()
    found = RULE.finding(
        setting,
        _message(view, setting, profile, change),
        why,
        fix=_fix(view, setting, change),
        related=related,
        kernels=kernels.named(view, targets),
    )
    if setting is None:
        found = replace(found, key=key, value=change.current)
    if change.origin is not None and not view.live:
        # A manager's file may have the last word after the line that the loaders end with.
        found = replace(found, at=change.origin.at, value=change.current)
    return found


def _message(view: View, setting: Setting | None, profile: str, change: Change) -> str:
    where = f" (where: {change.condition})" if change.condition and not view.live else ""
    wants = f"the profile {profile} wants {change.wish}{where}"
    if not view.live and setting is None:
        default = f": the default is {show(change.default)}" if change.default is not None else ""
        return f"No file sets {change.key}, and {wants}{default}."
    if change.current is None:
        return f"{change.key} has no value here, and {wants}."
    is_ = "is" if view.live else "="
    return f"{change.key} {is_} {show(change.current) or 'empty'}, and {wants}."


def _fix(view: View, setting: Setting | None, change: Change) -> Fix | None:
    if change.action == "blocked" or change.wanted is None:
        return Fix(change.remedy) if change.remedy else None
    title = to_set(view, change.key, change.wanted)
    title = title if view.live else f"set {title}"
    at = setting.value_at if setting is not None and not view.live else None
    if at is None or at.end_column is None or at.end_line not in (None, at.line) or setting is None:
        return Fix(title)
    plain = not setting.facts & {"typed", "shell"} and setting.raw == show(setting.value)
    edits = (Edit(at.path, at.line, at.column, at.line, at.end_column, show(change.wanted)),) if plain else ()
    return Fix(title, edits=edits)


RULE = Rule(
    "TT701", "policy", "warning", "A parameter is not what the profile wants.", check, needs=frozenset({"policy"})
)
