"""The budget of ports counts for each destination."""

from __future__ import annotations

from tcptune.lab.experiment import Experiment, Ruling
from tcptune.lab.flows import LOW, outcome, ports
from tcptune.lab.stage import Stage
from tcptune.model.lab import Measured

COUNT = 4


def measure(stage: Stage) -> Measured:
    """Use up the ports to one destination, then go to another port of the same server."""
    client, server, _ = stage.pair()
    ports(client, LOW, LOW + COUNT - 1)
    client.set("net.ipv4.tcp_tw_reuse", 0)
    first = [outcome(stage, client, server) for _ in range(COUNT + 1)]
    other = 5000 if stage.twisted("same-destination") else 5001
    second = [outcome(stage, client, server, port=other) for _ in range(COUNT)]
    return {"ports": COUNT, "first_destination": first.count("ok"), "then": first[-1], "second": second.count("ok")}


def judge(found: Measured) -> Ruling:
    """It holds when the second destination gave as many connections as the first, which was used up."""
    return Ruling(
        found["first_destination"] == found["ports"] == found["second"] and found["then"] == "EADDRNOTAVAIL",
        f"{found['first_destination']} connections to one port of the server, then {found['then']}; "
        f"{found['second']} more to another",
    )


EXPERIMENT = Experiment(
    claim="Ephemeral ports are counted for each destination address and port: another one has all of them again.",
    source=("net/ipv4/inet_hashtables.c, __inet_hash_connect()", "against: a host has 28,000 outgoing connections"),
    setup="The client has four ephemeral ports and closes first; the server listens on two ports.",
    measures="The connections that come about to each.",
    practice="A second address or port of the service doubles the budget, without any parameter.",
    measure=measure,
    judge=judge,
    twists={"same-destination": "the second destination is the first"},
    parameters=("net.ipv4.ip_local_port_range",),
    rules=("TT411",),
    topics=("four-tuple", "port budget"),
    answers=(("net.ipv4.ip_local_port_range", "1024 65535 allows 64,512 outgoing connections in total."),),
)
