"""`tcptune watch`: the pressure live in a terminal, or a line at a time where there is none."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from tcptune.cli import console
from tcptune.cli import options as o
from tcptune.errors import TcptuneError
from tcptune.model.watch import Frame

Interval = Annotated[float, typer.Option("--interval", "-n", metavar="SECONDS", help="Look so often.")]
Count = Annotated[int | None, typer.Option("--count", "-c", metavar="N", min=1, help="Stop after so many looks.")]
Top = Annotated[int, typer.Option("--top", metavar="N", min=1, max=1000, help="Show so many destinations.")]


class _Quit(Exception):
    """Somebody pressed q."""


def watch(
    interval: Interval = 2.0,
    count: Count = None,
    top: Top = 10,
    netns: o.Netns = None,
    pid: o.Pid = None,
    color: o.ColourOption = None,
) -> int:
    """Watch the pressure: TIME_WAIT, the destinations and their ports, the counters that move, alerts.

    On a terminal the screen is redrawn, and q quits; elsewhere each look is a line.

    Exit status: 0 done, 2 wrong usage or sockets that cannot be read, 130 interrupted.
    """
    if netns is not None and pid is not None:
        raise TcptuneError("--netns and --pid exclude each other")
    if not 0.1 <= interval <= 3600:
        raise TcptuneError(f"--interval takes 0.1 to 3600 seconds, not {interval:g}")
    from tcptune.sockets.gather import Request
    from tcptune.sockets.watch import frames

    on_screen = sys.stdout.isatty()
    with _keys() as poll:
        found = frames(Request(top=top, sample=interval, netns=netns, pid=pid, progress=poll))
        try:
            if on_screen:
                _screen(found, count, color or "auto")
            else:
                _lines(found, count)
        except _Quit:
            return 0
    return 0


def _lines(found: Iterator[Frame], count: int | None) -> None:
    from tcptune.formats import watch_text

    for number, frame in enumerate(found, 1):
        sys.stdout.write(watch_text.line(frame) + "\n")
        sys.stdout.flush()
        if number == count:
            return


def _screen(found: Iterator[Frame], count: int | None, color: str) -> None:
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

    from tcptune.formats import watch_text

    style = console.style(color)
    ascii_only = not (sys.stdout.encoding or "").lower().startswith("utf")
    terminal = Console(no_color=not style.colour, highlight=False)
    with Live(console=terminal, screen=True, auto_refresh=False) as live:
        live.update(Text("looking for the first time ...  (q quits)"), refresh=True)
        for number, frame in enumerate(found, 1):
            width, height = terminal.size
            lines = watch_text.screen(frame, style, width, height - 1, ascii_only=ascii_only)
            live.update(Text.from_ansi("\n".join(lines)), refresh=True)
            if number == count:
                return


@contextmanager
def _keys() -> Iterator[Callable[[float], None] | None]:
    """Give what looks for a q while a sample is taken; the terminal is as before at the end, however that comes."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        yield None
        return
    import os
    import select
    import termios
    import tty

    descriptor = sys.stdin.fileno()
    before = termios.tcgetattr(descriptor)

    def poll(_share: float) -> None:
        if select.select([descriptor], [], [], 0)[0] and b"q" in os.read(descriptor, 64).lower():
            raise _Quit

    try:
        tty.setcbreak(descriptor)
        yield poll
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)
