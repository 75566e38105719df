"""The catalogue and the running kernel agree; and where they did not, the comparison would say so."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tcptune.audit.verify import Mismatch, VerifyReport, verify, verify_running
from tcptune.catalog import parameter
from tcptune.errors import TcptuneError
from tcptune.live.host import read_host
from tcptune.live.probe import FreshNamespace, Here, look, put
from tcptune.model.history import DefaultStep, RangeStep, ScopeStep, Step
from tcptune.model.parameter import Lifetime, Parameter
from tcptune.model.version import KernelVersion
from tests.support.netns import as_nobody

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="compares with the running Linux kernel")
root = pytest.mark.root

REUSE = "net.ipv4.tcp_tw_reuse"
FIN = "net.ipv4.tcp_fin_timeout"
FOREVER = KernelVersion(99, 0)


def entry(key: str) -> Parameter:
    found = parameter(key)
    assert found is not None
    return found


def named(report: VerifyReport) -> set[tuple[str, str]]:
    return {(mismatch.key, mismatch.aspect) for mismatch in report.mismatches}


def snapshot() -> dict[str, str | None]:
    """Return every value of net that the test's own namespace shows."""
    files = [file for file in Path("/proc/sys/net").rglob("*") if file.is_file()]
    keys = [".".join(file.relative_to("/proc/sys").parts) for file in files if "conf" not in file.parts]
    return {key: seen.text for key in keys if (seen := look(key)) is not None}


@root
def test_the_catalogue_agrees_with_the_running_kernel() -> None:
    report = verify_running()
    assert [str(mismatch) for mismatch in report.mismatches] == []
    assert report.unknown == ()
    assert report.entries > 150
    assert report.checks > 1000
    assert report.probes > 3000


@root
def test_the_comparison_leaves_the_hosts_own_values_alone() -> None:
    before = snapshot()
    verify_running()
    after = snapshot()
    moving = {key for key in before if key.endswith(("_count", "rt_cache", "netdev_rss_key"))}
    assert {key for key in before if before[key] != after.get(key)} <= moving


WRONG = [
    (
        entry(REUSE).but(default=(DefaultStep(value=1),)),
        Mismatch(REUSE, "default", "1 in a fresh namespace", "2"),
    ),
    (
        entry(REUSE).but(accepted=(RangeStep(handler="int_minmax", low=0, high=1),)),
        Mismatch(REUSE, "range", "0 to 1 in a fresh namespace (int_minmax)", "takes 2"),
    ),
    (
        entry(REUSE).but(accepted=(RangeStep(handler="int_minmax", low=0, high=3),)),
        Mismatch(REUSE, "range", "0 to 3 in a fresh namespace (int_minmax)", "refuses 3 (EINVAL)"),
    ),
    (
        entry(REUSE).but(mode=0o444),
        Mismatch(REUSE, "mode", "0444 in a fresh namespace", "0644"),
    ),
    (
        entry(REUSE).but(scope=(ScopeStep(scope="host", child="absent"),)),
        Mismatch(REUSE, "existence", "it does not exist in a fresh namespace on {kernel}", "it is there"),
    ),
    (
        entry(REUSE).but(lifetime=Lifetime(began=Step(since=FOREVER))),
        Mismatch(REUSE, "existence", "it does not exist in a fresh namespace on {kernel}", "it is there"),
    ),
    (
        Parameter(key="net.ipv4.tcp_time_wait", family="invented", meaning="Nothing.", kind="int"),
        Mismatch(
            "net.ipv4.tcp_time_wait",
            "existence",
            "it exists in a fresh namespace on {kernel}",
            "there is no such file",
        ),
    ),
    (
        Parameter(key="kernel.pid_max", family="invented", meaning="Host-wide, said to be no such.", kind="int"),
        Mismatch(
            "kernel.pid_max",
            "scope",
            "a value of its own in each network namespace",
            "one value for the host, the same file in every namespace",
        ),
    ),
]


@root
@pytest.mark.parametrize(
    ("wrong", "expected"), WRONG, ids=[f"{mismatch.key}-{mismatch.aspect}-{n}" for n, (_, mismatch) in enumerate(WRONG)]
)
def test_a_wrong_fact_is_named_with_both_sides(wrong: Parameter, expected: Mismatch) -> None:
    report = verify([wrong])
    kernel = read_host().kernel
    found = [
        Mismatch(one.key, one.aspect, one.catalogue.replace(str(kernel), "{kernel}"), one.kernel)
        for one in report.mismatches
    ]
    assert expected in found


@root
def test_a_host_wide_key_said_to_be_a_namespaces_own_is_never_written() -> None:
    wrong = Parameter(
        key="kernel.pid_max",
        family="invented",
        meaning="Host-wide, said to be no such.",
        kind="int",
        accepted=(RangeStep(handler="int"),),
    )
    before = look("kernel.pid_max")
    report = verify([wrong])
    assert report.probes == 0
    assert look("kernel.pid_max") == before


@root
def test_a_module_that_is_not_there_is_a_note_and_no_mismatch() -> None:
    absent = Parameter(
        key="net.ipv4.tcp_time_wait",
        family="invented",
        meaning="Nothing.",
        kind="int",
        lifetime=Lifetime(module="invented"),
    )
    report = verify([absent])
    assert (report.entries, report.mismatches) == (0, ())
    assert report.notes == ("net.ipv4.tcp_time_wait: not there: needs invented",)


@root
def test_the_probe_writes_only_from_within_its_namespace() -> None:
    with FreshNamespace() as fresh:
        with pytest.raises(TcptuneError, match="not in the network namespace"):
            fresh.write(FIN, "59")
        with pytest.raises(TcptuneError, match="has none of its own"):
            fresh.run(lambda: fresh.write("kernel.pid_max", "4194304"))
        before = look(FIN)
        assert fresh.run(lambda: fresh.write(FIN, "59")) == 0
        inside = fresh.run(lambda: fresh.look(FIN))
    assert inside is not None
    assert inside.text == "59\n"
    assert look(FIN) == before


def test_nothing_is_written_in_the_hosts_namespace() -> None:
    with pytest.raises(TcptuneError, match="refused to write"):
        Here().write(FIN, "60")


def test_host_wide_probing_is_refused_outside_a_guest() -> None:
    with pytest.raises(TcptuneError, match="only in a guest"):
        Here(disposable=True)


def test_a_write_that_fails_says_why_and_raises_nothing() -> None:
    assert put("net.ipv4.no_such_key", "1") == 2


@root
def test_without_root_there_is_one_clear_line() -> None:
    with pytest.raises(TcptuneError, match="namespaces of its own"):
        as_nobody(verify_running)


def test_a_report_survives_its_own_json() -> None:
    report = VerifyReport("6.1", 1, 2, 3, (Mismatch(FIN, "range", "0", "1"),), ("a note",), ("net.core.new",))
    assert VerifyReport.from_json(report.as_json()) == report
    assert named(report) == {(FIN, "range")}
    assert report.lines() == [
        "Linux 6.1: 1 parameters, 2 facts, 3 values written: 1 mismatches.",
        f"{FIN}: range: the catalogue says 0; the kernel: 1",
        "note: a note",
        "not in the catalogue: net.core.new",
    ]
