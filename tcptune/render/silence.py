"""What lint would say of the written lines although it is on purpose: risks the profile takes, what the header asks."""

from __future__ import annotations

from collections.abc import Sequence

from tcptune.model.setting import Setting
from tcptune.profiles.facts import Facts
from tcptune.profiles.load import Chain
from tcptune.profiles.policy import Policy
from tcptune.render.sheet import Entry, Silence, Writer
from tcptune.rules.registry import rules, run
from tcptune.rules.view import View


def silenced(entries: Sequence[Entry], chain: Chain, known: Facts, target: Writer) -> dict[str, list[Silence]]:
    """Return by parameter the rules that are to be silent about its line, each with the reason."""
    settings = {
        entry.key: Setting(
            entry.key, entry.text, entry.value, spelled=entry.key, source=target.name, facts=target.surroundings
        )
        for entry in entries
    }
    policy = Policy(chain)
    modules = {entry.key: entry.module for entry in entries if entry.module is not None}
    about = {rule.code: rule.about for rule in rules()}
    found: dict[str, list[Silence]] = {}
    for finding in run(View(settings, (known.target,), assignments=tuple(settings.values())), rules()):
        why = policy.takes(finding.rule, finding.slug)
        if finding.rule == "TT105" and finding.key in modules:
            why = f"{modules[finding.key]} is loaded before"
        elif finding.rule == "TT107":
            why = "the kubelet has to allow it, as said above"
        elif finding.rule == "TT205":
            why = "written on purpose"
        if why is not None and finding.key in settings:
            found.setdefault(finding.key, []).append(Silence(finding.rule, why, about[finding.rule]))
    return found
