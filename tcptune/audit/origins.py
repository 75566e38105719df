"""Where each value comes from: the files of a host under both loaders, the managers that write after them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from tcptune.audit.access import Stat, on_disk, writable
from tcptune.audit.answers import accepted
from tcptune.audit.modules import module_of, needs_late
from tcptune.audit.next_boot import lasting
from tcptune.audit.unread import unread
from tcptune.catalog import default_value, parameter
from tcptune.live.processes import process_names
from tcptune.live.root import foreign_files
from tcptune.live.snapshot import Snapshot
from tcptune.loaders import procps, systemd
from tcptune.loaders.kernel import Kernel, LiveKeys, Node
from tcptune.loaders.outcome import Load, LoadedValue
from tcptune.loaders.resolve import Resolution
from tcptune.loaders.tree import DiskTree, Tree
from tcptune.loaders.versions import LoaderVersions, installed
from tcptune.loaders.writers import Writer, Written, candidates, writers
from tcptune.model.host import Host
from tcptune.model.origin import PRESETS, Line, Lost, Origins, Source
from tcptune.model.value import Value
from tcptune.model.version import Target
from tcptune.rules.written import interpret

SAME = {"net.nf_conntrack_max": "net.netfilter.nf_conntrack_max"}
"""Two names of one variable."""


def origins(
    tree: Tree,
    kernel: Callable[[Callable[[str, str], str], tuple[str, ...]], Kernel],
    target: Target,
    *,
    keys: Iterable[str] = (),
    processes: Iterable[str] = (),
    versions: LoaderVersions | None = None,
    stat: Stat | None = None,
    applies: bool = True,
    host: Host | None = None,
    hz: int = 250,
) -> Origins:
    """Return what the files of a host say of its parameters.

    `kernel` makes the kernel that the loaders meet, from what judges a text and from the families that are absent
    at boot. `keys` are parameters that are looked at beside those in the files, `stat` gives mode and owner. `host` has
    the memory that some defaults depend on.
    """
    versions = versions or installed(tree)
    later = lasting(tree)
    late = needs_late(later, target, systemd=versions.has_systemd)

    def ready(absent: tuple[str, ...] = ()) -> Kernel:
        return kernel(accepted(target, hz), absent)

    loads = _loads(tree, later, ready(late), ready(), versions)
    # What systemd-sysctl gives today, where a boot takes some of its files away.
    today = systemd.load(tree, ready(), versions.systemd) if loads.systemd and later is not tree else None
    present = writers(tree, processes)
    sources = _sources(loads, today, present, late, keys, lambda key: _default(key, target, host))
    found = [load for load in (loads.systemd, loads.procps) if load is not None]
    passed_over, left_out = unread(tree, found, today)
    all_loads = [*found, *([today] if today is not None else [])]
    return Origins(
        sources=sources,
        applies=applies,
        loaders=tuple(load.loader for load in found),
        boot="systemd" if loads.systemd is not None else "procps",
        lost=tuple(_lost(found, sources)),
        unread=passed_over,
        writable=tuple(writable(tree, all_loads, stat)) if stat is not None else (),
        problems=(*versions.limits, *_problems(found), *left_out),
        refused=_refused(found[0], late) if found else (),
    )


def _problems(loads: Iterable[Load]) -> Iterable[str]:
    """Yield a sentence for each thing that is wrong with a file; of lines that are no assignment the first one's.

    Of a file that is too long the end of what a loader reads is told, rather than the end of what is read here.
    """
    problems = [one for load in loads for one in load.problems]
    ended = {one.at.path for one in problems if one.kind == "too-long" and one.fails}
    problems = [one for one in problems if one.kind != "too-long" or one.fails or one.at.path not in ended]
    binary = {one.at.path for one in problems if one.kind == "binary"}
    odd = {(one.at.path, one.at.line) for one in problems if one.kind == "syntax"}
    told = set[str]()
    for one in problems:
        name = one.at.path if one.kind == "syntax" else one.message
        if name in told or (one.kind == "syntax" and name in binary):
            continue
        told.add(name)
        more = sum(path == name for path, _ in odd) - 1
        words = f" {more} more such line{'' if more == 1 else 's'}." if more > 0 else ""
        yield f"{one.message}{words}" if one.at.path in one.message else f"{one.at}: {one.message}{words}"


def measured(found: Origins, host: Host) -> Origins:
    """Return the files of this host as they concern one of its network namespaces."""
    return replace(found, applies=found.applies and host.initial is True)


def live_origins(snapshots: Sequence[Snapshot]) -> Origins:
    """Return what the files of this host say; the namespace that was asked for comes first and has the kernel.

    `applies` is false where the files that this process sees are not those that the host boots with: in a container.
    """
    first = snapshots[0]
    foreign = foreign_files()
    touched = [key for one in snapshots for key, setting in one.settings.items() if setting.touched]
    tree = DiskTree("/")
    seen: dict[str, Node | None] = {}
    found = origins(
        tree,
        lambda accepts, absent: LiveKeys(accepts, absent, seen),
        first.host.target,
        keys=dict.fromkeys(touched),
        processes=process_names() if touched else (),
        stat=on_disk(tree),
        applies=not foreign,
        host=first.host,
        hz=first.host.hz,
    )
    return replace(found, problems=(foreign, *found.problems)) if foreign else found


def _loads(tree: Tree, later: Tree, at_boot: Kernel, now: Kernel, versions: LoaderVersions) -> Resolution:
    """Run the loaders that are there: that of the boot meets files and kernel as they are then, the other as now.

    Without systemd's, the boot's is procps', or busybox' that is taken for it.
    """
    neither = not versions.has_systemd and not versions.has_procps
    with_systemd = versions.has_systemd or (neither and not versions.busybox)
    with_procps = versions.has_procps or neither
    files, kernel = (tree, now) if with_systemd else (later, at_boot)
    return Resolution(
        versions,
        systemd.load(later, at_boot, versions.systemd) if with_systemd else None,
        procps.load(files, kernel, versions.procps) if with_procps else None,
    )


def line_of(found: LoadedValue) -> Line:
    """Return a loader's write as a line with what its text means."""
    return _line(found.key, found.raw, found.by.location, found.loader)


def _line(key: str, raw: str, at: object, by: str) -> Line:
    entry = parameter(key)
    value = interpret(entry, raw).value if entry is not None else None
    return Line(key, raw, value, at, by)  # type: ignore[arg-type]


def _sources(
    loads: Resolution,
    today: Load | None,
    present: list[Writer],
    late: tuple[str, ...],
    keys: Iterable[str],
    default: Callable[[str], Value | None],
) -> Mapping[str, Source]:
    at_boot, by_hand, now = (_told(load) for load in (loads.systemd, loads.procps, today))
    missed = _missed(loads.systemd or loads.procps, late)
    managed = {one.key for writer in present for one in writer.values}
    wanted = [*at_boot, *by_hand, *now, *missed, *sorted(managed), *(keys if present else ())]
    found: dict[str, Source] = {}
    for key in dict.fromkeys(wanted):
        absent = missed.get(key)
        found[key] = Source(
            key,
            line_of(at_boot[key]) if key in at_boot else None,
            line_of(by_hand[key]) if key in by_hand else None,
            absent,
            module_of(key) if absent is not None else None,
            _managers(present, key, by_hand.get(key) or at_boot.get(key), default),
            tuple(candidates(present, key)),
            line_of(now[key]) if key in now and (key not in at_boot or at_boot[key].by != now[key].by) else None,
        )
    return found


def _told(load: Load | None) -> dict[str, LoadedValue]:
    """Return what a loader leaves, without the other name of a variable that nobody wrote by it."""
    values = settled(load)
    written = load.values if load is not None else {}
    return {key: held for key, held in values.items() if key in written or key not in SAME}


def settled(load: Load | None) -> dict[str, LoadedValue]:
    """Return what a loader leaves, by key: two names of one variable both have what was written last to either."""
    if load is None:
        return {}
    values = dict(load.values)
    for one, other in SAME.items():
        if one in values or other in values:
            last = next(
                write for write in reversed(load.writes) if write.outcome == "set" and write.key in (one, other)
            )
            values |= {key: last._replace(key=key) for key in (one, other)}
    return values


def _refused(load: Load, late: tuple[str, ...]) -> tuple[Line, ...]:
    """Return the lines that set nothing and that nobody meant to be forgiven; a module's keys come later."""
    lines = (line_of(write) for write in load.refused if not (write.by.forgiven or write.globbed))
    return tuple({(line.at, line.raw): line for line in lines if not (late and line.key.startswith(late))}.values())


def _missed(load: Load | None, late: tuple[str, ...]) -> dict[str, Line]:
    """Return the lines that systemd-sysctl passes over because their module is not loaded yet."""
    if load is None:
        return {}
    return {
        write.key: line_of(write) for write in load.refused if write.outcome == "missing" and write.key.startswith(late)
    }


def _managers(
    present: list[Writer], key: str, file: LoadedValue | None, default: Callable[[str], Value | None]
) -> tuple[Line, ...]:
    """Return what managers' own files set, but for those that the loaders' file wins over all the same.

    A line of tuned's that begins with `>` only raises what is there, one with `<` only lowers it.
    """
    found: list[Line] = []
    for writer in present:
        yields = file is not None and any(
            file.by.file.startswith(place) if place.endswith("/") else file.by.file == place
            for place in writer.yields_to
        )
        if not yields:
            found += [
                _line(key, one.raw.lstrip("<>"), one.location, writer.name)
                for one in writer.values
                if one.key == key and not (one.templated or _changes_nothing(one, file, default))
            ]
    return tuple(found)


def _changes_nothing(one: Written, file: LoadedValue | None, default: Callable[[str], Value | None]) -> bool:
    sign = one.raw[:1]
    if sign not in "<>":
        return False
    before = line_of(file).value if file is not None else default(one.key)
    wanted = _line(one.key, one.raw.lstrip("<>"), one.location, "").value
    if not isinstance(before, int) or not isinstance(wanted, int):
        return False
    return before >= wanted if sign == ">" else before <= wanted


def _default(key: str, target: Target, host: Host | None) -> Value | None:
    entry = parameter(key)
    return default_value(entry, target, host) if entry is not None else None


def _lost(loads: list[Load], sources: Mapping[str, Source]) -> Iterable[Lost]:
    """Yield the lines that lose under every loader that reads them, to another file with another value."""
    found: dict[tuple[str, str, int], tuple[Line, Line, list[str]]] = {}
    for load in loads:
        for key, winner in load.values.items():
            for loser in winner.overrides:
                # Texts first: a host may have thousands of lines that say the same.
                if loser.raw == winner.raw or loser.by.file == winner.by.file or winner.globbed or loser.globbed:
                    continue
                place = (key, loser.by.file, loser.by.line)
                found.setdefault(place, (line_of(loser), line_of(winner), []))[2].append(load.loader)
    for (key, path, _), (line, winner_line, names) in found.items():
        wins = any(one.at.path == path for one in (sources[key].systemd, sources[key].procps) if one is not None)
        preset = path.startswith(PRESETS) and not winner_line.at.path.startswith(PRESETS)
        if not wins and not preset and not line.says(winner_line):
            yield Lost(line, winner_line, tuple(names))
