"""What findings say of loaders and kernels holds for the case that they speak of."""

from __future__ import annotations

from pathlib import Path

import pytest

from tcptune.catalog.moved import MOVED
from tcptune.catalog.names import known
from tcptune.model.finding import Finding
from tcptune.model.version import KernelVersion
from tests.support.lint import run
from tests.support.views import file_view, found

BUDGET = "net.core.netdev_budget_usecs"
FIN = "net.ipv4.tcp_fin_timeout"


def one(code: str, text: str, *kernels: str) -> Finding:
    (finding,) = found(file_view(f"{text}\n", *kernels), code)
    return finding


def test_of_what_can_only_be_read_systemd_says_nothing() -> None:
    why = one("TT202", "net.ipv4.conf.all.mc_forwarding = 0").why
    assert "`sysctl` reports that" in why
    assert "systemd-sysctl passes it over in silence" in why


def test_a_bound_in_ticks_is_told_for_each_rate() -> None:
    finding = one("TT202", f"{BUDGET} = 1100", "6.12", "6.18")
    assert "2000 to 2147483647 where it is built with HZ=1000, 8000 to" in finding.message
    assert "20000 to 2147483647 where it is built with HZ=100." in finding.message
    assert (finding.severity, finding.kernels) == ("error", ("6.18",))
    assert finding.fix is not None
    assert finding.fix.title == "choose a value of 20000 to 2147483647"
    finding = one("TT202", f"{FIN} = 30000000", "6.18")
    assert "-2147483 to 2147483 where it is built with HZ=1000" in finding.message


@pytest.mark.parametrize("number", [4096, 5000, 2001])
def test_what_the_usual_rate_refuses_is_a_warning(number: int) -> None:
    finding = one("TT202", f"{BUDGET} = {number}", "6.12", "6.18")
    assert finding.message == f"A kernel built with HZ=250 refuses {BUDGET} = {number}: it takes 8000 to 2147483647."
    assert "Built with HZ=1000 the kernel takes 2000 to" in finding.why
    assert (finding.severity, finding.kernels) == ("warning", ("6.18",))


@pytest.mark.parametrize("number", [2000, 6666, 8000, 12000, 20000])
def test_the_least_number_of_another_rate_is_meant_for_it(number: int) -> None:
    assert found(file_view(f"{BUDGET} = {number}\n", "6.18"), "TT202") == []


def test_older_kernels_took_less() -> None:
    finding = one("TT202", "vm.swappiness = 150", "4.18", "5.7", "5.8", "7.2")
    assert finding.message == "The kernel refuses vm.swappiness = 150: it takes 0 to 100 before 5.8."
    assert (finding.kernels, "0 to 200 since 5.8" in finding.why) == (("4.18", "5.7"), True)
    for text, kernels in (("150", ("5.8", "7.2")), ("100", ("4.18",)), ("{{ x }}", ("4.18",))):
        assert found(file_view(f"vm.swappiness = {text}\n", *kernels), "TT202") == []


def test_the_line_disciplines_switch_came_after_4_18() -> None:
    finding = one("TT103", "dev.tty.ldisc_autoload = 0", "4.18", "4.19", "6.1")
    assert (finding.message, finding.kernels) == ("4.18 does not have dev.tty.ldisc_autoload yet.", ("4.18",))
    assert found(file_view("dev.tty.ldisc_autoload = 0\n", "4.19"), "TT103") == []


def test_what_a_distribution_took_from_newer_kernels_is_not_known(tmp_path: Path) -> None:
    files = {"sysctl.d/a.conf": f"dev.tty.ldisc_autoload = 0\nvm.swappiness = 150\n{BUDGET} = 4096\n"}
    assert run(tmp_path, files, "rhel8", "rhel10").findings == ()


def test_a_condition_on_the_kernel_covers_what_older_ones_take(tmp_path: Path) -> None:
    script = 'if [ "$(uname -r | cut -d. -f1)" -ge 6 ]; then\n  sysctl -w vm.swappiness=150\nfi\n'
    assert [one.rule for one in run(tmp_path, {"a.sh": script}, "5.7", "6.1").findings if one.rule == "TT202"] == []


def test_tuned_starts_later_than_the_files_are_read(tmp_path: Path) -> None:
    text = "[main]\nsummary=x\n[sysctl]\nnet.netfilter.nf_conntrack_max=1000000\n"
    (finding,) = [one for one in run(tmp_path, {"tuned/a/tuned.conf": text}).findings if one.rule == "TT105"]
    assert "tuned starts after network.target" in finding.why
    assert "before a firewall" not in finding.why


@pytest.mark.parametrize("line", ["ignore_errors: yes", "sysctl: {name: x, value: 1, ignoreerrors: yes}"])
def test_an_ignored_failure_ends_nothing(tmp_path: Path, line: str) -> None:
    task = "- sysctl: {name: net.ipv4.tcp_tw_recycle, value: 1}\n  ignore_errors: yes\n"
    if not line.startswith("ignore_errors"):
        task = f"- {line.replace('x', 'net.ipv4.tcp_tw_recycle')}\n"
    (finding,) = [one for one in run(tmp_path, {"tasks/main.yml": task}).findings if one.rule == "TT102"]
    assert finding.severity == "warning"
    assert "end with an error" not in finding.why
    assert "ignored here on purpose" in finding.why


def test_a_dash_is_no_remedy_for_procps() -> None:
    assert "`sysctl -p` fails all the same" in one("TT102", "-net.ipv4.tcp_tw_recycle = 1", "6.1").why


@pytest.mark.parametrize(
    ("name", "last"),
    [("sched_features", "2.6.31"), ("sched_time_avg_ms", "4.18"), ("sched_shares_window_ns", "4.9")],
)
def test_names_of_the_scheduler_went_when_the_tables_lost_them(name: str, last: str) -> None:
    life = known(f"kernel.{name}")
    assert life is not None
    assert life.last == KernelVersion.parse(last)
    assert one("TT102", f"kernel.{name} = 1", "5.4").message == f"kernel.{name} is gone after {last}."


def test_the_schedulers_features_were_in_debugfs_before_5_13() -> None:
    assert "/sys/kernel/debug/sched_features" in MOVED["kernel.sched_features"]
    assert "a file of debugfs since 5.13" not in MOVED["kernel.sched_features"]
