"""The edges of the rules about names: slips of names that are gone, old names, keys that a container only sees."""

from __future__ import annotations

from pathlib import Path

import pytest

from tcptune.model.finding import Finding, Fix
from tests.support.lint import run
from tests.support.views import file_view, found

POD, CONTAINER = frozenset({"pod"}), frozenset({"container"})
SLIP, RECYCLE = "net.ipv4.tcp_tw_recyle", "net.ipv4.tcp_tw_recycle"


def told(code: str, text: str, *kernels: str, facts: frozenset[str] = frozenset()) -> list[Finding]:
    return found(file_view(text, *kernels, facts=facts), code)


def mended(code: str, text: str, *kernels: str) -> Fix:
    (finding,) = told(code, text, *kernels)
    assert finding.fix is not None
    return finding.fix


@pytest.mark.parametrize("kernels", [("6.1",), ("4.11", "4.12")])
def test_a_slip_of_a_name_that_is_gone_is_told_to_be_one_and_never_mended(kernels: tuple[str, ...]) -> None:
    (finding,) = told("TT101", f"{SLIP} = 1\n", *kernels)
    assert finding.message.endswith(f"{RECYCLE} is meant, which is gone since 4.12.")
    assert "tcp_tw_reuse" in finding.why
    assert finding.fix is not None
    assert finding.fix.title.startswith("delete the line: ")
    assert finding.fix.edits == ()


def test_on_a_kernel_that_has_it_the_slip_is_mended() -> None:
    fix = mended("TT101", f"{SLIP} = 1\n", "3.10")
    assert (fix.title, fix.safe) == (f"write {RECYCLE}", True)
    assert [edit.text for edit in fix.edits] == [RECYCLE]


def test_a_slip_of_a_name_known_only_by_its_life_is_told_with_its_last_release() -> None:
    (finding,) = told("TT101", "kernel.sched_latency_nss = 1\n", "6.1")
    assert "kernel.sched_latency_ns is meant, which is gone after" in finding.message
    assert mended("TT101", "kernel.sched_latency_nss = 1\n", "5.10").title == "write kernel.sched_latency_ns"


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("kernel.sched_min_granularity_ns", "base_slice_ns"),
        ("kernel.sched_migration_cost_ns", "/sys/kernel/debug/sched/migration_cost_ns"),
    ],
)
def test_of_a_name_that_moved_to_debugfs_that_place_is_told(key: str, words: str) -> None:
    (finding,) = told("TT102", f"{key} = 1\n", "6.18")
    assert words in finding.why
    assert words in mended("TT102", f"{key} = 1\n", "6.18").title


def test_a_slip_of_an_old_name_is_mended_to_the_new_one() -> None:
    fix = mended("TT101", "net.ipv4.netfilter.ip_conntrack_mx = 9\n", "6.1")
    assert [edit.text for edit in fix.edits] == ["net.netfilter.nf_conntrack_max"]


@pytest.mark.parametrize(
    ("key", "title"),
    [
        ("net.ipv4.conf.all.src_valid_labels", "write net.ipv4.conf.all.src_valid_mark"),
        ("net.ipv4.conf.all.accept_foo", "delete the line"),
        ("net.ipv4.conf.all.tcp_window_size", "delete the line"),
    ],
)
def test_of_an_interfaces_parameter_all_but_the_last_word_tells_which_is_meant(key: str, title: str) -> None:
    assert mended("TT101", f"{key} = 1\n", "6.1").title == title


@pytest.mark.parametrize(("key", "meant"), [("kernel.pid_amx", "kernel.pid_max"), ("kernel.pritnk", "kernel.printk")])
def test_two_letters_in_the_other_order_are_a_slip_in_a_short_name_too(key: str, meant: str) -> None:
    assert mended("TT101", f"{key} = 1\n").title == f"write {meant}"


def test_a_short_name_with_another_letter_may_be_anybodys() -> None:
    assert told("TT101", "kernel.pid_mox = 1\n") == []


def test_a_slip_of_a_name_that_is_gone_stays_in_the_file(tmp_path: Path) -> None:
    from tcptune.lint import fix

    report = run(tmp_path, {"sysctl.conf": f"{SLIP} = 1\n"})
    assert fix.plan(report, unsafe=True) == []


@pytest.mark.parametrize(
    ("key", "safe"),
    [
        ("net.ipv4.tcp_fin_timout", True),
        ("net.ipv4.tcp_fin_timeuot", True),
        ("net.ipv4.tcp_fin_timeoutt", True),
        ("net_ipv4_tcp_fin_timeout", True),
        ("net.ipv4.somaxconn", False),
        ("net.ipv4.tcp_fin_tmout", False),
        ("net.core.tcp_fin_timeout", False),
        ("net.ipv4.fin_timeout", False),
        ("net.ipv6.conf.all.rp_filter", False),
    ],
)
def test_only_a_name_that_differs_by_one_slip_is_safe_to_mend(key: str, safe: bool) -> None:
    assert mended("TT101", f"{key} = 30\n").safe is safe


def test_a_name_that_is_gone_without_a_new_one_is_no_old_name() -> None:
    assert told("TT104", f"{RECYCLE} = 1\nnet.ipv4.tcp_max_tw_buckets = 9\n", "6.1") == []


def test_an_old_name_that_only_some_kernels_lost_is_not_safe_to_mend() -> None:
    old = "net.ipv4.netfilter.ip_conntrack_max = 9\n"
    assert mended("TT104", old, "6.1").safe
    (finding,) = told("TT104", old, "3.10", "6.1")
    assert finding.kernels == ("6.1",)
    assert finding.fix is not None
    assert not finding.fix.safe
    assert told("TT104", old, "3.10") == []


def test_an_old_name_is_mended_as_it_is_spelled() -> None:
    old, new = "net/ipv4/netfilter/ip_conntrack_max", "net.netfilter.nf_conntrack_max"
    assert [edit.text for edit in mended("TT104", f"{old} = 9\n", "6.1").edits] == [new.replace(".", "/")]


@pytest.mark.parametrize("lines", ["{new} = 8\n{old} = 9\n", "{old} = 9\n{new} = 8\n"])
def test_an_old_name_beside_its_new_one_is_not_safe_to_mend(lines: str) -> None:
    """The line that sets nothing today would win tomorrow."""
    text = lines.format(old="net.ipv4.netfilter.ip_conntrack_max", new="net.netfilter.nf_conntrack_max")
    fix = mended("TT104", text, "6.1")
    assert not fix.safe
    assert fix.edits == ()


def test_two_old_names_of_one_are_not_safe_to_mend() -> None:
    lines = "net.ipv4.netfilter.ip_conntrack_max = 1\nnet.ipv4.ip_conntrack_max = 2\n"
    found_ = told("TT104", lines, "6.1")
    assert [one.fix is not None and (one.fix.safe, one.fix.edits) for one in found_] == [(False, ()), (False, ())]


@pytest.mark.parametrize("slip", ["net.ipv6.tcp_rmem", "net.ipv4.tcp_rmen"])
def test_a_slip_beside_the_name_that_is_meant_is_not_mended(slip: str) -> None:
    line = f"{slip} = 4096 1000000 16000000\n"
    assert mended("TT101", line).safe
    fix = mended("TT101", f"net.ipv4.tcp_rmem = 4096 131072 6291456\n{line}")
    assert (fix.title, fix.edits) == (
        "delete the line, or keep its value for net.ipv4.tcp_rmem, which is set here as well",
        (),
    )


def test_what_a_patch_brings_is_not_taken_for_what_it_is_named_after() -> None:
    line = "net.ipv4.tcp_max_tw_buckets_ub = 262144\n"
    assert mended("TT101", line) == Fix("delete the line")
    near = mended("TT101", f"net.ipv4.tcp_max_tw_buckets = 262144\n{line.replace('max_', '').replace('_ub', '')}")
    assert near.title.endswith("its value for net.ipv4.tcp_max_tw_buckets, which is set here as well")


def test_what_a_kernel_of_ones_own_has_is_left_alone_on_a_condition() -> None:
    for key in ("kernel.exec-shield", "net.netfilter.nf_conntrack_tcp_no_window_check"):
        assert len(told("TT101", f"{key} = 1\n")) == 1
        assert told("TT101", f"{key} = 1\n", facts=frozenset({"kernel-condition"})) == []
    assert len(told("TT101", "net.ipv4.tcp_tw_len = 1\n", facts=frozenset({"kernel-condition"}))) == 1


def test_dots_in_a_path_below_proc_become_slashes(tmp_path: Path) -> None:
    (finding,) = run(tmp_path, {"a.sh": "echo 1 > /proc/sys/net.ipv4.ip_forward\n"}).findings
    assert finding.message == "There is no file /proc/sys/net.ipv4.ip_forward: below /proc/sys slashes divide a name."
    assert finding.fix is not None
    assert [edit.text for edit in finding.fix.edits] == ["net/ipv4/ip_forward"]


def test_who_spells_an_old_name_in_a_path_is_left_a_path(tmp_path: Path) -> None:
    script = "echo 9 > /proc/sys/net/ipv4/netfilter/ip_conntrack_max\n"
    (finding,) = (each for each in run(tmp_path, {"a.sh": script}).findings if each.rule == "TT104")
    assert finding.fix is not None
    assert [edit.text for edit in finding.fix.edits] == ["net/netfilter/nf_conntrack_max"]


@pytest.mark.parametrize("facts", [POD, CONTAINER])
def test_a_value_that_a_namespace_can_only_read_belongs_to_the_host(facts: frozenset[str]) -> None:
    assert len(told("TT106", "net.ipv4.tcp_ehash_entries = 1\n", "6.18", facts=facts)) == 1
    assert told("TT106", "net.ipv4.tcp_child_ehash_entries = 1\n", "6.18", facts=facts) == []


@pytest.mark.parametrize("key", ["tcp_fin_timeout", "tcp_keepalive_time", "tcp_keepalive_intvl", "tcp_syncookies"])
def test_what_kubernetes_calls_safe_may_be_set_by_a_pod(key: str) -> None:
    assert told("TT107", f"net.ipv4.{key} = 30\n", facts=POD) == []
    assert len(told("TT107", "net.ipv4.tcp_tw_reuse = 1\n", facts=POD)) == 1


def test_a_risk_ends_with_the_kernel_that_it_ends_with() -> None:
    line = "net.ipv4.tcp_max_tw_buckets = -1\n"
    (before,), (after,) = told("TT403", line, "5.18"), told("TT403", line, "5.19")
    assert "Before 5.19" in before.message
    assert "Since 5.19" in after.message


@pytest.mark.parametrize(
    ("key", "before", "since"),
    [
        ("vm.compaction_proactiveness", "5.8", "5.9"),
        ("vm.watermark_boost_factor", "4.20", "5.0"),
        ("vm.unprivileged_userfaultfd", "5.1", "5.2"),
    ],
)
def test_of_undescribed_parameters_some_have_a_first_release(key: str, before: str, since: str) -> None:
    (finding,) = told("TT103", f"{key} = 0\n", before, since)
    assert finding.kernels == (before,)
    assert told("TT103", f"{key} = 0\n", since) == []


def test_a_parameter_of_a_module_needs_it_where_it_lives_yet() -> None:
    line = "net.netfilter.nf_conntrack_helper = 1\n"
    assert len(told("TT105", line, "5.10", "5.19")) == 1
    assert told("TT105", line, "5.10", "6.0") == []


@pytest.mark.parametrize("family", ["net.ipv4", "net.ipv6"])
@pytest.mark.parametrize("last", ["gc_thresh1", "gc_thresh2", "gc_thresh3", "gc_interval"])
def test_what_is_set_for_the_whole_table_of_neighbours_no_interface_has(family: str, last: str) -> None:
    (finding,) = told("TT101", f"{family}.neigh.eth0.{last} = 8192\n")
    assert f"; {family}.neigh.default.{last} is the nearest name" in finding.message
    assert told("TT101", f"{family}.neigh.default.{last} = 8192\n{family}.neigh.eth0.gc_stale_time = 60\n") == []
    assert not Path(f"/proc/sys/{family.replace('.', '/')}/neigh/lo/{last}").exists()


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        ("net.ipv6.neigh.default.gc_thresh4", "net.ipv6.neigh.default.gc_thresh3"),
        ("net.ipv4.tcp_retries3", "net.ipv4.tcp_retries1 and net.ipv4.tcp_retries2"),
        ("ax_map_count", "vm.max_map_count"),
        ("max_map_cuont", "vm.max_map_count"),
        ("vm.map_max_count", "vm.max_map_count"),
    ],
)
def test_names_near_to_several_without_a_family_or_with_words_in_another_order(key: str, meant: str) -> None:
    (finding,) = told("TT101", f"{key} = 5\n")
    assert meant in finding.message


@pytest.mark.parametrize("key", ["foo", "foo_bar", "net.ipv6.conf.all.foo3", "x_max_count", "vm.count_map"])
def test_words_that_are_near_to_nothing_are_silent(key: str) -> None:
    assert told("TT101", f"{key} = 5\n") == []
