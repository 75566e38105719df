"""SO_LINGER with 0 seconds: an abort instead of a close."""

from __future__ import annotations

from tcptune.lab.endpoints import linger, read_all
from tcptune.lab.experiment import Experiment, Ruling
from tcptune.lab.flows import filled
from tcptune.lab.stage import Stage
from tcptune.model.lab import Measured


def measure(stage: Stage) -> Measured:
    """Fill the send buffer, abort, and look at both ends."""
    client, server, _ = stage.pair()
    link, sent = filled(stage, client, server)
    before = client.counter("TCPAbortOnData")
    link.client.setsockopt(*linger(0, on=not stage.twisted("linger-off")))
    stage.note("the client closes with SO_LINGER 0")
    link.client.close()
    state = client.state(link.source, link.target)
    stage.quiet()
    got, end = read_all(link.server)
    return {
        "lost": sent - got,
        "sent": sent,
        "fin": bool(stage.recorder.count("FIN", source="client")),
        "rst": bool(stage.recorder.count("RST", source="client")),
        "state_after_close": state,
        "peer_reads": end,
        "TCPAbortOnData": client.counter("TCPAbortOnData") - before,
    }


def judge(found: Measured) -> Ruling:
    """It holds when a reset and no FIN went out, no state is left, data is lost and the peer's read failed."""
    aborted = found["rst"] and not found["fin"] and found["state_after_close"] == "CLOSED"
    known = found["peer_reads"] == "ECONNRESET" and found["TCPAbortOnData"] == 1
    sign = "RST and no FIN" if found["rst"] and not found["fin"] else "FIN"
    return Ruling(
        aborted and known and found["lost"] > 0,
        f"{sign} crossed the wire, {found['lost']} of {found['sent']} bytes were lost, the client's end was "
        f"{found['state_after_close']} at once, the peer's read gave {found['peer_reads']}",
    )


EXPERIMENT = Experiment(
    claim="close() with SO_LINGER on and 0 seconds throws unsent data away and sends RST instead of FIN; no TIME_WAIT.",
    source=(
        "W. R. Stevens, UNIX Network Programming 1, section 7.5",
        "W. R. Stevens, TCP/IP Illustrated 1, section 18.7",
        "RFC 1122, section 4.2.2.13",
    ),
    setup="The client fills its send buffer while the server does not read, sets SO_LINGER to 0 seconds and closes.",
    measures="Flags on the wire, bytes that arrive, the peer's error, the state that is left, TCPAbortOnData.",
    practice="It loses data and shows the peer an error. It is for peers that misbehave, not a cure for TIME_WAIT.",
    measure=measure,
    judge=judge,
    twists={"linger-off": "SO_LINGER stays off"},
    rules=("TT607",),
    topics=("SO_LINGER",),
    counters=("TcpExt.TCPAbortOnData",),
    answers=(("SO_LINGER", "SO_LINGER with 0 is the right cure for too many TIME-WAIT sockets"),),
)
