"""What a plan is judged by: the end state beside today's, live and at the next boot; an outage's cure goes through."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from tcptune.apply import engine
from tcptune.apply.journal import STATE_DIR
from tcptune.apply.plan import Wish
from tcptune.cli.wishes import policy
from tcptune.model.plan import Applied
from tests.support import outage
from tests.support.change import (
    BUCKETS,
    DROPIN,
    FILE,
    FIN,
    RANGE,
    REUSE,
    alone,
    apply,
    apply_as_initial,
    as_initial,
    set_live,
)
from tests.support.inside import inside
from tests.support.profiles import write
from tools.stage import live, mount

pytestmark = pytest.mark.root

BIND = 0x1000


def rules(found: Applied) -> set[str]:
    """Return the rules of a plan's risks."""
    return {each.rule for each in found.plan.risks}


def own_etc() -> None:
    """Lay a copy of /etc over the machine's, for this test alone, without drop-ins."""
    shutil.copytree("/etc/alternatives", "/run/etc/alternatives", symlinks=True)
    for name in ("ld.so.cache", "passwd", "group", "nsswitch.conf", "os-release"):
        if Path("/etc", name).exists():
            shutil.copy(Path("/etc", name), Path("/run/etc", name))
    Path("/run/etc/sysctl.d").mkdir()
    mount("", "/etc", "/run/etc", BIND)


@alone
def test_the_cure_of_an_outage_goes_through_without_allow() -> None:
    """Ports are used up, counters have grown, an old drop-in is bad: none of it is brought by the profile."""
    outage.prepare()
    set_live(ip_local_port_range="40000 41999", tcp_fin_timeout=5, tcp_syncookies=0)
    DROPIN.with_name("50-old.conf").write_text(f"{FIN} = 5\nnet.ipv4.tcp_tw_recycle = 1\nnet.ipv4.tcp_syncookies = 0\n")
    with outage.server() as to, outage.keeper(to):
        assert outage.connect_until_it_fails(to, 2 * outage.PORTS)[1] == "EADDRNOTAVAIL"
        done = apply_as_initial("outbound-heavy")
        assert (done.status, done.plan.refusals, rules(done)) == (0, (), set())
        assert (live(REUSE), live(RANGE)) == ("1", "10240 65535")
        assert outage.connect_until_it_fails(to, 3000) == (3000, None), "and it helps"


@alone
def test_pressure_is_never_a_reason_to_refuse() -> None:
    """What audit says of full ports and counted overflows stands on the very keys that the cure writes."""
    outage.prepare()
    DROPIN.with_name("50-old.conf").write_text("net.ipv4.tcp_tw_recycle = 1\nnet.ipv4.tcp_syncookies = 0\n")
    with outage.server() as to, outage.keeper(to):
        set_live(tcp_max_tw_buckets=100)
        assert outage.connect_until_it_fails(to, 200) == (200, None)
        set_live(tcp_max_tw_buckets=65536)
        assert outage.connect_until_it_fails(to, 2 * outage.PORTS)[1] == "EADDRNOTAVAIL"
        found = json.loads(inside("audit", "--fail-on", "never", "-f", "json").out)["findings"]
        told = {(each["rule"], each["key"]) for each in found}
        assert {("TT601", RANGE), ("TT602", BUCKETS)} <= told
        done = apply_as_initial(values=[f"{RANGE}=40000 60999", f"{BUCKETS}=262144"])
        assert (done.status, done.plan.refusals, rules(done)) == (0, (), set())
        assert not [each for each in done.plan.present if each.rule.startswith("TT6")]
        assert outage.connect_until_it_fails(to, 3000) == (3000, None), "and it helps"


@alone
def test_a_tuned_that_would_put_its_own_value_back_is_found_before_anything_is_written() -> None:
    own_etc()
    Path("/etc/tuned/mine").mkdir(parents=True)
    Path("/etc/tuned/active_profile").write_text("mine\n")
    Path("/etc/tuned/mine/tuned.conf").write_text(f"[sysctl]\n{FIN}=20\n")
    yielding = apply_as_initial(values=[f"{FIN}=30"], dry_run=True)
    assert (yielding.status, rules(yielding)) == (0, set()), "it lets /etc/sysctl.d win, unless its main file says no"
    Path("/etc/tuned/tuned-main.conf").write_text("reapply_sysctl = 0\n")
    done = apply_as_initial(values=[f"{FIN}=30"])
    assert done.status == 1
    assert "TT505" in rules(done)
    assert any("tuned" in each.message for each in done.plan.risks)
    assert (live(FIN), DROPIN.exists(), Path(STATE_DIR).exists()) == ("60", False, False)
    assert apply_as_initial(values=[f"{BUCKETS}=300000"]).status == 0, "what tuned does not set is not its business"


@alone
def test_a_relation_that_holds_now_and_not_after_the_boot_is_found() -> None:
    """Reuse is kept, and timestamps are off in an old file that nobody has read since."""
    DROPIN.with_name("50-old.conf").write_text("net.ipv4.tcp_timestamps = 0\n")
    done = apply_as_initial(values=[f"{REUSE}=1"])
    assert done.status == 1
    assert "TT301" in rules(done)
    assert any("After the next boot" in each.message for each in done.plan.risks)
    assert (live(REUSE), DROPIN.exists()) == ("2", False)
    assert apply_as_initial(values=[f"{REUSE}=1"], persist=False).status == 0, "until then it does what it should"


@alone
def test_what_only_procps_would_end_with_is_found() -> None:
    """/etc/sysctl.conf is read by `sysctl --system` alone, after every drop-in."""
    own_etc()
    Path("/etc/sysctl.conf").write_text("net.ipv4.tcp_timestamps = 0\n")
    done = apply_as_initial(values=[f"{REUSE}=1"])
    assert done.status == 1
    assert any("sysctl --system" in each.message for each in done.plan.risks), done.plan.risks


@alone
def test_the_plan_says_in_which_order_what_is_written_where_and_why_it_is_safe() -> None:
    shown = apply("outbound-heavy", *FILE, "--dry-run")
    assert shown.status == 0
    rows = [line.split() for line in shown.out.splitlines() if line[:1].isdigit()]
    assert [row[:2] for row in rows] == [["1", REUSE], ["2", RANGE]]
    assert all("no documented risk" in " ".join(row) for row in rows)
    assert str(DROPIN) in shown.out
    assert "protected by timestamps" in " ".join(shown.out.split())


@alone
def test_a_profile_that_changes_between_two_runs_is_told_by_its_digest(tmp_path: Path) -> None:
    first = write(tmp_path, f"{FIN}: 30")
    one = engine.apply(Wish(policy(str(first), [])), as_initial(), STATE_DIR).header
    first.write_text(first.read_text().replace(": 30", ": 31"))
    two = engine.apply(Wish(policy(str(first), [])), as_initial(), STATE_DIR).header
    assert one is not None
    assert two is not None
    assert one.digest != two.digest
    assert (one.user, one.release) == ("root", os.uname().release)
    assert inside("history").out.count("by root") == 2
