"""One look at a network namespace's sockets, and two looks with a pause between them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from tcptune.errors import TcptuneError
from tcptune.live import pressure
from tcptune.live.host import live_host
from tcptune.live.ports import LOOK_CLOSER, port_pressure, uses
from tcptune.live.procsys import read_all
from tcptune.live.sockets import read_table
from tcptune.model.host import Host, Pressure
from tcptune.model.ports import KEYS, Use
from tcptune.model.record import dataclass
from tcptune.model.setting import Setting
from tcptune.model.sockets import SocketTable
from tcptune.model.sockets_report import By, ListenerRow, ProcessRow
from tcptune.model.trace import TraceReport

if TYPE_CHECKING:
    from tcptune.live.namespaces import Namespace

ALSO = ("net.ipv4.tcp_max_orphans", "net.ipv4.tcp_max_tw_buckets")
"""What the findings need beside the budget's own parameters."""


@dataclass(frozen=True, slots=True)
class Request:
    """What to show and where to look: the arguments of the command. `port` is what `trace` is limited to."""

    by: By = "destination"
    top: int = 10
    sample: float | None = None
    netns: str | None = None
    pid: int | None = None
    all_netns: bool = False
    trace: float | None = None
    deep: bool = False
    port: int | None = None
    thresholds: Mapping[str, int] | None = None
    progress: Callable[[float], None] | None = None


class Seen(NamedTuple):
    """One namespace as it was seen at `at` (seconds of the monotonic clock)."""

    host: Host
    settings: dict[str, Setting]
    table: SocketTable
    pressure: Pressure
    at: float
    destinations: tuple[Use, ...] = ()
    processes: tuple[ProcessRow, ...] = ()
    listeners: tuple[ListenerRow, ...] = ()


def gather(request: Request) -> tuple[list[tuple[Seen | None, Seen]], tuple[str, ...]]:
    """Return each namespace as it was seen before the sample (None without one) and now, and a line for what was lost.

    Raises `TcptuneError` when nothing could be looked at.
    """
    if not request.all_netns and request.netns is None and request.pid is None:
        return [_here(request)], ()
    from tcptune.live.namespaces import all_netns, netns_by_name, netns_of_pid

    lost: list[str] = []
    if request.all_netns:
        places, lines = all_netns()
        lost += lines
    elif request.pid is not None:
        places = [netns_of_pid(request.pid)]
    else:
        places = [netns_by_name(request.netns or "")]
    before: dict[Namespace, Seen] = {}
    if request.sample is not None:
        before = _each(places, request, lost, brief=True)
        pressure.wait(time.monotonic() + request.sample, request.sample, request.progress)
    now = _each(places, request, lost)
    if not now:
        raise TcptuneError("; ".join(lost) if len(places) == 1 else "no network namespace could be looked at")
    return [(before.get(place), seen) for place, seen in now.items()], tuple(dict.fromkeys(lost))


def _here(request: Request) -> tuple[Seen | None, Seen]:
    """Look at this namespace, twice with a sample."""
    first = None
    if request.sample is not None:
        first = look(request, brief=True)
        pressure.wait(first.at + request.sample, request.sample, request.progress)
    return first, look(request)


def listen(request: Request, listening: frozenset[int]) -> TraceReport | None:
    """Return who closed while the kernel was listened to, in the one namespace that was asked for.

    None where nobody asked. Raises `TcptuneError` where the kernel cannot be listened to.
    """
    if request.trace is None:
        return None
    from tcptune.live.namespaces import netns_by_name, netns_of_pid, run_in
    from tcptune.live.trace import trace

    seconds = request.trace
    if request.netns is None and request.pid is None:
        return trace(seconds, listening, port=request.port, wait=request.progress)
    place = netns_of_pid(request.pid) if request.pid is not None else netns_by_name(request.netns or "")
    return run_in(place, lambda: trace(seconds, listening, port=request.port), timeout=seconds + 40)


def _each(places: list[Namespace], request: Request, lost: list[str], *, brief: bool = False) -> dict[Namespace, Seen]:
    from tcptune.live.namespaces import run_in

    found: dict[Namespace, Seen] = {}
    for place in places:
        try:
            seen = run_in(place, lambda: look(request, brief=brief))
        except TcptuneError as error:
            lost.append(error.message)
        else:
            host = replace(seen.host, netns=place.name, container=place.container or seen.host.container)
            found[place] = seen._replace(host=host)
    return found


def look(request: Request, *, brief: bool = False) -> Seen:
    """Look at the namespace that this process is in; `brief` only counts.

    Raises `TcptuneError` where its sockets cannot be read.
    """
    host = live_host()
    settings = read_all((*KEYS, *ALSO), host=host).settings
    table = read_table()
    at = time.monotonic()
    if table is None:
        raise TcptuneError("the table of TCP sockets cannot be read here: neither sock_diag nor /proc/net/tcp")
    now = pressure.read_pressure(table)
    if brief:
        return Seen(host, settings, table, now, at)
    ports = port_pressure(table, settings)
    unseen: tuple[str, ...] = (ports.unseen,) if ports is not None and ports.unseen else ()
    if request.deep and ports is not None:
        from tcptune.live.deep import deep

        lingering, refused = deep()
        ports = replace(ports, lingering=lingering)
        unseen += refused
    now = replace(now, ports=ports)
    seen = Seen(host, settings, table, now, at)
    if request.by == "destination":
        shown, hidden = _owned(seen, request.top)
        seen = seen._replace(destinations=shown)
    elif request.by == "process":
        from tcptune.sockets.processes import process_rows

        rows, hidden = process_rows(table)
        seen = seen._replace(processes=rows)
    elif request.by == "listener":
        from tcptune.sockets.processes import listener_rows

        listeners, hidden = listener_rows(table)
        seen = seen._replace(listeners=listeners)
    else:
        hidden = None
    lines = dict.fromkeys((*host.limits, *_changed(table), *unseen, *((hidden,) if hidden else ())))
    return seen._replace(host=replace(host, limits=tuple(lines)))


def _changed(table: SocketTable) -> tuple[str, ...]:
    if table.source == "sock_diag" and not table.complete:
        return (*table.limits, "the table of TCP sockets changed while it was read: its counts are approximate")
    return table.limits


def _owned(seen: Seen, top: int) -> tuple[tuple[Use, ...], str | None]:
    """Return the destinations that are shown, with who has live connections to those that have any."""
    told = {use.destination: use for use in (seen.pressure.ports.uses if seen.pressure.ports else ())}
    shown = [told.get(use.destination, use) for use in uses(seen.table, seen.settings, top)]
    wanted = [use for use in shown if use.live and use.share < LOOK_CLOSER]
    if not wanted:
        return tuple(shown), None
    from tcptune.live.owners import with_owners

    found, hidden = with_owners(wanted)
    by_name = {use.destination: use for use in found}
    return tuple(by_name.get(use.destination, use) for use in shown), hidden
