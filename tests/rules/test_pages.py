"""Rules as pages."""

from __future__ import annotations

import re

import pytest

from tcptune.catalog import parameters
from tcptune.catalog.counters import COUNTERS
from tcptune.catalog.lookup import Name
from tcptune.catalog.topics import TOPICS
from tcptune.rules.pages import rule_names, rule_page, sections_of
from tcptune.rules.registry import rules

CODE = re.compile(r"TT\d{3}\Z")


def test_every_rule_and_every_documented_risk_has_a_name() -> None:
    known = {name.name for name in rule_names()}
    wanted = {rule.code for rule in rules() if CODE.match(rule.code)}
    wanted |= {risk.rule for entry in parameters().values() for risk in entry.risks}
    assert wanted <= known


@pytest.mark.parametrize("name", rule_names(), ids=lambda name: name.name)
def test_every_rule_has_a_page_that_says_something(name: Name) -> None:
    page = rule_page(name.name)
    assert page.title.split()[0] == name.name
    assert page.kind == "rule"
    assert page.summary.endswith(".")
    assert page.sections


def test_a_documented_risk_shows_each_of_its_conditions() -> None:
    page = rule_page("TT403")
    said = " ".join(item.text for section in page.sections for item in section.items)
    assert "before 5.19" in said
    assert "since 5.19" in said
    assert "net.ipv4.tcp_max_tw_buckets" in {section.title for section in page.sections}


def test_an_unknown_code_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        rule_page("TT999")


def test_a_docstring_is_cut_into_text_lists_headings_and_code() -> None:
    made = sections_of("Some\ntext.\n\nFix:\n\n- one\n  more\n- two\n\n    sysctl -w a=1\n\nLast.")
    assert [(each.title, each.form) for each in made] == [
        ("What it says", "text"),
        ("Fix", "list"),
        ("Example", "code"),
        ("Fix", "text"),
    ]
    assert made[0].items[0].text == "Some text."
    assert [item.text for item in made[1].items] == ["one more", "two"]
    assert made[2].items[0].text == "sysctl -w a=1"


def mentioned() -> list[str]:
    """Return the codes that counters and topics name."""
    named = [code for entry in COUNTERS for code in entry.rules]
    named += [name for entry in TOPICS for name in entry.see if CODE.match(name)]
    return sorted(set(named))


@pytest.mark.parametrize("code", mentioned())
def test_rules_that_counters_and_topics_refer_to_are_of_the_contract(code: str) -> None:
    known = {name.name for name in rule_names()}
    later = {"TT303", "TT601", "TT604", "TT605", "TT606", "TT609", "TT610"}
    assert code in known | later
