"""A wandering segment of an old connection, against TIME_WAIT and against none."""

from __future__ import annotations

from tcptune.lab.endpoints import listen
from tcptune.lab.experiment import Experiment, Ruling
from tcptune.lab.incarnations import OLD, answer_to_syn, dial_again, is_syn_ack, leave, wander
from tcptune.lab.stage import Stage
from tcptune.model.lab import Measured


def measure(stage: Stage) -> Measured:
    """Connect again with numbers among which the old segment fits: with TIME_WAIT at the server, and without."""
    client, server, wire = stage.pair()
    if not stage.twisted("timestamps"):
        client.set("net.ipv4.tcp_timestamps", 0)
    past = leave(stage, wire, client, server)
    listener = listen(server, past.target[1])
    state = server.state(past.target, past.source)
    stage.note("a new connection with the same ports, against TIME_WAIT")
    before = stage.recorder.count(source="server")
    again = dial_again(past, client, past.segment.seq - 1)
    answer = answer_to_syn(stage, before)
    again.close()
    listener.close()
    return {"with_state": state, "with_answer": answer, **_without(stage)}


def _without(stage: Stage) -> Measured:
    """Do the same with no TIME_WAIT in the way, and let the old segment go once the new connection stands."""
    client, server, wire = stage.hosts["client"], stage.hosts["server"], stage.wires[0]
    server.set("net.ipv4.tcp_max_tw_buckets", 0)
    past = leave(stage, wire, client, server)
    listener = listen(server, past.target[1])
    state = server.state(past.target, past.source)
    stage.note("a new connection with the same ports, and no TIME_WAIT")
    answer = wire.copy(is_syn_ack)
    again = dial_again(past, client, past.segment.seq - 1)
    accepted, _ = listener.accept()
    stage.until(lambda: client.state(past.source, past.target) == "ESTABLISHED")
    stage.note("the old segment arrives at last")
    wander(wire, past, answer)
    stage.quiet()
    accepted.setblocking(False)
    try:
        got = accepted.recv(100)
    except BlockingIOError:
        got = b""
    again.close()
    return {"without_state": state, "without_read": got.decode()}


def judge(found: Measured) -> Ruling:
    """It holds when TIME_WAIT did not let the connection in, and without it the program read old bytes."""
    kept_out = found["with_state"] == "TIME-WAIT" and found["with_answer"] == "ACK"
    read = f"read {found['without_read']!r}" if found["without_read"] else "read nothing of it"
    return Ruling(
        kept_out and found["without_state"] == "CLOSED" and found["without_read"] == OLD.decode(),
        f"{found['with_state']} answered the SYN with {found['with_answer']}; without it the server's program {read} "
        "on the new connection",
    )


EXPERIMENT = Experiment(
    claim="TIME_WAIT keeps a delayed segment of an old connection out of a new one on the same ports.",
    source=("RFC 9293, section 3.4.1", "RFC 1337", "W. R. Stevens, UNIX Network Programming 1, section 2.7"),
    setup="Timestamps are off; the client comes again with numbers among which its old data segment fits (its "
    "acknowledgement is moved too), once with TIME_WAIT at the server and once with tcp_max_tw_buckets at 0.",
    measures="The answer to the SYN, and what the server's program reads when the old segment arrives.",
    practice="TIME_WAIT, timestamps (PAWS) and the check of the acknowledgement (RFC 5961) each keep old bytes out: "
    "it takes all three to fail, so keep the two that are yours.",
    measure=measure,
    judge=judge,
    twists={"timestamps": "timestamps are on: PAWS drops the old segment as well"},
    parameters=("net.ipv4.tcp_timestamps", "net.ipv4.tcp_max_tw_buckets"),
    rules=("TT402", "TT403"),
    topics=("TIME-WAIT", "PAWS"),
)
