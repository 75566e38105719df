"""`tcptune watch`: lines without a terminal, a screen that q leaves, and the terminal as it was."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Callable

import pytest

from tcptune.formats.style import Style
from tcptune.formats.watch_text import screen, sparks
from tcptune.model.finding import Finding, Fix
from tcptune.model.host import Host
from tcptune.model.ports import PortPressure, PortRange, Reuse, Use
from tcptune.model.sockets_report import SocketsPart, StateRow
from tcptune.model.version import KernelVersion
from tcptune.model.watch import Frame

INTERRUPT = b"^C"
"""Stands for the key: the terminal of a test controls no process group."""

COMMAND = [sys.executable, "-m", "tcptune", "watch"]


def _heeding() -> None:
    """Heed SIGINT, which whoever started the tests may ignore: a shell does for what it runs in the background."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def on_terminal(*words: str, press: bytes | None = None, lines: int = 24, columns: int = 100) -> tuple[int, str, bool]:
    """Run on a terminal of its own; return the status, what it wrote, and whether the terminal is as before."""
    master, slave = pty.openpty()
    termios.tcsetwinsize(slave, (lines, columns))
    before = termios.tcgetattr(slave)
    environment = {**os.environ, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "PYTHONUTF8": "1"}
    running = subprocess.Popen(
        [*COMMAND, *words], stdin=slave, stdout=slave, stderr=slave, env=environment, preexec_fn=_heeding
    )
    written = b""
    deadline = time.monotonic() + 30
    try:
        while running.poll() is None and time.monotonic() < deadline:
            if select.select([master], [], [], 0.1)[0]:
                written += os.read(master, 65536)
            if press is not None and b"TIME_WAIT" in written:
                if press == INTERRUPT:
                    running.send_signal(signal.SIGINT)
                else:
                    os.write(master, press)
                press = None
        while select.select([master], [], [], 0.2)[0]:
            written += os.read(master, 65536)
        same = termios.tcgetattr(slave)[:4] == before[:4]
    finally:
        running.kill()
        running.wait()
        os.close(master)
        os.close(slave)
    return running.returncode, written.decode(), same


def test_without_a_terminal_each_look_is_a_line() -> None:
    done = subprocess.run([*COMMAND, "-n", "0.2", "-c", "3"], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert len(lines) == 3
    assert all(re.fullmatch(r"\d\d:\d\d:\d\d, TIME_WAIT \d+.*", line) for line in lines)


def test_it_ends_by_itself_after_the_looks_asked_for() -> None:
    status, written, same = on_terminal("-n", "0.2", "-c", "2", columns=60)
    assert (status, same) == (0, True)
    shown = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", written)
    assert "q quits" in shown
    assert "TIME_WAIT" in shown


def test_q_quits_and_the_terminal_is_as_before() -> None:
    status, written, same = on_terminal("-n", "0.3", press=b"q")
    assert (status, same) == (0, True)
    assert "\x1b[?1049h" in written
    assert "\x1b[?1049l" in written


def test_the_first_screen_does_not_wait_and_another_size_is_drawn_anew_at_once() -> None:
    """With a minute between two looks: all that is seen comes from the first."""
    master, slave = pty.openpty()
    termios.tcsetwinsize(slave, (24, 100))
    environment = {**os.environ, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "PYTHONUTF8": "1"}
    command = [*COMMAND, "-n", "60"]
    running = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, env=environment)
    try:
        written = until(master, lambda told: "TIME_WAIT" in told)
        assert written.count("q quits") == 1
        termios.tcsetwinsize(slave, (10, 50))
        again = until(master, lambda told: "TIME_WAIT" in told)
        assert again.count("q quits") == 1
        lines = [re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", line) for line in again.splitlines()]
        assert max(map(len, lines)) <= 50
        os.write(master, b"q")
        assert running.wait(timeout=5) == 0
    finally:
        running.kill()
        running.wait()
        os.close(master)
        os.close(slave)


def until(master: int, met: Callable[[str], bool]) -> str:
    """Return what is written until the condition is met, and a moment longer."""
    written = b""
    deadline = time.monotonic() + 20
    while not met(written.decode("utf-8", "replace")):
        assert time.monotonic() < deadline, written
        if select.select([master], [], [], 0.1)[0]:
            written += os.read(master, 65536)
    while select.select([master], [], [], 0.2)[0]:
        written += os.read(master, 65536)
    return written.decode()


def test_an_interrupt_ends_it_with_130_and_the_terminal_is_as_before() -> None:
    status, written, same = on_terminal("-n", "0.3", press=INTERRUPT)
    assert (status, same) == (130, True)
    assert "\x1b[?1049l" in written


@pytest.mark.parametrize(("width", "height"), [(40, 10), (80, 24), (200, 60)])
def test_a_screen_is_never_larger_than_the_terminal(width: int, height: int) -> None:
    use = Use("10.0.0.1", "2001:db8:0:1234:5678:9abc:def0:1", 8443, {"TIME_WAIT": 28000}, 28000, 28232, growth=400.0)
    part = SocketsPart(
        Host(KernelVersion(6, 1), netns="blue"),
        "sock_diag",
        True,
        tuple(
            StateRow(state, 28000, 14000, 14000) for state in ("TIME_WAIT", "ESTABLISHED", "FIN_WAIT1", "CLOSE_WAIT")
        ),
        PortPressure(ports=PortRange(32768, 60999), uses=(use,)),
        Reuse(),
        1,
        destinations=(use,) * 8,
    )
    finding = Finding(
        "TT601", "port-exhaustion", "error", "a long sentence about ports " * 8, "why", fix=Fix("do it " * 40)
    )
    counters = {f"TcpExt.Counter{number}": tuple(map(float, range(60))) for number in range(20)}
    numbers = tuple(map(float, range(60)))
    frame = Frame("12:00:00", 2.0, part, numbers, numbers, {use.name: numbers}, counters, (finding,), ("much " * 60,))
    for colour in (False, True):
        lines = screen(frame, Style(colour), width, height)
        assert len(lines) <= height
        assert max(len(re.sub(r"\x1b\[[0-9;]*m", "", line)) for line in lines) <= width


@pytest.mark.parametrize("words", [("-n", "0"), ("--netns", "a", "--pid", "1"), ("-n", "9999")])
def test_wrong_usage_is_one_line(words: tuple[str, ...]) -> None:
    done = subprocess.run([*COMMAND, *words], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("numbers", "drawn"),
    [((), ""), ((0, 0), "▁▁"), ((1, 2, 4, 8), "▁▂▄█"), ((0, 5), " █"), (tuple(range(1, 30)), "▇▇▇▇████")],
)
def test_sparks_show_the_last_numbers_by_the_highest(numbers: tuple[float, ...], drawn: str) -> None:
    assert sparks(numbers, 8) == drawn
