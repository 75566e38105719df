"""SO_LINGER set on a listening socket: what accepted sockets have of it."""

from __future__ import annotations

import socket
import struct

from tcptune.lab.endpoints import linger, read_all
from tcptune.lab.experiment import Experiment, Ruling
from tcptune.lab.stage import Stage
from tcptune.model.lab import Measured


def measure(stage: Stage) -> Measured:
    """Set the option on the listener, read it from the accepted socket, close that."""
    client, server, _ = stage.pair()
    link = stage.connect(client, server, listening=(linger(0, on=not stage.twisted("linger-off")),))
    on, seconds = struct.unpack("ii", link.server.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, 8))
    stage.note("the server closes the accepted socket")
    link.server.close()
    _, end = read_all(link.client)
    stage.quiet()
    return {
        "accepted_on": bool(on),
        "accepted_seconds": seconds,
        "rst": bool(stage.recorder.count("RST", source="server")),
        "peer_reads": end,
    }


def judge(found: Measured) -> Ruling:
    """It holds when the accepted socket has the option and its close() resets."""
    state = f"on with {found['accepted_seconds']} s" if found["accepted_on"] else "off"
    return Ruling(
        found["accepted_on"] and found["rst"] and found["peer_reads"] == "ECONNRESET",
        f"the accepted socket has SO_LINGER {state}, its close() sent {'RST' if found['rst'] else 'FIN'}, the client's "
        f"read gave {found['peer_reads']}",
    )


EXPERIMENT = Experiment(
    claim="Accepted sockets inherit SO_LINGER from the socket that listens.",
    source=("W. R. Stevens, UNIX Network Programming 1, section 7.4",),
    setup="SO_LINGER with 0 seconds is set on the listener before listen(); the server closes what it accepted.",
    measures="The option of the accepted socket, the flags on the wire, the client's error.",
    practice="One option on the listener makes every connection of a server end in a reset.",
    measure=measure,
    judge=judge,
    twists={"linger-off": "SO_LINGER stays off"},
    rules=("TT607",),
    topics=("SO_LINGER",),
    answers=(("SO_LINGER", "SO_LINGER with 0 seconds sends RST only when data is discarded"),),
)
