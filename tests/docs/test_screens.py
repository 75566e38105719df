"""The first minute in a real terminal, 80 and 200 columns wide: each screen is compared with the one recorded.

`TCPTUNE_RECORD=1 python -m pytest tests/docs` records anew.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tcptune.cli import helped
from tcptune.cli.described import Command, commands
from tests.support import stages
from tests.support.commands import with_program
from tests.support.documents import masked
from tests.support.netns import in_namespace
from tests.support.record import compare
from tests.support.terminal import Terminal, available, terminal

SCREENS = (
    "tcptune",
    "tcptune --help",
    "tcptune audit --help",
    "tcptune audit -q",
    "tcptune audit | head -n 3",
    "tcptune sockets",
    "tcptune diff outbound-heavy",
    "tcptune lint work",
    "tcptune explain TIME_WAIT | head -n 12",
    "tcptune audti",
    "tcptune audit --fromat json",
    "tcptune diff outbund-heavy",
    "tcptune explain tcp_fin_timeot",
    "tcptune apply --set net.ipv4.tcp_tw_resue=1 --dry-run",
    "tcptune lint --select TT40l work",
    "tcptune schema adit",
)
BASIC = re.compile(r"\x1b\[((?:\d+;?)*)m")
READABLE = {"", "0", "1", "2", "22", "31", "32", "33", "36", "39", "49"}
"""What every palette shows on light and on dark: bold, faint, and colours that are neither black nor white."""

LEAVES = [leaf for command in commands() for leaf in (command, *command.children)]


def shown(text: str) -> str:
    """Return a screen without what differs from one run or machine to the next."""
    text = re.sub(r"tcptune: this is a container.*\n(  of .*\n)?", "", masked(text))
    return re.sub(r"(?<=checkout) +\d+|[\d,.]+ {2,}(?=now)|^ +\d+$", " #", text, flags=re.MULTILINE)


def walk(tmp_path: Path, columns: int) -> str:
    if not available():
        pytest.skip("tmux is not installed")
    env = with_program(tmp_path / "bin")
    stages.files(tmp_path / "work")
    with stages.outage(), terminal(tmp_path, columns, env) as seen:
        return "\n".join(f"=== {command}\n{shown(seen.screen(command))}" for command in SCREENS)


@pytest.mark.root
@pytest.mark.parametrize("columns", [80, 200])
def test_the_screens_are_these(tmp_path: Path, columns: int) -> None:
    screens = in_namespace(lambda: walk(tmp_path, columns), mounts=True, timeout=120)
    assert max(map(len, screens.splitlines())) <= columns
    assert "Broken" not in screens and "Traceback" not in screens
    compare(f"screens-{columns}", screens)


def coloured(tmp_path: Path, command: str, before: str = "") -> str:
    def body() -> str:
        with terminal(tmp_path, 100, with_program(tmp_path / "bin")) as seen:
            return seen.screen(f"{before} {command}".strip(), colours=True)

    if not available():
        pytest.skip("tmux is not installed")
    return body()


def test_colours_are_those_that_light_and_dark_terminals_show(tmp_path: Path) -> None:
    stages.files(tmp_path / "work")
    seen = coloured(tmp_path, "tcptune lint work")
    codes = {code for match in BASIC.finditer(seen) for code in match[1].split(";")}
    assert {"1", "31", "33"} <= codes
    assert codes <= READABLE


def test_no_color_is_obeyed(tmp_path: Path) -> None:
    stages.files(tmp_path / "work")
    assert not BASIC.search(coloured(tmp_path, "tcptune lint work", "NO_COLOR=1"))


def test_what_takes_over_a_second_shows_how_far_it_is(tmp_path: Path) -> None:
    if not available():
        pytest.skip("tmux is not installed")
    with terminal(tmp_path, 80, with_program(tmp_path / "bin")) as seen:
        assert progress(seen, "tcptune sockets --sample 2").startswith("watching the sockets: ")


def progress(seen: Terminal, command: str) -> str:
    """Return the last line that stands on the screen while a command runs, once there is one."""
    import time

    seen.run("send-keys", "-l", f"clear; {command}")
    seen.run("send-keys", "Enter")
    begin = time.monotonic()
    while time.monotonic() - begin < 30:
        lines = [line for line in seen.run("capture-pane", "-p").split("\n") if line.strip()]
        if lines and " of 2 s" in lines[-1]:
            return lines[-1]
        time.sleep(0.05)
    return ""


@pytest.mark.parametrize("command", LEAVES, ids=lambda command: " ".join(command.words))
def test_a_help_fits_a_screen_of_24_lines(command: Command) -> None:
    lines = helped.text(command, 80).splitlines()
    assert len(lines) <= helped.SCREEN
    assert max(map(len, lines)) <= 80


def test_the_list_of_commands_fits_too() -> None:
    from tcptune.cli.app import BEGIN, help_text

    for text in (BEGIN, help_text()):
        lines = text.splitlines()
        assert len(lines) <= 24 and max(map(len, lines)) <= 80
