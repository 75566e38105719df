"""What was changed comes back: odd and long values, drift, history, and what is left behind."""

from __future__ import annotations

import pytest

from tcptune.formats import apply_text
from tests.support.change import (
    BUCKETS,
    DROPIN,
    FILE,
    FIN,
    REUSE,
    alone,
    apply,
    assigned,
    document,
    leftovers,
    newest,
    set_live,
    states,
)
from tests.support.inside import inside
from tests.support.netns import write_sysctl
from tests.support.program import tcptune
from tools.stage import live

pytestmark = pytest.mark.root


@alone
def test_odd_values_come_back_exactly() -> None:
    set_live(tcp_fin_timeout=-5, ip_local_reserved_ports="7,9,20000-20100")
    wish = ["--set", "net.ipv4.ip_local_reserved_ports=1,2,3"]
    assert apply(*assigned(tcp_fin_timeout=30), *wish).status == 0
    assert live("net.ipv4.ip_local_reserved_ports") == "1-3"
    assert inside("rollback").status == 0
    assert (live(FIN), live("net.ipv4.ip_local_reserved_ports")) == ("-5", "7,9,20000-20100")


@alone
def test_an_empty_value_comes_back() -> None:
    assert live("net.ipv4.ip_local_reserved_ports") == ""
    assert apply("--set", "net.ipv4.ip_local_reserved_ports=1,2,3").status == 0
    assert inside("rollback").status == 0
    assert live("net.ipv4.ip_local_reserved_ports") == ""


@alone
def test_a_long_list_of_ports_is_written_and_comes_back() -> None:
    many = ",".join(str(port) for port in range(10001, 12001, 2))
    assert len(many) > 4096
    wish = ["--set", f"net.ipv4.ip_local_reserved_ports={many}"]
    kept = apply(*wish, *FILE)
    assert kept.status == 1, "procps would keep the beginning of it only"
    assert "procps" in kept.out
    assert live("net.ipv4.ip_local_reserved_ports") == ""
    assert apply(*wish).status == 0
    assert live("net.ipv4.ip_local_reserved_ports") == many
    assert apply(*assigned(ip_local_reserved_ports="7")).status == 0
    assert inside("rollback").status == 0
    assert live("net.ipv4.ip_local_reserved_ports") == many
    assert inside("rollback").status == 0
    assert live("net.ipv4.ip_local_reserved_ports") == ""


@alone
def test_an_undo_leaves_what_somebody_changed_and_force_overwrites_it() -> None:
    apply(*assigned(tcp_fin_timeout=30, tcp_max_tw_buckets=300000))
    write_sysctl(FIN, 45)
    done = inside("rollback", "-f", "json")
    assert done.status == 1
    found = document(done)
    assert any(FIN in line and "45" in line for line in found["refusals"])
    assert found["changed"] is False
    assert (live(FIN), live(BUCKETS)) == ("45", "300000")
    assert "45" in inside("history").out
    assert inside("rollback", "--force").status == 0
    assert (live(FIN), live(BUCKETS)) == ("60", "131072")


@alone
def test_a_dry_rollback_says_what_it_would_do_and_does_nothing() -> None:
    apply(*assigned(tcp_fin_timeout=30), *FILE)
    kept = DROPIN.read_bytes()
    done = inside("rollback", "--dry-run", "-f", "json")
    found = document(done)
    assert (done.status, found["dry_run"], found["changed"]) == (0, True, True)
    assert (live(FIN), DROPIN.read_bytes()) == ("30", kept)
    assert states() == {newest(): "applied"}


@alone
def test_rollbacks_by_id_by_its_beginning_and_of_nothing() -> None:
    assert inside("rollback").status in (1, 2)
    apply(*assigned(tcp_fin_timeout=30))
    first = newest()
    assert inside("rollback", "nonesuch").status == 2
    assert inside("rollback", "../../etc/passwd").status == 2
    assert inside("rollback", "").status in (0, 2)
    if live(FIN) == "30":
        assert inside("rollback", first[:-2]).status == 0
    assert live(FIN) == "60"
    assert inside("rollback", first).status == 1
    assert inside("rollback").status == 1


@alone
def test_a_rollback_can_itself_be_undone() -> None:
    apply(*assigned(tcp_fin_timeout=30))
    inside("rollback")
    assert live(FIN) == "60"
    assert inside("rollback", newest()).status == 0
    assert live(FIN) == "30"


@alone
def test_history_validates_and_tells_the_newest_first() -> None:
    assert "No change" in inside("history").out
    apply(*assigned(tcp_fin_timeout=30))
    apply(*assigned(tcp_fin_timeout=31), *FILE)
    found = document(inside("history", "-f", "json"), "history")
    assert [each["steps"][0]["after"] for each in found["entries"]] == ["31", "30"]
    assert [each["steps"][0]["ours"] for each in found["entries"]] == [True, False]
    assert found["entries"][0]["file"] == str(DROPIN)
    assert all(each["here"] for each in found["entries"])


@alone
def test_a_report_that_cannot_be_written_does_not_hide_that_the_change_was_made() -> None:
    done = apply(*assigned(tcp_fin_timeout=30), "-o", "/run/nowhere/report")
    assert (live(FIN), done.status) in (("60", 2), ("30", 0))
    full = tcptune("apply", *assigned(tcp_retries2=9), before=["sh", "-c", 'exec "$@" > /dev/full', "sh"])
    assert (live("net.ipv4.tcp_retries2"), full.status) == ("9", 0)
    assert "report" in full.err or "output" in full.err


@alone
def test_a_report_that_fails_for_whatever_reason_does_not_change_the_status() -> None:
    def broken(*_: object, **__: object) -> str:
        raise ModuleNotFoundError("No module named 'gone'")

    apply_text.applied = broken
    done = apply(*assigned(tcp_fin_timeout=30))
    assert (done.status, live(FIN)) == (0, "30")
    assert f"the change {newest()} was made" in done.err
    done = apply(*assigned(tcp_congestion_control="nonesuch"))
    assert done.status == 3
    assert "nonesuch" in done.err


@alone
def test_nothing_is_left_behind_by_what_went_well() -> None:
    apply(*assigned(tcp_fin_timeout=30), *FILE)
    inside("rollback")
    apply(*assigned(tcp_retries2=9), *FILE)
    assert not leftovers()
    assert sorted(path.name for path in DROPIN.parent.iterdir()) == [DROPIN.name]
    assert live(REUSE) == "2"
