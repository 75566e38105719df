"""Where each value comes from: the files of a host under both loaders, the managers that write after them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from tcptune.audit.access import Stat, on_disk, writable
from tcptune.audit.modules import module_of, needs_late
from tcptune.audit.unread import unread
from tcptune.catalog import parameter
from tcptune.live.processes import process_names
from tcptune.live.snapshot import Snapshot
from tcptune.loaders import procps, systemd
from tcptune.loaders.kernel import Kernel, LiveKeys
from tcptune.loaders.outcome import Load, LoadedValue
from tcptune.loaders.resolve import Resolution
from tcptune.loaders.tree import DiskTree, Tree
from tcptune.loaders.versions import LoaderVersions, installed
from tcptune.loaders.writers import Writer, candidates, writers
from tcptune.model.origin import Line, Lost, Origins, Source
from tcptune.model.version import Target
from tcptune.rules.written import interpret

PRESETS = ("/usr/lib/", "/usr/local/lib/", "/lib/")
"""Where packages put their drop-ins; /etc and /run are there to replace them."""


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
    hz: int = 250,
) -> Origins:
    """Return what the files of a host say of its parameters.

    `kernel` makes the kernel that the loaders meet, from what judges a text and from the families that are absent
    at boot. `keys` are parameters that are looked at beside those in the files, `stat` gives mode and owner.
    """
    versions = versions or installed(tree)
    late = needs_late(tree, target)
    accepts = accepted(target, hz)
    loads = _loads(tree, kernel(accepts, late), kernel(accepts, ()), versions)
    present = writers(tree, processes)
    sources = _sources(loads, present, late, keys)
    found = [load for load in (loads.systemd, loads.procps) if load is not None]
    return Origins(
        sources=sources,
        applies=applies,
        loaders=tuple(load.loader for load in found),
        boot="systemd" if loads.systemd is not None else "procps",
        lost=tuple(_lost(found, sources)),
        unread=tuple(unread(tree, found)),
        writable=tuple(writable(tree, found, stat)) if stat is not None else (),
        problems=tuple(dict.fromkeys([*versions.limits, *(one.message for load in found for one in load.problems)])),
    )


def live_origins(snapshots: Sequence[Snapshot]) -> Origins:
    """Return what the files of this host say; the namespace that was asked for comes first and has the kernel."""
    first = snapshots[0]
    touched = [key for one in snapshots for key, setting in one.settings.items() if setting.touched]
    tree = DiskTree("/")
    return origins(
        tree,
        LiveKeys,
        first.host.target,
        keys=dict.fromkeys(touched),
        processes=process_names() if touched else (),
        stat=on_disk(tree),
        hz=first.host.hz,
    )


def _loads(tree: Tree, at_boot: Kernel, now: Kernel, versions: LoaderVersions) -> Resolution:
    """Run the loaders that are there: systemd's meets the kernel as it is at boot, procps' as it is by hand."""
    neither = not versions.has_systemd and not versions.has_procps
    with_systemd = versions.has_systemd or (neither and not versions.busybox)
    with_procps = versions.has_procps or neither
    return Resolution(
        versions,
        systemd.load(tree, at_boot, versions.systemd) if with_systemd else None,
        procps.load(tree, now, versions.procps) if with_procps else None,
    )


def accepted(target: Target, hz: int) -> Callable[[str, str], str]:
    """Return what answers EINVAL to the texts that the kernel is known to refuse."""
    known: dict[tuple[str, str], str] = {}

    def answer(key: str, text: str) -> str:
        if (key, text) not in known:
            known[key, text] = _answer(key, text, target, hz)
        return known[key, text]

    return answer


def _answer(key: str, text: str, target: Target, hz: int) -> str:
    entry = parameter(key)
    if entry is None or entry.kind in ("ports", "text"):
        return ""
    value = interpret(entry, text).value
    if value is None or isinstance(value, str):
        # One number of a pair is taken and changes the low end; what is no number at all is refused.
        return "" if value is not None or _begins_with_number(text) else "EINVAL"
    step = entry.accepted_on(target)
    low, high = step.bounds(hz) if step is not None else (None, None)
    numbers = value if isinstance(value, tuple) else (value,)
    if any((low is not None and one < low) or (high is not None and one > high) for one in numbers):
        return "EINVAL"
    return "EINVAL" if entry.kind == "pair" and numbers[0] > numbers[-1] else ""


def _begins_with_number(text: str) -> bool:
    word = (text.split() or [""])[0]
    return word.removeprefix("-").isdecimal()


def line_of(found: LoadedValue) -> Line:
    """Return a loader's write as a line with what its text means."""
    return _line(found.key, found.raw, found.by.location, found.loader)


def _line(key: str, raw: str, at: object, by: str) -> Line:
    entry = parameter(key)
    value = interpret(entry, raw).value if entry is not None else None
    return Line(key, raw, value, at, by)  # type: ignore[arg-type]


def _sources(
    loads: Resolution, present: list[Writer], late: tuple[str, ...], keys: Iterable[str]
) -> Mapping[str, Source]:
    at_boot = loads.systemd.values if loads.systemd else {}
    by_hand = loads.procps.values if loads.procps else {}
    missed = _missed(loads.systemd, late)
    managed = {one.key for writer in present for one in writer.values}
    wanted = [*at_boot, *by_hand, *missed, *sorted(managed), *(keys if present else ())]
    found: dict[str, Source] = {}
    for key in dict.fromkeys(wanted):
        absent = missed.get(key)
        found[key] = Source(
            key,
            line_of(at_boot[key]) if key in at_boot else None,
            line_of(by_hand[key]) if key in by_hand else None,
            absent,
            module_of(key) if absent is not None else None,
            _managers(present, key, by_hand.get(key) or at_boot.get(key)),
            tuple(candidates(present, key)),
        )
    return found


def _missed(load: Load | None, late: tuple[str, ...]) -> dict[str, Line]:
    """Return the lines that systemd-sysctl passes over because their module is not loaded yet."""
    if load is None:
        return {}
    return {
        write.key: line_of(write) for write in load.refused if write.outcome == "missing" and write.key.startswith(late)
    }


def _managers(present: list[Writer], key: str, file: LoadedValue | None) -> tuple[Line, ...]:
    """Return what managers' own files set, but for those that the loaders' file wins over all the same."""
    found = []
    for writer in present:
        yields = file is not None and any(
            file.by.file.startswith(place) if place.endswith("/") else file.by.file == place
            for place in writer.yields_to
        )
        if not yields:
            found += [
                _line(key, one.raw.lstrip("<>"), one.location, writer.name)
                for one in writer.values
                if one.key == key and not one.templated
            ]
    return tuple(found)


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
