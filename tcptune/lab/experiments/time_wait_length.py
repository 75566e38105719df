"""How long TIME_WAIT lasts, whatever tcp_fin_timeout says."""

from __future__ import annotations

import time

from tcptune.lab.experiment import Experiment, NotHere, Ruling
from tcptune.lab.flows import close_both
from tcptune.lab.stage import Stage
from tcptune.model.lab import Measured

FULL = 70.0


def measure(stage: Stage) -> Measured:
    """Read the kernel's timer of a TIME_WAIT socket under three values of tcp_fin_timeout."""
    client, server, _ = stage.pair()
    found: Measured = {"timers_s": [], "states": []}
    for seconds in (5, 30, 60):
        client.set("net.ipv4.tcp_fin_timeout", seconds)
        link = stage.connect(client, server)
        if stage.twisted("no-answer"):
            link.client.close()
            stage.until(lambda: link.states()[0] == "FIN-WAIT-2")  # noqa: B023
        else:
            close_both(stage, link)
        entry = link.client_entry()
        if entry is None:
            raise NotHere("the connection was gone before its timer could be read")
        found["timers_s"].append(round(entry.expires_ms / 1000))
        found["states"].append(entry.state)
    if stage.full:
        began = time.monotonic()
        stage.until(lambda: link.client_entry() is None, FULL)
        found["waited_s"] = round(time.monotonic() - began)
    return found


def judge(found: Measured) -> Ruling:
    """It holds when the timer was set to 60 s each time."""
    timers = [str(each) for each in found["timers_s"]]
    waited = f"; gone after {found['waited_s']} s" if "waited_s" in found else ""
    return Ruling(
        all(57 <= each <= 60 for each in found["timers_s"]) and 57 <= found.get("waited_s", 60) <= 70,
        f"with tcp_fin_timeout at 5, 30 and 60 the timer ran for {', '.join(timers)} s{waited}",
    )


EXPERIMENT = Experiment(
    claim="TIME_WAIT lasts 60 seconds on Linux; tcp_fin_timeout does not shorten it.",
    source=("include/net/tcp.h, TCP_TIMEWAIT_LEN", "against the many guides that lower tcp_fin_timeout for it"),
    setup="The client closes first, with its tcp_fin_timeout at 5, 30 and 60.",
    measures="The kernel's own timer of the waiting socket, over sock_diag.",
    practice="Nothing shortens it. Fewer connections, more ports or destinations, or tcp_tw_reuse help.",
    measure=measure,
    judge=judge,
    twists={"no-answer": "the server does not close: what is timed is FIN-WAIT-2"},
    parameters=("net.ipv4.tcp_fin_timeout",),
    rules=("TT404", "TT901"),
    topics=("TIME-WAIT",),
    full="waits until the last socket is gone",
    answers=(
        ("net.ipv4.tcp_fin_timeout", "It shortens TIME_WAIT."),
        ("net.ipv4.tcp_fin_timeout", "It is the MSL, and TIME_WAIT is twice as long."),
        ("TIME-WAIT", "tcp_fin_timeout shortens TIME-WAIT, or is the MSL"),
        ("MSL", "tcp_fin_timeout is the MSL of Linux"),
    ),
)
