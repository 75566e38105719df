"""The role's README as a user takes it: its files written down as they stand, and the canary played."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import yaml

from tests.support.hosts import Fleet, Host
from tests.support.playbooks import TCPTUNE, Played, play
from tests.support.program import ROOT

pytestmark = pytest.mark.root

README = ROOT / "ansible_collections" / "tcptune" / "tcptune" / "roles" / "tcptune" / "README.md"
FILES = dict(re.findall(r"^```yaml\n# (\S+)\n(.*?)^```$", README.read_text("utf-8"), re.MULTILINE | re.DOTALL))
GROUPS = {"web": ["h08", "h09"], "proxies": ["h10"]}
HOSTS = ("h08", "h09", "h10")
DROP_IN = "/etc/sysctl.d/80-tcptune.conf"
REUSE, PORTS, BUCKETS = "net.ipv4.tcp_tw_reuse", "net.ipv4.ip_local_port_range", "net.ipv4.tcp_max_tw_buckets"


@pytest.fixture
def playbook(tmp_path: Path) -> Path:
    """The README's playbook with what belongs to it, but for the ways of installing."""
    for name, text in FILES.items():
        if name != "group_vars/all.yml":
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text(text)
    return tmp_path / "canary.yml"


def canary(fleet: Fleet, playbook: Path, *arguments: str) -> Played:
    """Play it on three hosts of two groups that have the program already."""
    variables = {"all": {"tcptune_executable": TCPTUNE, "tcptune_file": DROP_IN}}
    return play(fleet, playbook, *arguments, hosts=HOSTS, variables=variables, groups=GROUPS)


@contextmanager
def service(host: Host, folder: Path) -> Iterator[None]:
    """Serve what the health check asks for, in the host's network."""
    (folder / "health").touch()
    enter = ["nsenter", "--target", str(host.pid), "--net", "--", sys.executable, "-m", "http.server", "8080"]
    words = ["--bind", "127.0.0.1", "--directory", str(folder)]
    process = subprocess.Popen([*enter, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        host.run("timeout", "20", "sh", "-c", "until ss -Htln | grep -q :8080; do sleep 0.05; done")
        yield
    finally:
        process.kill()
        process.wait()


def test_the_playbook_has_ten_lines() -> None:
    assert set(FILES) == {
        "canary.yml",
        "health.yml",
        "group_vars/web.yml",
        "group_vars/proxies.yml",
        "group_vars/all.yml",
    }
    assert len(FILES["canary.yml"].splitlines()) == 10
    assert yaml.safe_load(FILES["group_vars/all.yml"])["tcptune_install"] == "wheel"


def test_a_canary_whose_service_does_not_answer_undoes_itself_and_the_others_are_never_touched(
    fleet: Fleet, playbook: Path
) -> None:
    before = {name: fleet[name].state() for name in HOSTS}
    played = canary(fleet, playbook)
    assert played.status == 2
    assert played.task("Apply the profile")["h08"].changed, played.text
    assert played.task("Put back what was changed")["h08"].changed
    assert played.task("Fail with what was wrong")["h08"].result["msg"].startswith("rolled back: Ask the service")
    assert {outcome.host for outcome in played.outcomes} == {"h08"}
    assert {name: fleet[name].state() for name in HOSTS} == before


def test_a_canary_that_is_well_is_kept_and_the_others_follow_each_with_its_group_s_profile(
    fleet: Fleet, playbook: Path, tmp_path: Path
) -> None:
    before = {name: fleet[name].state() for name in HOSTS}
    with ExitStack() as services:
        for name in HOSTS:
            services.enter_context(service(fleet[name], tmp_path))
        played = canary(fleet, playbook)
    assert played.status == 0, played.text
    assert next(outcome.host for outcome in played.outcomes if outcome.task.endswith("Keep it")) == "h08"
    for name in HOSTS:
        assert played.task("Keep it")[name].changed
        drop_in = fleet[name].run("cat", DROP_IN)
        assert (f"{REUSE} = 1\n" in drop_in, f"{BUCKETS} = " in drop_in) == (name == "h10", name != "h10")
    assert fleet["h10"].sysctl(PORTS) == "15000 64999"
    for name in HOSTS:
        fleet[name].run(TCPTUNE, "rollback")
    assert {name: fleet[name].state() for name in HOSTS} == before
