"""What holds for every entry of the catalogue."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

import pytest

from tcptune.catalog import FAMILIES, parameters
from tcptune.catalog.formulas import FORMULAS
from tcptune.model.history import DefaultStep, Step
from tcptune.model.parameter import Parameter
from tcptune.model.value import WIDTH, Value
from tcptune.model.version import OLDEST, KernelVersion, Target

RISKS = {
    "TT401": ("tw-recycle", "error", "net.ipv4.tcp_tw_recycle"),
    "TT402": ("timestamps-off", "warning", "net.ipv4.tcp_timestamps"),
    "TT403": ("buckets-low", "warning", "net.ipv4.tcp_max_tw_buckets"),
    "TT404": ("fin-timeout-low", "warning", "net.ipv4.tcp_fin_timeout"),
    "TT405": ("fin-timeout-above-60", "warning", "net.ipv4.tcp_fin_timeout"),
    "TT406": ("abort-on-overflow", "warning", "net.ipv4.tcp_abort_on_overflow"),
    "TT407": ("syncookies-off", "warning", "net.ipv4.tcp_syncookies"),
    "TT408": ("orphan-retries-low", "warning", "net.ipv4.tcp_orphan_retries"),
    "TT409": ("retries2-low", "warning", "net.ipv4.tcp_retries2"),
    "TT410": ("port-range-low", "warning", "net.ipv4.ip_local_port_range"),
    "TT411": ("port-range-small", "warning", "net.ipv4.ip_local_port_range"),
    "TT412": ("reuse-for-servers", "note", "net.ipv4.tcp_tw_reuse"),
    "TT413": ("port-range-parity", "note", "net.ipv4.ip_local_port_range"),
}
"""Code to slug, severity and parameter: what users' scripts rely on."""

RELEASES = [(2, 6, 32), (3, 10), (4, 4), (4, 18), (5, 4), (5, 10), (5, 14), (6, 1), (6, 12), (6, 18), (7, 2)]
TARGETS = [Target(KernelVersion(*release)) for release in RELEASES]
ENTRIES = list(parameters().values())
FULL = [entry for entry in ENTRIES if entry.depth == "full"]


def keys(entries: list[Parameter]) -> list[str]:
    return [entry.key for entry in entries]


every = pytest.mark.parametrize("entry", ENTRIES, ids=keys(ENTRIES))
every_full = pytest.mark.parametrize("entry", FULL, ids=keys(FULL))


def histories(entry: Parameter) -> Iterator[tuple[str, tuple[Step, ...]]]:
    """Yield each sequence of steps of an entry with its name."""
    yield "scope", entry.scope
    yield "default", entry.default
    yield "accepted", entry.accepted
    yield "meanings", entry.meanings
    yield "history", entry.history


def sentences(entry: Parameter) -> Iterator[str]:
    """Yield every text of an entry that is made of whole sentences."""
    yield entry.meaning
    yield from entry.semantics
    if entry.sensible:
        yield entry.sensible.why
    if entry.lifetime.instead:
        yield entry.lifetime.instead
    for risk in entry.risks:
        yield from (risk.reason, risk.symptom, risk.remedy)
    for interaction in entry.interactions:
        yield interaction.effect
    for myth in entry.myths:
        yield from (myth.claim, myth.truth)
    for _, steps in histories(entry):
        for step in steps:
            if step.note:
                yield step.note


def test_no_key_stands_twice() -> None:
    found = [entry.key for family in FAMILIES for entry in import_module(f"tcptune.catalog.{family}").PARAMETERS]
    assert sorted(found) == sorted(set(found))


def test_a_module_is_named_after_its_family() -> None:
    for module in FAMILIES:
        for entry in import_module(f"tcptune.catalog.{module}").PARAMETERS:
            assert module == entry.family or module.startswith(f"{entry.family}_"), entry.key


@every
def test_keys_are_dotted_names(entry: Parameter) -> None:
    words = entry.key.split(".")
    assert len(words) >= 2
    assert all(words)
    assert "/" not in entry.key


@every
def test_what_it_refers_to_exists(entry: Parameter) -> None:
    named = {interaction.key for interaction in entry.interactions}
    if entry.lifetime.renamed_to:
        named.add(entry.lifetime.renamed_to)
    assert named <= set(parameters())
    assert entry.key not in named


@every
def test_every_formula_is_written(entry: Parameter) -> None:
    assert {step.formula for step in entry.default if step.formula} <= set(FORMULAS)


def test_every_formula_is_used() -> None:
    assert {step.formula for entry in ENTRIES for step in entry.default if step.formula} == set(FORMULAS)


@every
def test_steps_ascend(entry: Parameter) -> None:
    for name, steps in histories(entry):
        order = [step.since for step in steps]
        assert order == sorted(order), name
        if name != "history":
            assert len(set(order)) == len(order), name


@every
def test_stable_releases_lie_below_the_release_that_made_the_step(entry: Parameter) -> None:
    for name, steps in [*histories(entry), ("began", (entry.lifetime.began,))]:
        for step in steps:
            assert all(stable < step.since for stable in step.also), name


@every
def test_a_default_is_a_value_or_a_formula(entry: Parameter) -> None:
    for step in entry.default:
        assert step.value is None or step.formula is None


def fits(entry: Parameter, value: Value) -> bool:
    """Tell whether a value has the shape of the entry's kind."""
    width = WIDTH.get(entry.kind)
    if width is None:
        return isinstance(value, str)
    return isinstance(value, int) if width == 1 else isinstance(value, tuple) and len(value) == width


def constants(entry: Parameter) -> list[tuple[DefaultStep, Value]]:
    return [(step, step.value) for step in entry.default if step.value is not None]


@every
def test_defaults_and_remedies_have_the_shape_of_the_kind(entry: Parameter) -> None:
    values = [value for _, value in constants(entry)] + [risk.value for risk in entry.risks if risk.value is not None]
    assert all(fits(entry, value) for value in values), values


@every
def test_defaults_are_accepted_and_have_a_meaning(entry: Parameter) -> None:
    for target in TARGETS:
        default, accepted = entry.default_on(target), entry.accepted_on(target)
        if not entry.exists(target) or default is None or not isinstance(default.value, int | tuple):
            continue
        numbers = default.value if isinstance(default.value, tuple) else (default.value,)
        low, high = accepted.bounds() if accepted else (None, None)
        for number in numbers:
            assert low is None or number >= low, target
            assert high is None or number <= high, target
        meanings = entry.meanings_on(target)
        assert not meanings or default.value in meanings, target


@every
def test_nothing_is_said_of_kernels_that_do_not_have_the_key(entry: Parameter) -> None:
    for target in TARGETS:
        if entry.exists(target):
            continue
        began = entry.lifetime.began
        if began.since > OLDEST and not began.holds(target) and not entry.lifetime.vendor_only:
            assert entry.default_on(target) is None, target
            assert entry.accepted_on(target) is None, target


@every
def test_the_sensible_range_lies_within_what_is_accepted_today(entry: Parameter) -> None:
    accepted = entry.accepted_on(TARGETS[-2])
    if entry.sensible is None or accepted is None or not entry.exists(TARGETS[-2]):
        return
    low, high = accepted.bounds()
    assert entry.sensible.low is None or low is None or entry.sensible.low >= low
    assert entry.sensible.high is None or high is None or entry.sensible.high <= high


@every
def test_no_sensible_range_excludes_a_default(entry: Parameter) -> None:
    if entry.sensible is None:
        return
    for _, value in constants(entry):
        for number in value if isinstance(value, tuple) else (value,):
            assert isinstance(number, int)
            assert entry.sensible.low is None or number >= entry.sensible.low
            assert entry.sensible.high is None or number <= entry.sensible.high


@every
def test_sentences_end_with_a_full_stop(entry: Parameter) -> None:
    for text in sentences(entry):
        assert text.endswith("."), text
        assert text == " ".join(text.split()), text


@every_full
def test_a_full_entry_says_all(entry: Parameter) -> None:
    assert entry.semantics
    assert entry.sources
    assert entry.accepted
    assert entry.default
    assert entry.scope
    assert entry.meaning
    if entry.kind in ("bool", "enum"):
        assert entry.meanings
    elif entry.kind != "text":
        assert entry.unit


def test_documented_risks_are_those_of_the_contract() -> None:
    seen: dict[str, tuple[str, str, str]] = {}
    for entry in ENTRIES:
        for risk in entry.risks:
            assert seen.setdefault(risk.rule, (risk.slug, risk.severity, entry.key)) == (
                risk.slug,
                risk.severity,
                entry.key,
            )
    assert seen == RISKS


@every
def test_risks_of_one_rule_never_speak_twice_of_one_value(entry: Parameter) -> None:
    numbers = range(-5, 200) if WIDTH.get(entry.kind) == 1 else ()
    for target in TARGETS:
        for number in numbers:
            rules = [
                risk.rule
                for risk in entry.risks
                if risk.when.holds(number)
                and target.version >= risk.since
                and (risk.until is None or target.version < risk.until)
            ]
            assert len(rules) == len(set(rules)), (number, rules)


@every
def test_what_a_risk_proposes_is_no_risk(entry: Parameter) -> None:
    for risk in entry.risks:
        assert risk.value is None or not any(other.when.holds(risk.value) for other in entry.risks)


@every
def test_nothing_points_to_where_it_was_written(entry: Parameter) -> None:
    text = repr(entry).lower()
    for foreign in ("/home/", "http://", "https://", "unverified", "todo"):
        assert foreign not in text
