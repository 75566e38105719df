"""The role: how the program comes to a host, what check mode says before, and what a proof that fails leaves."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tcptune import __version__
from tests.support.hosts import Fleet
from tests.support.playbooks import TCPTUNE, Played, play
from tests.support.wheels import repository, wheels

pytestmark = pytest.mark.root

DROP_IN = "/etc/sysctl.d/80-tcptune.conf"
KEY = "net.ipv4.tcp_fin_timeout"
PATH = "/proc/sys/net/ipv4/tcp_fin_timeout"
ROLE = [{"hosts": "all", "roles": ["tcptune.tcptune.tcptune"]}]
WAYS = {"h01": "pyz", "h02": "wheel", "h03": "repository", "h04": "none"}
"""How the program comes to a host; on the last one it is not there, and nothing brings it."""
INSTALLED = tuple(WAYS)[:3]
OLD = "/run/old-python"
"""What h06 has instead of the program in check mode: the single file's words under a Python that is too old."""
UNPROVED: dict[str, Any] = {
    "tcptune_executable": TCPTUNE,
    "tcptune_settings": {"net.ipv4.ip_local_port_range": [16000, 60000]},
    "tcptune_audit_fail_on": "note",
}
"""What h05 is to be: both ends of this range are even, which is a note (TT413): here the least finding is no proof."""


@dataclass(frozen=True)
class Story:
    """The hosts before, and the role's runs: in check mode, for the first and for the second time."""

    hosts: tuple[str, ...]
    before: dict[str, dict[str, str]]
    foretold: Played
    untouched: dict[str, dict[str, str]]
    first: Played
    unproved: dict[str, str]
    second: Played

    def has(self, name: str) -> None:
        """Skip a test of a host that is not in it."""
        if name not in self.hosts:
            pytest.skip("builds the single file with pip: set CI=1 to include it")


@pytest.fixture(scope="module")
def story(fleet: Fleet, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Story]:
    """Four ways in one play; the hosts' network ends at the control node."""
    folder = tmp_path_factory.mktemp("dist")
    wheel = wheels(folder, __version__, TCPTUNE)
    variables: dict[str, dict[str, Any]] = {name: {"tcptune_install": way} for name, way in WAYS.items()}
    variables["h03"]["tcptune_index_url"] = repository(folder / "simple", folder)
    variables["h05"] = UNPROVED
    variables["h06"] = {"tcptune_executable": OLD}
    says = "tcptune: needs Python 3.11 or newer, this is 3.8"
    fleet["h06"].run("sh", "-c", f"printf '#!/bin/sh\\necho {says} >&2; exit 2\\n' >{OLD}; chmod 755 {OLD}")
    variables["all"] = {
        "tcptune_wheel": str(wheel),
        "tcptune_wheelhouse": str(folder / "needed.tar.gz"),
        "tcptune_python": str(Path(sys.executable).resolve()),
        "tcptune_file": DROP_IN,
    }
    for name in (*WAYS, "h06"):
        variables[name]["tcptune_settings"] = {KEY: 30}
    try:
        variables["h01"]["tcptune_pyz"] = str(request.getfixturevalue("pyz"))
    except pytest.skip.Exception:
        del variables["h01"]
    hosts = tuple(name for name in WAYS if name in variables)

    def states(names: Sequence[str] = hosts) -> dict[str, dict[str, str]]:
        return {name: fleet[name].state() for name in names}

    def run(names: Sequence[str], *arguments: str) -> Played:
        return play(fleet, ROLE, *arguments, hosts=names, variables=variables)

    before = states((*hosts, "h05"))
    foretold, untouched = run((*hosts, "h06"), "--check"), states()
    first, unproved = run((*hosts, "h05", "h07")), fleet["h05"].state()
    yield Story(hosts, before, foretold, untouched, first, unproved, run([name for name in hosts if name in INSTALLED]))
    for name in INSTALLED:
        if name in hosts:
            fleet[name].run(TCPTUNE, "rollback")
    assert states() == {name: before[name] for name in hosts}


def test_check_mode_without_the_program_says_so_and_does_not_fail(story: Story) -> None:
    assert story.foretold.status == 0, story.foretold.text
    said = story.foretold.task("Say that nothing can be foretold yet")
    missing = {name for name, outcome in said.items() if "not installed here yet" in str(outcome.result["msg"])}
    assert missing == set(story.hosts) == set(story.untouched)
    assert said["h06"].result["msg"].startswith(f"{OLD} does not run here (tcptune: needs Python 3.11 or newer, this ")
    assert story.untouched == {name: story.before[name] for name in story.hosts}


@pytest.mark.parametrize("name", INSTALLED)
def test_the_program_comes_without_a_network_and_does_its_work(name: str, story: Story, fleet: Fleet) -> None:
    story.has(name)
    program = "/usr/local/bin/tcptune" if WAYS[name] == "pyz" else "/opt/tcptune/bin/tcptune"
    assert fleet[name].run(program, "--version") == f"tcptune {__version__}\n"
    assert story.first.task("Apply the profile")[name].changed, story.first.text
    assert story.first.task("Prove it")[name].status == "ok"
    assert fleet[name].sysctl(KEY) == "30"
    assert f"{KEY} = 30\n" in fleet[name].run("cat", DROP_IN)


def test_the_single_file_is_root_s_and_everybody_may_run_it(story: Story, fleet: Fleet) -> None:
    story.has("h01")
    for path in ("/usr/local/bin/tcptune", "/usr/local/bin/tcptune.pyz"):
        assert fleet["h01"].run("stat", "-c", "%a %U", path) == "755 root\n"


def test_the_single_file_runs_under_the_python_that_is_named_and_by_itself(story: Story, fleet: Fleet) -> None:
    """It is the real one: what it unpacks lies in root's home."""
    story.has("h01")
    assert str(Path(sys.executable).resolve()) in fleet["h01"].run("cat", "/usr/local/bin/tcptune")
    unpacked = fleet["h01"].run("sh", "-c", "cat /run/root/.cache/tcptune/*/site/tcptune/__init__.py")
    assert __version__ in unpacked


def test_a_host_without_the_program_fails_alone_with_what_to_do(story: Story) -> None:
    assert story.first.status == 2
    told = story.first.task("Fail with what was wrong")
    assert set(told) == {"h04", "h05"}
    assert "tcptune is not installed on this host" in told["h04"].result["msg"]


def test_a_host_that_nobody_gave_a_profile_fails_with_what_to_give(story: Story) -> None:
    (told,) = [outcome for outcome in story.first.outcomes if outcome.host == "h07" and outcome.status == "failed"]
    assert told.result["msg"].startswith("nothing is to be applied here: give the host or its group tcptune_profile, ")


def test_the_second_run_changes_nothing(story: Story) -> None:
    expected = set(INSTALLED) & set(story.hosts)
    assert {outcome.host for outcome in story.second.outcomes} == expected
    assert story.second.status == 0, story.second.text
    assert [outcome.task for outcome in story.second.outcomes if outcome.changed] == []


def test_a_host_that_is_not_what_it_should_be_is_rolled_back(story: Story) -> None:
    assert story.first.task("Apply the profile")["h05"].changed
    message = story.first.task("Fail with what was wrong")["h05"].result["msg"]
    assert message.startswith("rolled back: Prove it: ") and "TT413" in message
    assert story.unproved == story.before["h05"]


def test_what_nobody_confirms_undoes_itself_without_a_connection(fleet: Fleet) -> None:
    tuned = {"settings": {KEY: 30}, "confirm_within": 2, "executable": TCPTUNE}
    kept = {"state": "confirmed", "journal_id": "{{ change.journal.id }}", "executable": TCPTUNE}
    back = {"argv": ["timeout", "20", "sh", "-c", f"until grep -qx 60 {PATH}; do sleep 0.1; done"]}
    tasks: list[dict[str, Any]] = [
        {"name": "tune", "tcptune.tcptune.profile": tuned, "register": "change"},
        {"name": "wait", "ansible.builtin.command": back},
        {"name": "too late", "tcptune.tcptune.profile": kept},
    ]
    played = play(fleet, [{"hosts": "all", "tasks": tasks}], hosts=("h06",))
    changed = played.task("tune")["h06"].result
    assert changed["pending"] and changed["changes"][0]["verified"]
    assert played.task("wait")["h06"].status == "ok", played.text
    assert "not confirmed in time" in played.task("too late")["h06"].result["msg"]
