"""Where a change is made: in the namespace that was chosen and nowhere else; which one it is decides what is kept."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tcptune.apply import target
from tests.support.change import DROPIN, FIN, alone, apply, assigned, document
from tests.support.inside import inside
from tests.support.netns import held_namespace, in_namespace
from tests.support.program import tcptune
from tools.stage import live

pytestmark = pytest.mark.root

READ = ("cat", "/proc/sys/net/ipv4/tcp_fin_timeout")


@pytest.mark.parametrize("how", ["name", "path", "pid"])
@alone
def test_what_is_written_is_written_in_the_chosen_namespace_alone(how: str) -> None:
    """The network's namespace is entered and no other: the journal and a file that is named are this process's."""
    subprocess.run(["ip", "netns", "add", "chosen"], check=True, timeout=20)
    with held_namespace() as held:
        where = {
            "name": ("--netns", "chosen"),
            "path": ("--netns", "/run/netns/chosen"),
            "pid": ("--pid", str(held.pid)),
        }
        into = ("nsenter", f"--net={held.path}") if how == "pid" else ("ip", "netns", "exec", "chosen")
        done = tcptune("apply", *assigned(tcp_fin_timeout=30), "--file", str(DROPIN), *where[how], "-f", "json")
        assert done.status == 0, done
        assert subprocess.check_output([*into, *READ], text=True).strip() == "30"
        assert (live(FIN), f"{FIN} = 30" in DROPIN.read_text()) == ("60", True)
        assert Path(document(done)["journal"]["path"]).exists()
        assert tcptune("rollback").status == 1, "nothing was changed in this one"
        assert tcptune("rollback", document(done)["journal"]["id"]).status == 0, "a name leads to its namespace again"
        assert subprocess.check_output([*into, *READ], text=True).strip() == "60"
    assert not DROPIN.exists()


def test_the_initial_namespace_is_known_by_a_key_that_no_other_has() -> None:
    assert target.here().initial is Path("/proc/sys/net/ipv4/tcp_mem").exists()
    assert in_namespace(lambda: target.here().initial) is False


@alone
def test_a_change_of_two_namespaces_at_a_time_is_wrong_usage() -> None:
    done = inside("apply", *assigned(tcp_fin_timeout=30), "--netns", "a", "--pid", "1")
    assert (done.status, live(FIN)) == (2, "60")


@alone
def test_where_no_loader_writes_to_nothing_can_be_kept_without_a_file() -> None:
    done = apply(*assigned(tcp_fin_timeout=30), "--persist")
    assert (done.status, live(FIN)) == (2, "60")
    assert "--file" in done.err
