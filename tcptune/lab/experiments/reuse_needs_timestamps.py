"""tcp_tw_reuse without timestamps."""

from __future__ import annotations

import time

from tcptune.lab.experiment import Experiment, Ruling
from tcptune.lab.flows import AGE, LOW, outcome, ports
from tcptune.lab.stage import Stage
from tcptune.model.lab import Measured


def measure(stage: Stage) -> Measured:
    """Try to reuse the only port with timestamps off at the client."""
    client, server, _ = stage.pair()
    ports(client, LOW, LOW)
    client.set("net.ipv4.tcp_tw_reuse", 1)
    client.set("net.ipv4.tcp_timestamps", 1 if stage.twisted("timestamps-on") else 0)
    before = client.counter("TWRecycled")
    first = outcome(stage, client, server)
    stage.note("the age of reuse goes by")
    time.sleep(AGE)
    later = outcome(stage, client, server)
    return {"first": first, "later": later, "TWRecycled": client.counter("TWRecycled") - before}


def judge(found: Measured) -> Ruling:
    """It holds when the port was refused even after the age of reuse."""
    return Ruling(
        found["first"] == "ok" and found["later"] == "EADDRNOTAVAIL" and found["TWRecycled"] == 0,
        f"after {AGE:g} s in TIME_WAIT connect() gave {found['later']}, TWRecycled grew by {found['TWRecycled']}",
    )


EXPERIMENT = Experiment(
    claim="tcp_tw_reuse does nothing while tcp_timestamps is 0.",
    source=("net/ipv4/tcp_ipv4.c, tcp_twsk_unique()", "RFC 6191"),
    setup="The client has a single ephemeral port, tcp_tw_reuse is 1 and tcp_timestamps 0.",
    measures="The outcome of connect() after the age of reuse, and TWRecycled.",
    practice="A file that sets both to these values promises what it cannot keep: leave timestamps on.",
    measure=measure,
    judge=judge,
    twists={"timestamps-on": "tcp_timestamps is 1"},
    parameters=("net.ipv4.tcp_tw_reuse", "net.ipv4.tcp_timestamps"),
    rules=("TT301", "TT402"),
    counters=("TcpExt.TWRecycled",),
)
