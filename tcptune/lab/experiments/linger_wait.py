"""SO_LINGER with a time: close() waits for the peer's acknowledgement."""

from __future__ import annotations

import threading

from tcptune.lab.endpoints import linger, read_all
from tcptune.lab.experiment import Experiment, Ruling
from tcptune.lab.flows import filled
from tcptune.lab.stage import Stage
from tcptune.model.lab import Measured

SECONDS = 30


def measure(stage: Stage) -> Measured:
    """Close with a full buffer while the server begins to read a moment later; look when close() comes back."""
    client, server, _ = stage.pair()
    link, sent = filled(stage, client, server)
    link.client.setsockopt(*linger(SECONDS, on=not stage.twisted("linger-off")))
    answer: list[tuple[int, str]] = []

    def read_later() -> None:
        stage.until(lambda: link.states()[0] != "ESTABLISHED")
        stage.quiet()
        stage.note("the server begins to read")
        answer.append(read_all(link.server))

    reader = threading.Thread(target=read_later)
    reader.start()
    stage.note(f"the client closes with SO_LINGER {SECONDS}")
    link.client.close()
    entry = link.client_entry()
    stage.note("close() returned")
    reader.join()
    return {
        "sent": sent,
        "received": answer[0][0],
        "unsent_when_close_returned": entry.unsent if entry else 0,
        "state_when_close_returned": entry.state if entry else "CLOSED",
        "peer_reads": answer[0][1],
    }


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
