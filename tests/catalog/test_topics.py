"""Socket options, states, errors and concepts: complete, and every reference leads somewhere."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pytest

from tcptune.catalog import parameters
from tcptune.catalog.counters import COUNTERS, counter
from tcptune.catalog.topics import TOPICS, topic
from tcptune.model.parameter import Counter, Myth, Topic

WANTED = {
    "SO_LINGER",
    "TCP_LINGER2",
    "SO_REUSEADDR",
    "SO_REUSEPORT",
    "IP_BIND_ADDRESS_NO_PORT",
    "IP_LOCAL_PORT_RANGE",
    "TCP_USER_TIMEOUT",
    "FIN-WAIT-1",
    "FIN-WAIT-2",
    "CLOSING",
    "TIME-WAIT",
    "CLOSE-WAIT",
    "LAST-ACK",
    "EADDRNOTAVAIL",
    "EADDRINUSE",
    "ECONNRESET",
    "ETIMEDOUT",
    "EPIPE",
    "orphan",
    "ephemeral port",
    "four-tuple",
    "port budget",
    "capacity",
    "abortive close",
    "PAWS",
    "MSL",
    "network namespace",
    "SNAT exhaustion",
}
RULES = re.compile(r"TT\d{3}\Z")
KEY = re.compile(r"\bnet\.[a-z0-9_]+(?:\.[a-z0-9_]+)+")
COUNTER = re.compile(r"\b(?:TcpExt|Tcp|TCP)\.\w+")


def resolves(name: str) -> bool:
    """Tell whether a reference leads to an entry; rules are checked where the rules are."""
    return bool(name in parameters() or counter(name) or topic(name) or RULES.match(name))


def texts(entry: Topic) -> Iterable[str]:
    """Return everything a topic says."""
    yield entry.summary
    yield from entry.facts
    for myth in entry.myths:
        yield from (myth.claim, myth.truth)


def test_what_the_questions_are_about_is_there() -> None:
    assert {entry.name for entry in TOPICS} == WANTED


@pytest.mark.parametrize("entry", TOPICS, ids=lambda entry: entry.name)
def test_every_reference_resolves(entry: Topic) -> None:
    assert [name for name in entry.see if not resolves(name)] == []


@pytest.mark.parametrize("entry", TOPICS, ids=lambda entry: entry.name)
def test_every_parameter_and_counter_in_the_text_is_known(entry: Topic) -> None:
    said = " ".join(texts(entry))
    unknown = [name for name in (*KEY.findall(said), *COUNTER.findall(said)) if not resolves(name)]
    assert unknown in ([], ["net.ipv4.ip_nonlocal_bind"])


def test_names_and_aliases_are_unique() -> None:
    spelled = [name.lower() for entry in TOPICS for name in (entry.name, *entry.aliases)]
    assert len(spelled) == len(set(spelled))


@pytest.mark.parametrize("entry", [each for each in TOPICS if each.kind == "state"], ids=lambda entry: entry.name)
def test_a_state_says_who_is_in_it_and_for_how_long(entry: Topic) -> None:
    assert any(fact.startswith("Who: ") for fact in entry.facts)
    assert any(fact.startswith("How long") for fact in entry.facts)


def every_myth() -> list[Myth]:
    """Return the myths of topics and counters."""
    return [
        *(myth for entry in TOPICS for myth in entry.myths),
        *(myth for entry in COUNTERS for myth in entry.myths),
    ]


def test_a_refutation_differs_from_its_claim_and_is_a_sentence() -> None:
    for myth in every_myth():
        assert myth.truth.endswith(".")
        assert not myth.claim.endswith(".")
        assert myth.truth != myth.claim


@pytest.mark.parametrize("entry", COUNTERS, ids=lambda entry: entry.id)
def test_a_counters_rules_are_codes(entry: Counter) -> None:
    assert all(RULES.match(code) for code in entry.rules)


def test_lookup_ignores_case_and_unknown_names_give_none() -> None:
    assert topic("so_linger") is topic("SO_LINGER") is not None
    assert topic("no such") is None
