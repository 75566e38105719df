"""A server that closed first starts again."""

from __future__ import annotations

import socket

from tcptune.lab.endpoints import name_of
from tcptune.lab.experiment import Experiment, Ruling
from tcptune.lab.flows import close_both
from tcptune.lab.host import Host
from tcptune.lab.stage import Stage
from tcptune.model.lab import Measured


def measure(stage: Stage) -> Measured:
    """Leave TIME_WAIT on the listener's port, then bind it without and with SO_REUSEADDR."""
    client, server, _ = stage.pair()
    server.set("net.ipv4.tcp_tw_reuse", 1)
    link = stage.connect(client, server)
    close_both(stage, link, "client" if stage.twisted("client-first") else "server")
    port = link.target[1]
    return {
        "servers_state": link.states()[1],
        "without": _bound(server, port, reuse=False),
        "with_reuseaddr": _bound(server, port, reuse=True),
    }


def _bound(server: Host, port: int, *, reuse: bool) -> str:
    with server.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, int(reuse))
        try:
            sock.bind(("", port))
            sock.listen()
        except OSError as error:
            return name_of(error)
    return "ok"


def judge(found: Measured) -> Ruling:
    """It holds when bind() failed without the option and worked with it."""
    return Ruling(
        found["without"] == "EADDRINUSE" and found["with_reuseaddr"] == "ok",
        f"with {found['servers_state']} on the port bind() gave {found['without']}, with SO_REUSEADDR "
        f"{found['with_reuseaddr']} (tcp_tw_reuse is 1)",
    )


EXPERIMENT = Experiment(
    claim="A server that closed first can only start again at once with SO_REUSEADDR; tcp_tw_reuse does not help it.",
    source=("W. R. Stevens, UNIX Network Programming 1, section 7.5", "socket(7), SO_REUSEADDR"),
    setup="The server closes a connection first and stops; its port is bound again, tcp_tw_reuse is 1.",
    measures="The outcome of bind() without and with the option.",
    practice="Every server sets SO_REUSEADDR on its listener; no parameter replaces it.",
    measure=measure,
    judge=judge,
    twists={"client-first": "the client closes first"},
    parameters=("net.ipv4.tcp_tw_reuse",),
    topics=("SO_REUSEADDR", "EADDRINUSE"),
    answers=(
        ("net.ipv4.tcp_tw_reuse", "With 1 a daemon can be restarted without SO_REUSEADDR."),
        ("SO_REUSEADDR", "tcp_tw_reuse lets a server bind its port again"),
        ("EADDRINUSE", "EADDRINUSE at a restart is cured by sysctl"),
    ),
)
