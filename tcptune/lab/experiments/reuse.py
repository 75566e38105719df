"""tcp_tw_reuse: connect() takes a port that has waited for a second."""

from __future__ import annotations

import time

from tcptune.lab.experiment import Experiment, Ruling
from tcptune.lab.flows import AGE, LOW, outcome, ports
from tcptune.lab.stage import Stage
from tcptune.model.lab import Measured

TRIES = 5
YOUNG = 0.9
"""A busy machine may come too late to find the port younger than a second: then the next port is tried."""


def measure(stage: Stage) -> Measured:
    """Use the only port, connect again at once and after the age of reuse."""
    client, server, _ = stage.pair()
    client.set("net.ipv4.tcp_tw_reuse", 0 if stage.twisted("off") else 1)
    for port in range(LOW, LOW + TRIES):
        ports(client, port, port)
        _await_fresh_second()
        before, began = client.counter("TWRecycled"), time.monotonic()
        first, at_once = outcome(stage, client, server), outcome(stage, client, server)
        if time.monotonic() - began < YOUNG:
            break
    stage.note("the age of reuse goes by")
    time.sleep(AGE)
    later = outcome(stage, client, server)
    return {"first": first, "at_once": at_once, "later": later, "TWRecycled": client.counter("TWRecycled") - before}


def _await_fresh_second() -> None:
    """Begin early in a second of the kernel's clock: before 6.14 the age of reuse is over when the second is."""
    time.sleep(1.02 - time.monotonic() % 1)


def judge(found: Measured) -> Ruling:
    """It holds when the port was refused at once, and taken later and counted."""
    return Ruling(
        found["first"] == "ok"
        and found["at_once"] == "EADDRNOTAVAIL"
        and found["later"] == "ok"
        and found["TWRecycled"] == 1,
        f"connect() with the only port in TIME_WAIT: {found['at_once']} at once, {found['later']} after {AGE:g} s; "
        f"TWRecycled grew by {found['TWRecycled']}",
    )


EXPERIMENT = Experiment(
    claim="With tcp_tw_reuse = 1 connect() takes a port whose TIME_WAIT is older than a second.",
    source=("Documentation/networking/ip-sysctl.rst, tcp_tw_reuse", "RFC 6191"),
    setup="The client has a single ephemeral port and closes first.",
    measures="The outcome of connect() at once and after the age of reuse, and TWRecycled.",
    practice="It multiplies the ports of a client that closes first by 60, without giving up what protects it.",
    measure=measure,
    judge=judge,
    twists={"off": "tcp_tw_reuse is 0"},
    parameters=("net.ipv4.tcp_tw_reuse",),
    rules=("TT412",),
    topics=("EADDRNOTAVAIL",),
    counters=("TcpExt.TWRecycled",),
    answers=(("TcpExt.TWRecycled", "TWRecycled counts what tcp_tw_recycle did, so it is gone with it"),),
)
