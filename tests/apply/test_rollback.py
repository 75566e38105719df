"""`tcptune rollback` and `history`: a change undone by its journal, and what somebody changed since."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.stage import (
    FILE,
    FIN,
    REUSE,
    SOMAXCONN,
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


def test_the_newest_change_is_undone_with_its_file() -> None:
    def act() -> None:
        apply(profile({FIN: 30}))
        first = Path(FILE).read_bytes()
        apply(profile({REUSE: 1}, "other"))
        assert Path(FILE).read_bytes() != first
        rollback()
        assert (now(FIN), now(REUSE)) == ("30", "2") and Path(FILE).read_bytes() == first
        rollback()
        assert now(FIN) == "60" and not Path(FILE).exists()
        assert rollback(status=1).startswith("tcptune: there is no change of this namespace to undo")
        assert states() == [
            ("apply", "rolled-back"),
            ("apply", "rolled-back"),
            ("rollback", "applied"),
            ("rollback", "applied"),
        ]

    on_stage(act, initial=True)


def test_a_dry_run_of_an_undo_writes_nothing() -> None:
    def act() -> None:
        apply(profile({FIN: 30}))
        document = rollback("--dry-run")
        assert document["dry_run"] and document["changed"]
        assert now(FIN) == "30" and states() == [("apply", "applied")]

    on_stage(act)


def test_what_somebody_changed_since_is_not_overwritten_without_force() -> None:
    def act() -> None:
        entry = apply(profile({FIN: 30, SOMAXCONN: 8192}))["journal"]["id"]
        put(FIN, 20)
        assert [step["now"] for step in history()[0]["steps"] if step["key"] == FIN] == ["20"]
        assert "changed since to 20" in run("history").out
        refused = rollback(entry, status=1)
        assert any(FIN in line and "'20'" in line for line in refused["refusals"])
        assert (now(FIN), now(SOMAXCONN)) == ("20", "8192")
        rollback(entry, "--force")
        assert (now(FIN), now(SOMAXCONN)) == ("60", "4096")

    on_stage(act)


def test_an_edited_drop_in_is_not_overwritten_without_force() -> None:
    def act() -> None:
        apply(profile({FIN: 30}))
        Path(FILE).write_text("# mine now\n")
        refused = rollback(status=1)
        assert any(FILE in line for line in refused["refusals"])
        assert Path(FILE).read_text() == "# mine now\n" and now(FIN) == "30"
        rollback("--force")
        assert not Path(FILE).exists() and now(FIN) == "60"

    on_stage(act, initial=True)


def test_an_entry_is_named_by_its_beginning_and_a_wrong_one_is_said() -> None:
    def act() -> None:
        first = apply(profile({FIN: 30}))["journal"]["id"]
        apply(profile({FIN: 20}))
        assert rollback(first[:4], status=2).count("2 entries") == 1
        assert "no entry 'nope'" in rollback("nope", status=2)
        rollback(first, status=1)

    on_stage(act)


def test_another_boot_restores_the_file_alone_and_says_so() -> None:
    def act() -> None:
        document = apply(profile({FIN: 30}))
        journal = Path(document["journal"]["path"])
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        journal.write_text(journal.read_text().replace(boot, "0" * 36))
        undone = rollback(document["journal"]["id"])
        assert not Path(FILE).exists() and now(FIN) == "30"
        assert any("another boot" in line for line in undone["notices"])
        assert "another boot" in run("history").out

    on_stage(act, initial=True)


def test_history_is_empty_before_the_first_change() -> None:
    def act() -> None:
        assert run("history").out == "No change was made yet.\n"
        assert history() == []

    on_stage(act)
