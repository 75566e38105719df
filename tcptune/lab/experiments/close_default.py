"""close() as it is by default: it returns at once, and the kernel goes on delivering."""

from __future__ import annotations

from tcptune.lab.endpoints import linger, read_all
from tcptune.lab.experiment import Experiment, Ruling
from tcptune.lab.flows import filled
from tcptune.lab.stage import Stage
from tcptune.model.lab import Measured


def measure(stage: Stage) -> Measured:
    """Close with a full send buffer, look what is left in it, then let the server read."""
    client, server, _ = stage.pair()
    link, sent = filled(stage, client, server)
    if stage.twisted("linger-zero"):
        link.client.setsockopt(*linger(0))
    stage.note("the client closes with data still to be sent")
    link.client.close()
    entry = link.client_entry()
    stage.note("the server begins to read")
    got, end = read_all(link.server)
    return {
        "sent": sent,
        "unsent_when_close_returned": entry.unsent if entry else 0,
        "state_when_close_returned": entry.state if entry else "CLOSED",
        "received": got,
        "peer_reads": end,
    }


def judge(found: Measured) -> Ruling:
    """It holds when close() came back with data still unsent, and all of it arrived before an orderly end."""
    early = found["unsent_when_close_returned"] > 0
    whole = found["received"] == found["sent"] and found["peer_reads"] == "end"
    return Ruling(
        early and whole,
        f"close() returned with {found['unsent_when_close_returned']} bytes unsent "
        f"({found['state_when_close_returned']}); {found['received']} of {found['sent']} bytes arrived, then "
        f"{found['peer_reads']}",
    )


EXPERIMENT = Experiment(
    claim="close() without SO_LINGER returns at once; the kernel delivers what is unsent, then sends FIN.",
    source=("W. R. Stevens, UNIX Network Programming 1, section 7.5", "RFC 9293, section 3.6"),
    setup="The client fills its send buffer while the server does not read, and closes; then the server reads.",
    measures="What is unsent when close() returns, and what arrives.",
    practice="A return of close() says nothing about the data: a protocol that must know waits for an answer.",
    measure=measure,
    judge=judge,
    twists={"linger-zero": "SO_LINGER is on with 0 seconds"},
    topics=("SO_LINGER",),
)
