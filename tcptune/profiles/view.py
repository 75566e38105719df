"""What a profile writes on a kernel as a view, so that the rules judge it as they judge files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from tcptune.catalog import default_value, parameter
from tcptune.model.finding import Finding
from tcptune.model.setting import Setting
from tcptune.model.value import show
from tcptune.model.version import Target
from tcptune.profiles.facts import Facts
from tcptune.profiles.load import Chain
from tcptune.profiles.resolve import Wanted, resolve
from tcptune.rules.registry import rules, run
from tcptune.rules.view import View


def view(wanted: Iterable[Wanted], facts: Facts, surroundings: frozenset[str] = frozenset()) -> View:
    """Return what is written on a host that has the kernel's defaults: what they satisfy is not written.

    `surroundings` are facts for every setting, such as `pod`.
    """
    settings: dict[str, Setting] = {}
    for item in wanted:
        entry = parameter(item.key)
        if entry is None or item.unmet is not None or not entry.exists(facts.target):
            continue
        default = default_value(entry, facts.target, facts.host)
        if item.default or (not item.at_any_rate and default is not None and item.satisfied(default, default)):
            continue
        value = item.choose(default, default)
        if value is None:
            continue
        known = surroundings | ({"module-loaded"} if entry.lifetime.module in item.modules else set())
        settings[item.key] = Setting(
            item.key,
            show(value),
            value,
            spelled=item.key,
            key_at=item.at,
            value_at=item.at,
            source="profile",
            facts=known,
        )
    return View(settings, (facts.target,), assignments=tuple(settings.values()))


def judge(chain: Chain, facts: Facts, surroundings: frozenset[str] = frozenset()) -> list[Finding]:
    """Return what the rules say of a profile on a kernel, without the risks that it takes on purpose."""
    found = run(view(resolve(chain, facts), facts, surroundings), rules())
    return [finding for finding in found if chain.takes(finding.rule, finding.slug) is None]


def judge_all(chain: Chain, targets: Sequence[Target]) -> list[Finding]:
    """Return what the rules say of a profile on several kernels, each finding once with the kernels it holds for."""
    found: dict[tuple[object, ...], tuple[Finding, list[str]]] = {}
    for target in targets:
        for finding in judge(chain, Facts(target)):
            key = (finding.rule, finding.key, finding.value, finding.severity)
            found.setdefault(key, (finding, []))[1].append(str(target))
    everywhere = len(targets)
    return [
        replace(finding, kernels=None if len(kernels) == everywhere else tuple(kernels))
        for finding, kernels in found.values()
    ]
