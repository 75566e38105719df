"""The collection's tasks without a module on the host: whom they come as, what they leave, when the module does it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.support import sudo
from tests.support.hosts import Fleet
from tests.support.playbooks import PYTHON, TCPTUNE, TERMINAL, Outcome, Played, play
from tests.support.refusals import FIN, INSTALLS, PROGRAMS, WRONG, refusal, script
from tools.pyz import start

pytestmark = pytest.mark.root

HOST, OTHER = "h11", "h10"
KEY = "net.ipv4.tcp_fin_timeout"
NO_PYTHON = {"ansible_python_interpreter": "/nowhere/python3"}
"""A host without a Python that a module could run under."""
NASTY = "it's \"$(touch /run/pwned)\" `touch /run/pwned` \\ é ☃\nEOF\n'"
DEFAULTS = {"group/tcptune.tcptune.tcptune": {"executable": TCPTUNE}}
NOT_HERE = f"tcptune is not installed on this host; {INSTALLS}"
SPY = f"""#!/bin/sh
stat -c '%a %U %n' "$4" "${{4%/*}}" >/run/seen-file
tr '\\0' '\\n' </proc/$$/environ >/run/seen-environment
umask >/run/seen-umask
exec {TCPTUNE} "$@"
"""
"""A program that writes down what it is given."""
SEEN = f"{sudo.HOME}/tcptune"
SEES = f"#!/bin/sh\nfor path; do :; done; [ -f $path ] && stat -c '%a %U %n' $path >{sudo.HOME}/seen; exit 1\n"
"""The same for an ordinary user's audit, which gets no further."""
SUDO = ("sudo", "sudo, no pipelining", "local, piped, password")
NOISE = 'echo welcome; echo "{ }"; echo noise >&2'
"""What a login shell says before each command."""


def profile(**options: object) -> dict[str, Any]:
    """Return a task that wants these options; None takes one away."""
    given = {"executable": TCPTUNE, "settings": FIN, **options}
    return {"tcptune.tcptune.profile": {name: wish for name, wish in given.items() if wish is not None}}


def audit(program: str) -> dict[str, Any]:
    """Return a task that audits with a profile that it spells out."""
    return {"tcptune.tcptune.audit": {"executable": program, "settings": FIN, "fail_on": "never"}}


def shell(command: str) -> dict[str, Any]:
    """Return a task that prepares the host for the next one, in check mode too."""
    return {"ansible.builtin.raw": command, "check_mode": False}


def tasks(folder: Path) -> dict[str, dict[str, Any]]:
    """Return the tasks, by name."""
    fast, slow, person = {"ansible_pipelining": True}, {"ansible_pipelining": False}, sudo.VARIABLES
    wished = {"settings": FIN}
    become = {**profile(), "become": True}
    (folder / "local").mkdir()
    asking = script(folder / "local", sudo.SCRIPT.replace(sudo.INTERPRETER, PYTHON))
    asked = {"ansible_become_exe": asking, "ansible_become_password": sudo.PASSWORD}
    return {
        "without Python": {**profile(), "vars": NO_PYTHON},
        "spied on": {**profile(executable=script(folder, SPY)), "environment": {"GIVEN": NASTY, "LC_ALL": "C"}},
        "found": {"tcptune.tcptune.profile": wished, "environment": {"PATH": str(Path(TCPTUNE).parent)}},
        "nasty key": profile(only=[NASTY]),
        "nasty reason": profile(settings={KEY: {"value": 30, "why": NASTY}}),
        "nul": profile(only=["a\0b"]),
        "looped": {**profile(settings={KEY: "{{ item }}"}), "loop": [31, 32]},
        "delegated": {**profile(), "delegate_to": OTHER},
        "unknown option": profile(setings=FIN),
        "two names": profile(name="web-server", definition={"settings": FIN}, settings=None),
        "secret": {**profile(), "no_log": True},
        "default": {"tcptune.tcptune.profile": wished, "module_defaults": DEFAULTS},
        "local": {**audit(TCPTUNE), "connection": "local", "vars": {**slow, **NO_PYTHON}},
        "local, piped, password": {**become, "become_user": "nobody", "connection": "local", "vars": {**asked, **fast}},
        "local, password": {**become, "become_user": "nobody", "connection": "local", "vars": {**asked, **slow}},
        "asynchronous": {**profile(), "async": 60, "poll": 1, "vars": {"ansible_async_dir": "/run/async"}},
        "home": profile(executable="~/tcptune"),
        "terminal": {**profile(), "vars": TERMINAL},
        "no rights": {**profile(), "vars": person},
        "ordinary audit": {**audit(SEEN), "vars": {**person, **NO_PYTHON}},
        "sudo": {**become, "vars": {**person, **fast, **NO_PYTHON}},
        "sudo, no pipelining": {**become, "vars": {**person, **slow, **NO_PYTHON}},
        "wrong password": {**become, "vars": {**person, "ansible_become_password": "x"}},
        "su": {**become, "become_user": sudo.USER, "become_method": "ansible.builtin.su"},
        "plant a wish for terminals": shell(f"touch {sudo.TTY}"),
        "sudo, on terminals only": {**become, "vars": {**person, **slow}},
        "plant noise": shell(f"printf '%s' '{NOISE}' >/run/root/.bashrc"),
        "noise": {**profile(), "vars": NO_PYTHON},
        "noise and a refusal": {**profile(settings={KEY: 1}), "vars": NO_PYTHON},
        "plant silence": shell("rm /run/root/.bashrc"),
        "refused connection": {**profile(), "vars": {"ansible_port": 9}},
        "refused user": {**profile(), "vars": {"ansible_user": "nobody-there"}},
    }


@pytest.fixture(scope="module")
def played(fleet: Fleet, tmp_path_factory: pytest.TempPathFactory) -> Played:
    """All of them in one play, in check mode, so that none depends on another."""
    host = fleet[HOST]
    sudo.install(host)
    host.run("ln", "-s", TCPTUNE, "/run/root/tcptune")
    host.run("sh", "-c", f"printf '%s' \"$1\" >{SEEN}; chmod 755 {SEEN}", "sh", SEES)
    try:
        return run(fleet, tasks(tmp_path_factory.mktemp("direct")))
    finally:
        host.run("rm", "/run/root/tcptune")


def run(fleet: Fleet, named: Mapping[str, Mapping[str, Any]]) -> Played:
    """Play tasks in check mode, whatever each comes to."""
    each = [{"name": name, "ignore_errors": True, "ignore_unreachable": True, **task} for name, task in named.items()]
    return play(fleet, [{"hosts": HOST, "tasks": each}], "--check", "-vvv", hosts=(HOST, OTHER))


def of(played: Played, name: str, *, module: bool = False) -> Outcome:
    """Return what a task came to; it has to have come there with or without the module."""
    shown = played.text.partition(f"TASK [{name}]")[2].partition("\nTASK [")[0]
    assert ("through the module" in shown) == module, shown
    return next(each for each in played.outcomes if each.task == name)


def keys(outcome: Outcome) -> list[str]:
    """Return the parameters that a task would change."""
    assert outcome.status == "ok" and outcome.changed, outcome
    return [change["key"] for change in outcome.result["changes"] if change["action"] == "set"]


def told(outcome: Outcome) -> str:
    """Return what a task failed with: one line."""
    return refusal({**outcome.result, "failed": outcome.status == "failed"})


@pytest.mark.parametrize("name", ["without Python", "found", "default", "delegated", *SUDO])
def test_a_task_needs_no_module_and_no_python_for_one(name: str, played: Played) -> None:
    assert keys(of(played, name)) == [KEY]


@pytest.mark.parametrize("name", ["asynchronous", "home", "terminal", "sudo, on terminals only", "local, password"])
def test_where_it_cannot_be_done_directly_the_module_does_it(name: str, played: Played) -> None:
    assert keys(of(played, name, module=True)) == [KEY]


def test_su_which_hands_no_input_on_is_left_to_the_module(played: Played) -> None:
    of(played, "su", module=True)
    assert "through the module: su gives a command no input" in played.text


def test_the_profile_lies_where_only_its_owner_reads_it_and_is_gone_afterwards(played: Played, fleet: Fleet) -> None:
    assert keys(of(played, "spied on")) == [KEY]
    file, folder = fleet[HOST].run("cat", "/run/seen-file").splitlines()
    assert file.startswith("600 root /run/tcptune-") and folder.startswith("700 root /run/tcptune-")
    assert fleet[HOST].run("sh", "-c", "ls -d /run/tcptune-* 2>/dev/null || true") == ""


def test_the_environment_is_the_task_s_but_for_language_and_colour(played: Played, fleet: Fleet) -> None:
    of(played, "spied on")
    seen = fleet[HOST].run("cat", "/run/seen-environment")
    assert f"\nGIVEN={NASTY}\n" in f"\n{seen}" and "\nLC_ALL=C.UTF-8\n" in seen and "\nNO_COLOR=1\n" in seen
    assert fleet[HOST].run("cat", "/run/seen-umask") == "0022\n"


def test_no_text_is_anything_to_the_shell(played: Played, fleet: Fleet) -> None:
    assert told(of(played, "nasty key")) == "the profile playbook says nothing of " + NASTY.replace("\n", "\\n")
    assert of(played, "nasty reason").result["changes"][0]["reason"] == NASTY
    assert told(of(played, "nul")) == "an option holds NUL, which no command line can hold"
    assert fleet[HOST].run("sh", "-c", "ls /run/pwned 2>/dev/null || true") == ""


def test_a_loop_goes_through_its_items(played: Played) -> None:
    results = of(played, "looped").result["results"]
    assert [each["changes"][0]["after"] for each in results] == [31, 32]


def test_what_is_no_option_is_told_as_by_the_module(played: Played) -> None:
    message = told(of(played, "unknown option"))
    assert message.startswith("Unsupported parameters for (tcptune.tcptune.profile) module: setings. Supported ")
    assert told(of(played, "two names")) == "parameters are mutually exclusive: name|definition"


def test_a_secret_stays_one(played: Played) -> None:
    of(played, "secret")
    shown = played.text.partition("TASK [secret]")[2].partition("TASK [")[0]
    assert "the output has been hidden" in shown and KEY not in shown


def test_it_works_on_the_control_node_itself(played: Played) -> None:
    assert "error" in of(played, "local").result["summary"]


def test_an_ordinary_user_s_audit_gets_the_profile_and_changes_need_root(played: Played, fleet: Fleet) -> None:
    assert "is no tcptune that answers" in told(of(played, "ordinary audit"))
    assert fleet[HOST].run("cat", f"{sudo.HOME}/seen").startswith(f"600 {sudo.USER} /tmp/tcptune-")
    assert told(of(played, "no rights")) == "a change needs root on the managed host: become: true"


def test_a_wrong_password_is_told_as_ansible_does(played: Played) -> None:
    assert "ncorrect sudo password" in of(played, "wrong password").result["msg"]


def test_what_login_shells_print_is_no_answer(played: Played) -> None:
    assert keys(of(played, "noise")) == [KEY]
    message = told(of(played, "noise and a refusal"))
    assert message.startswith("refused, and nothing was changed: TT") and "noise" not in message


@pytest.mark.parametrize("name", ["refused connection", "refused user"])
def test_a_host_that_cannot_be_reached_is_unreachable(name: str, played: Played) -> None:
    assert of(played, name).status == "unreachable"


def programs(folder: Path) -> dict[str, tuple[dict[str, Any], str]]:
    """Return what stands for the program in a task, and what is told of it."""
    aged = Path(start.__file__).read_text().replace("OLDEST = (3, 11)", "OLDEST = (3, 99)")
    bodies = {name: (f"#!/bin/sh\n{body}\n", told) for name, (body, told) in PROGRAMS.items()}
    bodies["of a Python that is gone"] = ("#!/nowhere/python3\n", "cannot be run: No such file or directory: it, or")
    bodies["under a Python that is too old"] = (f"#!{PYTHON}\n{aged}", " needs Python 3.99 or newer, this is 3.")
    bodies["ending its shell"] = ("#!/bin/sh\nkill -9 $PPID\n", "the host's shell ended before")
    found: dict[str, tuple[dict[str, Any], str]] = {}
    for name, (text, told) in bodies.items():
        place = folder / name
        place.mkdir()
        found[name] = profile(executable=script(place, text)), told
    found["nowhere"] = profile(executable="/nowhere/tcptune"), f"/nowhere/tcptune is not there: {NOT_HERE}"
    found["a folder"] = profile(executable=str(folder)), f"{folder} may not be run: {NOT_HERE}"
    found["not installed"] = {"tcptune.tcptune.profile": {"settings": FIN}}, NOT_HERE
    return found


@pytest.fixture(scope="module")
def wrong(fleet: Fleet, tmp_path_factory: pytest.TempPathFactory) -> tuple[Played, dict[str, str]]:
    """What is told of wrong programs and options, and what has to be."""
    cases = programs(tmp_path_factory.mktemp("programs"))
    cases |= {name: (profile(**{"settings": None, **options}), told) for name, (options, told) in WRONG.items()}
    done = run(fleet, {name: {**task, "vars": NO_PYTHON} for name, (task, _) in cases.items()})
    return done, {name: told for name, (_, told) in cases.items()}


NAMES = [*PROGRAMS, *WRONG, "of a Python that is gone", "under a Python that is too old", "ending its shell"]


@pytest.mark.parametrize("name", [*NAMES, "nowhere", "a folder", "not installed"])
def test_what_is_wrong_is_told_in_one_line(name: str, wrong: tuple[Played, dict[str, str]]) -> None:
    outcome = of(wrong[0], name)
    message = told(outcome)
    assert wrong[1][name] in message
    assert "playbook.yaml" not in message and "--" not in message
    assert not any("--" in each for each in outcome.result.get("notices", []))


def test_facts_of_a_host_without_the_program_say_so_and_do_not_fail(fleet: Fleet) -> None:
    done = run(fleet, {"facts": {"tcptune.tcptune.audit_info": {}, "vars": NO_PYTHON}})
    assert of(done, "facts").result["installed"] is False
