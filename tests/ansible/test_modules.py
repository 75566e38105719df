"""The modules on their own: every Python that is found here, and one clear sentence for all that can be wrong."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.support.modules import pythons, run_module, run_modules
from tests.support.playbooks import TCPTUNE
from tests.support.refusals import FIN, INSTALLS, PROGRAMS, refusal, script
from tools.pyz import start

pytestmark = pytest.mark.root


@pytest.mark.parametrize("python", pythons())
def test_every_python_that_ansible_supports_runs_them(python: str) -> None:
    told = run_module("profile", python=python, settings=FIN, executable=TCPTUNE, _ansible_check_mode=True)
    assert [change["key"] for change in told["changes"]] == list(FIN), told
    audit = run_module("audit", python=python, executable=TCPTUNE, fail_on="never")
    assert set(audit["summary"]) >= {"error", "warning", "note"}
    facts = run_module("audit_info", python=python, executable=TCPTUNE)
    assert facts["installed"] and "net.ipv4.tcp_fin_timeout" in facts["parameters"]


@pytest.mark.parametrize("module", ["profile", "audit"])
def test_where_the_program_is_missing_it_says_what_installs_it(module: str, tmp_path: Path) -> None:
    options = {"settings": FIN}
    nowhere = run_module(module, path=str(tmp_path), **options)
    assert nowhere["msg"] == f"tcptune is not installed on this host; {INSTALLS}"
    named = run_module(module, executable="/nowhere/tcptune", **options)
    assert named["msg"] == f"/nowhere/tcptune is not there: tcptune is not installed on this host; {INSTALLS}"


def test_facts_of_a_host_without_the_program_say_so_and_do_not_fail(tmp_path: Path) -> None:
    assert run_module("audit_info", path=str(tmp_path))["installed"] is False


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_that_is_not_the_one_needed_is_told(name: str, tmp_path: Path) -> None:
    body, told = PROGRAMS[name]
    program = script(tmp_path, f"#!/bin/sh\n{body}\n")
    message = refusal(run_module("profile", settings=FIN, executable=program))
    assert told in message and program in message


def test_the_single_file_under_a_python_that_is_too_old_says_so(tmp_path: Path) -> None:
    """Its own beginning, which is made to want a Python that nobody has."""
    text = Path(start.__file__).read_text().replace("OLDEST = (3, 11)", "OLDEST = (3, 99)")
    program = script(tmp_path, f"#!{sys.executable}\n{text}")
    message = refusal(run_module("profile", settings=FIN, executable=program))
    have = f"this is {sys.version_info.major}.{sys.version_info.minor}"
    assert message.startswith(f"{program} needs Python 3.99 or newer, {have}: tcptune_python of the role ")


@pytest.mark.parametrize("module", ["audit", "audit_info"])
def test_an_audit_by_another_program_is_none(module: str, tmp_path: Path) -> None:
    assert "is no tcptune" in refusal(run_module(module, executable=script(tmp_path, "#!/bin/sh\necho '{}'\n")))


def test_a_program_whose_python_is_gone_is_told(tmp_path: Path) -> None:
    program = script(tmp_path, "#!/nowhere/python3\n")
    gone, folder = run_modules("profile", [{"settings": FIN, "executable": path} for path in (program, str(tmp_path))])
    assert refusal(gone).startswith(f"{program} cannot be run: No such file")
    assert "may not be run" in refusal(folder)


def test_read_only_proc_sys_is_refused_before_anything_is_written() -> None:
    remount = "mount --bind /proc/sys /proc/sys && mount -o remount,ro,bind /proc/sys"
    within = ["sh", "-c", f'{remount} && exec "$@"', "sh"]
    cases = [{"executable": TCPTUNE, "settings": FIN, "_ansible_check_mode": check} for check in (True, False)]
    for answer in run_modules("profile", cases, within=within):
        assert "/proc/sys is mounted read-only here" in refusal(answer)


def test_without_root_it_says_become() -> None:
    within = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    answer = run_module("profile", python="/usr/bin/python3", within=within, executable=TCPTUNE, settings=FIN)
    assert answer["msg"] == "a change needs root on the managed host: become: true"
