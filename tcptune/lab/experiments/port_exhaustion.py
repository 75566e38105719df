"""Every ephemeral port to one destination in TIME_WAIT."""

from __future__ import annotations

import time

from tcptune.lab.experiment import Experiment, Ruling
from tcptune.lab.flows import AGE, LOW, outcome, ports
from tcptune.lab.stage import Stage
from tcptune.model.lab import Measured

COUNT = 6


def measure(stage: Stage) -> Measured:
    """Connect and close first until connect() fails."""
    client, server, _ = stage.pair()
    ports(client, LOW, LOW + COUNT - 1)
    client.set("net.ipv4.tcp_tw_reuse", 1 if stage.twisted("reuse") else 0)
    outcomes = [outcome(stage, client, server) for _ in range(COUNT)]
    time.sleep(AGE)
    last = outcome(stage, client, server)
    return {
        "ports": COUNT,
        "connected": outcomes.count("ok") + (last == "ok"),
        "then": last,
        "time_wait": client.sockets("TIME-WAIT"),
    }


def judge(found: Measured) -> Ruling:
    """It holds when as many connections as ports came about, and the next failed."""
    return Ruling(
        found["connected"] == found["ports"] and found["then"] == "EADDRNOTAVAIL",
        f"with {found['ports']} ports {found['connected']} connections came about, the next connect() gave "
        f"{found['then']}; {found['time_wait']} sockets in TIME_WAIT",
    )


EXPERIMENT = Experiment(
    claim="A client that closes first uses up its ports to a destination; then connect() fails with EADDRNOTAVAIL.",
    source=("Documentation/networking/ip-sysctl.rst, ip_local_port_range", "connect(2), EADDRNOTAVAIL"),
    setup="The client has six ephemeral ports, tcp_tw_reuse is 0; it connects and closes first again and again.",
    measures="How many connections come about, and the error of the next.",
    practice="The budget is ports / 60 s for each destination; at the default range 470 connections a second.",
    measure=measure,
    judge=judge,
    twists={"reuse": "tcp_tw_reuse is 1"},
    parameters=("net.ipv4.ip_local_port_range", "net.ipv4.tcp_tw_reuse"),
    rules=("TT411",),
    topics=("EADDRNOTAVAIL", "port budget", "ephemeral port"),
)
