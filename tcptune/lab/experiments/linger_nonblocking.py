"""SO_LINGER on a non-blocking socket: does close() wait?"""

from __future__ import annotations

from tcptune.lab.endpoints import linger
from tcptune.lab.experiment import Experiment, Ruling
from tcptune.lab.flows import close_unread, filled
from tcptune.lab.stage import Stage
from tcptune.model.lab import Measured

SECONDS = 30


def measure(stage: Stage) -> Measured:
    """Close a non-blocking socket with a full buffer; the server reads a moment later."""
    client, server, _ = stage.pair()
    link, sent = filled(stage, client, server)
    link.client.setblocking(False)
    link.client.setsockopt(*linger(SECONDS, on=not stage.twisted("linger-off")))
    stage.note(f"the client closes its non-blocking socket with SO_LINGER {SECONDS}")
    return close_unread(stage, link, sent)


def judge(found: Measured) -> Ruling:
    """It holds when close() came back while data was still unsent."""
    early = found["unsent_when_close_returned"] > 0
    word = "did not wait" if early else "waited until the peer had acknowledged everything"
    return Ruling(
        early,
        f"close() {word}: {found['unsent_when_close_returned']} bytes unsent when it returned "
        f"({found['state_when_close_returned']}), {found['received']} of {found['sent']} arrived",
    )


EXPERIMENT = Experiment(
    claim="close() of a non-blocking socket does not wait, whatever SO_LINGER says.",
    source=("W. R. Stevens, UNIX Network Programming 1, section 7.5",),
    setup="The client fills its buffer, makes the socket non-blocking, sets SO_LINGER to 30 s and closes.",
    measures="What is unsent when close() returns.",
    practice="On Linux it blocks the event loop for as long as SO_LINGER says: leave it off with non-blocking sockets.",
    measure=measure,
    judge=judge,
    twists={"linger-off": "SO_LINGER stays off"},
    topics=("SO_LINGER",),
    answers=(("SO_LINGER", "close() of a non-blocking socket never blocks"),),
)
