"""The last acknowledgement is lost: what TIME_WAIT is for."""

from __future__ import annotations

import errno
import socket

from tcptune.lab.experiment import Experiment, Ruling
from tcptune.lab.stage import Stage
from tcptune.model.lab import Measured

AGED_MS = 59_600


def measure(stage: Stage) -> Measured:
    """Lose the acknowledgement of the server's FIN; keep its second FIN until TIME_WAIT has aged, then let it go."""
    client, server, wire = stage.pair()
    if stage.twisted("no-time-wait"):
        client.set("net.ipv4.tcp_max_tw_buckets", 0)
    link = stage.connect(client, server)
    link.client.shutdown(socket.SHUT_WR)
    stage.until(lambda: link.states() == ("FIN-WAIT-2", "CLOSE-WAIT"))
    lost = wire.drop(lambda packet: packet.flags == {"ACK"} and packet.source == client.address, times=1)
    stage.note("the server closes; the client's last acknowledgement is lost")
    link.server.shutdown(socket.SHUT_WR)
    stage.until(lambda: lost.seen >= 1)
    again = wire.hold(lambda packet: "FIN" in packet.flags, times=None)
    between = link.states()
    stage.until(lambda: again.seen >= 1)
    stage.until(lambda: (entry := link.client_entry()) is None or entry.expires_ms < AGED_MS)
    aged = link.client_entry()
    before = stage.recorder.count("ACK", source="client")
    stage.note("the second FIN is let go")
    wire.release(again)
    stage.until(lambda: stage.recorder.count(source="client") > before and link.states()[1] == "CLOSED")
    after = link.client_entry()
    return {
        "between": list(between),
        "end": list(link.states()),
        "rst": bool(stage.recorder.count("RST", source="client")),
        "timer_before_s": round(aged.expires_ms / 1000, 1) if aged else 0.0,
        "timer_after_s": round(after.expires_ms / 1000, 1) if after else 0.0,
        "server_error": errno.errorcode.get(link.server.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR), "none"),
    }


def judge(found: Measured) -> Ruling:
    """It holds when TIME_WAIT answered the second FIN and its time began again."""
    restarted = found["timer_after_s"] > found["timer_before_s"]
    timer = f"the timer of TIME_WAIT went from {found['timer_before_s']} back to {found['timer_after_s']} s"
    return Ruling(
        restarted and not found["rst"] and found["server_error"] == "none",
        f"the second FIN was answered by {'RST' if found['rst'] else 'ACK'}"
        + (f", {timer}" if restarted else f", the server's socket has the error {found['server_error']}"),
    )


EXPERIMENT = Experiment(
    claim="When the last ACK is lost the peer sends its FIN again; TIME_WAIT answers it, and its 60 s begin anew.",
    source=("RFC 9293, section 3.6", "W. R. Stevens, UNIX Network Programming 1, section 2.7"),
    setup="The wire loses the client's last ACK and keeps the server's second FIN until the timer has run for a while.",
    measures="The answer to the second FIN, and the kernel's timer of TIME_WAIT before and after it.",
    practice="Without TIME_WAIT (tcp_max_tw_buckets exceeded) the answer is RST: the peer's orderly close fails.",
    measure=measure,
    judge=judge,
    twists={"no-time-wait": "tcp_max_tw_buckets is 0: there is no TIME_WAIT"},
    parameters=("net.ipv4.tcp_max_tw_buckets",),
    rules=("TT403",),
    topics=("TIME-WAIT", "LAST-ACK"),
)
