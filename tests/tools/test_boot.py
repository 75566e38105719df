"""The comparison of `make boot`: what it takes for the same, and that it sees a difference."""

from __future__ import annotations

from tcptune.audit.root import kernel_of
from tcptune.loaders import systemd
from tcptune.loaders.tree import Link, MemoryTree
from tcptune.loaders.versions import SYSTEMD
from tcptune.model.version import KernelVersion, Target
from tools.boot.cases import CASES, generated
from tools.boot.compare import differing, said, same

FIN, HASH = "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_ehash_entries"
TARGET = Target(KernelVersion(6, 1), None, "6.1")


def test_numbers_are_the_same_in_every_base_and_with_text_behind_them() -> None:
    assert same("0x1e", "30")
    assert same("010", "8")
    assert same("1 # fast", "1")
    assert same("20000", "20000\t60999")
    assert same("4096 16384 4194304", "4096\t16384\t4194304")
    assert not same("30", "31")
    assert not same("cubic", "reno")
    assert not same("", "1")


def test_a_value_that_was_told_otherwise_is_a_disagreement() -> None:
    assert differing("audit", {FIN: "30"}, {FIN: "30"}, {FIN: "60"}) == []
    assert differing("audit", {FIN: "30"}, {FIN: "60"}, {FIN: "60"}) == [f"{FIN} is 60, audit says 30"]
    assert differing("audit", {FIN: ""}, {FIN: "30"}, {FIN: "60"}) == [f"{FIN} is 30, audit says 60 (untouched)"]


def test_a_default_that_hangs_on_memory_may_be_half_or_double_and_a_value_of_a_file_not() -> None:
    assert differing("audit", {HASH: ""}, {HASH: "4096"}, {HASH: "8192"}) == []
    assert len(differing("audit", {HASH: ""}, {HASH: "4096"}, {HASH: "16384"})) == 1
    assert len(differing("audit", {HASH: "8192"}, {HASH: "4096"}, {HASH: "4096"})) == 1


def test_a_refusal_that_one_side_alone_knows_is_a_disagreement() -> None:
    files: dict[str, bytes | str | Link | None] = {
        "/etc/sysctl.d/a.conf": "net.ipv4.tcp_tw_recycle = 1\n-net.ipv4.no = 1\n"
    }
    model = systemd.load(MemoryTree(files), kernel_of(TARGET)(lambda *_: "", ()), SYSTEMD[1])
    journal = "Couldn't write '1' to 'net/ipv4/tcp_tw_recycle', ignoring: No such file or directory\n"
    assert said(model, journal) == []
    assert said(model, "") == ["the model says that '1' to net/ipv4/tcp_tw_recycle is refused, and it was not"]
    more = journal + "Couldn't write '7' to 'net/ipv4/tcp_tw_reuse': Invalid argument\n"
    assert said(model, more) == ["the model does not know that '7' to net/ipv4/tcp_tw_reuse is refused"]
    udev = journal + "Couldn't write '2' to 'net/ipv4/conf/dummy0/rp_filter', ignoring: No such file or directory\n"
    assert said(model, udev) == []


def test_what_systemd_will_not_write_what_is_no_text_and_what_udev_sets_later_are_compared_too() -> None:
    files: dict[str, bytes | str | Link | None] = {
        "/etc/sysctl.d/a.conf": b"net/../../../etc/x = 1\nnet.ipv4.tcp_\xffx = 1\nnet.netfilter.nf_conntrack_max = 5\n"
    }
    model = systemd.load(MemoryTree(files), kernel_of(TARGET)(lambda *_: "", ()), SYSTEMD[1])
    outside = "Couldn't write '1' to 'net/../../../etc/x': Invalid argument\n"
    odd = "Couldn't write '1' to 'net/ipv4/tcp_\ufffdx', ignoring: No such file or directory\n"
    first = "Couldn't write '5' to 'net/netfilter/nf_conntrack_max', ignoring: No such file or directory\n"
    assert said(model, outside + odd) == []
    assert len(said(model, odd)) == len(said(model, outside)) == len(said(model, outside + odd + first)) == 1
    assert said(model, outside + odd + first, ("net.netfilter.",)) == []


def test_the_first_case_is_a_boot_without_files_and_trees_by_chance_are_kept_by_their_seed() -> None:
    assert next(iter(CASES)) == "nothing"
    assert CASES["nothing"] == {}
    assert generated(3) == generated(3)
    assert generated(3) != generated(4)
    assert not [path for seed in range(50) for path in generated(seed) if f"{path}/".startswith("/lib/")]
