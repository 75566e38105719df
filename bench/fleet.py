"""Twelve parameters on one host over ssh: our module against a loop over ansible.posix.sysctl, as ratios (needs root).

Both change the same twelve parameters, in the same run, on the same host: namespaces of this machine. Judged is
the time of the tasks themselves, as Ansible's own callback sees it: the start of ansible-playbook is in neither. The
collection ansible.posix is looked for where Ansible looks (ANSIBLE_COLLECTIONS_PATH, too); where it is missing, it is
fetched with ansible-galaxy, else out of the package `ansible` with pip, into .cache.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

from tabulate import tabulate  # noqa: E402

from tests.support.hosts import Fleet, fleet  # noqa: E402
from tests.support.playbooks import TCPTUNE, Played, play  # noqa: E402

ROUNDS = 3
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


def tasks() -> Iterator[Mapping[str, Any]]:
    """Yield one task of ours and one loop, and what takes each back."""
    yield {"name": "warm", "ansible.builtin.command": {"argv": ["true"]}}
    yield {"name": "ours", "tcptune.tcptune.profile": {"settings": WANTED, "file": OURS, "executable": TCPTUNE}}
    yield {"name": "ours back", "tcptune.tcptune.profile": {"state": "rolled_back", "executable": TCPTUNE}}
    each = {"name": "{{ item.key }}", "value": "{{ item.value }}", "sysctl_set": True, "sysctl_file": PEER}
    loop = "{{ wanted | dict2items }}"
    yield {"name": "loop", "ansible.posix.sysctl": {**each, "reload": False}, "loop": loop, "vars": {"wanted": WANTED}}


def reset(hosts: Fleet, before: Mapping[str, str]) -> None:
    """Put the host back to what it was: the module in the loop has no way to."""
    (host,) = hosts.hosts
    host.run("rm", "-f", OURS, PEER)
    for key, value in before.items():
        host.set(key, value)


def seconds(played: Played, name: str) -> float:
    """Return what a task took; ends the measurement if it did not do its work."""
    outcomes = [each for each in played.outcomes if each.task == name]
    if len(outcomes) != 1 or outcomes[0].status != "ok" or not outcomes[0].changed:
        raise SystemExit(f"the task {name!r} did not change the host: nothing was measured\n{played.text}")
    return outcomes[0].seconds


def measure(hosts: Fleet, place: Path) -> list[list[str]]:
    """Return the lines of the table: changing, and in check mode."""
    (host,) = hosts.hosts
    before = {key: host.sysctl(key) for key in WANTED}
    found: dict[str, list[tuple[float, float]]] = {}
    merged = hosts.folder / "collections"
    for name in ("tcptune/tcptune", "ansible/posix"):
        target = merged / "ansible_collections" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to((PROJECT if name.startswith("tcptune") else place) / "ansible_collections" / name)
    for _ in range(ROUNDS):
        for mode, words, pipelining in MODES:
            chosen = [each for each in tasks() if not words or each["name"] != "ours back"]
            variables = {"all": {"ansible_pipelining": pipelining}}
            played = play(hosts, [{"hosts": "all", "tasks": chosen}], *words, collections=merged, variables=variables)
            found.setdefault(mode, []).append((seconds(played, "ours"), seconds(played, "loop")))
            reset(hosts, before)
    return [
        [
            f"12 parameters, {mode}",
            f"{statistics.median(mine for mine, _ in times):.2f} s",
            f"{statistics.median(peer for _, peer in times):.2f} s",
            f"{statistics.median(mine / peer for mine, peer in times):.3f}",
            f"{BOUND:.3f}" if "pipelining" not in mode else "-",
        ]
        for mode, times in found.items()
    ]


def main() -> int:
    """Print the table, or why there is none."""
    if os.geteuid() != 0 or shutil.which("sshd", path="/usr/sbin:/usr/local/sbin:" + os.environ["PATH"]) is None:
        print("ansible: not measured: it needs root and sshd, for a host of its own")
        return 0
    place = collections()
    if place is None:
        print("ansible: not measured: ansible.posix is not here, and neither ansible-galaxy nor pip can fetch it")
        return 0
    with tempfile.TemporaryDirectory(prefix="tcptune-bench-") as folder, fleet(1, Path(folder)) as hosts:
        lines = measure(hosts, place)
    print(tabulate(lines, headers=["one host over ssh", "ours", "loop", "ratio", "bound"], disable_numparse=True))
    print(f"\nmedians of {ROUNDS} runs; the loop is over ansible.posix.sysctl of {place}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
