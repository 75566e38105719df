"""What becomes of unsent data when the time of SO_LINGER is over."""

from __future__ import annotations

import time

from tcptune.lab.endpoints import linger, name_of, read_all
from tcptune.lab.experiment import Experiment, Ruling
from tcptune.lab.flows import filled
from tcptune.lab.stage import Stage
from tcptune.model.lab import Measured

SECONDS = 1


def measure(stage: Stage) -> Measured:
    """Close with a full buffer and one second of patience; the server reads after that."""
    client, server, _ = stage.pair()
    link, sent = filled(stage, client, server)
    link.client.setsockopt(*linger(0 if stage.twisted("no-time") else SECONDS))
    stage.note("the client closes with SO_LINGER 1")
    began = time.monotonic()
    error = "none"
    try:
        link.client.close()
    except OSError as why:
        error = name_of(why)
    took = time.monotonic() - began
    entry = link.client_entry()
    stage.note("close() returned; the server begins to read")
    got, end = read_all(link.server)
    return {
        "sent": sent,
        "close_s": round(took, 1),
        "close_error": error,
        "unsent_when_close_returned": entry.unsent if entry else 0,
        "received": got,
        "peer_reads": end,
        "rst": bool(stage.recorder.count("RST", source="client")),
    }


def judge(found: Measured) -> Ruling:
    """The claim is that data is lost; it is refuted when all of it arrives after the time."""
    lost = found["sent"] - found["received"]
    return Ruling(
        lost > 0,
        f"close() returned after {found['close_s']:g} s (error: {found['close_error']}) with "
        f"{found['unsent_when_close_returned']} bytes unsent; then {found['received']} of {found['sent']} bytes "
        f"arrived, the peer's read gave {found['peer_reads']}",
    )


EXPERIMENT = Experiment(
    claim="When the time of SO_LINGER is over, close() fails and what is unsent is thrown away.",
    source=(
        "W. R. Stevens, UNIX Network Programming 1, section 7.5 (EWOULDBLOCK, data discarded)",
        "many articles on setSoLinger(true, n)",
    ),
    setup="The client fills its buffer, sets SO_LINGER to 1 s and closes; the server reads only when close() is back.",
    measures="How long close() takes, its error, and what arrives afterwards.",
    practice="On Linux the time bounds the wait of close() alone: the kernel delivers the rest in the background.",
    measure=measure,
    judge=judge,
    twists={"no-time": "SO_LINGER has 0 seconds: then data is thrown away indeed"},
    topics=("SO_LINGER",),
    answers=(("SO_LINGER", "When the linger time is over, unsent data is discarded and RST is sent"),),
)
