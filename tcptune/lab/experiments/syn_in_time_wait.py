"""A SYN for a connection that is in TIME_WAIT at the server."""

from __future__ import annotations

from tcptune.lab.endpoints import listen
from tcptune.lab.experiment import Experiment, Ruling
from tcptune.lab.incarnations import answer_to_syn, dial_again, leave
from tcptune.lab.stage import Stage
from tcptune.model.lab import Measured

AHEAD, BEHIND = 100_000, -100_000


def measure(stage: Stage) -> Measured:
    """Come again with a newer timestamp, with a higher sequence number, and with neither."""
    stage.pair()
    return {
        "newer_timestamp": _answer(stage, timestamps=stage.instead(1, {"timestamps-off": 0}), ahead=BEHIND),
        "higher_sequence": _answer(stage, timestamps=0, ahead=stage.instead(AHEAD, {"lower": BEHIND})),
        "neither": _answer(stage, timestamps=0, ahead=stage.instead(BEHIND, {"always-higher": AHEAD})),
    }


def _answer(stage: Stage, *, timestamps: int, ahead: int) -> str:
    client, server = stage.hosts["client"], stage.hosts["server"]
    client.set("net.ipv4.tcp_timestamps", timestamps)
    past = leave(stage, stage.wires[0], client, server)
    listener = listen(server, past.target[1])
    stage.quiet()
    stage.note(f"a SYN {abs(ahead)} {'above' if ahead > 0 else 'below'} the old numbers, timestamps {timestamps}")
    before = stage.recorder.count(source="server")
    again = dial_again(past, client, past.segment.seq + ahead)
    answer = answer_to_syn(stage, before)
    again.close()
    listener.close()
    return answer


def judge(found: Measured) -> Ruling:
    """It holds when the first two got SYN ACK, and the third only an acknowledgement of the old connection."""
    return Ruling(
        found["newer_timestamp"] == found["higher_sequence"] == "SYN ACK" and found["neither"] == "ACK",
        f"a newer timestamp was answered by {found['newer_timestamp']}, a higher sequence number by "
        f"{found['higher_sequence']}, neither of them by {found['neither']}",
    )


EXPERIMENT = Experiment(
    claim="A server takes a SYN on ports in TIME_WAIT when its timestamp is newer or its sequence number higher.",
    source=("RFC 1122, section 4.2.2.13", "RFC 6191", "net/ipv4/tcp_minisocks.c, tcp_timewait_state_process()"),
    setup="The server closed first; the client comes again from the same port, with chosen sequence numbers.",
    measures="The first answer to the SYN.",
    practice="TIME_WAIT at a server hardly ever keeps a client out: no parameter is needed for it.",
    measure=measure,
    judge=judge,
    twists={
        "lower": "the sequence number is lower instead of higher",
        "timestamps-off": "there is no timestamp that could be newer",
        "always-higher": "the last SYN has a higher sequence number too",
    },
    parameters=("net.ipv4.tcp_timestamps",),
    topics=("TIME-WAIT",),
)
