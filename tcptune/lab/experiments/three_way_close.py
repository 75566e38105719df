"""A close in three segments: the passive end's FIN rides on its acknowledgement."""

from __future__ import annotations

import socket
import threading

from tcptune.lab.experiment import Experiment, Ruling
from tcptune.lab.flows import TIME_WAIT
from tcptune.lab.stage import Stage
from tcptune.model.lab import Measured

TRIES = 20
TCP_QUICKACK = 12


def measure(stage: Stage) -> Measured:
    """Close while the server waits in recv() and closes at once; count what the close took, as often as it needs."""
    stage.pair()
    counts = []
    for _ in range(3 if stage.twisted("late-answer") else TRIES):
        counts.append(_segments_of_a_close(stage))
        if counts[-1] == 3:
            break
    return {"segments_of_the_close": counts, "fewest": min(counts)}


def _segments_of_a_close(stage: Stage) -> int:
    link = stage.connect(stage.hosts["client"], stage.hosts["server"])
    link.server.setsockopt(socket.IPPROTO_TCP, TCP_QUICKACK, 0)
    stage.quiet()
    before = stage.recorder.seen

    def answer() -> None:
        link.server.recv(1)
        if stage.twisted("late-answer"):
            stage.until(lambda: link.states()[0] == "FIN-WAIT-2")
        link.server.close()

    waiter = threading.Thread(target=answer)
    waiter.start()
    link.client.close()
    waiter.join()
    link.listener.close()
    stage.until(lambda: link.states() == (TIME_WAIT, "CLOSED"))
    stage.quiet()
    return stage.recorder.seen - before


def judge(found: Measured) -> Ruling:
    """It holds when one close took three segments."""
    return Ruling(
        found["fewest"] == 3,
        f"closing took {', '.join(map(str, found['segments_of_the_close']))} segments",
    )


EXPERIMENT = Experiment(
    claim="Closing takes three segments when the passive end closes before it has acknowledged the first FIN.",
    source=("RFC 9293, section 3.6", "against: a close always takes four segments"),
    setup="The server waits in recv() without quick acknowledgements and closes as soon as it returns.",
    measures="The segments from the first FIN on.",
    practice="Four is the number of steps, not of segments: do not count segments to tell whether a close was orderly.",
    measure=measure,
    judge=judge,
    twists={"late-answer": "the server closes only when its acknowledgement has arrived"},
    topics=("TIME-WAIT",),
)
