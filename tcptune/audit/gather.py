"""Where an audit looks: this network namespace, another one, or all of them; and since when its counters grew."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import field, replace
from typing import TYPE_CHECKING

from tcptune.errors import TcptuneError
from tcptune.live.pressure import growth_since, wait
from tcptune.live.snapshot import Snapshot, take, take_in
from tcptune.model.record import dataclass

if TYPE_CHECKING:
    from tcptune.live.namespaces import Namespace
    from tcptune.profiles.policy import Policy


@dataclass(frozen=True, slots=True)
class Request:
    """What to audit and how.

    `select` and `ignore` name rules, `thresholds` are the numbers they compare with. `netns`, `pid` and `all_netns`
    say where to look (none: where this process is). `sample` are seconds to watch the counters, `since` is the path
    of a saved audit; `progress` is told the share of a sample that is done, 0 to 1. `root` is a folder whose files are
    audited, `snapshot` the path of another host's audit or collector's output, instead of the running host; `kernel`
    names the kernel that `root` is judged for. `policy` is the profile that what is found is held against.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    thresholds: Mapping[str, int] = field(default_factory=dict)
    netns: str | None = None
    pid: int | None = None
    all_netns: bool = False
    sample: float | None = None
    since: str | None = None
    progress: Callable[[float], None] | None = None
    root: str | None = None
    snapshot: str | None = None
    kernel: str | None = None
    policy: Policy | None = None


def gather(request: Request) -> tuple[list[Snapshot], tuple[str, ...]]:
    """Return what was seen, the namespace that was asked for first, and a line for each one that was lost.

    Raises `TcptuneError` when the one namespace that was asked for cannot be entered, or nothing could be read.
    """
    snapshots, lost = _look(request)
    if request.since is not None:
        from tcptune.audit.since import load

        earlier = load(request.since)
        grown = []
        for snapshot in snapshots:
            pressure, lines = earlier.growth(snapshot.host, snapshot.pressure, snapshot.boot_id)
            grown.append(replace(snapshot, pressure=pressure, problems=(*snapshot.problems, *lines)))
        snapshots = grown
    return snapshots, lost


def _look(request: Request) -> tuple[list[Snapshot], tuple[str, ...]]:
    if request.all_netns:
        return _everywhere(request)
    if request.netns is None and request.pid is None:
        return [take(sample=request.sample, progress=request.progress)], ()
    from tcptune.live.namespaces import netns_by_name, netns_of_pid

    place = netns_of_pid(request.pid) if request.pid is not None else netns_by_name(request.netns or "")
    return [take_in(place, sample=request.sample, progress=request.progress)], ()


def _everywhere(request: Request) -> tuple[list[Snapshot], tuple[str, ...]]:
    """Look at every namespace, this one first; a sample is one wait between two looks, not one for each."""
    from tcptune.live.namespaces import all_netns

    places, lines = all_netns()
    lost = list(lines)
    before = _each(places, lost) if request.sample is not None else {}
    if request.sample is not None:
        wait(time.monotonic() + request.sample, request.sample, request.progress)
        places = list(before)
    after = _each(places, lost)
    if not after:
        raise TcptuneError("no network namespace could be looked at", hint="; ".join(lost) or None)
    return [_sampled(before.get(place), now) for place, now in after.items()], tuple(lost)


def _each(places: list[Namespace], lost: list[str]) -> dict[Namespace, Snapshot]:
    """Look at each namespace; one that cannot be entered or vanishes leaves a line in `lost`."""
    found: dict[Namespace, Snapshot] = {}
    for place in places:
        try:
            found[place] = take_in(place)
        except TcptuneError as error:
            lost.append(error.message)
    return found


def _sampled(before: Snapshot | None, now: Snapshot) -> Snapshot:
    if before is None:
        return now
    pressure, lines = growth_since(
        before.pressure,
        now.pressure,
        saved_boot=before.boot_id,
        boot=now.boot_id,
        seconds=round(now.taken - before.taken, 2),
    )
    return replace(now, pressure=pressure, problems=(*now.problems, *lines))
