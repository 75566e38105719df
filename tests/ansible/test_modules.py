"""The modules on their own: every Python that is found here, and one clear sentence for all that can be wrong."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.modules import pythons, run_module, run_modules
from tests.support.playbooks import TCPTUNE
from tools.pyz import start

pytestmark = pytest.mark.root

FIN: dict[str, Any] = {"net.ipv4.tcp_fin_timeout": 30}
INSTALLS = "the role tcptune.tcptune.tcptune installs it"


DRY = {"executable": TCPTUNE, "_ansible_check_mode": True}


def refusal(answer: dict[str, Any]) -> str:
    """Return what a module failed with: one line."""
    assert answer["failed"] is True, answer
    message = answer["msg"]
    assert isinstance(message, str) and "\n" not in message and "Traceback" not in message
    return message


def script(folder: Path, text: str) -> str:
    """Write a program that stands for tcptune and return its path."""
    path = folder / "tcptune"
    path.write_text(text)
    path.chmod(0o755)
    return str(path)


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


PROGRAMS = {
    "too old for the options": ('echo "tcptune 0.0.9"; echo "Error: No such option: --format" >&2; exit 2', "0.1.0"),
    "of another schema": ('test "$1" = --version && echo "tcptune 3.0.0" || echo "{}"', "3.0.0 does not answer"),
    "something else altogether": ("echo hello", "is no tcptune that answers"),
    "something else that fails": ("exit 1", "is no tcptune that answers"),
    "killed": ("kill -9 $$", "was ended by signal 9"),
}


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


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "nothing wanted": ({}, "all of the following are missing: name, settings, definition"),
    "an unknown profile": ({"name": "nope"}, "there is no profile 'nope'"),
    "an unknown parameter": (
        {"settings": {"net.ipv4.tcp_fin_timout": 30}},
        "the task: there is no parameter 'net.ipv4.tcp_fin_timout'; did you mean 'net.ipv4.tcp_fin_timeout'?",
    ),
    "a fraction": ({"settings": {"net.ipv4.tcp_fin_timeout": 30.5}}, "the task: net.ipv4.tcp_fin_timeout does not"),
    "no value": ({"settings": {"net.ipv4.tcp_fin_timeout": None}}, "a setting needs value"),
    "a truth value": ({"settings": {"net.ipv4.tcp_timestamps": True}}, "write 1 or 0"),
    "a word of no profile": ({"definition": {"settings": {"net.ipv4.tcp_fin_timeout": {"valu": 3}}}}, "'valu'"),
    "an unknown rule": ({"settings": FIN, "allow": ["NOPE"]}, "there is no rule 'NOPE'"),
    "no time to confirm": ({"settings": FIN, "confirm_within": 0}, "confirm_within takes 1 to 86400 seconds, not 0"),
    "a removal that undoes itself": (
        {"state": "absent", "confirm_within": 9},
        "confirm_within goes with state: present, not absent",
    ),
    "a removal of some": ({"state": "absent", "only": ["a"]}, "only goes with state: present, not absent"),
    "a change that is not named to be made": (
        {"settings": FIN, "journal_id": "x"},
        "journal_id goes with state: confirmed or rolled_back, not present",
    ),
    "a file that is not to be kept": ({"settings": FIN, "persist": False, "file": "/a"}, "file and persist: false"),
    "nowhere to keep it": ({"settings": FIN, "persist": True}, "persist: true needs file outside the initial"),
    "nothing to take away": ({"state": "absent"}, "state: absent needs file outside the initial"),
    "a path that is not there": (
        {"name": "./web.yaml"},
        "./web.yaml: No such file or directory; a name with a slash is a path on the managed host",
    ),
    "two findings": (
        {"settings": {"net.ipv4.ip_local_port_range": [100, 200]}},
        "ip_unprivileged_port_start (1024); TT410 port-range-low",
    ),
    "a relative file": ({"settings": FIN, "file": "a.conf"}, "file takes an absolute path, not 'a.conf'"),
    "an unknown namespace": (
        {"settings": FIN, "netns": "blue"},
        "there is no network namespace named blue; none has a name here",
    ),
    "no configuration": ({"settings": FIN, "config": "/nowhere.yaml"}, "/nowhere.yaml: No such file"),
    "an unknown change": ({"state": "rolled_back", "journal_id": "x"}, "the journal has no entry x"),
    "a range upside down": (
        {"settings": {"net.ipv4.ip_local_port_range": [60000, 2000]}},
        "refused, and nothing was changed: TT203 bad-order: net.ipv4.ip_local_port_range = 60000 2000",
    ),
    "a documented risk": ({"settings": {"net.ipv4.tcp_fin_timeout": 10}}, "refused, and nothing was changed: TT404"),
}


@pytest.fixture(scope="module")
def wrong() -> dict[str, dict[str, Any]]:
    """What the profile module says to each of them, in check mode."""
    return dict(zip(WRONG, run_modules("profile", [{**DRY, **options} for options, _ in WRONG.values()]), strict=True))


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_told_in_one_line(name: str, wrong: dict[str, dict[str, Any]]) -> None:
    message = refusal(wrong[name])
    assert WRONG[name][1] in message
    assert "playbook.yaml" not in message and "--" not in message
    assert not any("--" in each for each in wrong[name].get("notices", []))


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
