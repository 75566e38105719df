"""One boot of a tree of drop-ins: what was said of it before, and what it gave."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from tcptune.audit.answers import accepted
from tcptune.audit.modules import FAMILIES, by_udev, needs_late
from tcptune.audit.next_boot import lasting
from tcptune.audit.origins import settled
from tcptune.audit.root import kernel_of
from tcptune.errors import TcptuneError
from tcptune.loaders import systemd
from tcptune.loaders.outcome import Load
from tcptune.loaders.tree import DiskTree
from tcptune.loaders.versions import installed
from tcptune.model.version import KernelVersion, Target
from tools.boot.machine import Files, Machine

PLACES = (
    *("/etc/sysctl.d", "/run/sysctl.d", "/usr/local/lib/sysctl.d", "/usr/lib/sysctl.d", "/etc/sysctl.conf"),
    *("/etc/modules-load.d", "/etc/modules", "/usr/lib/modules-load.d", "/etc/modprobe.d", "/etc/udev/rules.d"),
    *("/etc/victim", "/etc/others", "/opt/limits.conf"),
)
MODULES = ("nf_conntrack", "br_netfilter")

SCRIPT = f"""
systemctl show systemd-sysctl -p ExecMainStatus --value
udevadm settle
journalctl -b -t systemd-sysctl -o cat --no-pager
for name in {" ".join(MODULES)}; do modprobe $name; done
udevadm settle
find /proc/sys/net /proc/sys/vm /proc/sys/fs /proc/sys/kernel -type f -perm -400 ! -name '*_key' ! -name uuid \\
    -exec grep -s '' /dev/null {{}} + > $RESULT
test -s $RESULT
"""

MOVING = re.compile(
    r"^(fs\.(dentry-state|file-nr|inode-|quota\.)|kernel\.(random\.|ns_last_pid|pty\.nr|core_pattern)|vm\.stat"
    r"|net\.ipv[46]\.neigh\.[^.]+\.(base_reachable_time|retrans_time)"
    r"|fs\.binfmt_misc\.|net\.netfilter\.nf_conntrack_count)"
)
"""What changes by itself, or by another name of it."""

BY_MEMORY = re.compile(
    r"^(net\.ipv4\.(inet_peer_threshold|tcp_mem|udp_mem|tcp_max_orphans|tcp_max_tw_buckets|tcp_[er]?hash_entries"
    r"|tcp_max_syn_backlog|tcp_ehash_entries)|vm\.(min_free_kbytes|user_reserve_kbytes|admin_reserve_kbytes)"
    r"|fs\.(epoll\.max_user_watches|file-max|inotify\.max_user_watches|fanotify\.max_user_marks)"
    r"|kernel\.threads-max|net\.netfilter\.nf_conntrack_(max|buckets|expect_max)|net\.nf_conntrack_max)"
)
"""What depends on how much memory the kernel found, which is not the same at every boot: half or double is no news."""


INTERFACE = re.compile(r"^net/ipv[46]/(conf|neigh)/(?!(all|default|lo)/)")
"""What is set once its interface is there: udev runs systemd-sysctl again."""

FORWARDING = {"net.ipv4.ip_forward", "net.ipv4.conf.all.forwarding", "net.ipv4.conf.default.forwarding"}
FOLLOWS = re.compile(r"^net\.ipv4\.(ip_forward|conf\.[^.]+\.(forwarding|accept_redirects))$")
"""What the kernel sets along with forwarding."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of one boot: `values` after it, how many parameters files set in it, and where audit was wrong."""

    values: dict[str, str]
    written: int
    compared: int
    status: int
    wrong: tuple[str, ...]
    seconds: float

    @property
    def summary(self) -> str:
        """Return it in a few words."""
        said = f"{len(self.wrong)} disagreements" if self.wrong else "as foretold"
        return f"{self.written:4} set, {self.compared:5} compared, status {self.status}, {self.seconds:3.0f} s: {said}"


def lay(machine: Machine, files: Files) -> None:
    """Put a tree of drop-ins in the place of the one before."""
    machine.remove(*PLACES)
    machine.write(files)


def compare(machine: Machine, files: Files, baseline: dict[str, str]) -> Verdict:
    """Audit the tree, boot it, and compare each parameter; `baseline` are the values of a boot without files."""
    lay(machine, files)
    document = json.loads(machine.tcptune("audit", "--root", str(machine.root), "-f", "json").stdout)
    model = _model(machine, KernelVersion.parse(document["host"]["kernel"]))
    booted = machine.boot(SCRIPT)
    if booted.status:
        raise TcptuneError(f"the script failed in the machine: {booted.output}")
    values = _values(booted.result)
    told, foretold = _of_audit(document), _of_model(model, values)
    wrong = [*differing("audit", told, values, baseline), *differing("the model", foretold, values, baseline)]
    wrong += said(model, booted.output, _set_later(machine))
    status = int(booted.output.split("\n", 1)[0] or 0)
    if status != model.status:
        wrong.append(f"systemd-sysctl ended in {status}, the model says {model.status}")
    return Verdict(values, len(model.values), len(values), status, tuple(dict.fromkeys(wrong)), booted.seconds)


def _model(machine: Machine, version: KernelVersion) -> Load:
    tree, target = lasting(DiskTree(machine.root)), Target(version, "debian", str(version))
    kernel = kernel_of(target)(accepted(target, 100), needs_late(tree, target))
    return systemd.load(tree, kernel, installed(tree).systemd)


def _values(text: str) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        path, colon, value = line.partition(":")
        if colon and path.startswith("/proc/sys/"):
            found.setdefault(path.removeprefix("/proc/sys/").translate(str.maketrans("./", "/.")), []).append(value)
    return {key: "\n".join(lines) for key, lines in found.items()}


def _of_audit(document: dict[str, Any]) -> dict[str, str]:
    """Return what the report's table says that systemd-sysctl will set; an empty text: nothing."""
    found = {}
    for row in document["parameters"]:
        said = row["persisted"]["systemd"]
        found[row["key"]] = "" if said is None else " ".join(map(str, said)) if isinstance(said, list) else str(said)
    return found


def _of_model(model: Load, values: dict[str, str]) -> dict[str, str]:
    """Return what the model says of every parameter that the machine has: those beyond the catalogue, too."""
    left = settled(model)
    found = {key: left[key].raw if key in left else "" for key in values}
    return {key: text for key, text in found.items() if not (left.keys() & FORWARDING and FOLLOWS.match(key))}


def differing(who: str, told: dict[str, str], values: dict[str, str], baseline: dict[str, str]) -> list[str]:
    """Return a line for each parameter that a boot gave otherwise; what no file sets is held against `baseline`."""
    found = []
    for key, text in told.items():
        if key not in values or MOVING.match(key):
            continue
        expected = text or baseline.get(key, values[key])
        if not same(expected, values[key]) and (text or not _by_memory(key, expected, values[key])):
            found.append(
                f"{key} is {_shown(values[key])}, {who} says {_shown(expected)}{'' if text else ' (untouched)'}"
            )
    return found


def _by_memory(key: str, before: str, now: str) -> bool:
    """Tell whether two defaults may differ by the memory that was found."""
    numbers = [int(text.split()[0]) for text in (before, now) if text.split() and text.split()[0].isdecimal()]
    return BY_MEMORY.match(key) is not None and len(numbers) == 2 and max(numbers) <= 2 * min(numbers)


def same(told: str, real: str) -> bool:
    """Compare as numbers where both are: the kernel reads octal, hexadecimal, and the first of several."""
    left, right = [_number(word) for word in told.split()], [_number(word) for word in real.split()]
    return left == right or (bool(left) and isinstance(left[0], int) and left[:1] == right[:1] and "\n" not in real)


def _number(word: str) -> int | str:
    try:
        if re.fullmatch(r"0[0-7]+", word):
            return int(word, 8)
        return int(word, 0)
    except ValueError:
        return word


def _decoded(text: str) -> str:
    """Return a text as the journal's output was read: a replacement for each byte that is no UTF-8."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _shown(text: str) -> str:
    return " ".join(text.split())


def _set_later(machine: Machine) -> tuple[str, ...]:
    """Return the beginnings of what is not there at the first run, and is set by the one that udev starts."""
    tree = lasting(DiskTree(machine.root))
    return tuple(family for name, found in FAMILIES.items() for family in found if by_udev(tree, name, family))


def said(model: Load, journal: str, later: tuple[str, ...] = ()) -> list[str]:
    """Compare what systemd-sysctl said it could not write; what is set `later` is refused once, and set then."""
    real = sorted(re.findall(r"(?m)^Couldn't write '(.*?)' to '([^']*)'(?:, ignoring)?: ", journal))
    told = sorted(
        (_decoded(write.raw), _decoded(write.path.lstrip("/")))
        for write in model.refused
        if (write.outcome != "outside" or write.error) and not write.by.forgiven
    )
    told += [(write.raw, write.path.lstrip("/")) for write in model.values.values() if write.key.startswith(later)]
    families = tuple(family.replace(".", "/") for names in FAMILIES.values() for family in names)
    lines = [
        f"the model does not know that {raw!r} to {path} is refused"
        for raw, path in real
        if (raw, path) not in told and not INTERFACE.match(path)
    ]
    # What an image's kernel has beyond the catalogue is not known: such a key is taken to be there.
    lines += [
        f"the model says that {raw!r} to {path} is refused, and it was not"
        for raw, path in told
        if (raw, path) not in real and not path.startswith(families)
    ]
    return lines
