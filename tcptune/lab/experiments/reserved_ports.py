"""Ports that connect() does not choose by itself."""

from __future__ import annotations

from tcptune.lab.endpoints import dial, listen, name_of
from tcptune.lab.experiment import Experiment, Ruling
from tcptune.lab.flows import LOW, ports
from tcptune.lab.stage import Stage
from tcptune.model.lab import Measured


def measure(stage: Stage) -> Measured:
    """Reserve three of four ports, connect twice, then bind a reserved one by its number."""
    client, server, _ = stage.pair()
    ports(client, LOW, LOW + 3)
    if not stage.twisted("nothing-reserved"):
        client.set("net.ipv4.ip_local_reserved_ports", f"{LOW}-{LOW + 2}")
    listener = listen(server, 5000)
    chosen, outcomes = [], []
    clients = []
    for _ in range(2):
        try:
            clients.append(dial(client, (server.address, 5000)))
            chosen.append(clients[-1].getsockname()[1] - LOW)
            outcomes.append("ok")
        except OSError as error:
            outcomes.append(name_of(error))
    clients.append(dial(client, (server.address, 5000), source_port=LOW + 1))
    listener.close()
    return {"chosen": chosen, "outcomes": outcomes, "by_number": clients[-1].getsockname()[1] - LOW}


def judge(found: Measured) -> Ruling:
    """It holds when only the free port was chosen, and a reserved one could be had by its number."""
    chosen = ", ".join(f"number {each}" for each in found["chosen"])
    return Ruling(
        found["chosen"] == [3] and found["outcomes"] == ["ok", "EADDRNOTAVAIL"] and found["by_number"] == 1,
        f"of four ports (0 to 3) connect() chose {chosen}, outcomes {' and '.join(found['outcomes'])}; bind() to "
        f"number {found['by_number']} worked",
    )


EXPERIMENT = Experiment(
    claim="ip_local_reserved_ports keeps ports from being chosen; a program that names one still gets it.",
    source=("Documentation/networking/ip-sysctl.rst, ip_local_reserved_ports",),
    setup="Three of the client's four ephemeral ports are reserved; it connects twice, then binds a reserved port.",
    measures="The ports that connect() chooses, and whether bind() gets a reserved one.",
    practice="List the ports of services that lie in the range, and they can start at any time.",
    measure=measure,
    judge=judge,
    twists={"nothing-reserved": "nothing is reserved"},
    parameters=("net.ipv4.ip_local_reserved_ports", "net.ipv4.ip_local_port_range"),
    rules=("TT304",),
    topics=("ephemeral port",),
    answers=(("net.ipv4.ip_local_reserved_ports", "It keeps programs from using the port."),),
)
