"""A FIN that is lost on the way."""

from __future__ import annotations

from tcptune.lab.experiment import Experiment, Ruling
from tcptune.lab.flows import TIME_WAIT
from tcptune.lab.stage import Stage
from tcptune.model.lab import Measured


def measure(stage: Stage) -> Measured:
    """Lose the client's first FIN, or all of them, and see where both ends go."""
    client, server, wire = stage.pair()
    client.set("net.ipv4.tcp_orphan_retries", 1)
    link = stage.connect(client, server)
    lost = wire.drop(lambda packet: "FIN" in packet.flags, times=None if stage.twisted("all-lost") else 1)
    stage.note("the client closes; its FIN is lost")
    link.client.close()
    stage.until(lambda: lost.seen >= 1)
    waiting = link.states()[0]
    stage.until(lambda: link.states()[1] == "CLOSE-WAIT" or link.states()[0] == "CLOSED")
    if link.states()[1] == "CLOSE-WAIT":
        stage.note("the server closes")
        link.server.close()
        stage.until(lambda: link.states() == (TIME_WAIT, "CLOSED"))
    return {
        "while_lost": waiting,
        "fins": stage.recorder.count("FIN", source="client"),
        "arrived": stage.recorder.count("FIN", source="client", fate="delivered"),
        "end": list(link.states()),
    }


def judge(found: Measured) -> Ruling:
    """It holds when a second FIN arrived and the close ended in order."""
    return Ruling(
        found["while_lost"] == "FIN-WAIT-1" and found["arrived"] >= 1 and found["end"] == [TIME_WAIT, "CLOSED"],
        f"the client waited in {found['while_lost']}, {found['arrived']} of {found['fins']} FINs arrived, in the end "
        f"the client was {found['end'][0]} and the server {found['end'][1]}",
    )


EXPERIMENT = Experiment(
    claim="A lost FIN is sent again by the kernel, long after the program has closed; the close ends in order.",
    source=("RFC 9293, section 3.8.1", "Documentation/networking/ip-sysctl.rst, tcp_orphan_retries"),
    setup="The wire loses the client's first FIN; tcp_orphan_retries is 1.",
    measures="The FINs that were sent and that arrived, and the states of both ends.",
    practice="tcp_orphan_retries bounds this patience: low values leave the peer without its FIN, and without an end.",
    measure=measure,
    judge=judge,
    twists={"all-lost": "every FIN is lost"},
    parameters=("net.ipv4.tcp_orphan_retries",),
    rules=("TT408",),
    topics=("FIN-WAIT-1", "orphan"),
)
