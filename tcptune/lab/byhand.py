"""One end of a connection, used by hand: what the `sock` program of W. R. Stevens' books is to the older articles.

Nothing here makes a namespace or needs root: the ends run wherever they are started, between any two namespaces or
hosts. Every wait is bounded, but for that of a server for the next client.
"""

from __future__ import annotations

import select
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import field

from tcptune.errors import TcptuneError
from tcptune.lab.endpoints import BLOCKING, REUSE, Option, fill, linger, name_of
from tcptune.lab.measure import CLOSED, Entry, diagnosis, look
from tcptune.model.lab import Event
from tcptune.model.record import dataclass

PIECE = 16384
WATCH = 3.0
"""How long an end's state is watched after close(), in seconds, unless it comes to rest before."""

_RDHUP = 0x2000
_RESTING = ("TIME-WAIT", CLOSED)

Tell = Callable[[Event], None]
Where = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Manners:
    """How an end behaves.

    `first` is who closes without waiting for the peer; `send` bytes are sent at once, with `fill` as many as
    the buffers take, which a peer that does not read leaves there; `hold` is how long the connection
    stays open, in seconds, before this end does its part of closing. `linger` are seconds of SO_LINGER, None leaves it
    off. `unread` leaves what comes in to the kernel; `half` sends a FIN with shutdown() and reads on; `nonblocking`
    makes the socket so before close().
    """

    first: bool
    send: int = 0
    fill: bool = False
    hold: float = 0.0
    linger: int | None = None
    unread: bool = False
    half: bool = False
    nonblocking: bool = False
    options: tuple[Option, ...] = field(default=())


class _End:
    """One connection of an end, from connect() or accept() to its rest."""

    def __init__(self, number: int, began: float, tell: Tell, sock: socket.socket) -> None:
        self._number, self._began, self._tell, self._sock = number, began, tell, sock
        self._local, self._remote = sock.getsockname()[:2], sock.getpeername()[:2]
        self._link: socket.socket | None = None
        with suppress(OSError, AttributeError):
            self._link = diagnosis()

    def _entry(self) -> Entry | None:
        with suppress(OSError):
            return look(self._link, self._local, self._remote) if self._link is not None else None
        return None

    def say(self, text: str, *, failed: bool = False) -> str:
        """Tell what happened with the state that follows from it, and return that state."""
        entry = self._entry()
        state = entry.state if entry else CLOSED if self._link is not None else ""
        timed = entry is not None and entry.timer == "time-wait"
        timer = round(entry.expires_ms / 1000, 1) if entry is not None and timed else None
        self._tell(Event(round(time.monotonic() - self._began, 4), self._number, text, state, timer, failed))
        return state

    def run(self, manners: Manners) -> None:
        """Do everything that the manners say, and watch how it ends."""
        self.say(f"connected, {_shown(self._local)} to {_shown(self._remote)}")
        self._sock.settimeout(BLOCKING)
        try:
            if manners.send:
                self._send(manners.send)
            if manners.fill:
                self.say(f"sent {fill(self._sock)} bytes, more does not fit")
            self._open(manners)
            if manners.half:
                self._sock.shutdown(socket.SHUT_WR)
                self.say("shutdown(SHUT_WR): FIN is sent, reading goes on")
                self._read_to_the_end(manners)
        except OSError as error:
            self.say(f"the socket gave {name_of(error)}", failed=True)
        state = self._close(manners)
        if self._link is not None:
            self._watch(state)
            self._link.close()

    def _send(self, count: int) -> None:
        sent = 0
        try:
            while sent < count:
                sent += self._sock.send(b"x" * min(PIECE, count - sent))
        except OSError as error:
            self.say(f"sent {sent} of {count} bytes, then send() gave {name_of(error)}", failed=True)
            return
        self.say(f"sent {sent} bytes")

    def _open(self, manners: Manners) -> None:
        """Stay open for as long as wanted: who closes first for `hold`, the other until the peer's FIN and then so."""
        if manners.first or manners.half:
            self._pass(manners)
            return
        self._read_to_the_end(manners)
        time.sleep(manners.hold)

    def _pass(self, manners: Manners) -> None:
        """Let the time pass; what comes in meanwhile is read, if it is to be read."""
        until, got = time.monotonic() + manners.hold, 0
        while (left := until - time.monotonic()) > 0:
            if manners.unread or not select.select([self._sock], [], [], left)[0]:
                time.sleep(max(0.0, until - time.monotonic()))
                break
            piece = self._sock.recv(PIECE)
            if not piece:
                time.sleep(max(0.0, until - time.monotonic()))
                break
            got += len(piece)
        if got:
            self.say(f"read {got} bytes")

    def _read_to_the_end(self, manners: Manners) -> None:
        if manners.unread:
            poll = select.poll()
            poll.register(self._sock, _RDHUP)
            came = poll.poll(BLOCKING * 1000)
            self.say("the peer has closed; nothing was read" if came else "the peer did not close", failed=not came)
            return
        got = 0
        while piece := self._sock.recv(PIECE):
            got += len(piece)
        self.say(f"read {got} bytes, then the end: the peer has closed")

    def _close(self, manners: Manners) -> str:
        said, failed = "", False
        with suppress(OSError):
            if manners.linger is not None:
                self._sock.setsockopt(*linger(manners.linger))
                said = f" with SO_LINGER {manners.linger}"
            if manners.nonblocking:
                self._sock.setblocking(False)
                said += ", non-blocking"
        start = time.monotonic()
        try:
            self._sock.close()
        except OSError as error:
            said, failed = f"{said} gave {name_of(error)}", True
        return self.say(f"close(){said} took {time.monotonic() - start:.3f} s", failed=failed)

    def _watch(self, told: str) -> None:
        """Tell each state that the end goes through, from the one told last on, until it rests."""
        until = time.monotonic() + WATCH
        while told not in _RESTING and time.monotonic() < until:
            entry = self._entry()
            if (entry.state if entry else CLOSED) != told:
                told = self.say("then")
            time.sleep(0.002)


def _shown(where: Where) -> str:
    host, port = where
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def place(text: str, *, host: str | None = None) -> Where:
    """Return address and port from `ADDRESS:PORT`, `[ADDRESS]:PORT`, or PORT alone where `host` stands for the rest.

    Raises `TcptuneError`.
    """
    before, _, after = text.rpartition(":")
    name = before.strip("[]") or host
    if name is None or not after.isdecimal() or not int(after) <= 65535:
        wanted = "ADDRESS:PORT" if host is None else "PORT or ADDRESS:PORT"
        raise TcptuneError(f"{text!r} is no {wanted}", hint="for example 192.0.2.1:5000 or [::1]:5000")
    return name, int(after)


def _resolved(where: Where) -> tuple[socket.AddressFamily, Where]:
    try:
        family, _, _, _, address = socket.getaddrinfo(*where, type=socket.SOCK_STREAM)[0]
    except OSError as error:
        raise TcptuneError(f"{where[0]!r} is no address here: {error.strerror}") from None
    return family, (str(address[0]), int(address[1]))


def serve(where: Where, manners: Manners, tell: Tell, *, count: int | None, backlog: int, reuse: bool) -> None:
    """Listen, and serve `count` clients at the same time, or clients without end. Raises `TcptuneError`."""
    began = time.monotonic()
    family, address = _resolved(where)
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        try:
            listener.setsockopt(*REUSE[:2], int(reuse))
            for level, option, value in manners.options:
                listener.setsockopt(level, option, value)
            listener.bind(address)
            listener.listen(backlog)
        except OSError as error:
            raise TcptuneError(
                f"cannot listen on {_shown(address)}: {name_of(error)}", hint=f"`tcptune explain {name_of(error)}`"
            ) from None
        tell(Event(0.0, 0, f"listening on {_shown(listener.getsockname()[:2])}", "LISTEN"))
        threads: list[threading.Thread] = []
        number = 0
        while count is None or number < count:
            sock, _ = listener.accept()
            number += 1
            end = _End(number, began, tell, sock)
            threads = [each for each in threads if each.is_alive()]
            threads.append(threading.Thread(target=end.run, args=(manners,), daemon=True))
            threads[-1].start()
    for thread in threads:
        thread.join()


def connect(
    where: Where,
    manners: Manners,
    tell: Tell,
    *,
    count: int,
    interval: float,
    source: Where | None = None,
    reuse: bool = False,
) -> None:
    """Connect `count` times, one after the other, `interval` seconds between two. Raises `TcptuneError`."""
    began = time.monotonic()
    family, address = _resolved(where)
    for number in range(1, count + 1):
        if number > 1:
            time.sleep(interval)
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            sock.settimeout(BLOCKING)
            sock.setsockopt(*REUSE[:2], int(reuse))
            for level, option, value in manners.options:
                sock.setsockopt(level, option, value)
            if source is not None:
                sock.bind(source)
            sock.connect(address)
        except OSError as error:
            sock.close()
            now = round(time.monotonic() - began, 4)
            tell(Event(now, number, f"connect() to {_shown(address)} gave {name_of(error)}", failed=True))
            continue
        _End(number, began, tell, sock).run(manners)
