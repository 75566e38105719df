"""A draft made into a profile that can be read and checked: what does not take effect goes, risks are owned up to."""

from __future__ import annotations

from collections.abc import Sequence

from tcptune.catalog import parameter
from tcptune.draft import text
from tcptune.draft.item import Draft, Item
from tcptune.model.finding import Finding
from tcptune.model.record import dataclass
from tcptune.model.version import Target
from tcptune.profiles.load import Chain, parse
from tcptune.profiles.view import judge_all


@dataclass(frozen=True, slots=True)
class Settled:
    """The profile's text, and a line for each thing that is to be said of it."""

    text: str
    said: tuple[str, ...]
    count: int


def settle(name: str, draft: Draft, targets: Sequence[Target]) -> Settled:
    """Return the profile for the kernels: without what the rules call an error, its other risks accepted by name."""
    said = list(draft.left)
    items = []
    for item in draft.items:
        entry = parameter(item.key)
        if entry is not None and any(entry.exists(target) for target in targets):
            items.append(item)
        else:
            said.append(f"{item.place}: {item.key}: no kernel has it any more")
    while True:
        written = text.write(name, draft.source, items, {})
        findings = judge_all(_chain(written), targets)
        wrong = {each.key: each for each in findings if each.severity == "error" and each.key is not None}
        said += [f"{item.place}: {item.key}: {wrong[item.key].message}" for item in items if item.key in wrong]
        if not any(item.key in wrong for item in items):
            break
        items = [item for item in items if item.key not in wrong]
    accepted = _accepted(findings, items)
    said += [f"{rule} is accepted in the profile: {why}" for rule, why in accepted.items()]
    return Settled(text.write(name, draft.source, items, accepted), tuple(said), len(items))


def _accepted(findings: Sequence[Finding], items: Sequence[Item]) -> dict[str, str]:
    """Return the risks that come with the values, by rule, with where each was taken over from."""
    places = {item.key: item.place for item in items}
    found: dict[str, list[str]] = {}
    for each in findings:
        if each.severity == "warning":
            place = places.get(each.key or "", "")
            found.setdefault(each.rule, []).append(
                f"taken over from {place}: {each.message}" if place else each.message
            )
    return {rule: " ".join(dict.fromkeys(lines)) for rule, lines in sorted(found.items())}


def _chain(written: str) -> Chain:
    return Chain((parse("the draft", written.encode("utf-8")),))
