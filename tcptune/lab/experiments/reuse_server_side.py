"""tcp_tw_reuse on a server that accepts connections."""

from __future__ import annotations

import time

from tcptune.lab.endpoints import name_of
from tcptune.lab.experiment import Experiment, Ruling
from tcptune.lab.flows import AGE, LOW, close_both, outcome, ports
from tcptune.lab.stage import Stage
from tcptune.model.lab import Measured

COUNT = 4


def measure(stage: Stage) -> Measured:
    """Let the server close first, with the value 0 and with 1; count its TIME_WAIT, and come again on the same port."""
    client, server, _ = stage.pair()
    closer = client if stage.twisted("client-side") else server
    found: Measured = {}
    for value in (0, 1):
        closer.set("net.ipv4.tcp_tw_reuse", value)
        if stage.twisted("client-side"):
            ports(client, LOW + value, LOW + value)
            outcome(stage, client, server)
            time.sleep(AGE)
            found[f"again_with_{value}"] = outcome(stage, client, server)
            found[f"time_wait_with_{value}"] = 0
            continue
        before = server.sockets("TIME-WAIT")
        links = [stage.connect(client, server) for _ in range(COUNT)]
        for link in links:
            close_both(stage, link, "server")
        time.sleep(AGE)
        found[f"time_wait_with_{value}"] = server.sockets("TIME-WAIT") - before
        found[f"again_with_{value}"] = _again(stage, links[0].source[1], links[0].target[1])
    found["TWRecycled"] = client.counter("TWRecycled") + server.counter("TWRecycled")
    return found


def _again(stage: Stage, source_port: int, port: int) -> str:
    """Connect from a port that the server still has in TIME_WAIT."""
    client, server = stage.hosts["client"], stage.hosts["server"]
    try:
        link = stage.connect(client, server, port=port, source_port=source_port)
    except OSError as error:
        return name_of(error)
    close_both(stage, link, "server")
    return "ok"


def judge(found: Measured) -> Ruling:
    """It holds when both values give the same."""
    same = all(found[f"{what}_with_0"] == found[f"{what}_with_1"] for what in ("time_wait", "again"))
    return Ruling(
        same and found["again_with_0"] == "ok" and found["TWRecycled"] == 0,
        f"with 0 and with 1 there were {found['time_wait_with_0']} and {found['time_wait_with_1']} sockets in "
        f"TIME_WAIT, and a connection on the same port: {found['again_with_0']} and {found['again_with_1']}",
    )


EXPERIMENT = Experiment(
    claim="tcp_tw_reuse does nothing for a server: with 0 and 1 its TIME_WAIT is the same, and clients come again.",
    source=("net/ipv4/tcp_ipv4.c, tcp_twsk_unique() is called by connect() alone", "against many guides for servers"),
    setup="The server closes four connections first, with the value 0 and with 1; a client comes again on its port.",
    measures="The server's TIME_WAIT sockets after the age of reuse, and the outcome of the second connection.",
    practice="A server's TIME_WAIT costs memory only, and little; a SYN with newer numbers replaces it anyway.",
    measure=measure,
    judge=judge,
    twists={"client-side": "the client closes first and has the parameter"},
    parameters=("net.ipv4.tcp_tw_reuse",),
    rules=("TT412",),
    counters=("TcpExt.TWRecycled",),
    answers=(
        ("net.ipv4.tcp_tw_reuse", "It helps a server that accepts many connections."),
        ("net.ipv4.tcp_tw_reuse", "It lowers the number of TIME_WAIT sockets."),
        ("TIME-WAIT", "TIME-WAIT on a server limits how many clients can connect"),
    ),
)
