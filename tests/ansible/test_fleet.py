"""Twelve hosts over real sshd: foretold, changed, left alone the second time, refused where planted, rolled back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from tests.support.hosts import Fleet
from tests.support.modules import pythons
from tests.support.playbooks import REMOTE_TMP, TCPTUNE, TERMINAL, Outcome, Played, play

pytestmark = pytest.mark.root

DROP_IN = "/etc/sysctl.d/80-tcptune.conf"
SETTINGS: dict[str, Any] = {
    "net.ipv4.tcp_fin_timeout": 30,
    "net.ipv4.tcp_tw_reuse": 1,
    "net.ipv4.tcp_max_tw_buckets": 262144,
    "net.ipv4.ip_local_port_range": [15000, 64999],
    "net.ipv4.tcp_keepalive_time": 600,
    "net.ipv4.tcp_keepalive_intvl": 30,
    "net.ipv4.tcp_keepalive_probes": 5,
    "net.ipv4.tcp_max_syn_backlog": 8192,
    "net.ipv4.tcp_syn_retries": 4,
    "net.ipv4.tcp_slow_start_after_idle": 0,
    "net.ipv4.tcp_mtu_probing": 1,
    "net.core.somaxconn": 8192,
}
REFUSING = "h07"
"""Its kernel refuses the port range: ordinary users may bind from 20000 on only."""
OLD_PYTHON = "h12"
"""Its tasks go through the module, which runs under the oldest Python that is found here."""


@dataclass(frozen=True)
class Story:
    """What the hosts were before and after each run, and what the runs told."""

    before: dict[str, dict[str, str]]
    foretold: Played
    after_foretelling: dict[str, dict[str, str]]
    first: Played
    changed: dict[str, dict[str, str]]
    second: Played
    unchanged: dict[str, dict[str, str]]
    back: Played
    after: dict[str, dict[str, str]]


def task(**options: object) -> list[Mapping[str, Any]]:
    """Return a playbook that runs the module with these options on every host."""
    return [
        {
            "hosts": "all",
            "tasks": [{"name": "tune", "tcptune.tcptune.profile": {"executable": TCPTUNE, **options}}],
        }
    ]


@pytest.fixture(scope="module")
def story(fleet: Fleet) -> Story:
    """The runs, one after the other."""
    for host in fleet.hosts:
        host.set("net.ipv4.ip_unprivileged_port_start", "20000" if host.name == REFUSING else "1024")
    variables = {OLD_PYTHON: {**TERMINAL, "ansible_python_interpreter": pythons()[0]}}

    def states() -> dict[str, dict[str, str]]:
        return {host.name: host.state() for host in fleet.hosts}

    def run(*arguments: str, **options: object) -> Played:
        return play(fleet, task(**options), *arguments, variables=variables)

    wanted = {"settings": SETTINGS, "file": DROP_IN}
    before = states()
    foretold, quiet = run("--check", "--diff", **wanted), states()
    first, changed = run(**wanted), states()
    second, unchanged = run(**wanted), states()
    back, after = run(state="rolled_back"), states()
    return Story(before, foretold, quiet, first, changed, second, unchanged, back, after)


def others(outcomes: dict[str, Outcome]) -> dict[str, Outcome]:
    """Return the outcomes of all hosts but the one that refuses; there are eleven."""
    found = {name: outcome for name, outcome in outcomes.items() if name != REFUSING}
    assert len(found) == 11
    return found


def written(outcome: Outcome) -> dict[str, tuple[object, object]]:
    """Return what a run changes, by parameter: before and after."""
    changes = outcome.result["changes"]
    return {each["key"]: (each["before"], each["after"]) for each in changes if each["action"] == "set"}


def test_check_mode_changes_nothing(story: Story) -> None:
    assert story.after_foretelling == story.before


def test_check_mode_tells_exactly_what_happens_then(story: Story) -> None:
    foretold, first = story.foretold.task("tune"), story.first.task("tune")
    for name, outcome in others(first).items():
        assert foretold[name].changed and outcome.changed, outcome
        assert written(foretold[name]) == written(outcome)
        assert foretold[name].result["file"] == outcome.result["file"]
        for key, (old, new) in written(outcome).items():
            path = key.removeprefix("net.").replace(".", "/")
            assert story.before[name][path].split() == _text(old).split()
            assert story.changed[name][path].split() == _text(new).split()
        assert story.changed[name]["80-tcptune.conf"] + "\n" == foretold[name].result["file"]["after"]


def _text(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


def test_the_first_run_changes_all_twelve_parameters_and_nothing_else(story: Story) -> None:
    for name, outcome in others(story.first.task("tune")).items():
        assert set(written(outcome)) == set(SETTINGS)
        differing = {key for key, text in story.changed[name].items() if story.before[name].get(key) != text}
        paths = {key.removeprefix("net.").replace(".", "/") for key in SETTINGS}
        assert differing == paths | {"80-tcptune.conf"}
        assert all(each["verified"] for each in outcome.result["changes"])


def test_the_diff_shows_live_values_and_file(story: Story) -> None:
    for outcome in others(story.foretold.task("tune")).values():
        live, file = outcome.result["diff"]
        assert "net.ipv4.tcp_fin_timeout = 60\n" in live["before"]
        assert "net.ipv4.tcp_fin_timeout = 30\n" in live["after"]
        assert (file["before_header"], file["before"]) == (DROP_IN, "")
        assert "net.ipv4.ip_local_port_range = 15000 64999\n" in file["after"]
    assert "+net.ipv4.tcp_fin_timeout = 30" in story.foretold.text


def test_the_second_run_changes_nothing(story: Story) -> None:
    assert not any(outcome.changed for outcome in others(story.second.task("tune")).values())
    assert {outcome.status for outcome in others(story.second.task("tune")).values()} == {"ok"}
    assert story.unchanged == story.changed


def test_a_planted_refusal_fails_alone_and_is_unchanged(story: Story) -> None:
    for run in (story.foretold, story.first, story.second):
        outcome = run.task("tune")[REFUSING]
        assert outcome.status == "failed" and not outcome.changed
        assert outcome.result["msg"].startswith("refused, and nothing was changed: ")
        assert "ip_local_port_range" in outcome.result["msg"]
        assert {other.status for other in others(run.task("tune")).values()} == {"ok"}
    assert story.before[REFUSING] == story.changed[REFUSING] == story.after[REFUSING]


def test_rolling_back_brings_everything_back(story: Story) -> None:
    outcomes = story.back.task("tune")
    assert all(outcome.changed for outcome in others(outcomes).values())
    assert outcomes[REFUSING].status == "ok" and not outcomes[REFUSING].changed
    assert story.after == story.before


def test_the_journal_s_entry_is_told(story: Story) -> None:
    entries = {outcome.result["journal"]["id"] for outcome in others(story.first.task("tune")).values()}
    assert len(entries) == 11


def test_on_one_host_it_was_the_module(story: Story, fleet: Fleet) -> None:
    assert story.first.task("tune")[OLD_PYTHON].changed
    assert fleet[OLD_PYTHON].run("ls", "-d", REMOTE_TMP) == f"{REMOTE_TMP}\n"
