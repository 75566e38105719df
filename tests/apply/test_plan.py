"""What is refused before anything is written, and what a plan is made of (points 1, 2, 3 and 5 of the promises)."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import pytest

from tcptune.apply.order import ordered
from tcptune.catalog import parameter
from tcptune.model.value import Value
from tests.support.change import (
    BUCKETS,
    CONGESTION,
    DROPIN,
    ENTRIES,
    FILE,
    FIN,
    RANGE,
    REUSE,
    TIMESTAMPS,
    UNPRIVILEGED,
    alone,
    apply,
    apply_as_initial,
    assigned,
    document,
    leftovers,
    set_live,
)
from tests.support.inside import inside
from tests.support.netns import write_sysctl
from tests.support.profiles import write
from tools.stage import live

pytestmark = pytest.mark.root


def nothing_written() -> bool:
    """Tell whether neither a parameter that the tests use, nor a file, nor the journal was touched."""
    return (live(FIN), live(REUSE)) == ("60", "2") and not DROPIN.exists() and not list(ENTRIES.glob("*"))


@alone
def test_nothing_is_written_when_one_key_is_out_of_range() -> None:
    done = apply(*assigned(tcp_fin_timeout=30, tcp_tw_reuse=7), *FILE)
    assert done.status == 1
    assert "it takes 0 to 2" in done.out
    assert nothing_written()


@alone
def test_nothing_is_written_when_one_key_is_not_there(tmp_path: Path) -> None:
    done = apply(*assigned(tcp_fin_timeout=30), "--set", "net.ipv4.tcp_mem=1 2 3")
    assert done.status == 1
    assert "belongs to the host" in done.out
    assert nothing_written()


@alone
def test_nothing_is_written_when_one_key_has_the_wrong_type() -> None:
    done = apply(*assigned(tcp_fin_timeout=30, tcp_tw_reuse="on"))
    assert done.status == 2
    assert "'on'" in done.err
    assert nothing_written()


@pytest.mark.parametrize(
    "given",
    ["net.ipv4.tcp_fin_timeot=3", "net.ipv4.nonesuch=1", "x=1", "../../etc/passwd=1", "/etc/passwd=1", "=1", "a", ""],
)
@alone
def test_only_parameters_of_the_catalogue_are_written(given: str) -> None:
    done = apply("--set", given)
    assert done.status == 2
    assert len(done.err.splitlines()) <= 2
    assert nothing_written()


@alone
def test_an_unknown_parameter_is_met_with_the_one_that_was_meant() -> None:
    for spelled in ("net.ipv4.tcp_fin_timeot", "tcp_fin_timeot", "tcp_fin_timeout"):
        assert f"did you mean '{FIN}'?" in apply("--set", f"{spelled}=3").err


@alone
def test_a_dry_run_checks_the_same_and_writes_nothing() -> None:
    for wish in (assigned(tcp_fin_timeout=5), assigned(tcp_fin_timeout=30)):
        dry = apply(*wish, *FILE, "--dry-run", "-f", "json")
        assert nothing_written()
        real = apply(*wish, *FILE, "-f", "json")
        assert dry.status == real.status
        one, other = document(dry), document(real)
        assert one.pop("dry_run") is True
        assert other.pop("dry_run") is False
        for each in (one, other):
            each.pop("journal")
            for change in each["changes"]:
                change.pop("verified")
        assert one == other


@alone
def test_a_plan_that_brings_a_warning_is_refused_and_names_it() -> None:
    done = apply(*assigned(tcp_fin_timeout=5), "-f", "json")
    found = document(done)
    assert done.status == 1
    assert found["changed"] is False
    assert [(each["rule"], each["key"]) for each in found["findings"]] == [("TT404", FIN)]
    assert found["journal"] is None
    assert nothing_written()


@pytest.mark.parametrize("name", ["TT404", "fin-timeout-low", "TT4", "tt404", "TT301,TT404"])
@alone
def test_allow_takes_a_code_a_slug_or_a_prefix(name: str) -> None:
    assert apply(*assigned(tcp_fin_timeout=5), "--allow", name).status == 0
    assert live(FIN) == "5"


@pytest.mark.parametrize("name", ["TT402", "TT5"])
@alone
def test_allow_of_another_rule_allows_nothing(name: str) -> None:
    assert apply(*assigned(tcp_fin_timeout=5), "--allow", name).status == 1
    assert nothing_written()


@pytest.mark.parametrize("name", ["TT999", "fin-timeout-lo", "x"])
@alone
def test_allow_of_a_rule_that_is_not_there_is_wrong_usage(name: str) -> None:
    done = apply(*assigned(tcp_fin_timeout=5), "--allow", name)
    assert done.status == 2
    assert name in done.err
    assert nothing_written()


@alone
def test_a_risk_that_the_profile_accepts_is_no_reason_to_refuse(tmp_path: Path) -> None:
    accepted = write(tmp_path, f"{FIN}: 5", "accept:\n  - rule: TT404\n    why: peers are near\n")
    done = apply(str(accepted))
    assert done.status == 0
    assert "peers are near" in " ".join(done.out.split())
    assert live(FIN) == "5"


@alone
def test_what_was_there_before_and_is_not_touched_is_listed_and_never_a_reason_to_refuse() -> None:
    set_live(tcp_syncookies=0, tcp_retries2=3)
    done = apply(*assigned(tcp_fin_timeout=30), "-f", "json")
    assert done.status == 0
    assert {"TT407", "TT409"} <= {each["rule"] for each in document(done)["findings"]}
    shown = apply(*assigned(tcp_fin_timeout=31), "-v").out
    assert "TT407" in shown


@alone
def test_a_warning_on_a_key_that_the_plan_writes_refuses_although_it_was_there_before() -> None:
    set_live(tcp_fin_timeout=4)
    assert apply(*assigned(tcp_fin_timeout=5)).status == 1
    assert apply(*assigned(tcp_fin_timeout=30)).status == 0


@alone
def test_what_the_plan_makes_worse_refuses_although_it_was_there_before() -> None:
    """A backlog above somaxconn is worth a note while syncookies are on, and a warning without them."""
    set_live(tcp_max_syn_backlog=100000)
    assert apply(*assigned(tcp_fin_timeout=30)).status == 0
    done = apply(*assigned(tcp_syncookies=0), "--allow", "TT407", "-f", "json")
    assert done.status == 1
    assert [(each["rule"], each["severity"]) for each in document(done)["findings"]] == [("TT302", "warning")]
    assert live("net.ipv4.tcp_syncookies") == "1"


@alone
def test_a_finding_on_the_file_that_the_plan_writes_refuses_although_it_was_there_before() -> None:
    """Another file has won over a line of our drop-in since; a plan that does not write there is not refused."""
    assert apply_as_initial(values=[f"{FIN}=30"]).status == 0
    DROPIN.with_name("90-other.conf").write_text(f"{FIN} = 40\n")
    assert apply_as_initial(values=["net.ipv4.tcp_retries2=9"], persist=False).status == 0
    done = apply_as_initial(values=[f"{BUCKETS}=300000"])
    assert (done.status, [(each.rule, each.key) for each in done.plan.risks]) == (1, [("TT501", FIN)])
    assert live(BUCKETS) == "131072"


@alone
def test_a_relation_that_the_plan_breaks_refuses_although_it_stands_on_another_key() -> None:
    set_live(tcp_tw_reuse=1)
    done = apply(*assigned(tcp_timestamps=0), "--allow", "TT402", "-f", "json")
    assert done.status == 1
    assert ("TT301", REUSE) in {(each["rule"], each["key"]) for each in document(done)["findings"]}
    assert live(TIMESTAMPS) == "1"


@alone
def test_what_the_kernel_would_refuse_together_is_refused_before() -> None:
    done = apply(*assigned(ip_local_port_range="1000 65535"), "--allow", "TT410", "-f", "json")
    assert done.status == 1
    assert ("TT203", RANGE) in {(each["rule"], each["key"]) for each in document(done)["findings"]}
    assert apply(*assigned(tcp_max_tw_buckets=20001)).status == 1, "fewer buckets than ports"


def _pair(old: Value, new: Value) -> tuple[Value, Value]:
    return old, new


def test_timestamps_come_before_reuse_and_go_after_it() -> None:
    assert ordered({REUSE: _pair(0, 1), TIMESTAMPS: _pair(0, 1)}) == [TIMESTAMPS, REUSE]
    assert ordered({REUSE: _pair(1, 0), TIMESTAMPS: _pair(1, 0)}) == [REUSE, TIMESTAMPS]


def test_the_port_range_gives_way_to_unprivileged_ports_in_both_directions() -> None:
    up = {RANGE: _pair((2000, 60999), (32768, 60999)), UNPRIVILEGED: _pair(1024, 20000)}
    down = {RANGE: _pair((32768, 60999), (2000, 60999)), UNPRIVILEGED: _pair(20000, 1024)}
    assert ordered(up) == [RANGE, UNPRIVILEGED]
    assert ordered(down) == [UNPRIVILEGED, RANGE]


@alone
def test_dependent_keys_are_written_in_the_right_order_and_undone_in_the_reverse() -> None:
    set_live(ip_local_port_range="2000 60999")
    ups = assigned(ip_unprivileged_port_start=20000, ip_local_port_range="32768 60999")
    done = apply(*ups, "-f", "json", "--allow", "TT4")
    assert done.status == 0, done
    assert live(UNPRIVILEGED) == "20000"
    back = inside("rollback", "-f", "json")
    assert back.status == 0, "the kernel refuses a range below the unprivileged ports"
    assert (live(RANGE), live(UNPRIVILEGED)) == ("2000 60999", "1024")


@alone
def test_each_write_is_read_back_and_compared_by_meaning() -> None:
    wish = ["--set", f"{RANGE}=10240 65535", "--set", "net.ipv4.ip_local_reserved_ports=20002,20001,20000-20000"]
    done = apply(*wish, "-f", "json")
    assert done.status == 0, done
    assert all(change["verified"] for change in document(done)["changes"])
    assert Path("/proc/sys/net/ipv4/ip_local_port_range").read_text() == "10240\t65535\n"
    assert live("net.ipv4.ip_local_reserved_ports") == "20000-20002"
    assert document(apply(*wish, "-f", "json"))["changed"] is False


@alone
def test_forty_parameters_and_their_drop_in_are_one_change(tmp_path: Path) -> None:
    lines = []
    for path in sorted(Path("/proc/sys/net/ipv4").glob("[it]*")):
        key = f"net.ipv4.{path.name}"
        if parameter(key) is None or not path.stat().st_mode & 0o222 or not live(key).isdecimal():
            continue
        before = int(live(key))
        with suppress(OSError):
            write_sysctl(key, before + 1)
            if live(key) == str(before + 1):
                lines.append(f"{key}: {before + 1}")
            write_sysctl(key, before)
    assert len(lines) >= 40, "a test of many parameters"
    done = apply(str(write(tmp_path, "\n".join(lines[:40]))), *FILE, "-f", "json", "--allow", "TT")
    found = document(done)
    assert done.status == 0, found["messages"]
    assert sum(change["verified"] for change in found["changes"]) == len(lines[:40])
    assert len(list(ENTRIES.glob("*.jsonl"))) == 1
    assert DROPIN.read_text().count(" = ") == len(lines[:40])
    again = apply(str(tmp_path / "mine.yaml"), *FILE, "-f", "json")
    assert (again.status, document(again)["changed"]) == (0, False)
    assert inside("rollback").status == 0
    assert nothing_written_but_the_journal()


def nothing_written_but_the_journal() -> bool:
    """Tell whether the values and files are as they were."""
    return (live(FIN), live(REUSE)) == ("60", "2") and not DROPIN.exists() and not leftovers()


@alone
def test_a_second_run_changes_nothing_and_says_so() -> None:
    wish = [*assigned(tcp_fin_timeout=30, tcp_max_tw_buckets=300000), *FILE]
    assert apply(*wish).status == 0
    text, stamp = DROPIN.read_bytes(), DROPIN.stat().st_mtime_ns
    entries = sorted(ENTRIES.iterdir())
    again = apply(*wish)
    assert again.status == 0
    assert "Nothing to do" in again.out
    assert document(apply(*wish, "-f", "json"))["changed"] is False
    assert (DROPIN.read_bytes(), DROPIN.stat().st_mtime_ns) == (text, stamp)
    assert sorted(ENTRIES.iterdir()) == entries


@alone
def test_the_profile_that_resets_a_whole_host_is_refused_without_only() -> None:
    assert apply("kernel-default").status == 2
    set_live(tcp_fin_timeout=33, tcp_retries2=9)
    assert apply("kernel-default", "--only", FIN).status == 0
    assert (live(FIN), live("net.ipv4.tcp_retries2")) == ("60", "9")


@pytest.mark.parametrize("name", ["net.ipv4.tcp_fin_timeot", "net.ipv4.tcp_max_orphans", "nonesuch", ""])
@alone
def test_only_of_what_the_profile_does_not_name_is_wrong_usage(name: str) -> None:
    done = apply("outbound-heavy", "--only", name)
    assert done.status == 2
    assert len(done.err.splitlines()) <= 2
    assert nothing_written()


@alone
def test_a_value_cannot_bring_a_line_of_its_own_into_the_drop_in() -> None:
    before = live(CONGESTION)
    done = apply("--set", f"{CONGESTION}=cubic\nnet.ipv4.ip_forward=1", *FILE)
    assert done.status in (1, 2, 3)
    assert (live(CONGESTION), live("net.ipv4.ip_forward")) == (before, "0")
    assert not DROPIN.exists()


@alone
def test_no_privilege_is_status_2_and_says_what_is_missing() -> None:
    os.setgid(65534)
    os.setuid(65534)
    for command in (["apply", *assigned(tcp_fin_timeout=30)], ["confirm"], ["rollback"], ["history"]):
        done = inside(*command)
        assert done.status == 2
        assert "root" in done.err


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--netns", "a", "--pid", "1"],
        ["--remove", "outbound-heavy"],
        ["--remove", "--resume", "x"],
        ["--resume", "x", "--set", "net.ipv4.tcp_fin_timeout=3"],
        ["outbound-heavy", "--confirm-within", "0"],
        ["outbound-heavy", "--confirm-within", "nan"],
        ["outbound-heavy", "--confirm-within", "1e9"],
        ["outbound-heavy", "--no-persist", "--file", "/etc/sysctl.d/x.conf"],
        ["outbound-heavy", "--file", "x.conf"],
        ["outbound-heavy", "--persist"],
        ["outbound-heavy", "--state-dir", "x"],
        ["--remove"],
        ["no-such-profile"],
        ["--resume", "no-such-entry"],
    ],
)
@alone
def test_wrong_usage_is_status_2_with_one_clear_line(words: list[str]) -> None:
    done = apply(*words)
    assert (done.status, done.out) in ((2, ""), (1, "")), done
    assert 1 <= len(done.err.splitlines()) <= 2
    assert nothing_written()


@alone
def test_the_buckets_are_planned_by_what_a_host_has() -> None:
    result = apply_as_initial(values=[f"{BUCKETS}=300000"], dry_run=True)
    assert result.plan.persists == str(DROPIN)
    assert result.plan.file is not None
    assert not DROPIN.exists()
