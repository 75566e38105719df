"""Courses of a connection that several experiments take."""

from __future__ import annotations

import socket
import threading

from tcptune.lab.endpoints import SMALL_RECEIVE, SMALL_SEND, Connection, fill, listen, name_of, read_all
from tcptune.lab.host import Address, Host
from tcptune.lab.stage import Stage
from tcptune.model.lab import Measured

TIME_WAIT = "TIME-WAIT"
LOW = 40_000
"""The first of the few ephemeral ports that experiments give a client."""

AGE = 1.3
"""Seconds that are more than the age at which tcp_tw_reuse may take a port; older kernels count whole seconds."""

IP_BIND_ADDRESS_NO_PORT = 24


def ports(host: Host, low: int, high: int) -> None:
    """Give a host these ephemeral ports and no others."""
    host.set("net.ipv4.ip_local_port_range", f"{low} {high}")


def bound_outcome(
    host: Host, target: Address, *, bind: bool = True, no_port: bool = False
) -> tuple[str, socket.socket | None]:
    """Bind a host's address with port 0 and connect; return `ok` with the open socket, or the error's name."""
    sock = host.socket()
    try:
        sock.setsockopt(socket.IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, int(no_port))
        if bind:
            sock.bind((host.address, 0))
        sock.connect(target)
    except OSError as error:
        sock.close()
        return name_of(error), None
    return "ok", sock


def bound_outcomes(
    client: Host, server: Host, count: int, *, bind: bool = True, no_port: bool = False
) -> dict[str, int | str]:
    """Connect to that many destinations and two more from one address with `count` ephemeral ports; all stay open.

    Returns the ports, the connections that came about, the last outcome, and the destinations.
    """
    ports(client, LOW, LOW + count - 1)
    listeners = [listen(server, 5000 + number) for number in range(count + 2)]
    kept = [
        bound_outcome(client, (server.address, 5000 + number), bind=bind, no_port=no_port)
        for number in range(count + 2)
    ]
    outcomes = [result for result, _ in kept]
    for listener in listeners:
        listener.close()
    return {"ports": count, "connected": outcomes.count("ok"), "then": outcomes[-1], "destinations": len(outcomes)}


def filled(stage: Stage, client: Host, server: Host) -> tuple[Connection, int]:
    """Return a connection whose client has sent more than the server, which does not read, lets in; and how much."""
    link = stage.connect(client, server, listening=(SMALL_RECEIVE,), connecting=(SMALL_SEND,))
    sent = fill(link.client)
    stage.quiet()
    return link, sent


def close_unread(stage: Stage, link: Connection, sent: int) -> Measured:
    """Close a client with a full buffer while the server begins to read a moment later; look when close() is back.

    Returns the bytes sent and received, what was unsent and the client's state as close() returned, and how the
    server's reading ended.
    """
    answer: list[tuple[int, str]] = []

    def read_later() -> None:
        stage.until(lambda: link.states()[0] != "ESTABLISHED")
        stage.quiet()
        stage.note("the server begins to read")
        answer.append(read_all(link.server))

    reader = threading.Thread(target=read_later)
    reader.start()
    link.client.close()
    entry = link.client_entry()
    stage.note("close() returned")
    reader.join()
    return {
        "sent": sent,
        "received": answer[0][0],
        "unsent_when_close_returned": entry.unsent if entry else 0,
        "state_when_close_returned": entry.state if entry else "CLOSED",
        "peer_reads": answer[0][1],
    }


def close_both(stage: Stage, link: Connection, first: str = "client") -> bool:
    """Close one end, then the other, and tell whether all that is left is TIME_WAIT or nothing."""
    one, other = (link.client, link.server) if first == "client" else (link.server, link.client)
    near, far = (0, 1) if first == "client" else (1, 0)
    one.close()
    stage.until(lambda: link.states()[near] != "FIN-WAIT-1" and link.states()[far] != "ESTABLISHED")
    other.close()
    link.listener.close()
    return stage.until(lambda: set(link.states()) <= {TIME_WAIT, "CLOSED"})


def outcome(stage: Stage, client: Host, server: Host, *, port: int = 5000, source_port: int = 0) -> str:
    """Connect, close the client first, and return `ok`; or the name of the error that connect() gave."""
    try:
        link = stage.connect(client, server, port=port, source_port=source_port)
    except OSError as error:
        return name_of(error)
    close_both(stage, link)
    return "ok"
