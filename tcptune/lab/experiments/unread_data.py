"""Data that was received and not read turns close() into a reset."""

from __future__ import annotations

from tcptune.lab.endpoints import read_all
from tcptune.lab.experiment import Experiment, Ruling
from tcptune.lab.stage import Stage
from tcptune.model.lab import Measured


def measure(stage: Stage) -> Measured:
    """Let data arrive, close without reading it."""
    client, server, _ = stage.pair()
    link = stage.connect(client, server)
    link.server.sendall(b"an answer that nobody reads")
    stage.until(lambda: (found := link.client_entry()) is not None and found.unread > 0)
    stage.quiet()
    if stage.twisted("read-first"):
        link.client.recv(100)
    before = client.counter("TCPAbortOnClose")
    stage.note("the client closes without SO_LINGER")
    link.client.close()
    stage.quiet()
    _, end = read_all(link.server)
    return {
        "rst": bool(stage.recorder.count("RST", source="client")),
        "fin": bool(stage.recorder.count("FIN", source="client")),
        "state_after_close": client.state(link.source, link.target),
        "peer_reads": end,
        "TCPAbortOnClose": client.counter("TCPAbortOnClose") - before,
    }


def judge(found: Measured) -> Ruling:
    """It holds when a reset went out instead of a FIN, and was counted."""
    sign = "RST" if found["rst"] else "FIN"
    return Ruling(
        found["rst"] and not found["fin"] and found["peer_reads"] == "ECONNRESET" and found["TCPAbortOnClose"] == 1,
        f"close() sent {sign}, the peer's read gave {found['peer_reads']}, TCPAbortOnClose grew by "
        f"{found['TCPAbortOnClose']}",
    )


EXPERIMENT = Experiment(
    claim="close() with received data that nobody read sends RST instead of FIN, without any SO_LINGER.",
    source=("RFC 2525, section 2.17", "RFC 1122, section 4.2.2.13"),
    setup="The server sends a line, the client closes without reading it.",
    measures="Flags on the wire, the peer's error, TCPAbortOnClose.",
    practice="Resets with nobody's SO_LINGER: read to the end before close(), or the last answer may be lost.",
    measure=measure,
    judge=judge,
    twists={"read-first": "the client reads the line before it closes"},
    rules=("TT607",),
    topics=("SO_LINGER",),
    counters=("TcpExt.TCPAbortOnClose",),
)
