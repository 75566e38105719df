"""TCP_LINGER2: how long one socket waits in FIN-WAIT-2."""

from __future__ import annotations

import socket

from tcptune.lab.experiment import Experiment, Ruling
from tcptune.lab.stage import Stage
from tcptune.model.lab import Measured

SECONDS = 3
KEY = "net.ipv4.tcp_fin_timeout"


def measure(stage: Stage) -> Measured:
    """Close with TCP_LINGER2 at 3 and at -1 while tcp_fin_timeout is 60; the server does not close."""
    client, server, _ = stage.pair()
    client.set(KEY, 60)
    found: Measured = {}
    for seconds in (SECONDS, -1):
        before = client.counter("TCPAbortOnData")
        link = stage.connect(client, server)
        if not stage.twisted("not-set"):
            link.client.setsockopt(socket.IPPROTO_TCP, socket.TCP_LINGER2, seconds)
        stage.note(f"the client closes with TCP_LINGER2 {seconds}")
        link.client.close()
        stage.until(lambda: link.states()[0] != "FIN-WAIT-1")  # noqa: B023
        stage.quiet()
        entry = link.client_entry()
        found[f"state_with_{seconds}"] = entry.state if entry else "CLOSED"
        found[f"left_with_{seconds}_s"] = round(entry.expires_ms / 1000, 1) if entry else 0
        found[f"TCPAbortOnData_with_{seconds}"] = client.counter("TCPAbortOnData") - before
    return found


def judge(found: Measured) -> Ruling:
    """It holds when 3 gave a timer of three seconds at most, and -1 none at all."""
    three = found["state_with_3"] == "FIN-WAIT-2" and 0 < found["left_with_3_s"] <= SECONDS
    none = found["state_with_-1"] == "CLOSED" and found["TCPAbortOnData_with_-1"] == 1
    return Ruling(
        three and none,
        f"with 3 the socket was {found['state_with_3']} with {found['left_with_3_s']} s left, with -1 it was "
        f"{found['state_with_-1']}, TCPAbortOnData grew by {found['TCPAbortOnData_with_-1']}",
    )


EXPERIMENT = Experiment(
    claim="TCP_LINGER2 bounds FIN-WAIT-2 of one socket in place of tcp_fin_timeout; -1 leaves it no time at all.",
    source=("tcp(7), TCP_LINGER2", "net/ipv4/tcp.c, __tcp_close()"),
    setup="tcp_fin_timeout is 60; the client closes with TCP_LINGER2 at 3, then at -1, the server does not close.",
    measures="The state of the client's end, the kernel's timer, TCPAbortOnData.",
    practice="One program with many orphans needs no parameter of the whole host: it can set this for its own sockets.",
    measure=measure,
    judge=judge,
    twists={"not-set": "the option is not set"},
    parameters=(KEY,),
    topics=("TCP_LINGER2", "FIN-WAIT-2", "orphan"),
    counters=("TcpExt.TCPAbortOnData",),
)
