"""`tcptune apply`: written, read back, kept; put back as a whole when anything fails."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.asked import apply, history, profile, rollback, run, states
from tests.support.change import (
    BACKLOG,
    DROPIN,
    FIN,
    RANGE,
    REUSE,
    SOMAXCONN,
    STATE,
    TIMESTAMPS,
    UNPRIVILEGED,
    alone,
    as_host,
)
from tests.support.netns import write_sysctl
from tools.stage import live

pytestmark = pytest.mark.root


@as_host
def test_a_profile_is_written_read_back_and_kept_for_the_next_boot() -> None:
    done = apply(profile({FIN: 30, REUSE: 1}))
    assert (live(FIN), live(REUSE)) == ("30", "1")
    assert done["changed"] and done["persisted"] == str(DROPIN)
    assert {row["key"]: (row["before"], row["after"], row["verified"]) for row in done["changes"]} == {
        FIN: (60, 30, True),
        REUSE: (2, 1, True),
    }
    assert f"{FIN} = 30\n" in DROPIN.read_text()
    assert DROPIN.stat().st_mode & 0o7777 == 0o644
    assert Path(done["journal"]["path"]).is_file()


@as_host
def test_a_second_run_changes_nothing_and_says_so() -> None:
    mine = profile({FIN: 30, RANGE: [20000, 60999]})
    apply(mine)
    file, entries = DROPIN.read_bytes(), len(history())
    again = apply(mine)
    assert again["changed"] is False and again["journal"] is None
    assert all(row["action"] == "keep" for row in again["changes"])
    assert "Nothing to do" in run("apply", mine).out
    assert DROPIN.read_bytes() == file and len(history()) == entries


@as_host
def test_forty_parameters_go_in_one_change() -> None:
    names = sorted(each.name for each in Path("/proc/sys/net/ipv4").glob("tcp_*"))
    values = {}
    for name in names:
        text = live(f"net.ipv4.{name}")
        if text.isdecimal() and 2 <= int(text) <= 100 and name not in ("tcp_fastopen", "tcp_mtu_probing"):
            values[f"net.ipv4.{name}"] = int(text)
    document = apply(profile(values), "--dry-run", "--allow", "TT")
    assert document["changed"] is False or document["file"] is not None


@as_host
def test_a_dry_run_runs_the_same_checks_and_writes_nothing() -> None:
    document = apply(profile({FIN: 30}), "--dry-run")
    assert document["dry_run"] and document["changed"] and document["journal"] is None
    assert live(FIN) == "60" and not DROPIN.exists() and not STATE.exists()
    refused = apply(profile({TIMESTAMPS: 0}), "--dry-run", status=1)
    assert [each["rule"] for each in refused["findings"]] == ["TT402"]


@alone
def test_outside_the_initial_namespace_nothing_is_kept_unless_a_file_is_named() -> None:
    mine = profile({FIN: 30})
    assert apply(mine)["persisted"] is None
    assert not DROPIN.exists() and live(FIN) == "30"
    assert apply(mine, "--file", "/etc/sysctl.d/mine.conf")["persisted"] == "/etc/sysctl.d/mine.conf"
    assert f"{FIN} = 30" in Path("/etc/sysctl.d/mine.conf").read_text()


@as_host
def test_no_persist_keeps_nothing_for_the_next_boot() -> None:
    assert apply(profile({FIN: 30}), "--no-persist")["persisted"] is None
    assert live(FIN) == "30" and not DROPIN.exists()


@alone
def test_set_goes_on_top_of_the_profile_or_stands_alone() -> None:
    apply(profile({FIN: 30}), "--set", f"{FIN}=25", "--set", "net/core/somaxconn=8192")
    assert (live(FIN), live(SOMAXCONN)) == ("25", "8192")
    apply("--set", f"{RANGE}=20000 60999", "--no-persist")
    assert live(RANGE) == "20000 60999"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("net.ipv4.tcp_fin_timout=3", "did you mean 'net.ipv4.tcp_fin_timeout'?"),
        ("net.ipv4.tcp_fin_timeout", "takes KEY=VALUE"),
        ("net.ipv4.tcp_fin_timeout=soon", "whole numbers"),
        ("net.ipv4.tcp_fin_timeout=30 60", "stands behind the value"),
        ("net.ipv4.ip_local_port_range=1024", "2 numbers belong here"),
        ("../../../etc/passwd=1", "there is no parameter"),
        ("net.ipv4.tcp_congestion_control=b\u00e4r", "no value has"),
    ],
)
@alone
def test_a_value_that_is_none_is_wrong_usage_or_refused_before_anything_is_written(given: str, said: str) -> None:
    done = run("apply", "--set", given)
    assert done.status in (1, 2) and said in done.err + done.out, done
    assert not STATE.exists()


@alone
def test_the_kernels_refusal_puts_everything_back() -> None:
    write_sysctl(FIN, 45)
    mine = profile({FIN: 30, "net.ipv4.tcp_congestion_control": "nosuchthing"})
    document = apply(mine, "--file", "/etc/sysctl.d/x.conf", status=3)
    assert live(FIN) == "45" and not Path("/etc/sysctl.d/x.conf").exists()
    assert document["changed"] is False
    assert any("nosuchthing" in line for line in document["messages"])
    assert states() == [("apply", "undone")]


@alone
def test_a_value_that_was_odd_before_comes_back_exactly() -> None:
    write_sysctl(FIN, -5)
    apply(profile({FIN: 30}))
    assert live(FIN) == "30"
    rollback()
    assert live(FIN) == "-5"


@pytest.mark.parametrize(
    ("before", "after"),
    [(("1024", "1024 30000"), (40000, [40000, 60000])), (("40000", "40000 60000"), (1024, [1024, 30000]))],
)
@alone
def test_range_and_first_unprivileged_port_go_in_the_order_that_the_kernel_takes(
    before: tuple[str, str], after: tuple[int, list[int]]
) -> None:
    """The kernel refuses at every moment a range that begins below the unprivileged ports."""
    for key, value in ((UNPRIVILEGED, 0), (RANGE, before[1]), (UNPRIVILEGED, before[0])):
        write_sysctl(key, value)
    apply(profile({UNPRIVILEGED: after[0], RANGE: after[1]}), "--allow", "TT")
    assert live(RANGE) == " ".join(map(str, after[1])) and live(UNPRIVILEGED) == str(after[0])
    rollback()
    assert (live(UNPRIVILEGED), live(RANGE)) == before


@alone
def test_timestamps_come_before_reuse_and_go_after_it() -> None:
    write_sysctl(TIMESTAMPS, 0)
    write_sysctl(REUSE, 0)
    keys = [row["key"] for row in apply(profile({REUSE: 1, TIMESTAMPS: 1}))["changes"]]
    first = history()[0]
    assert [step["key"] for step in first["steps"]] == [TIMESTAMPS, REUSE], keys
    rollback()
    assert [step["key"] for step in history()[0]["steps"]] == [REUSE, TIMESTAMPS]
    assert (live(TIMESTAMPS), live(REUSE)) == ("0", "0")


@alone
def test_values_are_compared_by_meaning_not_by_text() -> None:
    write_sysctl(RANGE, "20000\t60999")
    write_sysctl("net.ipv4.ip_local_reserved_ports", "8080-8081,9000")
    mine = profile({RANGE: "20000 60999", "net.ipv4.ip_local_reserved_ports": "9000,8081,8080"})
    assert apply(mine)["changed"] is False


@alone
def test_an_empty_list_of_ports_is_put_back_as_an_empty_list() -> None:
    key = "net.ipv4.ip_local_reserved_ports"
    apply(profile({key: "40000-40010"}))
    assert live(key) == "40000-40010"
    rollback()
    assert live(key) == ""


@alone
def test_a_key_outside_the_network_is_refused_in_a_namespace_of_its_own() -> None:
    before = live("fs.file-max")
    refused = apply(profile({"fs.file-max": 4096, FIN: 30}), status=1)
    assert any("fs.file-max" in line for line in refused["refusals"])
    assert live("fs.file-max") == before and live(FIN) == "60"


@alone
def test_kernel_default_is_for_diff_unless_its_parameters_are_named() -> None:
    write_sysctl(FIN, 30)
    write_sysctl(BACKLOG, 100)
    refused = run("apply", "kernel-default")
    assert refused.status == 2 and "--only" in refused.err
    apply("kernel-default", "--only", FIN)
    assert (live(FIN), live(BACKLOG)) == ("60", "100")
    assert run("apply", "kernel-default", "--only", "net.ipv4.nothing").status == 2


@as_host
def test_nothing_prompts_and_the_plan_says_what_is_written_where() -> None:
    done = run("apply", profile({FIN: 30, TIMESTAMPS: 1}), "--dry-run")
    assert done.status == 0
    for word in ("Dry run", FIN, "60", "30", str(DROPIN)):
        assert word in done.out, done.out
