"""`tcptune apply`: written, read back, kept; put back as a whole when anything fails."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.stage import (
    BACKLOG,
    FILE,
    FIN,
    RANGE,
    REUSE,
    SOMAXCONN,
    STAMPS,
    START,
    STATE,
    apply,
    history,
    now,
    on_stage,
    profile,
    put,
    rollback,
    run,
    states,
)

pytestmark = pytest.mark.root


def test_a_profile_is_written_read_back_and_kept_for_the_next_boot() -> None:
    def act() -> None:
        done = apply(profile({FIN: 30, REUSE: 1}))
        assert (now(FIN), now(REUSE)) == ("30", "1")
        assert done["changed"] and done["persisted"] == FILE
        assert {row["key"]: (row["before"], row["after"], row["verified"]) for row in done["changes"]} == {
            FIN: (60, 30, True),
            REUSE: (2, 1, True),
        }
        assert f"{FIN} = 30\n" in Path(FILE).read_text()
        assert Path(FILE).stat().st_mode & 0o7777 == 0o644
        assert Path(done["journal"]["path"]).is_file()

    on_stage(act, initial=True)


def test_a_second_run_changes_nothing_and_says_so() -> None:
    def act() -> None:
        mine = profile({FIN: 30, RANGE: [20000, 60999]})
        apply(mine)
        file, entries = Path(FILE).read_bytes(), len(history())
        again = apply(mine)
        assert again["changed"] is False and again["journal"] is None
        assert all(row["action"] == "keep" for row in again["changes"])
        assert "Nothing to do" in run("apply", mine).out
        assert Path(FILE).read_bytes() == file and len(history()) == entries

    on_stage(act, initial=True)


def test_forty_parameters_go_in_one_change() -> None:
    def act() -> None:
        names = sorted(each.name for each in Path("/proc/sys/net/ipv4").glob("tcp_*"))
        values = {}
        for name in names:
            text = now(f"net.ipv4.{name}")
            if text.isdecimal() and 2 <= int(text) <= 100 and name not in ("tcp_fastopen", "tcp_mtu_probing"):
                values[f"net.ipv4.{name}"] = int(text)
        document = apply(profile(values), "--dry-run", "--allow", "TT")
        assert document["changed"] is False or document["file"] is not None

    on_stage(act, initial=True)


def test_a_dry_run_runs_the_same_checks_and_writes_nothing() -> None:
    def act() -> None:
        document = apply(profile({FIN: 30}), "--dry-run")
        assert document["dry_run"] and document["changed"] and document["journal"] is None
        assert now(FIN) == "60" and not Path(FILE).exists() and not Path(STATE).exists()
        refused = apply(profile({STAMPS: 0}), "--dry-run", status=1)
        assert [each["rule"] for each in refused["findings"]] == ["TT402"]

    on_stage(act, initial=True)


def test_outside_the_initial_namespace_nothing_is_kept_unless_a_file_is_named() -> None:
    def act() -> None:
        mine = profile({FIN: 30})
        assert apply(mine)["persisted"] is None
        assert not Path(FILE).exists() and now(FIN) == "30"
        assert apply(mine, "--file", "/etc/sysctl.d/mine.conf")["persisted"] == "/etc/sysctl.d/mine.conf"
        assert f"{FIN} = 30" in Path("/etc/sysctl.d/mine.conf").read_text()

    on_stage(act)


def test_no_persist_keeps_nothing_for_the_next_boot() -> None:
    def act() -> None:
        assert apply(profile({FIN: 30}), "--no-persist")["persisted"] is None
        assert now(FIN) == "30" and not Path(FILE).exists()

    on_stage(act, initial=True)


def test_set_goes_on_top_of_the_profile_or_stands_alone() -> None:
    def act() -> None:
        apply(profile({FIN: 30}), "--set", f"{FIN}=25", "--set", "net/core/somaxconn=8192")
        assert (now(FIN), now(SOMAXCONN)) == ("25", "8192")
        apply("--set", f"{RANGE}=20000 60999", "--no-persist")
        assert now(RANGE) == "20000 60999"

    on_stage(act)


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
def test_a_value_that_is_none_is_wrong_usage_or_refused_before_anything_is_written(given: str, said: str) -> None:
    def act() -> None:
        done = run("apply", "--set", given)
        assert done.status in (1, 2) and said in done.err + done.out, done
        assert not Path(STATE).exists()

    on_stage(act)


def test_the_kernels_refusal_puts_everything_back() -> None:
    def act() -> None:
        put(FIN, 45)
        mine = profile({FIN: 30, "net.ipv4.tcp_congestion_control": "nosuchthing"})
        document = apply(mine, "--file", "/etc/sysctl.d/x.conf", status=3)
        assert now(FIN) == "45" and not Path("/etc/sysctl.d/x.conf").exists()
        assert document["changed"] is False
        assert any("nosuchthing" in line for line in document["messages"])
        assert states() == [("apply", "undone")]

    on_stage(act)


def test_a_value_that_was_odd_before_comes_back_exactly() -> None:
    def act() -> None:
        put(FIN, -5)
        apply(profile({FIN: 30}))
        assert now(FIN) == "30"
        rollback()
        assert now(FIN) == "-5"

    on_stage(act)


@pytest.mark.parametrize(
    ("before", "after"),
    [(("1024", "1024 30000"), (40000, [40000, 60000])), (("40000", "40000 60000"), (1024, [1024, 30000]))],
)
def test_range_and_first_unprivileged_port_go_in_the_order_that_the_kernel_takes(
    before: tuple[str, str], after: tuple[int, list[int]]
) -> None:
    """The kernel refuses at every moment a range that begins below the unprivileged ports."""

    def act() -> None:
        for key, value in ((START, 0), (RANGE, before[1]), (START, before[0])):
            put(key, value)
        apply(profile({START: after[0], RANGE: after[1]}), "--allow", "TT")
        assert now(RANGE) == " ".join(map(str, after[1])) and now(START) == str(after[0])
        rollback()
        assert (now(START), now(RANGE)) == before

    on_stage(act)


def test_timestamps_come_before_reuse_and_go_after_it() -> None:
    def act() -> None:
        put(STAMPS, 0)
        put(REUSE, 0)
        keys = [row["key"] for row in apply(profile({REUSE: 1, STAMPS: 1}))["changes"]]
        first = history()[0]
        assert [step["key"] for step in first["steps"]] == [STAMPS, REUSE], keys
        rollback()
        assert [step["key"] for step in history()[0]["steps"]] == [REUSE, STAMPS]
        assert (now(STAMPS), now(REUSE)) == ("0", "0")

    on_stage(act)


def test_values_are_compared_by_meaning_not_by_text() -> None:
    def act() -> None:
        put(RANGE, "20000\t60999")
        put("net.ipv4.ip_local_reserved_ports", "8080-8081,9000")
        mine = profile({RANGE: "20000 60999", "net.ipv4.ip_local_reserved_ports": "9000,8081,8080"})
        assert apply(mine)["changed"] is False

    on_stage(act)


def test_an_empty_list_of_ports_is_put_back_as_an_empty_list() -> None:
    def act() -> None:
        key = "net.ipv4.ip_local_reserved_ports"
        apply(profile({key: "40000-40010"}))
        assert now(key) == "40000-40010"
        rollback()
        assert now(key) == ""

    on_stage(act)


def test_a_key_outside_the_network_is_refused_in_a_namespace_of_its_own() -> None:
    def act() -> None:
        before = now("fs.file-max")
        refused = apply(profile({"fs.file-max": 4096, FIN: 30}), status=1)
        assert any("fs.file-max" in line for line in refused["refusals"])
        assert now("fs.file-max") == before and now(FIN) == "60"

    on_stage(act)


def test_kernel_default_is_for_diff_unless_its_parameters_are_named() -> None:
    def act() -> None:
        put(FIN, 30)
        put(BACKLOG, 100)
        refused = run("apply", "kernel-default")
        assert refused.status == 2 and "--only" in refused.err
        apply("kernel-default", "--only", FIN)
        assert (now(FIN), now(BACKLOG)) == ("60", "100")
        assert run("apply", "kernel-default", "--only", "net.ipv4.nothing").status == 2

    on_stage(act)


def test_nothing_prompts_and_the_plan_says_what_is_written_where() -> None:
    def act() -> None:
        done = run("apply", profile({FIN: 30, STAMPS: 1}), "--dry-run")
        assert done.status == 0
        for word in ("Dry run", FIN, "60", "30", FILE):
            assert word in done.out, done.out

    on_stage(act, initial=True)
