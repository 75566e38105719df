"""The way in: version, help, mistyped commands, and every failure as an exit status."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import termios
from contextlib import suppress
from pathlib import Path

import pytest

from tcptune import __version__
from tests.support.program import clean_environment, tcptune


@pytest.mark.parametrize("option", ["--version", "-V"])
def test_version_is_printed_alone(option: str) -> None:
    done = tcptune(option)
    assert (done.status, done.out, done.err) == (0, f"tcptune {__version__}\n", "")


@pytest.mark.parametrize("arguments", [(), ("--help",), ("-h",), ("help",)])
def test_without_a_command_the_commands_are_listed(arguments: tuple[str, ...]) -> None:
    done = tcptune(*arguments)
    assert done.status == 0
    assert "audit " in done.out
    assert "explain " in done.out
    assert max(map(len, done.out.splitlines())) <= 100


def test_help_shows_no_command_that_is_not_built() -> None:
    from importlib import import_module

    from tcptune.cli.app import COMMANDS

    for name, command in COMMANDS.items():
        assert hasattr(import_module(f"tcptune.cli.{command.module}"), command.function), name


def test_every_command_has_a_help_of_its_own() -> None:
    from tcptune.cli.app import COMMANDS

    for name in COMMANDS:
        done = tcptune(name, "--help")
        assert done.status == 0, name
        assert done.out.lower().startswith("usage: tcptune " + name)


def test_a_mistyped_command_is_wrong_usage_and_the_near_miss_is_suggested() -> None:
    done = tcptune("audti")
    assert done.status == 2
    assert done.out == ""
    assert done.err == "tcptune: there is no command 'audti'\n  did you mean `tcptune audit`?\n"


def test_an_unknown_option_is_wrong_usage_in_two_lines() -> None:
    done = tcptune("audit", "--no-such-thing")
    assert done.status == 2
    assert "--no-such-thing" in done.err
    assert len(done.err.splitlines()) == 2


def test_a_value_that_is_no_choice_is_wrong_usage() -> None:
    done = tcptune("audit", "--fail-on", "sometimes")
    assert done.status == 2
    assert "sometimes" in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ("render pod --to kube", "did you mean `kubernetes`?"),
        ("sockets --by proces", "did you mean `process`?"),
        ("schema", "for example: tcptune schema audit"),
        ("audit --root /no/such", "is it spelled right? `ls -l`"),
        ("audit --root no/such", "a relative path begins here"),
    ],
)
def test_what_is_wrong_comes_with_the_next_step(words: str, hint: str) -> None:
    done = tcptune(*words.split())
    assert (done.status, done.out) == (2, "")
    assert hint in done.err.splitlines()[1]


def test_a_control_character_in_an_argument_is_spelled_out() -> None:
    done = tcptune("\x1b[31mred")
    assert done.status == 2
    assert "\x1b" not in done.err


def test_a_reader_that_goes_away_ends_the_program_quietly() -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    command = [sys.executable, "-m", "tcptune", "--help"]
    done = subprocess.run(
        command, stdout=write_end, stderr=subprocess.PIPE, env=clean_environment(), check=False, timeout=60
    )
    os.close(write_end)
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_behind_standard_output_is_said_in_one_line() -> None:
    command = [sys.executable, "-m", "tcptune", "--help"]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            command, stdout=full, stderr=subprocess.PIPE, env=clean_environment(), check=False, timeout=60
        )
    assert done.returncode == 2
    assert done.stderr == b"tcptune: cannot write the output: No space left on device\n"


@pytest.mark.parametrize("words", ["--version", "--help", "explain TT402", "audit --fail-on never"])
def test_a_closed_standard_output_is_said_in_one_line(words: str) -> None:
    done = shell(f"exec {sys.executable} -m tcptune {words} >&-")
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == "tcptune: cannot write the output: Bad file descriptor"


def test_a_result_goes_to_its_file_while_standard_output_is_closed(tmp_path: Path) -> None:
    file = tmp_path / "out"
    done = shell(f"exec {sys.executable} -m tcptune explain TT402 -o {file} >&-")
    assert (done.returncode, done.stderr) == (0, "")
    assert file.read_text().startswith("TT402")


def test_a_closed_standard_error_takes_nothing_of_the_result() -> None:
    done = shell(f"exec {sys.executable} -m tcptune audit --fail-on never 2>&-")
    assert done.returncode == 0
    assert "TIME_WAIT" in done.stdout


def test_a_closed_standard_input_is_an_empty_one() -> None:
    done = shell(f"exec {sys.executable} -m tcptune lint - <&-")
    assert (done.returncode, "Traceback" in done.stderr) == (0, False)


@pytest.mark.root
@pytest.mark.parametrize(
    "words",
    ["audit", "sockets", "diff base", "params --verify", "lab run unread-data", "watch --count 1", "capacity"],
)
def test_without_proc_one_line_says_so(words: str) -> None:
    """As in a chroot in which nothing is mounted."""
    unmounted = ["unshare", "--net", "--mount", "sh", "-c", 'mount -t tmpfs none /proc && exec "$@"', "sh"]
    done = tcptune(*words.split(), before=unmounted)
    assert (done.status, done.out) == (2, "")
    assert done.err.splitlines() == [
        "tcptune: /proc is not mounted here, so nothing can be seen of the running kernel",
        "  mount -t proc proc /proc; lint, explain, render, --root and --snapshot do without it",
    ]


def test_a_working_directory_that_is_gone_is_said(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    done = shell(f"cd {gone} && rmdir {gone} && exec {sys.executable} -m tcptune lint .")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[0] == "tcptune: the working directory is gone"


@pytest.mark.parametrize("words", [[], ["--help"]])
def test_a_narrow_terminal_breaks_no_word_of_the_first_page(words: list[str]) -> None:
    master, slave = pty.openpty()
    termios.tcsetwinsize(slave, (24, 40))
    subprocess.run([sys.executable, "-m", "tcptune", *words], stdout=slave, env=clean_environment(), timeout=60)
    os.close(slave)
    shown = b""
    with suppress(OSError):
        while data := os.read(master, 65536):
            shown += data
    os.close(master)
    wide = tcptune(*words).out
    assert shown.decode().split() == wide.split()
    assert max(map(len, shown.decode().splitlines())) <= 40


def shell(script: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", "-c", script], capture_output=True, text=True, env=clean_environment(), check=False, timeout=60
    )


def test_a_defect_is_one_line_and_a_hint_unless_the_trace_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    from tcptune import __main__ as program

    def broken(arguments: list[str]) -> int:
        raise ZeroDivisionError("on purpose")

    monkeypatch.setattr(program, "_run", broken)
    monkeypatch.delenv("TCPTUNE_DEBUG", raising=False)
    assert program.main(["audit"]) == 2


def test_an_interrupt_is_130(monkeypatch: pytest.MonkeyPatch) -> None:
    from tcptune import __main__ as program

    def interrupted(arguments: list[str]) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(program, "_run", interrupted)
    assert program.main(["audit"]) == 130


def test_a_defect_names_where_to_report_it(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    from tcptune import __main__ as program

    def broken(arguments: list[str]) -> int:
        raise ZeroDivisionError("on purpose")

    monkeypatch.setattr(program, "_run", broken)
    monkeypatch.setenv("TCPTUNE_DEBUG", "0")
    program.main(["audit"])
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "tcptune: unexpected ZeroDivisionError: on purpose"
    assert "TCPTUNE_DEBUG=1" in lines[1]
    monkeypatch.setenv("TCPTUNE_DEBUG", "1")
    program.main(["audit"])
    assert "Traceback" in capsys.readouterr().err


def test_the_process_ends_with_the_status_and_all_of_its_output() -> None:
    """Nothing is taken apart at the end: what was written has to be out by then, to a file and a pipe as well."""
    for command in ([sys.executable, "-m", "tcptune"], [str(Path(sys.executable).with_name("tcptune"))]):
        done = subprocess.run(
            [*command, "params", "--format", "json"], capture_output=True, text=True, env=clean_environment()
        )
        assert done.returncode == 0
        assert done.stdout.endswith("\n") and len(done.stdout) > 8192
        wrong = subprocess.run([*command, "no-such"], capture_output=True, text=True, env=clean_environment())
        assert (wrong.returncode, wrong.stdout) == (2, "") and wrong.stderr.endswith("\n")
