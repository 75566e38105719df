"""Parameters without a page whose default is a constant, and those that do nothing any more."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tcptune.catalog import parameter
from tcptune.catalog.bounds import BOUNDS, DEFAULTS, IDLE, RIVALS
from tcptune.catalog.names import known
from tcptune.lint.kernels import targets
from tcptune.model.finding import Fix
from tests.support.lint import run
from tests.support.views import file_view, found, live_view

ALL = tuple(str(target) for target in targets(()))


@pytest.mark.parametrize("key", sorted({*DEFAULTS, *RIVALS.values(), *IDLE}))
def test_the_facts_are_of_names_without_a_page(key: str) -> None:
    assert known(key) is not None
    assert parameter(key) is None


@pytest.mark.parametrize("key", sorted(DEFAULTS))
def test_the_constant_default_of_every_kernel_judged_is_a_note(key: str) -> None:
    (finding,) = found(file_view(f"{key} = {DEFAULTS[key]}\n", *ALL), "TT205")
    assert finding.message == f"{key} = {DEFAULTS[key]} is the kernel's default."
    assert (finding.severity, finding.kernels, finding.fix) == ("note", None, Fix("delete the line"))
    low, high = BOUNDS.get(key, (DEFAULTS[key], DEFAULTS[key]))
    assert low <= DEFAULTS[key] <= high


@pytest.mark.parametrize(
    "text",
    [
        "vm.swappiness = 10",
        "vm.swappiness = {{ x }}",
        "vm.swappiness = 60 # as ever",
        "vm.swappiness = 10\nvm.swappiness = 60",
        "vm.dirty_ratio = 20\nvm.dirty_bytes = 268435456",
        "vm.overcommit_kbytes = 0\nvm.overcommit_ratio = 50",
        "-vm.swappiness",
    ],
)
def test_another_value_or_one_that_undoes_something_is_no_idle_line(text: str) -> None:
    assert found(file_view(f"{text}\n"), "TT205") == []


@pytest.mark.parametrize(
    "text",
    [
        "kernel.randomize_va_space = 2",
        "fs.suid_dumpable = 0",
        "fs.protected_symlinks = 1",
        "net.ipv4.icmp_echo_ignore_broadcasts = 1",
        "net.ipv4.conf.all.rp_filter = 0",
        "net.ipv4.ip_forward = 0",
        "kernel.sysrq = 1",
        "vm.max_map_count = 65530",
    ],
)
def test_what_distributions_change_or_people_want_for_sure_is_kept(text: str) -> None:
    assert found(file_view(f"{text}\n"), "TT205") == []


def test_of_older_kernels_nothing_is_known() -> None:
    assert found(file_view("vm.swappiness = 60\n", "3.10", "6.1"), "TT205") == []
    assert found(live_view({"vm.swappiness": 60}), "TT205") == []


def test_a_branch_or_a_function_that_undoes_may_have_to_set_it(tmp_path: Path) -> None:
    script = "if $a; then sysctl -w vm.swappiness=10; else sysctl -w vm.swappiness=60; fi\n"
    undone = "rollback_tuning() {\n  sysctl -w vm.swappiness=60\n}\n"
    plain = "sysctl -w vm.swappiness=60\n"
    for number, (text, expected) in enumerate([(script, 0), (undone, 0), (plain, 1)]):
        report = run(tmp_path / f"{number}", {"a.sh": text})
        assert len([one for one in report.findings if one.rule == "TT205"]) == expected, text


@pytest.mark.parametrize("key", sorted(IDLE))
def test_what_does_nothing_is_a_note_for_the_kernels_that_it_holds_for(key: str) -> None:
    since = IDLE[key][0]
    (finding,) = found(file_view(f"{key} = 4096\n", "7.2"), "TT108")
    assert finding.message == f"{key} does nothing any more since {since}."
    assert (finding.severity, finding.kernels) == ("note", None)
    (finding,) = found(file_view(f"{key} = 4096\n", "3.0", "7.2"), "TT108")
    assert finding.kernels == ("7.2",)
    assert found(file_view(f"-{key}\n", "7.2"), "TT108") == []


def test_the_timeout_of_routes_is_still_read() -> None:
    assert found(file_view("net.ipv4.route.gc_timeout = 100\nnet.ipv6.route.gc_thresh = 4096\n"), "TT108") == []


@pytest.mark.parametrize(
    ("key", "last", "instead"),
    [
        ("vm.block_dump", "5.13", "block layer"),
        ("vm.percpu_pagelist_fraction", "5.13", "vm.percpu_pagelist_high_fraction"),
        ("vm.swap_token_timeout", "3.4", ""),
        ("kernel.sched_migration_cost", "3.7", "kernel.sched_migration_cost_ns"),
        ("kernel.random.read_wakeup_threshold", "5.9", "/dev/random"),
    ],
)
def test_what_went_is_told_from_the_first_release_that_is_known_without_it(key: str, last: str, instead: str) -> None:
    (finding,) = found(file_view(f"{key} = 1\n", last, "6.1"), "TT102")
    assert finding.message == f"{key} is gone after {last}."
    assert finding.kernels == ("6.1",)
    assert finding.fix is not None
    assert instead in finding.fix.title
    assert found(file_view(f"{key} = 1\n", last), "TT102") == []


@pytest.mark.skipif(sys.platform != "linux", reason="reads the values of the running Linux")
def test_the_running_kernel_reads_zero_where_message_queues_are_counted_no_more() -> None:
    file = Path("/proc/sys/kernel/auto_msgmni")
    assert not file.exists() or file.read_text("ascii").strip() == "0"
