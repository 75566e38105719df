"""TIME_WAIT assassination (RFC 1337): an old segment makes the peer reset what waits."""

from __future__ import annotations

from tcptune.lab.experiment import Experiment, Ruling
from tcptune.lab.flows import close_both
from tcptune.lab.stage import Stage
from tcptune.model.lab import Measured

DATA = b"an answer that comes twice"


def measure(stage: Stage) -> Measured:
    """Deliver the server's data segment again to the client's TIME_WAIT, with tcp_rfc1337 off and on."""
    client, server, wire = stage.pair()
    found: Measured = {}
    for value in (0, 1):
        client.set("net.ipv4.tcp_rfc1337", stage.instead(value, {"on-both-times": 1, "off-both-times": 0}))
        link = stage.connect(client, server)
        twice = wire.copy(lambda packet: packet.data == DATA)
        link.server.sendall(DATA)
        link.client.recv(100)
        stage.until(lambda: twice.seen >= 1)  # noqa: B023
        close_both(stage, link)
        before = stage.recorder.count("RST", source="server", fate="delivered")
        stage.note(f"tcp_rfc1337 is {client.parameter('net.ipv4.tcp_rfc1337')}; the old segment comes again")
        wire.release(twice)
        stage.until(lambda: stage.recorder.count("RST", source="server", fate="delivered") > before)  # noqa: B023
        stage.quiet()
        found[f"state_with_{value}"] = link.states()[0]
        found[f"resets_with_{value}"] = stage.recorder.count("RST", source="server", fate="delivered") - before
    return found


def judge(found: Measured) -> Ruling:
    """It holds when the reset ended TIME_WAIT with 0 and did not with 1."""
    reset = found["resets_with_0"] > 0 and found["resets_with_1"] > 0
    return Ruling(
        reset and found["state_with_0"] == "CLOSED" and found["state_with_1"] == "TIME-WAIT",
        f"after the peer's RST the client was {found['state_with_0']} with tcp_rfc1337 = 0 and "
        f"{found['state_with_1']} with 1",
    )


EXPERIMENT = Experiment(
    claim="An old segment ends TIME_WAIT early: its acknowledgement is answered by RST; tcp_rfc1337 = 1 prevents it.",
    source=("RFC 1337", "Documentation/networking/ip-sysctl.rst, tcp_rfc1337 (whose wording is the wrong way round)"),
    setup="The client has closed first; the wire delivers the server's data segment a second time, with 0 and with 1.",
    measures="The client's state after the server's reset.",
    practice="1 costs nothing on a host that closes first over lossy or multi-path networks.",
    measure=measure,
    judge=judge,
    twists={"on-both-times": "tcp_rfc1337 is 1 both times", "off-both-times": "it is 0 both times"},
    parameters=("net.ipv4.tcp_rfc1337",),
    topics=("TIME-WAIT",),
    answers=(
        (
            "net.ipv4.tcp_rfc1337",
            "Unset means that TIME_WAIT assassination is prevented, as the kernel's documentation reads.",
        ),
    ),
)
