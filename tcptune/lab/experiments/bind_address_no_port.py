"""IP_BIND_ADDRESS_NO_PORT: bind() to an address, and the port chosen by connect()."""

from __future__ import annotations

from tcptune.lab.experiment import Experiment, Ruling
from tcptune.lab.flows import bound_outcomes
from tcptune.lab.stage import Stage
from tcptune.model.lab import Measured

COUNT = 2


def measure(stage: Stage) -> Measured:
    """Bind the source address with the option set, then connect to a destination each."""
    client, server, _ = stage.pair()
    return bound_outcomes(client, server, COUNT, no_port=not stage.twisted("option-off"))


def judge(found: Measured) -> Ruling:
    """It holds when every destination got its connection although there are fewer ports."""
    return Ruling(
        found["connected"] == found["destinations"] > found["ports"],
        f"{found['ports']} ports and {found['destinations']} destinations gave {found['connected']} connections; the "
        f"last outcome was {found['then']}",
    )


EXPERIMENT = Experiment(
    claim="With IP_BIND_ADDRESS_NO_PORT the port is chosen by connect(), so destinations share ports again.",
    source=("ip(7), IP_BIND_ADDRESS_NO_PORT", "commit 90c337da1524 (inet: add IP_BIND_ADDRESS_NO_PORT)"),
    setup="The client has two ephemeral ports; it sets the option, binds its address and connects to four places.",
    measures="How many connections come about.",
    practice="Set it in every client that binds a source address; proxies have a setting for it.",
    measure=measure,
    judge=judge,
    twists={"option-off": "the option is not set"},
    parameters=("net.ipv4.ip_local_port_range",),
    topics=("IP_BIND_ADDRESS_NO_PORT", "port budget"),
)
