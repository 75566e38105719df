"""Every experiment says what it is expected to say on this kernel, and something else when its setting is broken."""

from __future__ import annotations

from functools import cache

import pytest

from tcptune.catalog import parameters
from tcptune.catalog.counters import COUNTERS
from tcptune.catalog.topics import TOPICS
from tcptune.lab import runner
from tcptune.lab.registry import experiments
from tcptune.lab.runner import Task
from tcptune.live.host import read_host
from tcptune.model.lab import Trial
from tcptune.rules.pages import rule_names
from tests.support.lab import expected

EXPERIMENTS = experiments()
LISTED = {
    *("close-default", "linger-zero", "linger-wait", "linger-timeout", "linger-nonblocking", "unread-data"),
    *("shutdown-half-close", "linger-on-listener", "active-closer", "simultaneous-close", "three-way-close"),
    *("fin-lost", "last-ack-lost", "time-wait-length", "fin-timeout", "orphan-retries", "port-exhaustion", "reuse"),
    *("reuse-needs-timestamps", "reuse-loopback-only", "reuse-delay", "reuse-server-side", "more-destinations"),
    *("reserved-ports", "bind-before-connect", "bind-address-no-port", "so-reuseaddr-restart", "bucket-overflow"),
    *("assassination", "old-duplicate", "syn-in-time-wait", "timestamps-off", "backlog-overflow"),
    *("conntrack-time-wait", "nat-clients"),
}
RUNS = [(name, twist) for name, each in EXPERIMENTS.items() for twist in (None, *each.twists)]


@cache
def trials() -> dict[tuple[str, str | None], Trial]:
    """Run every experiment as it is and once for each broken setting."""
    tasks = [Task(name, EXPERIMENTS[name], {}, twist) for name, twist in RUNS]
    found = runner.run(tasks, read_host().target, runner.workers(), lambda *_: None)
    return dict(zip(RUNS, found, strict=True))


@pytest.mark.root
@pytest.mark.parametrize("name", EXPERIMENTS)
def test_an_experiment_finds_what_is_known_of_this_kernel(name: str) -> None:
    trial = trials()[name, None]
    assert trial.verdict == expected(name), trial.because
    assert trial.measured and trial.because


@pytest.mark.root
@pytest.mark.parametrize(("name", "twist"), [run for run in RUNS if run[1] is not None])
def test_a_broken_setting_changes_the_verdict(name: str, twist: str) -> None:
    before, after = trials()[name, None], trials()[name, twist]
    assert after.verdict != "not-here", after.because
    assert before.verdict != after.verdict, after.because


@pytest.mark.root
@pytest.mark.parametrize("name", EXPERIMENTS)
def test_an_experiment_shows_the_segments_that_crossed(name: str) -> None:
    trial = trials()[name, None]
    assert [each for each in trial.segments if "SYN" in each.flags]
    assert len(trial.frames) == len(trial.segments)


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_an_experiment_is_described_and_can_be_broken(name: str) -> None:
    each = EXPERIMENTS[name]
    for text in (each.claim, each.setup, each.measures, each.practice):
        assert text.endswith("."), text
    assert each.source and each.twists


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_what_an_experiment_points_to_is_there(name: str) -> None:
    each = EXPERIMENTS[name]
    assert set(each.parameters) <= set(parameters())
    assert set(each.rules) <= {rule.name for rule in rule_names()}
    assert set(each.topics) <= {topic.name for topic in TOPICS}
    assert set(each.counters) <= {counter.id for counter in COUNTERS}
    for entry, claim in each.answers:
        assert claim in claims(entry), (entry, claim)


def claims(name: str) -> list[str]:
    """Return what the catalogue calls wrong at a parameter, topic or counter."""
    wrong = {key: entry.myths for key, entry in parameters().items()}
    wrong |= {topic.name: topic.myths for topic in TOPICS} | {counter.id: counter.myths for counter in COUNTERS}
    return [myth.claim for myth in wrong[name]]


def test_every_claim_of_the_list_has_its_experiment() -> None:
    assert set(EXPERIMENTS) >= LISTED
