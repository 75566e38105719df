"""What the collector's script prints, read: the host's values and counters, and its files as a tree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from tcptune.audit.access import Mode
from tcptune.catalog import default_value, parameters
from tcptune.errors import TcptuneError
from tcptune.live.counters import parse_conntrack, parse_pairs, parse_sockstat
from tcptune.live.host import kernel_version, memory_bytes, parse_os_release, uptime
from tcptune.live.root import FIRST, SAID
from tcptune.loaders.kernel import Accepts, Keys
from tcptune.loaders.tree import Content, Kind, Link, MemoryTree
from tcptune.loaders.versions import NEWEST, LoaderVersions, Number, procps, systemd
from tcptune.model.host import Conntrack, Host, Pressure
from tcptune.model.setting import Setting
from tcptune.model.value import parse_live
from tcptune.model.version import OLDEST

MAGIC = "@ tcptune-collected 1"
LEFT_OUT = 20
"""How many files are named that the collector left out."""

_PROC_SYS = "/proc/sys/"
_SWAP = str.maketrans("./", "/.")


def script() -> str:
    """Return the collector's script."""
    return Path(__file__).with_name("collect.sh").read_text("utf-8")


class CollectedTree(MemoryTree):
    """The files that were collected; `odd` are paths of what is no file (`special`) or could not be read (`denied`)."""

    def __init__(self, files: dict[str, bytes | str | Link | None], odd: Mapping[str, Kind]) -> None:
        super().__init__({**files, **dict.fromkeys(odd)}, whole=True)
        self._odd = odd

    def _kind(self, path: str) -> Kind:
        return self._odd.get(path) or super()._kind(path)


class Collected(NamedTuple):
    """A collector's output: `texts` by name, the files, their modes, and a sentence for each that was left out."""

    texts: Mapping[str, str]
    tree: CollectedTree
    modes: Mapping[str, Mode]
    skipped: tuple[str, ...] = ()

    def text(self, name: str) -> str:
        """Return what was said under a name; empty when nothing was."""
        return self.texts.get(name, "")

    def keys(self, name: str) -> list[str]:
        """Return the parameters that are listed under a name."""
        listed = self.text(name).splitlines()
        return [line.removeprefix(_PROC_SYS).translate(_SWAP) for line in listed if line.startswith(_PROC_SYS)]


def read(path: str, text: str) -> Collected:
    """Read a collector's output. Raises `TcptuneError` when it is cut short."""
    texts: dict[str, str] = {}
    files: dict[str, bytes | str | Link | None] = {}
    odd: dict[str, Kind] = {}
    modes: dict[str, Mode] = {}
    skipped: list[str] = []
    ended = False
    for kind, name, content in _blocks(text):
        if kind == "text":
            texts[name] = content
        elif kind == "file":
            files[name] = content
        elif kind == "folder":
            files[name] = None
        elif kind == "link":
            files[name] = Link(content.strip("\n") or name)
        elif kind == "stat" and (mode := _mode(content)) is not None:
            modes[name] = mode
        elif kind == "skipped":
            skipped.append(f"{name} was not collected: {' '.join(content.split())}.")
        elif kind == "special" or kind == "denied":
            odd[name] = "special" if kind == "special" else "denied"
        ended = ended or kind == "end"
    if not ended:
        raise TcptuneError(f"{path}: the collector's output is cut short", hint="its last line is `@ end`")
    if not texts.get("uname", "").strip():
        raise TcptuneError(f"{path}: the collector's output names no kernel")
    usable = {name: held for name, held in files.items() if name.startswith("/")}
    tree = CollectedTree(usable, {n: k for n, k in odd.items() if n.startswith("/")})
    return Collected(texts, tree, modes, tuple(skipped[:LEFT_OUT]))


def _blocks(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield kind, name and content of each block; lines that are neither head nor content are none of ours."""
    kind, name, held = "", "", list[str]()
    for line in text.split("\n"):
        if line.startswith("@ "):
            if kind:
                yield kind, name, "".join(held)
            kind, _, name = line[2:].partition(" ")
            held = []
        elif line.startswith("|"):
            held.append(line[1:] + "\n")
    if kind:
        yield kind, name, "".join(held)


def _mode(listed: str) -> Mode | None:
    """Read a line of `ls -ldn`: `-rw-r--r-- 1 0 0 …`."""
    words = listed.split()
    if len(words) < 4 or len(words[0]) < 10 or not words[2].isdecimal() or not words[3].isdecimal():
        return None
    bits = 0
    for number, letter in enumerate(words[0][1:10]):
        bits |= 0o400 >> number if letter not in "-ST" else 0
    return Mode(bits, int(words[2]), int(words[3]))


def host_of(found: Collected) -> Host:
    """Return the host that was collected."""
    release = found.text("uname").strip()
    kernel = kernel_version(release, found.text("build"), found.text("/proc/version_signature"))
    told = found.tree.read("/etc/os-release")
    system = parse_os_release(told.text if isinstance(told, Content) else "")
    from tcptune.catalog.distributions import vendor_of

    values = found.text("values")
    cpus, user = found.text("cpus").strip(), found.text("uid").strip()
    host = Host(
        kernel=kernel or OLDEST,
        release=release,
        vendor=vendor_of(release, system.get("ID", ""), system.get("VERSION_ID", "")),
        distro=system.get("PRETTY_NAME") or system.get("NAME", ""),
        memory_bytes=memory_bytes(found.text("/proc/meminfo")),
        cpus=int(cpus) if cpus.isdecimal() and cpus != "0" else 1,
        ehash_entries=_number(values, "net/ipv4/tcp_ehash_entries"),
        uptime_seconds=uptime(found.text("/proc/uptime")),
        initial=f"{_PROC_SYS}net/ipv4/tcp_mem:" in values,
        privileged=user == "0",
        limits=("collected by the script: sockets are known by their counts alone", *found.skipped),
    )
    return replace(host, hz=_tick_rate(host, _number(values, "net/core/netdev_budget_usecs")))


def _tick_rate(host: Host, budget: int | None) -> int:
    """Return the tick rate, which a shell cannot ask for: the one whose default the host has for what hangs on it."""
    entry = parameters()["net.core.netdev_budget_usecs"]
    rates = (250, 1000, 100, 300)
    return next((hz for hz in rates if default_value(entry, host.target, replace(host, hz=hz)) == budget), 250)


def _number(values: str, path: str) -> int | None:
    text = next((line for line in values.splitlines() if line.startswith(f"{_PROC_SYS}{path}:")), "").partition(":")[2]
    return int(text) if text.strip().removeprefix("-").isdecimal() else None


def foreign_files(found: Collected, host: Host) -> str:
    """Return the sentence that says why the files are not those that the host boots with; empty where they are."""
    if host.initial is not True:
        return ""
    namespace, roots = found.text("pid-namespace").strip(), found.text("roots").splitlines()
    numbers = [words[0] for line in roots if len(words := line.split()) == 2 and words[0].isdecimal()]
    if namespace.startswith("pid:[") and namespace != FIRST["pid"]:
        return "" if "microsoft" in host.release else SAID.format(why="it was collected in a container", hint="")
    if len(numbers) == 2 and numbers[0] != numbers[1]:
        return SAID.format(why="it was collected with another root than the host's", hint="")
    return ""


def settings_of(found: Collected, host: Host) -> dict[str, Setting]:
    """Return the values of the parameters that the catalogue knows."""
    texts: dict[str, str] = {}
    for line in found.text("values").splitlines():
        path, colon, text = line.partition(":")
        if colon and path.startswith(_PROC_SYS):
            texts[path.removeprefix(_PROC_SYS).translate(_SWAP)] = text
    settings: dict[str, Setting] = {}
    for key, entry in parameters().items():
        if key not in texts:
            continue
        try:
            value = parse_live(entry.kind, texts[key])
        except ValueError:
            settings[key] = Setting(key, texts[key], touched=False)
            continue
        default = default_value(entry, host.target, host)
        settings[key] = Setting(key, texts[key], value, touched=default is not None and value != default)
    return settings


def pressure_of(found: Collected) -> Pressure:
    """Return the gauges and counters."""
    counters = parse_pairs(found.text("/proc/net/netstat"), ("TcpExt",))
    counters |= parse_pairs(found.text("/proc/net/snmp"), ("Tcp",))
    sockets = parse_sockstat(found.text("/proc/net/sockstat")) | parse_sockstat(found.text("/proc/net/sockstat6"))
    count, limit, buckets = (
        _number(found.text("values"), f"net/netfilter/nf_conntrack_{name}") for name in ("count", "max", "buckets")
    )
    tracked = None
    if count is not None or limit is not None:
        tracked = Conntrack(count, limit, buckets, parse_conntrack(found.text("/proc/net/stat/nf_conntrack")))
    return Pressure(sockets=sockets, counters=counters, conntrack=tracked)


def versions_of(found: Collected) -> LoaderVersions:
    """Return the loaders by what they said of themselves."""

    def number(text: str, before: str) -> Number:
        words = text.split()
        told = next((words[i + 1] for i, word in enumerate(words[:-1]) if word == before), "")
        return tuple(int(part) for part in told.split(".") if part.isdecimal())

    hand, boot = found.text("sysctl"), found.text("systemd")
    busybox = "busybox" in hand.lower()
    by_hand, at_boot = number(hand, "procps-ng"), number(boot, "systemd")
    return LoaderVersions(
        procps(by_hand) if by_hand else NEWEST.procps,
        systemd(at_boot) if at_boot else NEWEST.systemd,
        has_procps=bool(by_hand),
        has_systemd="systemd" in found.texts,
        guessed_procps=not by_hand,
        guessed_systemd=not at_boot,
        busybox=busybox,
    )


LISTED = ("net.", "fs.", "vm.", "kernel.")
"""The families whose keys are all in the list."""


def kernel_of(found: Collected, accepts: Accepts) -> Keys:
    """Return the kernel as the loaders meet it; a key of a family that was not listed is taken to be there."""
    listed = found.keys("keys")
    return Keys(listed, complete=False, whole=LISTED if listed else (), read_only=found.keys("locked"), accepts=accepts)
