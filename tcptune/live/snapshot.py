"""Everything that an audit looks at, taken at one moment in one network namespace."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, replace

from tcptune.live import pressure
from tcptune.live.host import boot_id, live_host
from tcptune.live.namespaces import Namespace, run_in
from tcptune.live.ports import port_pressure
from tcptune.live.pressure import Progress
from tcptune.live.procsys import read_all
from tcptune.live.sockets import read_table
from tcptune.model.host import Host, Pressure
from tcptune.model.setting import Setting
from tcptune.model.sockets import SocketTable


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What was seen.

    `settings` are the catalogue's parameters that are there, by key; `problems` one line for each thing that could
    not be read. `boot_id` names the boot that the counters belong to, `taken` is in seconds since 1970. `sockets` is
    None where no socket table could be read.
    """

    host: Host
    settings: dict[str, Setting]
    problems: tuple[str, ...]
    pressure: Pressure
    boot_id: str
    taken: float
    sockets: SocketTable | None = None


def take(
    *, sample: float | None = None, progress: Progress | None = None, keys: Iterable[str] | None = None
) -> Snapshot:
    """Read the network namespace that this process is in.

    `sample` seconds of watching turn counters into growth; `progress` is told the share that is done, from 0 to 1.
    `keys` limits the parameters, by default all of the catalogue are read.
    """
    first = pressure.mark(pressure.read_pressure()) if sample else None
    host = live_host()
    reading = read_all(keys, host=host)
    lines = reading.problems
    if first is not None and sample:
        pressure.wait(first.at + sample, sample, progress)
    table = read_table()
    now = replace(pressure.read_pressure(table), ports=port_pressure(table, reading.settings))
    if first is not None:
        now, backwards = pressure.since(first, now)
        lines += backwards
    host = replace(host, limits=host.limits + _limits(table, now))
    return Snapshot(host, reading.settings, lines, now, boot_id(), time.time(), table)


def take_in(
    ns: Namespace,
    *,
    sample: float | None = None,
    progress: Progress | None = None,
    keys: Iterable[str] | None = None,
    timeout: float = 30.0,
) -> Snapshot:
    """Read another network namespace, in a child process that enters it; the arguments are those of `take`.

    Raises `TcptuneError` when it cannot be entered, is gone, or is not read within `timeout` seconds and the sample's.
    """
    wanted = None if keys is None else tuple(keys)
    found = run_in(ns, lambda: take(sample=sample, progress=progress, keys=wanted), timeout=timeout + (sample or 0.0))
    container = ns.container or found.host.container
    return replace(found, host=replace(found.host, netns=ns.name, container=container))


def _limits(table: SocketTable | None, now: Pressure) -> tuple[str, ...]:
    """Return the lines that say what the socket table does not show."""
    unseen = (now.ports.unseen,) if now.ports is not None and now.ports.unseen else ()
    if table is None:
        return ("the table of TCP sockets cannot be read here: neither sock_diag nor /proc/net/tcp",)
    if table.source == "sock_diag" and not table.complete:
        changed = "the table of TCP sockets changed while it was read: its counts are approximate"
        return (*unseen, *table.limits, changed)
    return (*unseen, *table.limits)
