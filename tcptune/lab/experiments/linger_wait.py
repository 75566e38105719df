"""SO_LINGER with a time: close() waits for the peer's acknowledgement."""

from __future__ import annotations

from tcptune.lab.endpoints import linger
from tcptune.lab.experiment import Experiment, Ruling
from tcptune.lab.flows import close_unread, filled
from tcptune.lab.stage import Stage
from tcptune.model.lab import Measured

SECONDS = 30


def measure(stage: Stage) -> Measured:
    """Close with a full buffer while the server begins to read a moment later; look when close() comes back."""
    client, server, _ = stage.pair()
    link, sent = filled(stage, client, server)
    link.client.setsockopt(*linger(SECONDS, on=not stage.twisted("linger-off")))
    stage.note(f"the client closes with SO_LINGER {SECONDS}")
    return close_unread(stage, link, sent)


def judge(found: Measured) -> Ruling:
    """It holds when nothing was left to be acknowledged as close() returned, and all data arrived."""
    waited = found["unsent_when_close_returned"] == 0 and found["state_when_close_returned"] != "FIN-WAIT-1"
    return Ruling(
        waited and found["received"] == found["sent"],
        f"close() returned with {found['unsent_when_close_returned']} bytes unacknowledged "
        f"({found['state_when_close_returned']}); {found['received']} of {found['sent']} bytes arrived",
    )


EXPERIMENT = Experiment(
    claim="close() with SO_LINGER and a time blocks until the peer has acknowledged all data and the FIN.",
    source=("W. R. Stevens, UNIX Network Programming 1, section 7.5",),
    setup="The client fills its buffer and closes with SO_LINGER of 30 s; the server reads only after that.",
    measures="What is unacknowledged when close() returns, and what arrives.",
    practice="It tells that the peer's kernel has the data, not that the program read it: for that wait for an answer.",
    measure=measure,
    judge=judge,
    twists={"linger-off": "SO_LINGER stays off"},
    topics=("SO_LINGER",),
)
