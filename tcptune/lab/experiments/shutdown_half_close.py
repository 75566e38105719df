"""Half a close: shutdown() sends FIN, and the other direction lives on."""

from __future__ import annotations

import socket

from tcptune.lab.experiment import Experiment, Ruling
from tcptune.lab.stage import Stage
from tcptune.model.lab import Measured

LINE = b"still sending"


def measure(stage: Stage) -> Measured:
    """Shut the sending half down under a tcp_fin_timeout of 1 s, look at the timer, let the server send."""
    client, server, _ = stage.pair()
    client.set("net.ipv4.tcp_fin_timeout", 1)
    link = stage.connect(client, server)
    if stage.twisted("close"):
        stage.note("the client closes")
        link.client.close()
    else:
        stage.note("the client shuts its sending half down")
        link.client.shutdown(socket.SHUT_WR)
    stage.until(lambda: link.states()[0] == "FIN-WAIT-2")
    entry = link.client_entry()
    stage.note("the server sends")
    link.server.sendall(LINE)
    stage.quiet()
    got = b"" if stage.twisted("close") else link.client.recv(100)
    return {
        "state": entry.state if entry else "CLOSED",
        "timer": entry.timer if entry else "none",
        "held": bool(entry and entry.inode),
        "received": len(got),
        "rst": bool(stage.recorder.count("RST", source="client")),
    }


def judge(found: Measured) -> Ruling:
    """It holds when no timer runs on the held socket and what the server sends still arrives."""
    timer = "no timer runs" if found["timer"] == "none" else f"the timer {found['timer']} runs"
    answer = "was answered by RST" if found["rst"] else f"arrived ({found['received']} bytes)"
    return Ruling(
        found["state"] == "FIN-WAIT-2"
        and found["timer"] == "none"
        and found["held"]
        and found["received"] == len(LINE),
        f"in {found['state']} {timer}; what the server sent then {answer}",
    )


EXPERIMENT = Experiment(
    claim="After shutdown(SHUT_WR) the peer may go on sending for ever: no FIN timeout ends a socket that is held.",
    source=("RFC 1122, section 4.2.2.13 (half-duplex close)", "net/ipv4/tcp_input.c, tcp_rcv_state_process()"),
    setup="tcp_fin_timeout is 1 s; the client shuts its sending half down, then the server sends.",
    measures="The timer of the FIN-WAIT-2 socket, and whether what the server sends arrives.",
    practice="close() makes an orphan with a time limit, shutdown() does not: a half-closed socket needs a limit of "
    "the program's own.",
    measure=measure,
    judge=judge,
    twists={"close": "the client closes instead"},
    parameters=("net.ipv4.tcp_fin_timeout",),
    topics=("FIN-WAIT-2", "orphan"),
)
