"""`tcptune lab serve` and `tcptune lab connect`: the two ends of a connection, by hand."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from tcptune.cli import console
from tcptune.cli import options as o
from tcptune.errors import TcptuneError

if TYPE_CHECKING:
    from tcptune.lab.byhand import Manners
    from tcptune.model.lab import Event

Linger = Annotated[
    int | None, typer.Option("--linger", metavar="SECONDS", min=0, max=32767, help="SO_LINGER on; 0: close() resets.")
]
Send = Annotated[int, typer.Option("--send", metavar="BYTES", min=0, help="Send so much as soon as it is connected.")]
Fill = Annotated[bool, typer.Option("--fill", help="Send until nothing fits: then data waits when it is closed.")]
Hold = Annotated[
    float, typer.Option("--hold", metavar="SECONDS", min=0, max=86400, help="Keep it open that long before closing.")
]
Unread = Annotated[bool, typer.Option("--unread", help="Do not read: close() with unread data resets.")]
Half = Annotated[bool, typer.Option("--half-close", help="shutdown() first, then read to the peer's end.")]
Nonblocking = Annotated[bool, typer.Option("--nonblocking", help="Make the socket non-blocking before close().")]
Buffer = Annotated[
    int | None, typer.Option("--buffer", metavar="BYTES", min=1, help="SO_SNDBUF and SO_RCVBUF, to fill them fast.")
]


class _Teller:
    """Prints each step as it happens, or keeps them for a document."""

    def __init__(self, output_format: str, color: str, *, quiet: bool) -> None:
        self.events: list[Event] = []
        self._streams = output_format == "text" and not quiet
        self._style = console.style(color)

    def tell(self, event: Event) -> None:
        from tcptune.formats import lab_text

        self.events.append(event)
        if self._streams:
            sys.stdout.write(lab_text.event(event, self._style))
            sys.stdout.flush()

    def end(self, output_format: str, role: Literal["server", "client"]) -> int:
        if output_format == "json":
            from tcptune.formats import json_, lab_json

            console.emit(json_.dump(lab_json.end(role, self.events)))
        return int(any(event.failed for event in self.events))


def serve(
    where: Annotated[str, typer.Argument(metavar="[ADDRESS:]PORT", help="Where to listen.", show_default=False)],
    first: Annotated[bool, typer.Option("--first", help="Close first, without waiting for the client's end.")] = False,
    send: Send = 0,
    fill: Fill = False,
    hold: Hold = 0.0,
    linger: Linger = None,
    unread: Unread = False,
    half_close: Half = False,
    nonblocking: Nonblocking = False,
    buffer: Buffer = None,
    count: Annotated[int | None, typer.Option("--count", "-n", metavar="N", min=1, help="End after N clients.")] = None,
    backlog: Annotated[
        int, typer.Option("--backlog", metavar="N", min=0, help="The second argument of listen().")
    ] = 64,
    no_reuse_address: Annotated[bool, typer.Option("--no-reuse-address", help="Leave SO_REUSEADDR off.")] = False,
    output_format: o.TextOrJson = "text",
    color: o.ColourOption = None,
    quiet: o.Quiet = False,
) -> int:
    """Be the server of an experiment by hand: take clients, and close as the options say.

    It makes no namespace; start it in one: ip netns exec b tcptune lab serve 5000 --first
    Exit status: 0 all went as asked, 1 something failed on the way, 2 wrong usage or no such address.
    """
    from tcptune.lab import byhand

    manners = _manners(
        first, send, hold, linger, buffer, fill=fill, unread=unread, half=half_close, nonblocking=nonblocking
    )
    teller = _Teller(output_format, color or "auto", quiet=quiet)
    with suppress(KeyboardInterrupt):
        byhand.serve(
            byhand.place(where, host="0.0.0.0"),
            manners,
            teller.tell,
            count=count,
            backlog=backlog,
            reuse=not no_reuse_address,
        )
    return teller.end(output_format, "server")


def connect(
    where: Annotated[str, typer.Argument(metavar="ADDRESS:PORT", help="Where to connect to.", show_default=False)],
    last: Annotated[bool, typer.Option("--last", help="Wait for the server's end before closing.")] = False,
    send: Send = 0,
    fill: Fill = False,
    hold: Hold = 0.0,
    linger: Linger = None,
    unread: Unread = False,
    half_close: Half = False,
    nonblocking: Nonblocking = False,
    buffer: Buffer = None,
    count: Annotated[int, typer.Option("--count", "-n", metavar="N", min=1, help="Connect N times in turn.")] = 1,
    interval: Annotated[
        float, typer.Option("--interval", metavar="SECONDS", min=0, max=86400, help="The pause between two.")
    ] = 0.0,
    source: Annotated[
        str | None, typer.Option("--from", metavar="ADDRESS:PORT", help="bind() before connect(); port 0: any.")
    ] = None,
    reuse_address: Annotated[bool, typer.Option("--reuse-address", help="SO_REUSEADDR before bind().")] = False,
    output_format: o.TextOrJson = "text",
    color: o.ColourOption = None,
    quiet: o.Quiet = False,
) -> int:
    """Be the client of an experiment by hand: connect, send, and close as the options say.

    It makes no namespace; start it in one: ip netns exec a tcptune lab connect 192.0.2.2:5000 --linger 0
    Exit status: 0 all went as asked, 1 something failed on the way, 2 wrong usage or no such address.
    """
    from tcptune.lab import byhand

    manners = _manners(
        not last, send, hold, linger, buffer, fill=fill, unread=unread, half=half_close, nonblocking=nonblocking
    )
    teller = _Teller(output_format, color or "auto", quiet=quiet)
    byhand.connect(
        byhand.place(where),
        manners,
        teller.tell,
        count=count,
        interval=interval,
        source=byhand.place(source) if source else None,
        reuse=reuse_address,
    )
    return teller.end(output_format, "client")


def _manners(
    first: bool,
    send: int,
    hold: float,
    linger: int | None,
    buffer: int | None,
    *,
    fill: bool,
    unread: bool,
    half: bool,
    nonblocking: bool,
) -> Manners:
    import socket

    from tcptune.lab.byhand import Manners

    if half and first and unread:
        raise TcptuneError("--half-close reads to the peer's end, --unread reads nothing", hint="leave one of them out")
    sizes = (
        () if buffer is None else tuple((socket.SOL_SOCKET, o, buffer) for o in (socket.SO_SNDBUF, socket.SO_RCVBUF))
    )
    return Manners(first, send, fill, hold, linger, unread, half, nonblocking, sizes)
