"""Experiments as pages of `tcptune explain`, and the way to them from the pages of what they are about."""

from __future__ import annotations

from collections.abc import Iterable

from tcptune.lab.experiment import Experiment
from tcptune.lab.experiments import names
from tcptune.lab.registry import chosen, experiments
from tcptune.model.page import Form, Item, Page, PageKind, Section

PREFIX = "lab "
TITLE = "Tried on the running kernel"


def asked_experiment(asked: str, spellings: Iterable[str]) -> str | None:
    """Return the experiment that a text names; None when it names none, or something else is spelled so.

    `lab NAME` always means an experiment. Raises `TcptuneError` when there is none of that name.
    """
    text = asked.strip()
    if text.startswith(PREFIX):
        return next(iter(chosen([text.removeprefix(PREFIX).strip()])))
    return text if text in names() and text not in spellings else None


def experiment_page(name: str) -> Page:
    """Return the page of an experiment."""
    each = experiments()[name]
    see = (*each.parameters, *each.counters, *each.topics)
    sections = (
        *_section("Where it is said", each.source),
        *_section("How it is tried", [each.setup], "text"),
        *_section(
            "What is looked at", [each.measures, *([f"With --full it {each.full}."] if each.full else [])], "text"
        ),
        *_section("What follows", [each.practice], "text"),
        *_section("On other kernels", [each.differs] if each.differs else [], "text"),
        Section("Broken on purpose", tuple(Item(f"{text}.", twist) for twist, text in each.twists.items()), "facts"),
        *_section("Try it", [f"tcptune lab run {name}"], "code"),
        *_section("Rules that rest on it", [", ".join(each.rules)] if each.rules else [], "text"),
        *_section("See also", [", ".join(see)] if see else [], "text"),
    )
    return Page(name, "experiment", each.claim, sections)


def _section(title: str, texts: Iterable[str], form: Form = "list") -> tuple[Section, ...]:
    made = tuple(Item(text) for text in texts)
    return (Section(title, made, form),) if made else ()


def linked(page: Page, name: str, kind: PageKind) -> Page:
    """Return the page with the experiments that are about its subject, and each claim with the one that tries it."""
    answers = {claim: run for run, each in experiments().items() for entry, claim in each.answers if entry == name}
    sections = tuple(_with_answers(section, answers) for section in page.sections)
    tried = [
        Item(each.claim, f"tcptune lab run {run}") for run, each in experiments().items() if _about(each, name, kind)
    ]
    if not tried and sections == page.sections:
        return page
    last = len(sections) - 1 if sections and sections[-1].title == "See also" else len(sections)
    made = (Section(TITLE, tuple(tried), "facts"),) if tried else ()
    return Page(
        page.title, page.kind, page.summary, (*sections[:last], *made, *sections[last:]), page.kernel, page.value
    )


def _with_answers(section: Section, answers: dict[str, str]) -> Section:
    """Name the experiment beside each claim that one tries."""
    if section.form != "claims":
        return section
    items = tuple(
        Item(item.text, item.label, (*item.sources, f"tried by: tcptune lab run {answers[item.label]}"))
        if item.label in answers
        else item
        for item in section.items
    )
    return Section(section.title, items, section.form)


def _about(each: Experiment, name: str, kind: PageKind) -> bool:
    subjects = {"parameter": each.parameters, "rule": each.rules, "topic": each.topics, "counter": each.counters}
    return name in subjects.get(kind, ())
