"""What is kept for the next boot, and where: point 7 of the promises; and `apply --remove`, point 10."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from tcptune.apply import engine
from tcptune.apply.journal import STATE_DIR
from tests.support.change import (
    BUCKETS,
    DROPIN,
    ENTRIES,
    FILE,
    FIN,
    REUSE,
    alone,
    apply,
    apply_as_initial,
    as_initial,
    assigned,
    document,
    leftovers,
    newest,
    set_live,
)
from tests.support.inside import inside
from tests.support.missing import needs
from tests.support.netns import write_sysctl
from tests.support.profiles import write
from tests.support.program import tcptune
from tools.stage import live, mount

pytestmark = pytest.mark.root

FOREIGN = "# an administrator's\nnet.ipv4.tcp_retries2 = 9\n"


@alone
def test_in_the_initial_namespace_it_is_kept_by_default() -> None:
    done = apply_as_initial(values=[f"{FIN}=30"])
    assert done.status == 0
    assert f"{FIN} = 30\n" in DROPIN.read_text()
    assert done.plan.persists == str(DROPIN)


@alone
def test_elsewhere_nothing_is_kept_unless_a_file_is_named() -> None:
    found = document(apply(*assigned(tcp_fin_timeout=30), "-f", "json"))
    assert (found["persisted"], found["file"]) == (None, None)
    assert not list(DROPIN.parent.iterdir())
    found = document(apply(*assigned(tcp_fin_timeout=30), *FILE, "-f", "json"))
    assert found["persisted"] == str(DROPIN), "the live value is there already, the file is not"
    assert f"{FIN} = 30\n" in DROPIN.read_text()


@alone
def test_the_drop_in_is_one_file_of_its_own_mode_0644() -> None:
    other = DROPIN.with_name("10-admin.conf")
    other.write_text(FOREIGN)
    os.umask(0o077)
    assert apply(*assigned(tcp_fin_timeout=30), *FILE).status == 0
    info = DROPIN.stat()
    assert (stat.S_IMODE(info.st_mode), info.st_uid, info.st_gid, info.st_nlink) == (0o644, 0, 0, 1)
    assert sorted(each.name for each in DROPIN.parent.iterdir()) == [other.name, DROPIN.name]
    assert other.read_text() == FOREIGN


@alone
def test_the_drop_in_is_written_beside_synced_renamed_and_its_folder_synced(tmp_path: Path) -> None:
    log = tmp_path / "log"
    calls = "trace=write,fsync,rename,renameat,renameat2,openat,fchmod"
    done = tcptune(
        "apply", *assigned(tcp_fin_timeout=30), *FILE, before=["strace", "-f", "-y", "-o", str(log), "-e", calls]
    )
    assert done.status == 0, done
    folder = str(DROPIN.parent)
    rows = [
        row.split(maxsplit=1)[1] for row in log.read_text().splitlines() if f"{folder}>" in row or f"{folder}/" in row
    ]
    began = next(n for n, row in enumerate(rows) if "O_CREAT|O_EXCL|O_NOFOLLOW" in row)
    beside = rows[began].split('"')[1]
    assert rows[began].startswith("openat(") and f"<{folder}>, " in rows[began]
    assert beside.startswith(".") and "/" not in beside, "no loader reads it, and it is in the same folder"
    what = [row.partition("(")[0] for row in rows[began:] if beside in row or row.startswith(("fsync", "rename"))]
    assert what == ["openat", "write", "fchmod", "fsync", "renameat", "fsync"]
    assert rows[-1].startswith("fsync(") and f"<{folder}>" in rows[-1]


@alone
def test_no_line_of_anybody_else_is_touched() -> None:
    others = {
        DROPIN.with_name(name): f"# of somebody else\n{FIN} = 20\n" for name in ("10-a.conf", "79-b.conf", "80-tcptune")
    }
    for path, text in others.items():
        path.write_text(text)
        os.utime(path, ns=(1, 1))
    for words in (("apply", *assigned(tcp_fin_timeout=30), *FILE), ("rollback",), ("apply", "--remove", *FILE)):
        assert inside(*words).status == 0
        assert {path: path.read_text() for path in others} == others
        assert {path.stat().st_mtime_ns for path in others} == {1}


@alone
def test_values_that_were_kept_before_stay_beside_new_ones() -> None:
    apply(*assigned(tcp_fin_timeout=30), *FILE)
    apply(*assigned(tcp_max_tw_buckets=300000), *FILE)
    assert f"{FIN} = 30\n" in DROPIN.read_text()
    assert f"{BUCKETS} = 300000\n" in DROPIN.read_text()
    inside("rollback")
    assert f"{FIN} = 30\n" in DROPIN.read_text()
    assert BUCKETS not in DROPIN.read_text()
    inside("rollback")
    assert not DROPIN.exists()


@alone
def test_an_existing_file_without_our_header_is_refused_even_with_force() -> None:
    DROPIN.write_text(FOREIGN)
    for more in ([], ["--force"]):
        done = apply(*assigned(tcp_fin_timeout=30), *FILE, *more)
        assert done.status == 1
        assert "was not written by tcptune" in " ".join(done.out.split())
        assert DROPIN.read_text() == FOREIGN
        assert live(FIN) == "60"


@alone
def test_one_of_ours_that_was_edited_by_hand_is_refused_without_force() -> None:
    apply(*assigned(tcp_fin_timeout=30), *FILE)
    edited = DROPIN.read_text().replace("= 30", "= 31")
    DROPIN.write_text(edited)
    done = apply(*assigned(tcp_max_tw_buckets=300000), *FILE)
    assert done.status == 1
    assert "edited by hand" in " ".join(done.out.split())
    assert DROPIN.read_text() == edited
    assert live(BUCKETS) == "131072"
    assert apply(*assigned(tcp_max_tw_buckets=300000), *FILE, "--force").status == 0
    assert f"{BUCKETS} = 300000" in DROPIN.read_text()
    assert inside("rollback").status == 0
    assert DROPIN.read_text() == edited, "the edit by hand is back"


@alone
def test_a_later_file_that_would_win_is_said_before_anything_is_written() -> None:
    DROPIN.with_name("99-late.conf").write_text(f"{FIN} = 45\n")
    done = apply_as_initial(values=[f"{FIN}=30"])
    assert done.status == 1
    assert {each.rule for each in done.plan.risks} & {"TT501"}
    assert "99-late.conf" in " ".join(each.message + str(each.related) for each in done.plan.risks)
    assert live(FIN) == "60"
    assert not DROPIN.exists()
    assert apply_as_initial(values=[f"{FIN}=30"], allow=("TT501", "TT502")).status == 0


@alone
def test_a_loader_that_ends_elsewhere_is_said_before_anything_is_written() -> None:
    """procps alone reads /etc/sysctl.conf, and last."""
    Path("/run/sysctl.conf").write_text(f"{FIN} = 45\n")
    assert live(FIN) == "60"
    mount("", "/etc/sysctl.conf", "/run/sysctl.conf", 0x1000)
    done = apply_as_initial(values=[f"{FIN}=30"])
    assert done.status == 1
    assert {each.rule for each in done.plan.risks} & {"TT501", "TT506"}
    assert live(FIN) == "60"


@alone
def test_an_old_bad_drop_in_that_ours_wins_over_is_no_reason_to_refuse() -> None:
    DROPIN.with_name("50-old.conf").write_text(f"{FIN} = 5\nnet.ipv4.tcp_tw_recycle = 1\n")
    set_live(tcp_fin_timeout=5)
    done = apply_as_initial(values=[f"{FIN}=30"])
    assert (done.status, done.plan.risks, done.plan.refusals) == (0, (), ())
    assert live(FIN) == "30"


@alone
def test_a_drop_in_on_a_read_only_file_system_is_refused_before_anything_is_written() -> None:
    mount("tmpfs", "/etc/sysctl.d", flags=1)
    done = apply(*assigned(tcp_fin_timeout=30), *FILE)
    assert done.status == 1
    assert "read-only" in done.out
    assert live(FIN) == "60"
    assert apply(*assigned(tcp_fin_timeout=30), *FILE, "--dry-run").status == 1


@alone
def test_a_read_only_state_folder_is_refused_before_anything_is_written() -> None:
    mount("tmpfs", "/var/lib", flags=1)
    for more in ([], ["--dry-run"]):
        done = apply(*assigned(tcp_fin_timeout=30), *more)
        assert done.status == 1
        assert "/var/lib/tcptune" in done.err + done.out
        assert live(FIN) == "60"


@pytest.mark.parametrize("name", ["80-tcptune", ".80.conf", "x.conf/"])
@alone
def test_a_file_that_no_loader_reads_is_refused(name: str) -> None:
    done = apply(*assigned(tcp_fin_timeout=30), "--file", f"/etc/sysctl.d/{name}")
    assert done.status in (0, 1)
    assert live(FIN) == ("30" if done.status == 0 else "60")
    assert all(each.name.endswith(".conf") and each.name[0] != "." for each in DROPIN.parent.iterdir())


@alone
def test_a_value_by_at_least_keeps_what_is_more_and_repairs_the_file(tmp_path: Path) -> None:
    wish = write(tmp_path, f"{BUCKETS}: {{at_least: 262144}}")
    assert apply(str(wish), *FILE).status == 0
    assert f"{BUCKETS} = 262144" in DROPIN.read_text()
    write_sysctl(BUCKETS, 400000)
    assert apply(str(wish), *FILE).status == 0
    assert live(BUCKETS) == "400000"
    again = apply(str(wish), *FILE, "-f", "json")
    assert document(again)["changed"] is False


@alone
def test_removal_gives_what_the_remaining_files_say_then_the_journal_then_the_default() -> None:
    DROPIN.with_name("50-admin.conf").write_text(f"{FIN} = 45\n")
    set_live(tcp_retries2=9)
    wish = [f"{FIN}=30", "net.ipv4.tcp_retries2=12", f"{REUSE}=1"]
    assert apply_as_initial(values=wish).status == 0
    entry = newest()
    path = ENTRIES / f"{entry}.jsonl"
    head, _, rest = path.read_text().partition("\n")
    row = json.loads(head)
    row["steps"] = [step for step in row["steps"] if step["key"] != REUSE]
    path.write_text(json.dumps(row) + "\n" + rest)
    dry = engine.remove(str(DROPIN), as_initial(), STATE_DIR, dry_run=True)
    told = " ".join(dry.plan.notices)
    assert "50-admin.conf" in told
    assert entry in told
    assert "default" in told
    assert live(FIN) == "30"
    done = engine.remove(str(DROPIN), as_initial(), STATE_DIR)
    assert done.status == 0, (done.plan.risks, done.lines)
    assert (live(FIN), live("net.ipv4.tcp_retries2"), live(REUSE)) == ("45", "9", "2")
    assert not DROPIN.exists()
    assert not leftovers()


@pytest.mark.parametrize(
    ("hidden", "value"), [(None, "40"), pytest.param("/usr/lib/systemd", "45", marks=needs("sysctl"))]
)
@alone
def test_removal_follows_the_loader_that_this_host_boots_with(hidden: str | None, value: str) -> None:
    """procps alone reads /etc/sysctl.conf, and last; it is the boot's where systemd-sysctl is not there."""
    DROPIN.with_name("50-admin.conf").write_text(f"{FIN} = 40\n")
    assert apply_as_initial(values=[f"{FIN}=30"]).status == 0
    Path("/run/sysctl.conf").write_text(f"{FIN} = 45\n")
    mount("", "/etc/sysctl.conf", "/run/sysctl.conf", 0x1000)
    if hidden is not None:
        mount("tmpfs", hidden)
    done = engine.remove(str(DROPIN), as_initial(), STATE_DIR, allow=("TT5",))
    assert (done.status, live(FIN)) == (0, value), done


@alone
def test_removal_leaves_what_somebody_changed_since() -> None:
    apply(*assigned(tcp_fin_timeout=30, tcp_max_tw_buckets=300000), *FILE)
    write_sysctl(FIN, 44)
    done = apply("--remove", *FILE)
    assert done.status == 0, done
    assert (live(FIN), live(BUCKETS)) == ("44", "131072")
    assert FIN in done.out


@alone
def test_a_removal_can_be_rolled_back() -> None:
    apply(*assigned(tcp_fin_timeout=30), *FILE)
    text = DROPIN.read_text()
    assert apply("--remove", *FILE).status == 0
    assert inside("rollback").status == 0
    assert (live(FIN), DROPIN.read_text()) == ("30", text)


@alone
def test_removal_of_nothing_changes_nothing_and_of_a_foreign_file_is_refused() -> None:
    done = apply("--remove", *FILE, "-f", "json")
    assert (done.status, document(done)["changed"]) == (0, False)
    DROPIN.write_text(FOREIGN)
    assert apply("--remove", *FILE).status == 1
    assert DROPIN.read_text() == FOREIGN


@alone
def test_a_dry_removal_removes_nothing() -> None:
    apply(*assigned(tcp_fin_timeout=30), *FILE)
    done = apply("--remove", *FILE, "--dry-run", "-f", "json")
    assert (done.status, document(done)["changed"]) == (0, True)
    assert (live(FIN), DROPIN.exists()) == ("30", True)


def _rewritten(**place: object) -> str:
    """Make the newest entry one of another place; return its id."""
    entry = newest()
    path = ENTRIES / f"{entry}.jsonl"
    head, _, rest = path.read_text().partition("\n")
    row = json.loads(head)
    row["place"] |= place
    path.write_text(json.dumps(row) + "\n" + rest)
    return entry


@pytest.mark.parametrize(("place", "said"), [({"boot": "another"}, "another boot"), ({"cookie": 7}, "namespace")])
@alone
def test_of_another_boot_or_a_dead_namespace_files_alone_are_restored_and_it_is_said(
    place: dict[str, object], said: str
) -> None:
    apply(*assigned(tcp_fin_timeout=30), *FILE)
    entry = _rewritten(**place)
    found = document(inside("history", "-f", "json"), "history")["entries"][0]
    assert (found["here"], found["steps"][0]["now"]) == (False, None)
    assert inside("rollback").status == 1, "it is none of this namespace"
    done = inside("rollback", entry)
    assert done.status == 0
    assert said in " ".join(done.out.split())
    assert (live(FIN), DROPIN.exists()) == ("30", False)


@alone
def test_an_inode_alone_is_no_proof_of_a_namespace() -> None:
    apply(*assigned(tcp_fin_timeout=30))
    entry = _rewritten(cookie=None)
    done = inside("rollback", entry)
    assert live(FIN) == "30"
    assert done.status in (0, 1)
    assert "namespace" in done.out + done.err


@alone
def test_a_refused_file_is_not_replaced_by_a_rollback_either() -> None:
    apply(*assigned(tcp_fin_timeout=30), *FILE)
    DROPIN.write_text(FOREIGN)
    assert inside("rollback").status == 1
    assert (DROPIN.read_text(), live(FIN)) == (FOREIGN, "30")
