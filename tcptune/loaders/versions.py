"""How the versions of the two loaders differ, as data, and which ones a file tree has.

Each difference was read in the source of the release named and is held against the real program by the tests.
"""

from __future__ import annotations

import re

from tcptune.loaders.tree import Content, Failure, Tree
from tcptune.model.record import dataclass

Number = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Procps:
    """`sysctl` of procps, one release.

    `deferred`: reads all files before the first write, knows globs and `-key` (4.0.0). `glob_excludes`: a `-pattern`
    takes keys out of globs (4.0.5). `locked_fails`: a read-only key or a folder makes the status 1 (4.0.6).
    `forgives`: `-key = value` forgives a refused text (4.0.7).
    """

    number: Number
    deferred: bool = False
    glob_excludes: bool = False
    locked_fails: bool = False
    forgives: bool = False

    @property
    def name(self) -> str:
        """Return the version as its vendor writes it."""
        return ".".join(map(str, self.number))


@dataclass(frozen=True, slots=True)
class Systemd:
    """`systemd-sysctl`, one release.

    `lib`: reads /lib/sysctl.d too (Debian's, as long as /usr was split). `checks`: refuses a path with `..` and
    reads a key before it writes it. `climbs`: drops `..` at the beginning of a path. `resolves`: leaves out a file
    whose links lead in a circle or over a file, before it looks at the folders below, and what is wrong with the
    credential counts. `semicolons`: `;` begins a comment.
    """

    number: Number
    lib: bool = False
    checks: bool = True
    climbs: bool = False
    resolves: bool = False
    semicolons: bool = True

    @property
    def name(self) -> str:
        """Return the version as its vendor writes it."""
        return ".".join(map(str, self.number))


PROCPS = (
    Procps((3, 3, 17)),
    Procps((4, 0, 0), deferred=True),
    Procps((4, 0, 5), deferred=True, glob_excludes=True),
    Procps((4, 0, 6), deferred=True, glob_excludes=True, locked_fails=True),
    Procps((4, 0, 7), deferred=True, glob_excludes=True, locked_fails=True, forgives=True),
)
"""The releases of procps that load files differently from the one before."""

SYSTEMD = (
    Systemd((247,), lib=True, checks=False),
    Systemd((252,), lib=True),
    Systemd((257,), climbs=True),
    Systemd((262,), climbs=True, resolves=True, semicolons=False),
)
"""The releases of systemd whose systemd-sysctl is known to load differently; those between load like the older one."""


def procps(number: Number) -> Procps:
    """Return how a release of procps loads; one that is older than all loads like the oldest."""
    known = max((one for one in PROCPS if one.number <= number), key=lambda one: one.number, default=PROCPS[0])
    return Procps(number, known.deferred, known.glob_excludes, known.locked_fails, known.forgives)


def systemd(number: Number) -> Systemd:
    """Return how a release of systemd-sysctl loads; one that is older than all loads like the oldest."""
    known = max((one for one in SYSTEMD if one.number <= number), key=lambda one: one.number, default=SYSTEMD[0])
    return Systemd(number, known.lib, known.checks, known.climbs, known.resolves, known.semicolons)


@dataclass(frozen=True, slots=True)
class LoaderVersions:
    """The loaders of a tree: `has_*` tells whether the program is there, `guessed_*` whether its version is a guess.

    A version is always given: the newest one where nothing says which. `busybox` is true when `sysctl` is busybox's.
    """

    procps: Procps
    systemd: Systemd
    has_procps: bool = True
    has_systemd: bool = True
    guessed_procps: bool = False
    guessed_systemd: bool = False
    busybox: bool = False

    @property
    def limits(self) -> list[str]:
        """Return a sentence for each version that was guessed."""
        said = []
        if not (self.has_systemd or self.has_procps or self.busybox):
            said.append(
                "No loader is installed here: what is said is what the newest systemd-sysctl and procps would do."
            )
        if self.busybox and not self.has_systemd:
            said.append("sysctl is busybox's here: what loads the files at boot is taken to do it as procps does.")
        if self.has_procps and self.guessed_procps:
            said.append(f"The version of procps is not known here; {self.procps.name} is assumed.")
        if self.has_systemd and self.guessed_systemd:
            said.append(f"The version of systemd is not known here; {self.systemd.name} is assumed.")
        return said


NEWEST = LoaderVersions(PROCPS[-1], SYSTEMD[-1], guessed_procps=True, guessed_systemd=True)
"""What is assumed where nothing is known."""

_SYSCTL = ("/usr/sbin/sysctl", "/sbin/sysctl", "/usr/bin/sysctl", "/bin/sysctl")
_SYSTEMD_SYSCTL = ("/usr/lib/systemd/systemd-sysctl", "/lib/systemd/systemd-sysctl")
_PROCPS_SAYS = re.compile(r"procps-ng (\d+(?:\.\d+)+)")
_SYSTEMD_SAYS = re.compile(r"libsystemd-shared-(\d+)|\bsystemd (\d{3})\b")
_DPKG = "/var/lib/dpkg/status"
_ENTRY = re.compile(r"^\s*Package: (procps|systemd)\n")
_VERSION = re.compile(r"\nVersion: (?:\d+:)?(\d+(?:\.\d+)*)")


def installed(tree: Tree) -> LoaderVersions:
    """Return the loaders of a file tree, by what their programs say of themselves; no program is run.

    Where a program is not there or says nothing, as in a backup of /etc and /var, dpkg's list of packages may.
    """
    where, said = _first(tree, _SYSCTL, _PROCPS_SAYS)
    busybox = where.endswith("/busybox")
    there, told = _first(tree, _SYSTEMD_SYSCTL, _SYSTEMD_SAYS)
    if not (said or busybox) or not told:
        listed = _packages(tree)
        said = said or (() if busybox else listed.get("procps", ()))
        told = told or listed.get("systemd", ())[:1]
    return LoaderVersions(
        procps(said) if said else NEWEST.procps,
        systemd(told) if told else NEWEST.systemd,
        has_procps=bool(where or said) and not busybox,
        has_systemd=bool(there or told),
        guessed_procps=not said,
        guessed_systemd=not told,
        busybox=busybox,
    )


def _packages(tree: Tree) -> dict[str, Number]:
    """Return the versions of the loaders' packages that dpkg has as installed."""
    content = tree.read(_DPKG)
    found: dict[str, Number] = {}
    for entry in content.text.split("\n\n") if isinstance(content, Content) else ():
        name, version = _ENTRY.search(entry), _VERSION.search(entry)
        if name is not None and version is not None and "\nStatus: install ok installed\n" in entry:
            found[name[1]] = tuple(int(part) for part in version[1].split("."))
    return found


def _first(tree: Tree, paths: tuple[str, ...], says: re.Pattern[str]) -> tuple[str, Number]:
    """Return where the first of these programs is (its links followed) and the version that stands in it."""
    for path in paths:
        at = tree.resolve(path)
        if at.kind != "file":
            continue
        content = None if at.real.endswith("/busybox") else tree.read(path)
        found = None if content is None or isinstance(content, Failure) else says.search(content.text)
        text = next((group for group in found.groups() if group), "") if found else ""
        return at.real, tuple(int(part) for part in text.split(".") if part)
    return "", ()
