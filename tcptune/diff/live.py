"""The running host as a profile is held against it: one network namespace, or all that can be found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tcptune.audit.origins import live_origins, measured
from tcptune.audit.policy import running
from tcptune.diff.where import Where
from tcptune.errors import TcptuneError
from tcptune.live.host import live_host
from tcptune.live.namespaces import Namespace, all_netns, netns_by_name, netns_of_pid, run_in
from tcptune.live.procsys import read_all
from tcptune.live.snapshot import Snapshot
from tcptune.model.host import Host, Pressure
from tcptune.profiles.compare import Seen


def look(keys: Sequence[str], where: Where) -> tuple[list[Seen], tuple[str, ...]]:
    """Return what each namespace has of these parameters, and a line for what could not be looked at.

    Raises `TcptuneError` when the one namespace that was asked for, or every one, cannot be entered.
    """
    snapshots, lost = _snapshots(keys, where)
    files = live_origins(snapshots)
    seen = [running(_whole(one), one.settings, measured(files, one.host)) for one in snapshots]
    return seen, (*lost, *files.problems)


def _whole(snapshot: Snapshot) -> Host:
    return replace(snapshot.host, limits=(*snapshot.host.limits, *snapshot.problems))


def _snapshots(keys: Sequence[str], where: Where) -> tuple[list[Snapshot], tuple[str, ...]]:
    if where.all_netns:
        return _everywhere(keys)
    if where.netns is None and where.pid is None:
        return [_read(keys)], ()
    place = netns_of_pid(where.pid) if where.pid is not None else netns_by_name(where.netns or "")
    return [_read_in(place, keys)], ()


def _everywhere(keys: Sequence[str]) -> tuple[list[Snapshot], tuple[str, ...]]:
    places, lines = all_netns()
    lost = list(lines)
    found = []
    for place in places:
        try:
            found.append(_read_in(place, keys))
        except TcptuneError as error:
            lost.append(error.message)
    if not found:
        raise TcptuneError("no network namespace could be looked at", hint="; ".join(lost) or None)
    return found, tuple(lost)


def _read_in(place: Namespace, keys: Sequence[str]) -> Snapshot:
    found = run_in(place, lambda: _read(keys))
    host = replace(found.host, netns=place.name, container=place.container or found.host.container)
    return replace(found, host=host)


def _read(keys: Sequence[str]) -> Snapshot:
    """Read the parameters of this namespace; sockets and counters are none of a profile's concern."""
    # The same values give the same document, however long the host has been up.
    host = replace(live_host(), uptime_seconds=None)
    reading = read_all(keys, host=host)
    # What is not there has its own line in the comparison, so only what was met while reading is told.
    problems = tuple(one.problem for one in reading.outcomes.values() if one.problem is not None)
    return Snapshot(host, reading.settings, problems, Pressure(), "", 0.0)
