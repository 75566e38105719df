"""How long an orphan waits in FIN-WAIT-2, below and above 60 seconds."""

from __future__ import annotations

from tcptune.lab.experiment import Experiment, Ruling
from tcptune.lab.stage import Stage
from tcptune.model.lab import Measured

BELOW = (5, 20, 60)
ABOVE = (61, 65, 75, 90)


def measure(stage: Stage) -> Measured:
    """Read the kernel's timer of a closed socket in FIN-WAIT-2 under several values of tcp_fin_timeout."""
    client, server, _ = stage.pair()
    values = BELOW if stage.twisted("below-60") else (*BELOW, *ABOVE)
    lives = []
    for seconds in values:
        client.set("net.ipv4.tcp_fin_timeout", seconds)
        link = stage.connect(client, server)
        link.client.close()
        stage.until(lambda: link.states()[0] == "FIN-WAIT-2")  # noqa: B023
        entry = link.client_entry()
        first = entry.expires_ms if entry else 0
        second = 0
        if entry is not None and entry.timer == "keepalive":
            # Above 60 s the kernel waits in two halves, and only the first of 61's is short enough to be sat out.
            second = first
            if seconds == ABOVE[0]:
                stage.until(lambda: (found := link.client_entry()) is None or found.timer == "time-wait")  # noqa: B023
                later = link.client_entry()
                second = later.expires_ms if later else 0
        lives.append(round((first + second) / 1000))
    return {"tcp_fin_timeout": list(values), "lives_s": lives}


def judge(found: Measured) -> Ruling:
    """It holds when every value is the time that was found, within a second."""
    pairs = list(zip(found["tcp_fin_timeout"], found["lives_s"], strict=True))
    return Ruling(
        all(abs(wanted - seen) <= 1 for wanted, seen in pairs),
        "; ".join(f"{wanted}: {seen} s" for wanted, seen in pairs),
    )


EXPERIMENT = Experiment(
    claim="A closed socket waits for the peer's FIN in FIN-WAIT-2 for tcp_fin_timeout seconds.",
    source=("Documentation/networking/ip-sysctl.rst, tcp_fin_timeout",),
    setup="The client closes, the server does not; tcp_fin_timeout is 5, 20, 60, then 61, 65, 75 and 90.",
    measures="The kernel's timer of the orphan; above 60 it runs in two halves, of which the second is seen for 61.",
    practice="Above 60 the wait is 2 x (value - 60): 61 means 2 seconds. Stay between 15 and 60.",
    measure=measure,
    judge=judge,
    twists={"below-60": "only values up to 60 are tried"},
    parameters=("net.ipv4.tcp_fin_timeout",),
    rules=("TT404", "TT405"),
    topics=("FIN-WAIT-2", "orphan"),
    answers=(("net.ipv4.tcp_fin_timeout", "Twice the number is twice the wait."),),
)
