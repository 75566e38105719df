"""The undo as a timer of systemd's: what it is asked to start, which needs nothing of whoever asked for the change.

Here a script stands in for systemd's programs and writes down how it is called; `python -m tools.faults.boots` tries
the same on a real systemd as init, over reboots.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.support.change import FIN, STATE, alone, assigned, newest, states
from tests.support.inside import inside
from tests.support.program import tcptune
from tools.stage import live, mount

pytestmark = pytest.mark.root

BIND = 0x1000
SCRIPT = """#!/bin/sh
printf '%s\\n' "${0##*/}" "$@" "CWD=$PWD" END >> /run/called
env >> /run/environment
case $1 in is-active) echo active;; esac
"""


def stand_in() -> None:
    """Be a host where systemd runs."""
    Path("/run/systemd/system").mkdir(parents=True)
    Path("/run/script").write_text(SCRIPT)
    Path("/run/script").chmod(0o755)
    for name in ("systemd-run", "systemctl"):
        mount("", f"/usr/bin/{name}", "/run/script", BIND)
    Path("/run/netns").mkdir()
    Path("/run/netns/named").touch()
    mount("", "/run/netns/named", "/proc/self/ns/net", BIND)


def calls() -> list[list[str]]:
    """Return the words of each call, the program first and its working directory last."""
    return [each.strip().split("\n") for each in Path("/run/called").read_text().split("END\n") if each.strip()]


@alone
def test_the_timer_has_absolute_paths_and_the_state_folder_and_nothing_of_the_environment(tmp_path: Path) -> None:
    stand_in()
    hostile = {"PATH": f"{tmp_path}:/usr/bin:/bin", "HOME": str(tmp_path), "LD_LIBRARY_PATH": str(tmp_path)}
    wish = (*assigned(tcp_fin_timeout=30), "--netns", "named", "--confirm-within", "60")
    done = tcptune("apply", *wish, cwd=tmp_path, env=hostile)
    assert (done.status, live(FIN)) == (0, "30"), done
    (run, *words), seen = calls()[0], calls()[1]
    assert run == "systemd-run"
    asked, started = words[: words.index("--")], words[words.index("--") + 1 : -1]
    assert {"--timer-property=AccuracySec=100ms", "--on-active=60s", "--working-directory=/"} <= set(asked)
    rest = ["-I", "-m", "tcptune", "rollback", newest(), "--expired", "--state-dir", str(STATE)]
    assert started == [sys.executable, *rest]
    assert os.path.isabs(started[0])  # noqa: PTH117
    assert seen[:2] == ["systemctl", "is-active"], "it is seen to be armed"
    environment = Path("/run/environment").read_text()
    assert str(tmp_path) not in environment.replace(f"PWD={tmp_path}", "")


@alone
def test_a_change_whose_timer_is_not_seen_to_run_is_undone_by_a_process() -> None:
    stand_in()
    Path("/run/script").write_text(SCRIPT.replace("echo active", "echo failed"))
    wish = (*assigned(tcp_fin_timeout=30), "--netns", "named", "--confirm-within", "60")
    assert tcptune("apply", *wish).status == 0
    assert ' "process:' in Path(STATE, "journal", f"{newest()}.jsonl").read_text()
    assert inside("rollback").status == 0
    assert (live(FIN), set(states().values())) == ("60", {"rolled-back", "applied"})


@alone
def test_a_rollback_takes_the_timer_back() -> None:
    stand_in()
    wish = (*assigned(tcp_fin_timeout=30), "--netns", "named", "--confirm-within", "60")
    assert tcptune("apply", *wish).status == 0
    name = newest()
    assert inside("rollback").status == 0
    assert ["systemctl", "stop", f"tcptune-undo-{name}.timer"] in [each[:3] for each in calls()]
