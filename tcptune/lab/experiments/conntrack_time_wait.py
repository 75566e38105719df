"""Connection tracking has a TIME_WAIT of its own, twice as long as the kernel's; and what a full table does."""

from __future__ import annotations

from tcptune.lab import fulltable, nft
from tcptune.lab.endpoints import dial, listen, name_of
from tcptune.lab.experiment import Experiment, NotHere, Ruling
from tcptune.lab.flows import close_both
from tcptune.lab.host import Host
from tcptune.lab.stage import Stage
from tcptune.model.lab import Measured

KEY = "net.netfilter.nf_conntrack_tcp_timeout_time_wait"
PORT = 6000


def measure(stage: Stage) -> Measured:
    """Close a tracked connection and read both timers; with `--full` fill the table and connect once more."""
    client, server, _ = stage.pair()
    refused = _track(client)
    if stage.twisted("60"):
        client.set(KEY, 60)
    link = stage.connect(client, server)
    close_both(stage, link)
    stage.quiet()
    entry = link.client_entry()
    tracked = [each for each in nft.tracked(client) if each.source_port == link.source[1]]
    if not tracked or entry is None:
        raise NotHere(refused or "the connection was not tracked")
    limit = int(client.parameter(fulltable.LIMIT) or 0)
    found: Measured = {
        "state": entry.state,
        "socket_s": round(entry.expires_ms / 1000),
        "tracked_state": tracked[0].state,
        "tracked_s": tracked[0].left_s,
        "limit": limit,
        "connections_a_second_that_fill_it": limit // 120,
    }
    return {**found, **_full_table(stage, client, server)} if stage.full else found


def _track(host: Host) -> str:
    """Switch tracking on; return why not: then it may be on everywhere already (the module's `enable_hooks`)."""
    try:
        nft.track(host)
    except NotHere as why:
        return str(why)
    return ""


def _full_table(stage: Stage, client: Host, server: Host) -> Measured:
    """Fill the client's table with entries in TIME_WAIT, and connect."""
    fulltable.fill(client)
    stage.note(f"the client's table is full: {client.conntrack()} entries")
    before = stage.recorder.count("SYN", source="client")
    with listen(server, PORT):
        try:
            dial(client, (server.address, PORT), seconds=1.5).close()
            outcome = "ok"
        except OSError as error:
            outcome = name_of(error)
    return {
        "entries": client.conntrack() or 0,
        "with_a_full_table": outcome,
        "syns_that_left": stage.recorder.count("SYN", source="client") - before,
    }


def judge(found: Measured) -> Ruling:
    """It holds when the tracked entry has twice the time of the socket, and a full table lets no SYN out."""
    because = (
        f"the socket's {found['state']} has {found['socket_s']} s to go, the tracked entry's {found['tracked_state']} "
        f"{found['tracked_s']} s; {found['connections_a_second_that_fill_it']} connections a second fill the table of "
        f"{found['limit']}"
    )
    lost = True
    if "with_a_full_table" in found:
        lost = found["with_a_full_table"] == "ETIMEDOUT" and found["syns_that_left"] == 0
        because += f"; with {found['entries']} entries connect() gave {found['with_a_full_table']}"
    timers = found["tracked_state"] == found["state"] == "TIME-WAIT" and 115 <= found["tracked_s"] <= 120
    return Ruling(timers and lost, because)


EXPERIMENT = Experiment(
    claim="Connection tracking keeps a closed connection for 120 s, twice the kernel's 60 s, and fills up with them.",
    source=("net/netfilter/nf_conntrack_proto_tcp.c, tcp_timeouts", "Documentation/networking/nf_conntrack-sysctl.rst"),
    setup="A rule that looks at the connection's state switches tracking on at the client, which closes first.",
    measures="The timers of the socket and of the tracked entry.",
    practice="A gateway's table holds twice what its clients' do: 60 is safe, less forgets what still waits. A full "
    "one drops new connections without a word.",
    measure=measure,
    judge=judge,
    twists={"60": "nf_conntrack_tcp_timeout_time_wait is 60"},
    parameters=(KEY, fulltable.LIMIT),
    rules=("TT303", "TT604"),
    topics=("TIME-WAIT",),
    full="fills the client's table with entries in TIME_WAIT and connects (it takes 100 MB, and a line in the "
    "kernel's log says that the table is full)",
    answers=(("net.netfilter.nf_conntrack_tcp_timeout_time_wait", "It shortens TIME_WAIT of sockets."),),
)
