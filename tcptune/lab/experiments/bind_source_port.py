"""A client that binds its source port itself, with a connection of that port in TIME_WAIT."""

from __future__ import annotations

from tcptune.lab.endpoints import REUSE, listen, name_of
from tcptune.lab.experiment import Experiment, Ruling
from tcptune.lab.flows import LOW, outcome
from tcptune.lab.host import Host
from tcptune.lab.stage import Stage
from tcptune.model.lab import Measured

PORT = 5000


def measure(stage: Stage) -> Measured:
    """Come again on the port that waits: without SO_REUSEADDR, with it, and with it but without timestamps."""
    client, server, _ = stage.pair()
    client.set("net.ipv4.tcp_tw_reuse", 0)
    before = client.counter("TWRecycled")
    first = outcome(stage, client, server, port=PORT, source_port=LOW)
    stage.note("bind() to the port, then connect()")
    without = _again(client, server, LOW, reuse=False)
    reused = _again(client, server, LOW, reuse=not stage.twisted("option-off"))
    recycled = client.counter("TWRecycled") - before
    if not stage.twisted("timestamps-on"):
        client.set("net.ipv4.tcp_timestamps", 0)
    stage.note(f"the same with tcp_timestamps {client.parameter('net.ipv4.tcp_timestamps')}")
    outcome(stage, client, server, port=PORT, source_port=LOW + 1)
    return {
        "first": first,
        "without_option": without,
        "with_option": reused,
        "TWRecycled": recycled,
        "without_timestamps": _again(client, server, LOW + 1, reuse=True),
    }


def _again(client: Host, server: Host, source_port: int, *, reuse: bool) -> str:
    with listen(server, PORT), client.socket() as sock:
        try:
            sock.setsockopt(*REUSE[:2], int(reuse))
            sock.bind((client.address, source_port))
            sock.connect((server.address, PORT))
        except OSError as error:
            return name_of(error)
    return "ok"


def judge(found: Measured) -> Ruling:
    """It holds when only the option with timestamps led to a connection, and that was counted as a reuse."""
    return Ruling(
        (found["without_option"], found["with_option"], found["without_timestamps"])
        == ("EADDRINUSE", "ok", "EADDRNOTAVAIL")
        and found["TWRecycled"] == 1,
        f"without SO_REUSEADDR {found['without_option']}; with it {found['with_option']} at once, TWRecycled grew by "
        f"{found['TWRecycled']} (tcp_tw_reuse is 0); with it but without timestamps {found['without_timestamps']}",
    )


EXPERIMENT = Experiment(
    claim="A client that binds its port with SO_REUSEADDR gets it out of TIME_WAIT at once, without tcp_tw_reuse.",
    source=("net/ipv4/tcp_ipv4.c, tcp_twsk_unique()", "net/ipv4/inet_hashtables.c, __inet_hash_connect()"),
    setup="The client closes first on a port of its own choice, then comes again on it; tcp_tw_reuse is 0.",
    measures="The outcome of bind() and connect() without the option, with it, and with it but without timestamps.",
    practice="A program that insists on its source port needs the option and timestamps, not the parameter.",
    measure=measure,
    judge=judge,
    twists={
        "option-off": "SO_REUSEADDR is never set",
        "timestamps-on": "timestamps stay on at the end too",
    },
    parameters=("net.ipv4.tcp_tw_reuse", "net.ipv4.tcp_timestamps"),
    topics=("SO_REUSEADDR", "EADDRINUSE", "EADDRNOTAVAIL"),
    counters=("TcpExt.TWRecycled",),
)
