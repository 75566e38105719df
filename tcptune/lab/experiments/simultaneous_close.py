"""Both ends close before they see each other's FIN."""

from __future__ import annotations

from tcptune.lab.experiment import Experiment, Ruling
from tcptune.lab.flows import TIME_WAIT, close_both
from tcptune.lab.stage import Stage
from tcptune.model.lab import Measured


def measure(stage: Stage) -> Measured:
    """Keep both FINs back until both are sent, then the acknowledgements until both ends were seen."""
    client, server, wire = stage.pair()
    link = stage.connect(client, server)
    if stage.twisted("in-turn"):
        close_both(stage, link)
        return {"between": list(link.states()), "end": list(link.states())}
    fins = wire.hold(lambda packet: "FIN" in packet.flags, times=2)
    stage.note("both close; the wire keeps both FINs back")
    link.client.close()
    link.server.close()
    link.listener.close()
    stage.until(lambda: fins.seen >= 2)
    acknowledgements = wire.hold(lambda packet: packet.flags == {"ACK"}, times=None)
    stage.note("the FINs are let go, the acknowledgements kept")
    wire.release(fins)
    stage.until(lambda: link.states() == ("CLOSING", "CLOSING"))
    between = list(link.states())
    stage.note("the acknowledgements are let go")
    wire.release(acknowledgements)
    stage.until(lambda: set(link.states()) == {TIME_WAIT})
    return {"between": between, "end": list(link.states())}


def judge(found: Measured) -> Ruling:
    """It holds when both ends were in CLOSING and both end in TIME_WAIT."""
    return Ruling(
        found["between"] == ["CLOSING"] * 2 and found["end"] == [TIME_WAIT] * 2,
        f"client and server went through {' and '.join(found['between'])} and ended in {' and '.join(found['end'])}",
    )


EXPERIMENT = Experiment(
    claim="When both ends close at once, both go through CLOSING and both keep TIME_WAIT.",
    source=("RFC 9293, section 3.6 (figure 13)", "against: only one end of a connection ever has TIME_WAIT"),
    setup="The wire keeps both FINs back until both ends have closed, then both acknowledgements.",
    measures="The states of both ends while the acknowledgements are kept, and at the end.",
    practice="CLOSING is rare and harmless; it is no sign of an attack.",
    measure=measure,
    judge=judge,
    twists={"in-turn": "the client closes first, the server after it"},
    topics=("CLOSING", "TIME-WAIT"),
)
