"""Pages of the catalogue's entries, for several kernels."""

from __future__ import annotations

import pytest

from tcptune.catalog import pages, parameters
from tcptune.catalog.counters import COUNTERS
from tcptune.catalog.topics import TOPICS
from tcptune.model.history import DefaultStep, MeaningStep, RangeStep, ScopeStep, Step
from tcptune.model.page import Page
from tcptune.model.parameter import Condition, Counter, Distribution, Lifetime, Myth, Parameter, Risk, Sensible, Source
from tcptune.model.version import KernelVersion as V
from tcptune.model.version import Target

OLD, NEW = Target(V(3, 10)), Target(V(6, 18))
ENTRY = Parameter(
    key="net.ipv4.tcp_example",
    family="test",
    meaning="An example.",
    kind="enum",
    unit="seconds",
    scope=(ScopeStep(scope="host", child="absent"), ScopeStep(since=V(4, 10), scope="netns")),
    default=(DefaultStep(value=0), DefaultStep(since=V(4, 18), value=2, note="Only here.", commit="79e9fed46038aaaa")),
    accepted=(RangeStep(), RangeStep(since=V(4, 18), handler="u8", low=0, high=9)),
    sensible=Sensible(low=1, high=5, why="It is slow outside."),
    meanings=(
        MeaningStep(meanings={0: "off", 1: "on"}, note="Any number but 0 means 1."),
        MeaningStep(since=V(4, 18), meanings={0: "off", 1: "on", 2: "half"}),
    ),
    risks=(
        Risk(
            rule="TT499",
            slug="example",
            severity="warning",
            when=Condition(op="gt", value=5),
            since=V(4, 18),
            reason="It hurts.",
            symptom="It shows.",
            remedy="Leave it.",
        ),
    ),
    myths=(Myth(claim="It is free.", truth="It is not.", sources=(Source(kind="measured", text="seen"),)),),
    history=(Step(since=V(4, 18), commit="79e9fed46038aaaa", note="Half."),),
)


def section(page: Page, title: str) -> list[tuple[str, str]]:
    """Return the labels and texts of one section; empty when there is none of that title."""
    return [(item.label, item.text) for each in page.sections if each.title == title for item in each.items]


def facts(target: Target, entry: Parameter = ENTRY) -> dict[str, str]:
    """Return the facts of a parameter's page."""
    return dict(section(pages.parameter_page(entry, target), f"On Linux {target}"))


def fact(name: str, label: str) -> str:
    return facts(NEW, parameters()[name]).get(label, "")


def test_a_fact_says_since_when_where_the_parameter_is_older() -> None:
    assert fact("net.ipv4.tcp_retries2", "accepts").startswith("0 to 255, since 5.13 and in 5.10.262 (Stored in eight")
    assert fact("net.ipv4.tcp_fastopen", "accepts").startswith("-2147483648 to 2147483647 (")
    assert fact("net.core.rmem_max", "scope").endswith("; other network namespaces can only read it, since 6.12")


def test_an_empty_default_is_said_and_what_cannot_be_written_accepts_nothing() -> None:
    assert fact("net.ipv4.ip_local_reserved_ports", "default") == "none: the list is empty"
    assert fact("net.ipv4.tcp_ehash_entries", "accepts") == ""
    assert fact("net.ipv4.tcp_ehash_entries", "writable") == "no, it can only be read"


def asked(value: int, target: Target, entry: Parameter = ENTRY) -> str:
    """Return what is said about one value."""
    page = pages.parameter_page(entry, target, value=value)
    return " ".join(text for _, text in section(page, f"tcp_example = {value} on Linux {target}"))


def test_the_facts_are_those_of_the_kernel() -> None:
    assert facts(OLD) == {
        "there": "yes",
        "default": "0",
        "unit": "seconds",
        "accepts": "-2147483648 to 2147483647",
        "sensible": "1 to 5. It is slow outside.",
        "scope": "the whole host; other network namespaces do not have it",
    }
    new = facts(NEW)
    assert new["default"] == "2 (Only here)"
    assert new["accepts"] == "0 to 9, since 4.18"
    assert new["scope"].startswith(
        "each network namespace its own, since 4.10; a new one starts with the kernel's default"
    )


def test_an_inherited_value_starts_as_a_copy_of_the_initial_namespaces() -> None:
    assert "a copy of the initial namespace's value" in facts(NEW, ENTRY.but(inherited=True))["scope"]


def test_meanings_are_those_of_the_kernel_with_their_note() -> None:
    page = pages.parameter_page(ENTRY, OLD)
    assert section(page, "Values") == [("0", "off"), ("1", "on"), ("note", "Any number but 0 means 1.")]
    assert section(pages.parameter_page(ENTRY, NEW), "Values")[-1] == ("2", "half")


@pytest.mark.parametrize(
    ("value", "target", "words"),
    [
        (2, OLD, "2 has no meaning of its own on this kernel. Any number but 0 means 1."),
        (2, OLD, "The default is 0."),
        (2, NEW, "It means: half. It is the default: the line can go."),
        (10, NEW, "The kernel refuses it: 10 is outside of what it takes: 0 to 9. The old value stays."),
        (6, NEW, "TT499 (warning): It hurts. How it shows: It shows. Leave it."),
        (6, NEW, "It is outside of what makes sense: 1 to 5."),
    ],
)
def test_a_value_is_judged_on_the_kernel(value: int, target: Target, words: str) -> None:
    assert words in asked(value, target)


def test_a_risk_is_not_said_of_a_kernel_that_does_not_have_it() -> None:
    assert "TT499" not in asked(6, OLD)
    ended = ENTRY.risks[0].but(until=V(6, 18))
    assert "TT499" not in asked(6, NEW, ENTRY.but(risks=(ended,)))


def test_a_value_of_a_key_that_is_gone_has_no_effect() -> None:
    gone = ENTRY.but(lifetime=Lifetime(removed=Step(since=V(4, 12)), instead="Delete it."))
    assert "The key is not there" in asked(1, NEW, gone)
    assert facts(NEW, gone) == {"there": "no, it is gone since 4.12", "instead": "Delete it."}
    assert facts(OLD, gone)["there"] == "yes; gone in 4.12"


def test_a_key_that_came_later_and_one_that_was_never_there() -> None:
    late = ENTRY.but(lifetime=Lifetime(began=Step(since=V(5, 0)), module="nf_conntrack"))
    assert facts(OLD, late)["there"] == "no, it came with 5.0"
    assert facts(NEW, late)["there"] == "yes, since 5.0, once the module nf_conntrack is loaded"
    foreign = ENTRY.but(lifetime=Lifetime(vendor_only=("alinux2",)))
    assert facts(NEW, foreign)["there"] == "never in mainline: only in the kernels of alinux2"


def test_history_tells_each_change_once_and_in_order() -> None:
    assert section(pages.parameter_page(ENTRY, NEW), "History") == [
        ("since 4.10", "Each network namespace has its own."),
        ("since 4.18", "Half. (commit 79e9fed46038)"),
    ]


def test_what_was_measured_is_named_so() -> None:
    page = pages.parameter_page(ENTRY, NEW)
    claims = next(each for each in page.sections if each.form == "claims")
    assert claims.items[0].sources == ("measured: seen",)


@pytest.mark.parametrize("target", [OLD, NEW, Target(V(2, 6, 32))], ids=str)
def test_every_parameter_has_a_page_on_every_kernel(target: Target) -> None:
    for entry in parameters().values():
        page = pages.parameter_page(entry, target)
        assert page.summary.endswith(".")
        assert section(page, f"On Linux {target}")[0][0] == "there"


@pytest.mark.parametrize("entry", COUNTERS, ids=lambda entry: entry.id)
def test_every_counter_has_a_page_that_says_where_it_is_read(entry: Counter) -> None:
    said = dict(section(pages.counter_page(entry, NEW), f"On Linux {NEW}"))
    assert said["file"].endswith(entry.name)
    assert ("whole host" in said["of"]) is entry.host_wide


def test_every_topic_has_a_page_with_facts_and_further_names() -> None:
    for entry in TOPICS:
        page = pages.topic_page(entry)
        assert section(page, "What is so")
        assert section(page, "See also")


def test_a_distribution_says_what_it_is_judged_as() -> None:
    entry = Distribution(names=("rhel7", "centos7"), title="RHEL 7", version=V(3, 10), vendor="rhel7", living=False)
    page = pages.distribution_page(entry)
    assert page.summary == "Judged as Linux 3.10."
    assert dict(section(page, "Kernel")) == {
        "names": "rhel7, centos7",
        "kernel": "3.10 with the vendor's changes",
        "known": "by its number: its source was not read",
        "state": "no longer maintained",
    }
