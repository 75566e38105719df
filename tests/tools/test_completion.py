"""The completion files as bash, zsh and fish take them: what a TAB offers, and how long it takes."""

from __future__ import annotations

import os
import pty
import re
import select
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tcptune.rules.pages import rule_names

TOP = Path(__file__).parents[2]
FILES = TOP / "completions"
LONGEST = 0.020
"""Seconds in which a TAB is answered."""

RELATIONS = [name.name for name in rule_names() if name.name.startswith("TT30")]
OFFERED = [
    (("aud",), ["audit"]),
    (("audit", "--form"), ["--format"]),
    (("audit", "--format", "pr"), ["prometheus"]),
    (("profile", "sh"), ["show"]),
    (("profile", "show", "outb"), ["outbound-heavy"]),
    (("explain", "tcp_fin_t"), ["tcp_fin_timeout"]),
    (("lint", "--select", "TT30"), RELATIONS),
    (("render", "base", "--to", "k"), ["kubernetes"]),
    (("schema", "aud"), ["audit"]),
    (("lint", "--kernel", ""), []),
]
"""The words behind `tcptune`, and what every shell offers for the last of them."""


def needs(program: str) -> None:
    """Skip without a shell."""
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")


def run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=True)
    assert done.stderr == ""
    return done.stdout


def in_bash(*line: str) -> list[str]:
    script = (
        f"source {FILES}/tcptune.bash; "
        'COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _tcptune; printf "%s\\n" "${COMPREPLY[@]}"'
    )
    return run("bash", "--norc", "-c", script, "bash", "tcptune", *line).split()


@pytest.mark.parametrize(("line", "offered"), OFFERED)
def test_bash_completes(line: tuple[str, ...], offered: list[str]) -> None:
    needs("bash")
    assert in_bash(*line) == offered


def test_bash_answers_in_time() -> None:
    needs("bash")
    script = (
        f"source {FILES}/tcptune.bash; COMP_WORDS=(tcptune lint --select TT3); COMP_CWORD=3; "
        "begin=$EPOCHREALTIME; for i in 1 2 3 4 5 6 7 8 9 10; do _tcptune; done; "
        "end=$EPOCHREALTIME; echo $((${end/[.,]/} - ${begin/[.,]/}))"
    )
    assert min(int(run("bash", "--norc", "-c", script)) for _ in range(3)) / 1e6 / 10 < LONGEST


def test_bash_completes_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    needs("bash")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sysctl.conf").touch()
    assert in_bash("lint", "sys") == ["sysctl.conf"]


def in_fish(script: str) -> str:
    return run("fish", "--no-config", "-c", f"source {FILES}/tcptune.fish; {script}")


@pytest.mark.parametrize(("line", "offered"), OFFERED)
def test_fish_completes(line: tuple[str, ...], offered: list[str]) -> None:
    needs("fish")
    told = in_fish(f"complete -C 'tcptune {' '.join(line)}'")
    assert [each.split("\t")[0] for each in told.splitlines()] == offered


def test_fish_answers_in_time() -> None:
    needs("fish")
    script = (
        "set begin (date +%s%N); for i in (seq 10); complete -C 'tcptune lint --select TT3' > /dev/null; end; "
        "math (date +%s%N) - $begin"
    )
    assert min(int(in_fish(script)) for _ in range(3)) / 1e9 / 10 < LONGEST


class Zsh:
    """A zsh at a terminal of its own, which has read the completion."""

    def __init__(self, terminal: int) -> None:
        self._terminal = terminal
        self.type(f"PS1='> '; fpath=({FILES} $fpath); autoload -Uz compinit; compinit -u -D; echo rea''dy\n")
        assert "ready" in self.seen("ready\r"), "zsh does not start"
        self.seen()

    def type(self, text: str) -> None:
        os.write(self._terminal, text.encode())

    def seen(self, awaited: str = "", seconds: float = 10.0) -> str:
        """Return what is printed until something awaited is, or until nothing more comes."""
        text, end = "", time.monotonic() + (seconds if awaited else 0.2)
        while time.monotonic() < end and not (awaited and awaited in text):
            if select.select([self._terminal], [], [], 0.002)[0]:
                text += os.read(self._terminal, 65536).decode("utf-8", "replace")
        return text

    def tab(self, line: str, awaited: str) -> tuple[str, float]:
        """Return what a TAB behind a line adds to it, and after how many seconds; the line is not run."""
        self.type(line)
        self.seen()
        begin = time.monotonic()
        self.type("\t")
        added = self.seen(awaited)
        seconds = time.monotonic() - begin
        self.type("\x15")
        self.seen()
        return re.sub(r"\x1b\[[\d;?]*[a-zA-Z]|[\r\n]", "", added), seconds


@contextmanager
def zsh(home: Path) -> Iterator[Zsh]:
    terminal, inner = pty.openpty()
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "TERM": "dumb", "LC_ALL": "C.UTF-8"}
    process = subprocess.Popen(
        ["zsh", "-f", "-i"], stdin=inner, stdout=inner, stderr=inner, env=environment, start_new_session=True
    )
    os.close(inner)
    try:
        yield Zsh(terminal)
    finally:
        process.kill()
        process.wait()
        os.close(terminal)


def test_zsh_completes_and_answers_in_time(tmp_path: Path) -> None:
    """It is asked as a user asks it: one word is added to the line, several are listed below it."""
    needs("zsh")
    with zsh(tmp_path) as shell:
        single = [(line, offered[0]) for line, offered in OFFERED if len(offered) == 1]
        for line, offered in single:
            rest = offered.removeprefix(line[-1])
            added, _ = shell.tab(f"tcptune {' '.join(line)}", f"{rest} ")
            assert added == f"{rest} ", line
        listed, _ = shell.tab("tcptune lint --select TT30", RELATIONS[-1])
        assert re.findall(r"TT\d{3}", listed) == RELATIONS
        assert min(shell.tab("tcptune explain tcp_fin_t", "imeout ")[1] for _ in range(5)) < LONGEST


@pytest.mark.parametrize(
    ("shell", "option", "name"), [("zsh", "-n", "_tcptune"), ("fish", "--no-execute", "tcptune.fish")]
)
def test_a_shell_reads_its_file(shell: str, option: str, name: str) -> None:
    needs(shell)
    assert run(shell, option, str(FILES / name)) == ""
