"""Connection tracking has a TIME_WAIT of its own, twice as long as the kernel's."""

from __future__ import annotations

from tcptune.lab import nft
from tcptune.lab.experiment import Experiment, NotHere, Ruling
from tcptune.lab.flows import close_both
from tcptune.lab.stage import Stage
from tcptune.model.lab import Measured

KEY = "net.netfilter.nf_conntrack_tcp_timeout_time_wait"


def measure(stage: Stage) -> Measured:
    """Close a tracked connection and read both timers."""
    client, server, _ = stage.pair()
    nft.track(client)
    if stage.twisted("60"):
        client.set(KEY, 60)
    link = stage.connect(client, server)
    close_both(stage, link)
    stage.quiet()
    entry = link.client_entry()
    tracked = [each for each in nft.tracked(client) if each.source_port == link.source[1]]
    if not tracked or entry is None:
        raise NotHere("the connection was not tracked")
    return {
        "state": entry.state,
        "socket_s": round(entry.expires_ms / 1000),
        "tracked_state": tracked[0].state,
        "tracked_s": tracked[0].left_s,
    }


def judge(found: Measured) -> Ruling:
    """It holds when the tracked entry has twice the time of the socket."""
    return Ruling(
        found["tracked_state"] == found["state"] == "TIME-WAIT" and 115 <= found["tracked_s"] <= 120,
        f"the socket's {found['state']} has {found['socket_s']} s to go, the tracked entry's {found['tracked_state']} "
        f"{found['tracked_s']} s",
    )


EXPERIMENT = Experiment(
    claim="Connection tracking keeps a closed connection for 120 s, twice the kernel's 60 s.",
    source=("net/netfilter/nf_conntrack_proto_tcp.c, tcp_timeouts", "Documentation/networking/nf_conntrack-sysctl.rst"),
    setup="A rule that looks at the connection's state switches tracking on at the client, which closes first.",
    measures="The timers of the socket and of the tracked entry.",
    practice="A gateway's table holds twice what its clients' do: 60 is safe, less forgets what still waits.",
    measure=measure,
    judge=judge,
    twists={"60": "nf_conntrack_tcp_timeout_time_wait is 60"},
    parameters=(KEY,),
    rules=("TT303", "TT604"),
    topics=("TIME-WAIT",),
    answers=(("net.netfilter.nf_conntrack_tcp_timeout_time_wait", "It shortens TIME_WAIT of sockets."),),
)
