"""`tcptune watch`: the pressure live in a terminal, or a line at a time where there is none."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Annotated

import typer

from tcptune.cli import console
from tcptune.cli import options as o
from tcptune.errors import TcptuneError
from tcptune.model.watch import Frame

Interval = Annotated[float, typer.Option("--interval", "-n", metavar="SECONDS", help="Look so often (2).")]
Count = Annotated[int | None, typer.Option("--count", "-c", metavar="N", min=1, help="Stop after so many looks.")]
Top = Annotated[int, typer.Option("--top", metavar="N", min=1, max=1000, help="Show so many destinations (10).")]


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
    o.refuse_namespaces(netns, pid)
    if not 0.1 <= interval <= 3600:
        raise TcptuneError(f"--interval takes 0.1 to 3600 seconds, not {interval:g}")
    from tcptune.sockets.gather import Request
    from tcptune.sockets.watch import frames

    on_screen = sys.stdout.isatty()
    with _terminal(on_screen) as terminal:
        progress = terminal.poll if terminal is not None else None
        found = frames(Request(top=top, sample=interval, netns=netns, pid=pid, progress=progress))
        try:
            if terminal is not None:
                _screen(found, count, color or "auto", terminal)
            else:
                _lines(found, count)
        except _Quit:
            return 0
    return 0


class _Terminal:
    """What is looked for while a sample is taken: a q, and another size of the terminal, for which it is redrawn."""

    def __init__(self, keys: int | None) -> None:
        self._keys = keys
        self._size = os.get_terminal_size(sys.stdout.fileno())
        self.redraw: Callable[[], None] = lambda: None

    def poll(self, _share: float) -> None:
        """Look. Raises `_Quit`."""
        import select

        keys = self._keys
        if keys is not None and select.select([keys], [], [], 0)[0] and b"q" in os.read(keys, 64).lower():
            raise _Quit
        size = os.get_terminal_size(sys.stdout.fileno())
        if size != self._size:
            self._size = size
            self.redraw()


def _lines(found: Iterator[Frame], count: int | None) -> None:
    from tcptune.formats import watch_text

    for number, frame in enumerate(found, 1):
        sys.stdout.write(watch_text.line(frame) + "\n")
        sys.stdout.flush()
        if number == count:
            return


def _screen(found: Iterator[Frame], count: int | None, color: str, terminal: _Terminal) -> None:
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

    from tcptune.formats import watch_text

    style = console.style(color)
    ascii_only = console.ascii_only()
    drawn_on = Console(no_color=not style.colour, highlight=False)
    with Live(console=drawn_on, screen=True, auto_refresh=False) as live:

        def draw(frame: Frame) -> None:
            width, height = drawn_on.size
            lines = watch_text.screen(frame, style, width, height - 1, ascii_only=ascii_only)
            live.update(Text.from_ansi("\n".join(lines)), refresh=True)

        for number, frame in enumerate(found, 1):
            draw(frame)
            terminal.redraw = partial(draw, frame)
            if number == count:
                return


@contextmanager
def _terminal(on_screen: bool) -> Iterator[_Terminal | None]:
    """Give the terminal that is drawn on, None where there is none; it is as before at the end, however that comes."""
    if not on_screen:
        yield None
        return
    if not sys.stdin.isatty():
        yield _Terminal(None)
        return
    import termios
    import tty

    descriptor = sys.stdin.fileno()
    before = termios.tcgetattr(descriptor)
    try:
        tty.setcbreak(descriptor)
        yield _Terminal(descriptor)
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)
