"""A listener whose queue is full, with tcp_abort_on_overflow off and on."""

from __future__ import annotations

import errno
import socket

from tcptune.lab.endpoints import dial, listen
from tcptune.lab.experiment import Experiment, Ruling
from tcptune.lab.stage import Stage
from tcptune.lab.wire import Match
from tcptune.model.lab import Measured

COUNT = 4
BACKLOG = 2
"""A queue that takes one more than its limit, so three; SYN cookies begin only with three unfinished handshakes."""


def measure(stage: Stage) -> Measured:
    """Finish four handshakes at a listener with room for three, with the parameter at 0 and at 1."""
    client, server, wire = stage.pair()
    found: Measured = {}
    for value in (0, 1):
        port = 5000 + value
        server.set("net.ipv4.tcp_abort_on_overflow", stage.instead(value, {"abort": 1, "never-abort": 0}))
        listener = listen(server, port, backlog=64 if stage.twisted("room") else BACKLOG)
        before = server.counter("ListenOverflows")
        clients = [dial(client, (server.address, port)) for _ in range(COUNT - 2)]
        stage.quiet()
        # The last step of two handshakes is kept back, so that both come to a queue that had room at their SYN.
        last = wire.hold(_finishes(port), times=2)
        clients += [dial(client, (server.address, port)) for _ in range(2)]
        stage.until(lambda: last.seen >= 2)  # noqa: B023
        stage.note(f"tcp_abort_on_overflow is {value}; the handshakes are finished")
        wire.release(last)
        stage.quiet()
        found[f"errors_with_{value}"] = sorted(_error(each) for each in clients)
        found[f"ListenOverflows_with_{value}"] = server.counter("ListenOverflows") - before
        for each in clients:
            each.close()
        listener.close()
    return found


def _finishes(port: int) -> Match:
    return lambda packet: packet.flags == {"ACK"} and packet.target_port == port


def _error(sock: socket.socket) -> str:

    return errno.errorcode.get(sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR), "none")


def judge(found: Measured) -> Ruling:
    """It holds when clients saw nothing with 0 and a reset with 1, and both times it was counted."""
    counted = found["ListenOverflows_with_0"] > 0 and found["ListenOverflows_with_1"] > 0
    quiet = set(found["errors_with_0"]) == {"none"}
    return Ruling(
        counted and quiet and found["errors_with_1"].count("ECONNRESET") == 1,
        f"of {COUNT} clients {found['errors_with_0'].count('none')} believed to be connected with 0, and "
        f"{found['errors_with_1'].count('ECONNRESET')} saw ECONNRESET with 1; the overflow was "
        f"{'counted' if counted else 'not counted'}",
    )


EXPERIMENT = Experiment(
    claim="A full accept queue lets clients believe they are connected; with tcp_abort_on_overflow = 1 they are reset.",
    source=("Documentation/networking/ip-sysctl.rst, tcp_abort_on_overflow", "listen(2)"),
    setup="A listener with a backlog of 2, which means three, and four clients, the last two of which finish together.",
    measures="The error of each client's socket, and ListenOverflows.",
    practice="Raise the backlog and accept faster. Resets turn a short burst, which repeats its ACK, into errors.",
    measure=measure,
    judge=judge,
    twists={
        "room": "the backlog is 64",
        "abort": "tcp_abort_on_overflow is 1 both times",
        "never-abort": "it is 0 both times",
    },
    parameters=("net.ipv4.tcp_abort_on_overflow", "net.core.somaxconn"),
    rules=("TT406", "TT603"),
    counters=("TcpExt.ListenOverflows",),
    answers=(("TcpExt.ListenOverflows", "Each overflow is a client that was turned away"),),
)
