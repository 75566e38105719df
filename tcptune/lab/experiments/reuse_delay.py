"""tcp_tw_reuse_delay: the least age for reuse."""

from __future__ import annotations

import time

from tcptune.lab.experiment import Experiment, NotHere, Ruling
from tcptune.lab.flows import AGE, LOW, outcome, ports
from tcptune.lab.stage import Stage
from tcptune.model.lab import Measured

KEY = "net.ipv4.tcp_tw_reuse_delay"
SHORT, LONG = 20, 30_000


def measure(stage: Stage) -> Measured:
    """Reuse a port right after 20 ms of delay, and not within 30 s."""
    client, server, _ = stage.pair()
    if client.parameter(KEY) is None:
        raise NotHere(f"{KEY} came with Linux 6.14: before, the age is one second")
    ports(client, LOW, LOW)
    client.set("net.ipv4.tcp_tw_reuse", 1)
    first = outcome(stage, client, server)
    client.set(KEY, stage.instead(LONG, {"short-both-times": SHORT}))
    time.sleep(AGE)
    long = outcome(stage, client, server)
    client.set(KEY, stage.instead(SHORT, {"long-both-times": LONG}))
    short = outcome(stage, client, server)
    return {"first": first, f"with_{LONG}_ms": long, f"with_{SHORT}_ms": short}


def judge(found: Measured) -> Ruling:
    """It holds when the long delay refused the port and the short one gave it."""
    long, short = found[f"with_{LONG}_ms"], found[f"with_{SHORT}_ms"]
    return Ruling(
        found["first"] == "ok" and long == "EADDRNOTAVAIL" and short == "ok",
        f"a port {AGE:g} s in TIME_WAIT: {long} with a delay of {LONG} ms, then {short} with {SHORT} ms",
    )


EXPERIMENT = Experiment(
    claim="tcp_tw_reuse_delay sets the age at which tcp_tw_reuse may take a port, in milliseconds.",
    source=("commit ca6a6f93867a (tcp: Add sysctl to configure TIME-WAIT reuse delay)",),
    setup="The client has one ephemeral port in TIME_WAIT, tcp_tw_reuse is 1; the delay is 30 s, then 20 ms.",
    measures="The outcome of connect() under both.",
    practice="The default of a second is right for most; less than a round trip gives up part of the protection.",
    measure=measure,
    judge=judge,
    twists={"long-both-times": "the delay stays 30 s", "short-both-times": "it is 20 ms from the start"},
    parameters=(KEY, "net.ipv4.tcp_tw_reuse"),
    differs="The parameter came with 6.14.",
)
