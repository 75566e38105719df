"""Who keeps TIME_WAIT: the end that closes first."""

from __future__ import annotations

from tcptune.lab.experiment import Experiment, Ruling
from tcptune.lab.flows import TIME_WAIT, close_both
from tcptune.lab.stage import Stage
from tcptune.model.lab import Measured


def measure(stage: Stage) -> Measured:
    """Close one connection at the client first, one at the server first."""
    client, server, wire = stage.pair()
    found: Measured = {}
    for first in ("client", "server"):
        link = stage.connect(client, server)
        stage.note(f"the {first} closes first")
        if stage.twisted("at-once"):
            fins = wire.hold(lambda packet: "FIN" in packet.flags, times=2)
            link.client.close()
            link.server.close()
            stage.until(lambda: fins.seen >= 2)  # noqa: B023
            wire.release(fins)
            link.listener.close()
            stage.until(lambda: set(link.states()) <= {TIME_WAIT, "CLOSED"})  # noqa: B023
        else:
            close_both(stage, link, first)
        near, far = link.states()
        found[f"{first}_first"] = [near, far]
    return found


def judge(found: Measured) -> Ruling:
    """It holds when exactly the end that closed first is in TIME_WAIT, whichever that was."""
    client, server = found["client_first"], found["server_first"]
    return Ruling(
        client == [TIME_WAIT, "CLOSED"] and server == ["CLOSED", TIME_WAIT],
        f"client first: client {client[0]}, server {client[1]}; server first: client {server[0]}, server {server[1]}",
    )


EXPERIMENT = Experiment(
    claim="Only the end that closes first goes into TIME_WAIT, be it client or server.",
    source=("W. R. Stevens, UNIX Network Programming 1, section 2.7", "RFC 9293, section 3.6"),
    setup="Two connections; the client closes one of them first, the server the other one.",
    measures="The states of both ends after both have closed.",
    practice="TIME_WAIT goes where the first close() is: let clients close first, and servers have none.",
    measure=measure,
    judge=judge,
    twists={"at-once": "both ends close before they see the other's FIN"},
    topics=("TIME-WAIT",),
)
