"""More TIME_WAIT than tcp_max_tw_buckets: destroyed, counted, and its protection gone."""

from __future__ import annotations

from tcptune.lab.endpoints import listen
from tcptune.lab.experiment import Experiment, Ruling
from tcptune.lab.incarnations import OLD, dial_again, is_syn_ack, leave, wander
from tcptune.lab.stage import Stage
from tcptune.model.lab import Measured

KEY = "net.ipv4.tcp_max_tw_buckets"


def measure(stage: Stage) -> Measured:
    """Make one TIME_WAIT more than allowed, then let an old segment reach a new connection on its ports."""
    client, server, wire = stage.pair()
    client.set("net.ipv4.tcp_timestamps", 0)
    first = leave(stage, wire, client, server)
    server.set(KEY, 10 if stage.twisted("enough-buckets") else 1)
    before = server.counter("TCPTimeWaitOverflow")
    past = leave(stage, wire, client, server)
    found: Measured = {
        "first": server.state(first.target, first.source),
        "second": server.state(past.target, past.source),
        "TCPTimeWaitOverflow": server.counter("TCPTimeWaitOverflow") - before,
        "old_bytes_read": "",
    }
    if found["second"] != "CLOSED":
        return found
    listener = listen(server, past.target[1])
    stage.note("a new connection on the same ports")
    answer = wire.copy(is_syn_ack)
    again = dial_again(past, client, past.segment.seq - 1)
    accepted, _ = listener.accept()
    stage.until(lambda: client.state(past.source, past.target) == "ESTABLISHED")
    stage.note("a segment of the old connection arrives")
    wander(wire, past, answer)
    accepted.settimeout(5)
    found["old_bytes_read"] = accepted.recv(100).decode()
    again.close()
    for limit in (0, -5):
        server.set(KEY, limit)
        other = leave(stage, wire, client, server)
        found[f"with_{limit}"] = server.state(other.target, other.source)
    return found


def judge(found: Measured) -> Ruling:
    """It holds when the surplus one is gone and counted, the first one stays, and old bytes came through."""
    gone = found["second"] == "CLOSED" and found["TCPTimeWaitOverflow"] == 1 and found["first"] == "TIME-WAIT"
    read = f"; a new connection read {found['old_bytes_read']!r}" if found["old_bytes_read"] else ""
    rest = f"; with a limit of 0 {found['with_0']}, of -5 {found['with_-5']}" if "with_0" in found else ""
    return Ruling(
        gone and found["old_bytes_read"] == OLD.decode(),
        f"the first is {found['first']}, the second {found['second']}, TCPTimeWaitOverflow grew by "
        f"{found['TCPTimeWaitOverflow']}{read}{rest}",
    )


EXPERIMENT = Experiment(
    claim="Beyond tcp_max_tw_buckets a TIME_WAIT is destroyed at once, and old segments reach the next connection.",
    source=("Documentation/networking/ip-sysctl.rst, tcp_max_tw_buckets", "net/ipv4/inet_timewait_sock.c"),
    setup="The limit is 1 and the server closes two connections first; then the second one's ports are used again, "
    "without timestamps.",
    measures="The states, TCPTimeWaitOverflow, and what the server's program reads on the new connection.",
    practice="A low limit saves a few hundred bytes for each socket and pays with what TIME_WAIT is for.",
    measure=measure,
    judge=judge,
    twists={"enough-buckets": "the limit is 10"},
    parameters=(KEY,),
    rules=("TT305", "TT403", "TT602"),
    topics=("TIME-WAIT",),
    differs="A negative limit is no limit since 5.19; before, it leaves no TIME_WAIT at all.",
    counters=("TcpExt.TCPTimeWaitOverflow",),
    answers=(
        ("net.ipv4.tcp_max_tw_buckets", "When it is reached, all TIME_WAIT sockets are reset."),
        ("net.ipv4.tcp_max_tw_buckets", "The oldest TIME_WAIT is evicted when the table is full."),
        ("net.ipv4.tcp_max_tw_buckets", "Lowering it cures too many TIME_WAIT sockets."),
        ("TIME-WAIT", "When tcp_max_tw_buckets is reached, all TIME-WAIT sockets are reset"),
    ),
)
