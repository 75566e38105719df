"""Twelve parameters on one host over ssh: our task against a loop over ansible.posix.sysctl, as ratios (needs root).

    python bench/fleet.py [--rounds N] [--pipelining]

Both change the same twelve parameters, in turns within one play, on the same host: namespaces of this machine. Judged
is the least time of each task, as Ansible's own callback sees it: the start of ansible-playbook is in neither. Beside
it stands what a ping costs: a module that does nothing, which the loop pays for each key, and our task does without.
The collection ansible.posix is looked for where Ansible looks (ANSIBLE_COLLECTIONS_PATH, too); where it is missing, it
is fetched with ansible-galaxy, else out of the package `ansible` with pip, into .cache.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

from tabulate import tabulate  # noqa: E402

from tests.support.hosts import Fleet, Host, fleet  # noqa: E402
from tests.support.playbooks import TCPTUNE, Played, play  # noqa: E402

BOUND = 1 / 8
MODES: list[tuple[str, list[str], bool]] = [
    ("check mode", ["--check"], False),
    ("change", [], False),
    ("check mode with pipelining", ["--check"], True),
    ("change with pipelining", [], True),
]
"""Ansible as it comes; with pipelining, which saves each of the loop's rounds a copy, for comparison."""
CACHE = PROJECT / ".cache" / "collections"
POSIX = Path("ansible_collections", "ansible", "posix")
OURS, PEER = "/etc/sysctl.d/80-tcptune.conf", "/etc/sysctl.d/80-loop.conf"
WANTED = {
    "net.ipv4.tcp_fin_timeout": "30",
    "net.ipv4.tcp_tw_reuse": "1",
    "net.ipv4.tcp_max_tw_buckets": "262144",
    "net.ipv4.ip_local_port_range": "15000 64999",
    "net.ipv4.tcp_keepalive_time": "600",
    "net.ipv4.tcp_keepalive_intvl": "30",
    "net.ipv4.tcp_keepalive_probes": "5",
    "net.ipv4.tcp_max_syn_backlog": "8192",
    "net.ipv4.tcp_syn_retries": "4",
    "net.ipv4.tcp_slow_start_after_idle": "0",
    "net.ipv4.tcp_mtu_probing": "1",
    "net.core.somaxconn": "8192",
}
"""All of them belong to the network namespace, so that the host alone is changed."""


@dataclass(frozen=True)
class Measured:
    """The least seconds of our task, of the loop, and of a ping; the bound, where there is one."""

    mode: str
    ours: float
    loop: float
    ping: float
    bound: float | None

    @property
    def ratio(self) -> float:
        """Our time as a part of the loop's."""
        return self.ours / self.loop

    @property
    def good(self) -> bool:
        """Tell whether the bound is kept."""
        return self.bound is None or self.ratio <= self.bound

    def cells(self) -> list[str]:
        """Return the line of the table."""
        times = [f"{each:.2f} s" for each in (self.ours, self.loop, self.ping)]
        return [f"12 parameters, {self.mode}", *times, f"{self.ratio:.3f}", f"{self.bound:.3f}" if self.bound else "-"]


def collections() -> Path | None:
    """Return a folder of collections that has ansible.posix; None where it cannot be had."""
    named = os.environ.get("ANSIBLE_COLLECTIONS_PATH", "").split(os.pathsep)
    usual = [Path.home() / ".ansible/collections", Path("/usr/share/ansible/collections"), CACHE]
    usual.append(Path(sysconfig.get_path("purelib")))
    for place in (*map(Path, filter(None, named)), *usual):
        if (place / POSIX / "plugins/modules/sysctl.py").exists():
            return place
    for fetch in (_galaxy, _package):
        fetch()
        if (CACHE / POSIX / "plugins/modules/sysctl.py").exists():
            return CACHE
    return None


def _galaxy() -> None:
    program = Path(sysconfig.get_path("scripts"), "ansible-galaxy")
    _quietly([str(program), "collection", "install", "--timeout", "10", "-p", str(CACHE), "ansible.posix"])


def _package() -> None:
    with tempfile.TemporaryDirectory() as folder:
        _quietly([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder, "ansible"])
        for wheel in Path(folder).glob("ansible-*.whl"):
            with zipfile.ZipFile(wheel) as archive:
                archive.extractall(CACHE, [name for name in archive.namelist() if name.startswith(f"{POSIX}/")])


def _quietly(command: list[str]) -> None:
    CACHE.mkdir(parents=True, exist_ok=True)
    subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=180, check=False)


def tasks(rounds: int, *, check: bool) -> Iterator[Mapping[str, Any]]:
    """Yield what the play does: a task of ours and a loop in turns, each taken back; and a ping."""
    yield {"name": "warm", "ansible.builtin.ping": {}}
    ours = {"settings": WANTED, "file": OURS, "executable": TCPTUNE}
    each = {"name": "{{ item.key }}", "value": "{{ item.value }}", "sysctl_set": True, "sysctl_file": PEER}
    loop = {"ansible.posix.sysctl": {**each, "reload": False}, "loop": "{{ wanted | dict2items }}"}
    for _ in range(rounds):
        yield {"name": "ping", "ansible.builtin.ping": {}}
        yield {"name": "ours", "tcptune.tcptune.profile": ours}
        if not check:
            yield {"name": "ours back", "tcptune.tcptune.profile": {"state": "rolled_back", "executable": TCPTUNE}}
        yield {"name": "loop", **loop, "vars": {"wanted": WANTED}}
        if not check:
            yield {"name": "loop back", "ansible.builtin.shell": "{{ undo }}"}


def undo(host: Host) -> str:
    """Return the script that makes the host what it is now: the module in the loop has no way to."""
    lines = [f"rm {PEER}"]
    lines += [f"echo '{host.sysctl(key)}' >/proc/sys/{key.replace('.', '/')}" for key in WANTED]
    return "set -e; " + "; ".join(lines)


def seconds(played: Played, name: str, rounds: int) -> float:
    """Return the least that a task took; ends the measurement if it did not do its work each time."""
    outcomes = [each for each in played.outcomes if each.task == name]
    idle = name != "ping" and not all(each.changed for each in outcomes)
    if len(outcomes) != rounds or idle or any(each.status != "ok" for each in outcomes):
        raise SystemExit(f"the task {name!r} did not do its work: nothing was measured\n{played.text}")
    return min(each.seconds for each in outcomes)


def measure(hosts: Fleet, place: Path, rounds: int, *, pipelining: bool) -> Iterator[Measured]:
    """Yield the times of changing, and of check mode."""
    (host,) = hosts.hosts
    merged = hosts.folder / "collections"
    for name in ("tcptune/tcptune", "ansible/posix"):
        target = merged / "ansible_collections" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to((PROJECT if name.startswith("tcptune") else place) / "ansible_collections" / name)
    for mode, words, pipes in MODES:
        if pipes and not pipelining:
            continue
        plays = [{"hosts": "all", "tasks": list(tasks(rounds, check=bool(words))), "vars": {"undo": undo(host)}}]
        variables = {"all": {"ansible_pipelining": pipes}}
        played = play(hosts, plays, *words, collections=merged, variables=variables)
        ours, loop, ping = (seconds(played, name, rounds) for name in ("ours", "loop", "ping"))
        yield Measured(mode, ours, loop, ping, None if pipes else BOUND)


def main() -> int:
    """Print the table, or why there is none; the status is 1 when a bound is missed."""
    parser = argparse.ArgumentParser(prog="python bench/fleet.py", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3, help="how often each takes its turn (3)")
    parser.add_argument("--pipelining", action="store_true", help="with Ansible's pipelining, too")
    asked = parser.parse_args()
    if os.geteuid() != 0 or shutil.which("sshd", path="/usr/sbin:/usr/local/sbin:" + os.environ["PATH"]) is None:
        print("ansible: not measured: it needs root and sshd, for a host of its own")
        return 0
    place = collections()
    if place is None:
        print("ansible: not measured: ansible.posix is not here, and neither ansible-galaxy nor pip can fetch it")
        return 0
    with tempfile.TemporaryDirectory(prefix="tcptune-bench-") as folder, fleet(1, Path(folder)) as hosts:
        found = list(measure(hosts, place, asked.rounds, pipelining=asked.pipelining))
    headers = ["one host over ssh", "ours", "loop", "ping", "ratio", "bound"]
    print(tabulate([each.cells() for each in found], headers=headers, disable_numparse=True))
    print(f"\nthe least of {asked.rounds} turns; the loop is over ansible.posix.sysctl of {place}")
    return 0 if all(each.good for each in found) else 1


if __name__ == "__main__":
    sys.exit(main())
