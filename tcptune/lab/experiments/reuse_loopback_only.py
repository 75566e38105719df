"""The default of tcp_tw_reuse: on for loopback alone."""

from __future__ import annotations

import time

from tcptune.lab.experiment import Experiment, Ruling
from tcptune.lab.flows import AGE, LOW, outcome, ports
from tcptune.lab.stage import Stage
from tcptune.model.lab import Measured


def measure(stage: Stage) -> Measured:
    """Try to reuse a port over the wire and over loopback, with the value 2."""
    client, server, _ = stage.pair()
    host = stage.loopback()
    for each in (client, host):
        each.set("net.ipv4.tcp_tw_reuse", stage.instead(2, {"on": 1, "off": 0}))
        ports(each, LOW, LOW)
    wire, loop = outcome(stage, client, server), outcome(stage, host, host)
    stage.note("the age of reuse goes by")
    time.sleep(AGE)
    return {
        "first": [wire, loop],
        "over_the_wire": outcome(stage, client, server),
        "over_loopback": outcome(stage, host, host),
    }


def judge(found: Measured) -> Ruling:
    """It holds when loopback's port was taken again, and the wire's was not."""
    return Ruling(
        found["first"] == ["ok", "ok"] and found["over_loopback"] == "ok" and found["over_the_wire"] == "EADDRNOTAVAIL",
        f"after {AGE:g} s connect() gave {found['over_loopback']} over loopback and {found['over_the_wire']} over the "
        "wire",
    )


EXPERIMENT = Experiment(
    claim="tcp_tw_reuse = 2, the default since 4.18, reuses ports on loopback only.",
    source=("commit 79e9fed46038 (net-tcp: extend tcp_tw_reuse sysctl to enable loopback only optimization)",),
    setup="A client over the wire and a host over loopback, with one ephemeral port each; the value is 2.",
    measures="The outcome of connect() after the age of reuse on both.",
    practice="Whoever reads that reuse is on by default should look at the number: real destinations get nothing.",
    measure=measure,
    judge=judge,
    twists={"on": "tcp_tw_reuse is 1", "off": "it is 0"},
    parameters=("net.ipv4.tcp_tw_reuse",),
)
