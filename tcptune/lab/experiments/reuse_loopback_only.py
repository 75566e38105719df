"""The default of tcp_tw_reuse: on for loopback alone."""

from __future__ import annotations

import time

from tcptune.lab import netlink
from tcptune.lab.experiment import Experiment, Ruling
from tcptune.lab.flows import AGE, LOW, outcome, ports
from tcptune.lab.host import Host
from tcptune.lab.stage import Stage
from tcptune.model.lab import Measured

OWN = "198.18.0.1"


def measure(stage: Stage) -> Measured:
    """Try to reuse a port over the wire and over loopback, with the value 2."""
    client, server, _ = stage.pair()
    host = stage.loopback()
    for each in (client, host):
        each.set("net.ipv4.tcp_tw_reuse", stage.instead(2, {"on": 1, "off": 0}))
        ports(each, LOW, LOW)
    first = [outcome(stage, client, server), outcome(stage, host, host), _over_own_address(stage, host)]
    stage.note("the age of reuse goes by")
    time.sleep(AGE)
    return {
        "first": first,
        "over_the_wire": outcome(stage, client, server),
        "over_loopback": outcome(stage, host, host),
        "own_address_over_loopback": _over_own_address(stage, host),
    }


def _over_own_address(stage: Stage, host: Host) -> str:
    """Connect over the loopback interface, but to an address of the host that is none of 127.0.0.0/8."""
    loopback = host.address
    if OWN not in stage.behind:
        stage.behind[OWN] = [host]
        with host.inside():
            netlink.add_address("lo", OWN, 32)
    host.address = OWN
    try:
        return outcome(stage, host, host)
    finally:
        host.address = loopback


def judge(found: Measured) -> Ruling:
    """It holds when loopback's port was taken again, and the wire's was not."""
    return Ruling(
        found["first"] == ["ok"] * 3
        and found["over_loopback"] == "ok"
        and found["over_the_wire"] == found["own_address_over_loopback"] == "EADDRNOTAVAIL",
        f"after {AGE:g} s connect() gave {found['over_loopback']} to 127.0.0.1, {found['over_the_wire']} over the wire "
        f"and {found['own_address_over_loopback']} to another address on loopback",
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
