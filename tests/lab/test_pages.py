"""`tcptune explain` leads from what an experiment is about to the experiment, and from it to what rests on it."""

from __future__ import annotations

import jsonschema
import pytest

from tcptune.catalog.targets import newest
from tcptune.cli.explain import make_page
from tcptune.cli.schema import document_schema
from tcptune.errors import TcptuneError
from tcptune.formats.page import document
from tcptune.lab.pages import TITLE, asked_experiment
from tcptune.lab.registry import experiments
from tcptune.model.page import Page

EXPERIMENTS = experiments()


def page(name: str) -> Page:
    return make_page(name, newest(), None)


def runs(found: Page) -> list[str]:
    """Return what a page says to run."""
    return [item.label for section in found.sections if section.title == TITLE for item in section.items]


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_an_experiment_has_a_page_that_names_its_rules_and_how_to_run_it(name: str) -> None:
    found = page(f"lab {name}")
    assert (found.title, found.kind, found.summary) == (name, "experiment", EXPERIMENTS[name].claim)
    text = "\n".join(item.text for section in found.sections for item in section.items)
    assert f"tcptune lab run {name}" in text
    for subject in (*EXPERIMENTS[name].rules, *EXPERIMENTS[name].parameters, *EXPERIMENTS[name].source):
        assert subject in text
    jsonschema.validate(document(found), document_schema("explain"))


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_everything_an_experiment_is_about_leads_back_to_it(name: str) -> None:
    each = EXPERIMENTS[name]
    for subject in (*each.rules, *each.parameters, *each.topics, *each.counters):
        assert f"tcptune lab run {name}" in runs(page(subject)), subject


@pytest.mark.parametrize("name", [name for name, each in EXPERIMENTS.items() if each.answers])
def test_a_claim_that_the_catalogue_calls_wrong_names_the_experiment_that_tries_it(name: str) -> None:
    for entry, claim in EXPERIMENTS[name].answers:
        items = [item for section in page(entry).sections for item in section.items if item.label == claim]
        assert [f"tried by: tcptune lab run {name}" in item.sources for item in items] == [True]


def test_most_experiments_are_reached_from_a_rule_or_a_claim() -> None:
    assert [name for name, each in EXPERIMENTS.items() if not (each.parameters or each.topics or each.rules)] == []


def test_a_page_that_no_experiment_is_about_stays_as_it_is() -> None:
    assert runs(page("net.ipv4.tcp_ecn")) == []


@pytest.mark.parametrize(
    ("asked", "kind"),
    [
        ("fin_timeout", "parameter"),
        ("fin-timeout", "experiment"),
        ("bucket-overflow", "rule"),
        ("lab bucket-overflow", "experiment"),
        ("linger-zero", "experiment"),
        ("TIME-WAIT", "topic"),
    ],
)
def test_a_name_that_means_several_things_means_the_better_known(asked: str, kind: str) -> None:
    assert page(asked).kind == kind


def test_an_experiment_that_does_not_exist_is_refused_with_the_nearest() -> None:
    with pytest.raises(TcptuneError) as caught:
        asked_experiment("lab linger-zerro", set())
    assert "linger-zero" in (caught.value.hint or "")
