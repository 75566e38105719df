"""`tcptune rollback` and `history`: a change undone by its journal, and what somebody changed since."""

from __future__ import annotations

from pathlib import Path

import pytest

from tcptune.apply import dropin
from tests.support.asked import apply, history, profile, rollback, run, states
from tests.support.change import DROPIN, FIN, REUSE, SOMAXCONN, alone, as_host
from tests.support.netns import write_sysctl
from tools.stage import MS_BIND, MS_RDONLY, MS_REMOUNT, live, mount

pytestmark = pytest.mark.root


@as_host
def test_the_newest_change_is_undone_with_its_file() -> None:
    apply(profile({FIN: 30}))
    first = DROPIN.read_bytes()
    apply(profile({REUSE: 1}, "other"))
    assert DROPIN.read_bytes() != first
    rollback()
    assert (live(FIN), live(REUSE)) == ("30", "2") and DROPIN.read_bytes() == first
    rollback()
    assert live(FIN) == "60" and not DROPIN.exists()
    assert rollback(status=1).startswith("tcptune: there is no change of this namespace to undo")
    assert states() == [
        ("apply", "rolled-back"),
        ("apply", "rolled-back"),
        ("rollback", "applied"),
        ("rollback", "applied"),
    ]


@as_host
def test_the_older_of_two_changes_is_undone_and_the_newer_stays() -> None:
    """Both have their lines in the one drop-in."""
    older = apply(profile({FIN: 30}))["journal"]["id"]
    newer = apply(profile({REUSE: 1}))["journal"]["id"]
    rollback(older)
    assert (live(FIN), live(REUSE)) == ("60", "1")
    assert dropin.is_untouched(DROPIN.read_text()) and list(dropin.lines(DROPIN.read_text())) == [REUSE]
    rollback(newer)
    assert (live(REUSE), DROPIN.exists()) == ("2", False)


@as_host
def test_a_later_change_of_the_same_key_is_named_and_not_overwritten_without_force() -> None:
    older = apply(profile({FIN: 30, SOMAXCONN: 8192}))["journal"]["id"]
    newer = apply(profile({FIN: 40, REUSE: 1}))["journal"]["id"]
    before = DROPIN.read_text()
    refused = rollback(older, status=1)["refusals"]
    assert len(refused) == 2 and all(newer in line and FIN in line for line in refused)
    assert (live(FIN), live(SOMAXCONN), DROPIN.read_text()) == ("40", "8192", before)
    rollback(older, "--force")
    assert (live(FIN), live(SOMAXCONN), live(REUSE)) == ("60", "4096", "1")
    assert list(dropin.lines(DROPIN.read_text())) == [REUSE], "no line of the newer one's own is lost"


@as_host
def test_the_newer_and_then_the_older_end_as_it_was_before() -> None:
    older = apply(profile({FIN: 30}))["journal"]["id"]
    newer = apply(profile({FIN: 40, REUSE: 1}))["journal"]["id"]
    for each in (newer, older):
        rollback(each)
    assert (live(FIN), live(REUSE), DROPIN.exists()) == ("60", "2", False)


@as_host
def test_a_change_whose_drop_in_was_removed_since_can_be_undone_and_brings_none_back() -> None:
    entry = apply(profile({FIN: 30}))["journal"]["id"]
    DROPIN.unlink()
    rollback(entry)
    assert (live(FIN), DROPIN.exists()) == ("60", False)


@pytest.mark.parametrize("place", ["/etc/sysctl.d", "/proc/sys"])
@as_host
def test_an_undo_that_cannot_be_written_is_refused_before_anything_is_written(place: str) -> None:
    """A disk that is read-only since an error, a container: what can be undone all the same is said."""
    entry = apply(profile({FIN: 30}))["journal"]["id"]
    mount("", place, place, MS_BIND)
    mount("", place, flags=MS_BIND | MS_REMOUNT | MS_RDONLY)
    before = states()
    for more in ((), ("--dry-run",), ("--force",)):
        (said,) = rollback(entry, *more, status=1)["refusals"]
        assert "read-only" in said.lower() and place in said
    assert (live(FIN), DROPIN.exists(), states()) == ("30", True, before)
    if place == "/etc/sysctl.d":
        words = said.partition("tcptune apply ")[2].replace("'", "").split()
        apply(*words)
        assert live(FIN) == "60"


@alone
def test_a_dry_run_of_an_undo_writes_nothing() -> None:
    apply(profile({FIN: 30}))
    document = rollback("--dry-run")
    assert document["dry_run"] and document["changed"]
    assert live(FIN) == "30" and states() == [("apply", "applied")]


@alone
def test_what_somebody_changed_since_is_not_overwritten_without_force() -> None:
    entry = apply(profile({FIN: 30, SOMAXCONN: 8192}))["journal"]["id"]
    write_sysctl(FIN, 20)
    assert [step["now"] for step in history()[0]["steps"] if step["key"] == FIN] == ["20"]
    assert "changed since to 20" in run("history").out
    refused = rollback(entry, status=1)
    assert any(FIN in line and "'20'" in line for line in refused["refusals"])
    assert (live(FIN), live(SOMAXCONN)) == ("20", "8192")
    rollback(entry, "--force")
    assert (live(FIN), live(SOMAXCONN)) == ("60", "4096")


@as_host
def test_an_edited_drop_in_is_not_overwritten_without_force() -> None:
    apply(profile({FIN: 30}))
    DROPIN.write_text("# mine now\n")
    refused = rollback(status=1)
    assert any(str(DROPIN) in line for line in refused["refusals"])
    assert DROPIN.read_text() == "# mine now\n" and live(FIN) == "30"
    rollback("--force")
    assert not DROPIN.exists() and live(FIN) == "60"


@alone
def test_an_entry_is_named_by_its_beginning_and_a_wrong_one_is_said() -> None:
    first = apply(profile({FIN: 30}))["journal"]["id"]
    apply(profile({FIN: 20}))
    assert rollback(first[:4], status=2).count("2 entries") == 1
    assert "no entry 'nope'" in rollback("nope", status=2)
    rollback(first, status=1)


@as_host
def test_another_boot_restores_the_file_alone_and_says_so() -> None:
    document = apply(profile({FIN: 30}))
    journal = Path(document["journal"]["path"])
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    journal.write_text(journal.read_text().replace(boot, "0" * 36))
    undone = rollback(document["journal"]["id"])
    assert not DROPIN.exists() and live(FIN) == "30"
    assert any("another boot" in line for line in undone["notices"])
    assert "another boot" in run("history").out


@as_host
def test_of_another_boot_the_lines_of_that_change_alone_are_taken_back() -> None:
    """The host was started again, which set the values by the drop-in, and was changed once more."""
    document = apply(profile({FIN: 30}))
    journal = Path(document["journal"]["path"])
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    journal.write_text(journal.read_text().replace(boot, "0" * 36))
    apply(profile({REUSE: 1}))
    rollback(document["journal"]["id"])
    assert (live(FIN), live(REUSE), list(dropin.lines(DROPIN.read_text()))) == ("30", "1", [REUSE])


@as_host
def test_a_rollback_that_the_next_boot_interrupts_is_ended_by_another() -> None:
    """The values are gone with the boot, the line is still in the drop-in."""
    document = apply(profile({FIN: 30}))
    undoing = rollback()["journal"]
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    for path in (Path(document["journal"]["path"]), Path(undoing["path"])):
        head = path.read_text().splitlines()[0].replace(boot, "0" * 36)
        path.write_text(
            head + ('\n{"event": "applied"}\n' if path.name.startswith(document["journal"]["id"]) else "\n")
        )
    DROPIN.write_text(document["file"]["after"])
    assert f"tcptune rollback {document['journal']['id']}" in run("history").err
    refused = apply(profile({REUSE: 1}), status=1)
    assert "was interrupted" in refused
    rollback(document["journal"]["id"])
    assert not DROPIN.exists() and run("history").err == ""
    apply(profile({REUSE: 1}))


@alone
def test_history_is_empty_before_the_first_change() -> None:
    assert run("history").out == "No change was made yet.\n"
    assert history() == []
