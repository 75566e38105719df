"""Two clients behind one address: what their timestamps do to each other."""

from __future__ import annotations

from itertools import pairwise

from tcptune.lab import netlink, nft
from tcptune.lab.endpoints import dial, linger, listen
from tcptune.lab.experiment import Experiment, NotHere, Ruling
from tcptune.lab.host import Host
from tcptune.lab.incarnations import answer_to_syn, dial_again, leave
from tcptune.lab.stage import SERVER, Stage
from tcptune.model.lab import Measured

OUTSIDE = "192.0.2.1"
BEHIND = -100_000
PORTS = (41_000, 6_000)
ROUNDS = 3
MOST_ROUNDS = 12
"""Where every connection has an offset of its own, three rounds of them go forward by chance once in 32 runs."""
TIMEOUT = "net.netfilter.nf_conntrack_tcp_timeout_{}"


def measure(stage: Stage) -> Measured:
    """Connect from both clients in turn, the server closing first; look how every SYN is answered."""
    clients, router, server = _network(stage)
    wire = stage.wires[0]
    answers = []
    back = False
    for done in range(MOST_ROUNDS):
        if done >= ROUNDS and back:
            break
        for client in clients:
            before = stage.recorder.count(source="server")
            leave(stage, wire, client, server)
            answers.append(answer_to_syn(stage, before))
        back = _goes_back([item.clock or 0 for item in stage.recorder.found("SYN", source="clients")])
    if stage.twisted("same-port"):
        answers.append(_same_port(stage, clients, router, server))
    return {
        "connections": len(answers),
        "accepted_at_once": answers.count("SYN ACK"),
        "clock_goes_back": back,
        "last_answer": answers[-1],
    }


def _goes_back(clocks: list[int]) -> bool:
    """Tell whether a timestamp is older than the one before it, as the kernel compares them."""
    return any((later - sooner) % (1 << 32) >= 1 << 31 for sooner, later in pairwise(clocks))


def _network(stage: Stage) -> tuple[list[Host], Host, Host]:
    """Build two clients, a translating router and a server; the wire lies between the last two."""
    router, server = stage.host("router", OUTSIDE), stage.host("server", SERVER)
    clients = [stage.host(f"client {number}", f"198.18.{number}.2") for number in (1, 2)]
    stage.recorder.names[OUTSIDE] = "clients"
    stage.cable(router, server)
    for number, client in enumerate(clients, 1):
        stage.plug(client, router, ("eth0", f"eth{number}"), (client.address, f"198.18.{number}.1"))
        with client.inside():
            netlink.add_default_route(f"198.18.{number}.1")
    stage.behind[OUTSIDE] = clients
    router.set("net.ipv4.ip_forward", 1)
    try:
        nft.masquerade(router)
    except NotHere as why:
        stage.note(f"{why}; the wire translates instead")
        stage.wires[0].translate(OUTSIDE)
    return clients, router, server


def _same_port(stage: Stage, clients: list[Host], router: Host, server: Host) -> str:
    """Have one client arrive on the other's translated port, with an older clock, while TIME_WAIT lasts."""
    if not stage.wires[0].translates:
        for state in ("time_wait", "close"):
            router.set(TIMEOUT.format(state), 1)
    # The clock's offset belongs to addresses and ports, so it is looked up with those that will be used.
    clocks = [_clock(stage, client, server) for client in clients]
    ahead = (clocks[0] - clocks[1]) % (1 << 32) < 1 << 31
    first, second = clients if ahead else clients[::-1]
    _forgotten(stage, router)
    past = leave(stage, stage.wires[0], first, server, ports=PORTS)
    _forgotten(stage, router)
    listener = listen(server, PORTS[1])
    past.source = second.address, PORTS[0]
    stage.note("the other client comes on the same translated port")
    before = stage.recorder.count(source="server")
    again = dial_again(past, second, past.segment.seq + BEHIND)
    answer = answer_to_syn(stage, before)
    again.close()
    listener.close()
    return answer


def _clock(stage: Stage, client: Host, server: Host) -> int:
    """Connect, reset, and return the timestamp of the SYN."""
    with listen(server, PORTS[1]), dial(client, (server.address, PORTS[1]), (linger(0),), PORTS[0]):
        return stage.recorder.found("SYN", source="clients")[-1].clock or 0


def _forgotten(stage: Stage, router: Host) -> None:
    """Wait until the router has forgotten every connection on the port; a wire that translates keeps nothing."""
    if stage.wires[0].translates:
        return
    if not stage.until(lambda: all(each.source_port != PORTS[0] for each in nft.tracked(router))):
        raise NotHere("the router does not forget the connections on a port")


def judge(found: Measured) -> Ruling:
    """The claim is that connections are lost; it is refuted when every SYN was taken although the clock went back."""
    lost = found["connections"] - found["accepted_at_once"]
    back = "went back and forth" if found["clock_goes_back"] else "went forward"
    return Ruling(
        lost > 0,
        f"{found['accepted_at_once']} of {found['connections']} SYNs from one address were taken at once while its "
        f"clock {back}" + (f"; the last was answered by {found['last_answer']}" if lost else ""),
    )


EXPERIMENT = Experiment(
    claim="A server loses clients that share an address, because their timestamps differ.",
    source=(
        "said of every kernel, true of tcp_tw_recycle, which is gone",
        "commit 4396e46187ca (tcp: remove tcp_tw_recycle)",
    ),
    setup="Two clients behind a translating router connect in turn to a server that closes first.",
    measures="The answer to every SYN, and whether the shared address's timestamps go back.",
    practice="Timestamps can stay on. Until 4.11 tcp_tw_recycle compared every SYN with the address's last timestamp "
    "and dropped the older client's; now only a SYN on a port that still waits is compared, and is tried again.",
    measure=measure,
    judge=judge,
    twists={"same-port": "the other client also comes on a port that is still in TIME_WAIT, with older numbers"},
    parameters=("net.ipv4.tcp_timestamps", "net.ipv4.tcp_tw_recycle"),
    rules=("TT401",),
    topics=("PAWS",),
    differs="Where the kernel cannot translate (no nf_tables for IPv4), the wire between router and server does; the "
    "answers are the same.",
)
