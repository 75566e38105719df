"""How often a FIN is repeated to a dead peer, and what 0 means."""

from __future__ import annotations

import time

from tcptune.lab.endpoints import Connection
from tcptune.lab.experiment import Experiment, Ruling
from tcptune.lab.stage import Stage
from tcptune.model.lab import Measured

FULL = 150.0
LONG = 60.0
"""A busy machine makes for a long first round trip, and all retransmissions are multiples of that."""

ENOUGH = 5
KEY = "net.ipv4.tcp_orphan_retries"


def measure(stage: Stage) -> Measured:
    """Close a connection to a peer that hears nothing, first with the value 1, then with 0."""
    client, server, wire = stage.pair()
    links = [stage.connect(client, server), stage.connect(client, server)]
    wire.drop(lambda packet: packet.source == client.address)
    found: Measured = {}
    for link, value in zip(links, (1, 0), strict=True):
        client.set(KEY, stage.instead(value, {"one-for-both": 1, "zero-for-both": 0}))
        stage.note(f"the client closes, {KEY} is {client.parameter(KEY)}; the server hears nothing")
        began = time.monotonic()
        link.client.close()
        enough = ENOUGH if value else found["fins_with_1"] + 1
        stage.until(lambda: _over(stage, link, enough), LONG)  # noqa: B023
        found[f"fins_with_{value}"] = _fins(stage, link)
        found[f"state_with_{value}"] = link.states()[0]
        if stage.full and value == 0:
            stage.until(lambda: link.states()[0] == "CLOSED", FULL)  # noqa: B023
            found["fins_with_0"] = _fins(stage, link)
            found["gone_with_0_s"] = round(time.monotonic() - began)
    return found


def _fins(stage: Stage, link: Connection) -> int:
    return sum(item.source_port == link.source[1] for item in stage.recorder.found("FIN", source="client"))


def _over(stage: Stage, link: Connection, enough: int) -> bool:
    return link.states()[0] == "CLOSED" or _fins(stage, link) >= enough


def judge(found: Measured) -> Ruling:
    """It holds when the socket is gone after few FINs with 1, and still trying after more of them with 0."""
    gone = f"; gone after {found['gone_with_0_s']} s" if "gone_with_0_s" in found else ""
    few = found["state_with_1"] == "CLOSED" and found["fins_with_1"] < ENOUGH
    many = found["state_with_0"] == "FIN-WAIT-1" and found["fins_with_0"] > found["fins_with_1"]
    many = many or found.get("gone_with_0_s", 0) > 60
    return Ruling(
        few and many,
        f"with 1 the socket was {found['state_with_1']} after {found['fins_with_1']} FINs, with 0 in "
        f"{found['state_with_0']} after {found['fins_with_0']}{gone}",
    )


EXPERIMENT = Experiment(
    claim="tcp_orphan_retries bounds how long a FIN is repeated to a dead peer; 0 means 8 times, not never.",
    source=("Documentation/networking/ip-sysctl.rst, tcp_orphan_retries", "net/ipv4/tcp_timer.c, tcp_orphan_retries()"),
    setup="The client closes two connections to a server that hears nothing: with the value 1, and with 0.",
    measures="The FINs sent, and whether the socket is still there after one more with 0 than it took with 1.",
    practice="0, the default, is patience of about 100 seconds. 1 to 3 lose the end of the data on a poor network.",
    measure=measure,
    judge=judge,
    twists={"one-for-both": "the value is 1 both times", "zero-for-both": "it is 0 both times"},
    parameters=("net.ipv4.tcp_orphan_retries",),
    rules=("TT408",),
    topics=("FIN-WAIT-1", "orphan"),
    full="waits until the socket with 0 is gone",
    answers=(("net.ipv4.tcp_orphan_retries", "0 means that nothing is sent again."),),
)
