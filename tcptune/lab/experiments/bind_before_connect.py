"""bind() to an address before connect(): the port is taken for all destinations."""

from __future__ import annotations

from tcptune.lab.experiment import Experiment, Ruling
from tcptune.lab.flows import bound_outcomes
from tcptune.lab.stage import Stage
from tcptune.model.lab import Measured

COUNT = 2


def measure(stage: Stage) -> Measured:
    """Bind the source address, then connect to a destination each; or connect alone."""
    client, server, _ = stage.pair()
    return bound_outcomes(client, server, COUNT, bind=not stage.twisted("connect-alone"))


def judge(found: Measured) -> Ruling:
    """It holds when there were no more connections than ports although each had a destination of its own."""
    return Ruling(
        found["connected"] == found["ports"] and found["then"] == "EADDRINUSE",
        f"{found['ports']} ports and {found['destinations']} destinations gave {found['connected']} connections; the "
        f"last outcome was {found['then']}",
    )


EXPERIMENT = Experiment(
    claim="bind() to a source address before connect() takes a port for every destination at once.",
    source=("ip(7), IP_BIND_ADDRESS_NO_PORT", "commit 90c337da1524 (inet: add IP_BIND_ADDRESS_NO_PORT)"),
    setup="The client has two ephemeral ports; it binds its address with port 0 and connects to four destinations.",
    measures="How many connections come about, and the error.",
    practice="A proxy with several source addresses exhausts its ports this way; IP_BIND_ADDRESS_NO_PORT cures it.",
    measure=measure,
    judge=judge,
    twists={"connect-alone": "connect() without bind()"},
    parameters=("net.ipv4.ip_local_port_range",),
    topics=("IP_BIND_ADDRESS_NO_PORT", "EADDRINUSE"),
)
