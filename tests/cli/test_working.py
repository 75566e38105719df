"""Progress: a line on a terminal while a command takes longer than a second, nothing of it in a pipe or afterwards."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import time
from collections.abc import Sequence

import pytest

from tests.support.program import clean_environment

SECONDS = 2.4
FILE = b"net.ipv4.tcp_fin_timeout = 60\n"


def slow(words: Sequence[str], *, terminal: bool = True, term: str = "xterm") -> str:
    """Run a command whose standard input comes late; return what standard error got, a terminal's or a pipe's."""
    reader, writer = pty.openpty() if terminal else os.pipe()
    command = [sys.executable, "-m", "tcptune", *words]
    environment = {**clean_environment(), "TERM": term}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=writer, env=environment
    ) as run:
        os.close(writer)
        time.sleep(SECONDS)
        run.communicate(FILE, timeout=60)
    said = b""
    try:
        while data := os.read(reader, 65536):
            said += data
    except OSError:  # A terminal whose other end is closed.
        pass
    os.close(reader)
    return said.decode()


@pytest.mark.parametrize("words", [("lint", "-"), ("audit", "--snapshot", "-"), ("diff", "base", "--snapshot", "-")])
def test_a_terminal_shows_that_a_command_runs_and_for_how_long(words: tuple[str, ...]) -> None:
    said = slow(words)
    assert said.startswith(f"\r\x1b[Ktcptune {words[0]}: 1 s ...")
    left = said.rpartition("\r\x1b[K")[2]
    assert "..." not in left, "the line stays behind"


@pytest.mark.parametrize(("words", "term"), [(("lint", "-q", "-"), "xterm"), (("lint", "-"), "dumb")])
def test_not_when_it_is_quiet_or_the_terminal_cannot_rewrite_a_line(words: tuple[str, ...], term: str) -> None:
    assert slow(words, term=term) == ""


def test_a_pipe_gets_nothing_of_it() -> None:
    assert slow(("lint", "-"), terminal=False) == ""
