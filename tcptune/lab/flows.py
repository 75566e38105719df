"""Courses of a connection that several experiments take."""

from __future__ import annotations

from tcptune.lab.endpoints import SMALL_RECEIVE, SMALL_SEND, Connection, fill, name_of
from tcptune.lab.host import Host
from tcptune.lab.stage import Stage

TIME_WAIT = "TIME-WAIT"


def filled(stage: Stage, client: Host, server: Host) -> tuple[Connection, int]:
    """Return a connection whose client has sent more than the server, which does not read, lets in; and how much."""
    link = stage.connect(client, server, listening=(SMALL_RECEIVE,), connecting=(SMALL_SEND,))
    sent = fill(link.client)
    stage.quiet()
    return link, sent


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
