"""Both loaders on one tree: where they part, and how long it takes."""

from __future__ import annotations

import time
from pathlib import Path

from tcptune.loaders.kernel import Keys, LiveKeys
from tcptune.loaders.resolve import reads, resolve
from tcptune.loaders.tree import DiskTree, Link, MemoryTree
from tcptune.loaders.versions import NEWEST

FIN, SOMAX = "net.ipv4.tcp_fin_timeout", "net.core.somaxconn"
PROGRAMS = {"/sbin/sysctl": b"procps-ng 4.0.4", "/lib/systemd/systemd-sysctl": b"libsystemd-shared-257.so"}


def test_the_loaders_part_over_sysctl_conf() -> None:
    """55 by hand, 66 at boot."""
    tree = MemoryTree(
        {
            **PROGRAMS,
            "/etc/sysctl.conf": f"{FIN} = 55\n{SOMAX} = 4096\n",
            "/etc/sysctl.d/99-zz.conf": f"{FIN} = 66\n{SOMAX} =\t4096\n",
        }
    )
    found = resolve(tree, Keys([FIN, SOMAX]))
    ((key, boot, by_hand),) = found.differing()
    assert boot is not None and by_hand is not None
    assert (key, boot.raw, by_hand.raw) == (FIN, "66", "55")
    assert [load.loader for load in found.loads] == ["systemd", "procps"]


def test_a_file_is_read_through_a_link_too() -> None:
    """systemd-sysctl reaches sysctl.conf by Debian's link only."""
    files: dict[str, bytes | str | Link | None] = {**PROGRAMS, "/etc/sysctl.conf": "", "/etc/sysctl.d/a.conf": ""}
    for linked in (False, True):
        tree = MemoryTree({**files, "/etc/sysctl.d/99-sysctl.conf": Link("../sysctl.conf")} if linked else files)
        found = resolve(tree, Keys([]))
        assert [reads(tree, load, "/etc/sysctl.conf") for load in found.loads] == [linked, True]


def test_a_key_that_only_one_of_them_sets_differs() -> None:
    """The other side is None."""
    tree = MemoryTree({**PROGRAMS, "/etc/sysctl.conf": f"{FIN} = 55\n"})
    ((key, boot, by_hand),) = resolve(tree, Keys([FIN])).differing()
    assert (key, boot, by_hand and by_hand.raw) == (FIN, None, "55")


def test_a_loader_that_is_not_installed_has_no_part() -> None:
    """Unless both are asked for, or neither is there."""
    tree = MemoryTree({"/lib/systemd/systemd-sysctl": b"libsystemd-shared-257.so", "/etc/sysctl.conf": f"{FIN} = 5\n"})
    found = resolve(tree, Keys([FIN]))
    assert (found.procps, found.differing()) == (None, [])
    assert resolve(tree, Keys([FIN]), both=True).procps is not None
    bare = resolve(MemoryTree({}), Keys([]))
    assert bare.procps is not None and bare.systemd is not None and bare.versions.procps == NEWEST.procps


def test_keys_of_a_module_that_is_loaded_later_are_missing_at_boot() -> None:
    """The same files, with and without connection tracking."""
    key = "net.netfilter.nf_conntrack_max"
    tree = MemoryTree({**PROGRAMS, "/etc/sysctl.d/a.conf": f"{key} = 5\n"})
    assert resolve(tree, Keys([key])).loads[0].values[key].raw == "5"
    late = resolve(tree, Keys([FIN])).loads[0]
    assert [(value.key, value.outcome) for value in late.refused] == [(key, "missing")]


def test_the_running_kernel_is_only_looked_at() -> None:
    """Its keys are found, globs too, and nothing is written."""
    before = Path("/proc/sys/net/core/somaxconn").read_text()
    tree = MemoryTree({"/etc/sysctl.d/a.conf": f"{SOMAX} = 1\nnet.ipv4.conf.l?.rp_filter = 2\nnet.ipv4.no = 1\n"})
    load = resolve(tree, LiveKeys(lambda key, text: "EINVAL" if text == "2" else "")).loads[0]
    assert [(write.key, write.outcome) for write in load.writes] == [
        (SOMAX, "set"),
        ("net.ipv4.conf.lo.rp_filter", "refused"),
        ("net.ipv4.no", "missing"),
    ]
    assert Path("/proc/sys/net/core/somaxconn").read_text() == before
    gone = resolve(tree, LiveKeys(absent=("net.core.somaxconn",))).loads[0]
    assert SOMAX not in gone.values


def test_keys_that_are_not_listed_may_be_taken_to_be_there() -> None:
    """For a kernel of which only some keys are known; globs find those."""
    keys = Keys(["net.ipv4.conf.lo.rp_filter"], complete=False)
    tree = MemoryTree({"/etc/sysctl.d/a.conf": "vm.x = 1\nnet.ipv4.conf.*.rp_filter = 2\nnet/../../x = 1\n"})
    load = resolve(tree, keys).loads[0]
    assert set(load.values) == {"vm.x", "net.ipv4.conf.lo.rp_filter"}


def test_forty_drop_ins_of_a_hundred_lines_resolve_at_once(tmp_path: Path) -> None:
    """Both loaders, from disk, the best of five runs."""
    folder = tmp_path / "etc/sysctl.d"
    folder.mkdir(parents=True)
    keys = [f"net.ipv4.conf.eth{number}.rp_filter" for number in range(400)]
    for number in range(40):
        lines = [f"{key} = {number}\n" for key in keys[number * 10 : number * 10 + 50]]
        (folder / f"{number}.conf").write_text("# a comment above it\n".join(lines))
    kernel = Keys(keys)
    times = []
    for _ in range(5):
        began = time.perf_counter()
        found = resolve(DiskTree(tmp_path), kernel)
        times.append(time.perf_counter() - began)
    assert found.systemd is not None and len(found.systemd.values) == 400
    assert min(times) < 0.3, times
