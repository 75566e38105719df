"""A disk that is full, a place where nothing can be made: refused before anything is written, and freed by undoing."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.change import DROPIN, FILE, FIN, STATE, alone, apply, assigned
from tests.support.inside import inside
from tests.support.program import Result
from tools.stage import live, mount

pytestmark = pytest.mark.root

WISH = assigned(tcp_fin_timeout=30)


def fill(folder: Path) -> None:
    """Leave no byte free on the file system of a folder."""
    with pytest.raises(OSError, match="No space left"), (folder / "ballast").open("wb", buffering=0) as stream:
        while True:
            stream.write(bytes(4096))


def _without_space() -> None:
    mount("tmpfs", str(DROPIN.parent), data="mode=755,size=64k")
    fill(DROPIN.parent)


def _without_inodes() -> None:
    mount("tmpfs", str(DROPIN.parent), data="mode=755,nr_inodes=1")


def _immutable_folder() -> None:
    subprocess.run(["chattr", "+i", DROPIN.parent], check=True, timeout=10)


def _immutable_file() -> None:
    assert apply(*assigned(tcp_retries2=9), *FILE).status == 0
    subprocess.run(["chattr", "+i", DROPIN], check=True, timeout=10)


@pytest.mark.parametrize("spoil", [_without_space, _without_inodes, _immutable_folder, _immutable_file])
@alone
def test_a_drop_in_that_cannot_be_made_is_refused_before_anything_is_written(spoil: Callable[[], None]) -> None:
    spoil()
    before = sorted(STATE.rglob("*"))
    for more in ((), ("--dry-run",)):
        done = apply(*WISH, *FILE, *more)
        assert (done.status, live(FIN)) == (1, "60")
        assert "full" in done.out or "immutable" in done.out
        assert sorted(STATE.rglob("*")) == before
    assert apply(*WISH, "--no-persist").status == 0, "what is not kept needs no file"


@alone
def test_a_state_folder_on_a_full_disk_is_refused_before_anything_is_written() -> None:
    STATE.mkdir(mode=0o700)
    mount("tmpfs", str(STATE), data="mode=700,size=64k")
    fill(STATE)
    for more in ((), ("--dry-run",)):
        done = apply(*WISH, *more)
        assert (done.status, live(FIN)) == (1, "60")
        assert str(STATE) in " ".join(done.err.split())


def _filled() -> None:
    assert apply(*WISH, *FILE).status == 0
    fill(DROPIN.parent)


@alone
def test_a_drop_in_on_a_full_disk_can_be_removed() -> None:
    mount("tmpfs", str(DROPIN.parent), data="mode=755,size=64k")
    _filled()
    removed: Result = apply("--remove", *FILE)
    assert (removed.status, DROPIN.exists(), live(FIN)) == (0, False, "60")


@alone
def test_a_change_on_a_full_disk_can_be_rolled_back() -> None:
    mount("tmpfs", str(DROPIN.parent), data="mode=755,size=64k")
    _filled()
    assert inside("rollback").status == 0
    assert (DROPIN.exists(), live(FIN)) == (False, "60")


@alone
def test_an_undo_whose_journal_has_no_room_is_refused_and_says_how_the_values_come_back_all_the_same() -> None:
    STATE.mkdir(mode=0o700)
    mount("tmpfs", str(STATE), data="mode=700,size=64k")
    assert apply(*WISH).status == 0
    fill(STATE)
    done = inside("rollback")
    assert (done.status, live(FIN)) == (1, "30")
    said = " ".join(done.out.split())
    assert f"{STATE}/journal: the file system is full" in said
    words = said.partition("tcptune apply ")[2].partition("/run/tcptune")
    assert apply(*"".join(words[:2]).replace("'", "").split()).status == 0
    assert live(FIN) == "60"


@alone
def test_a_disk_that_is_full_by_the_time_of_the_drop_in_puts_all_of_it_back() -> None:
    """There is some room, and not enough: what was begun is taken away again, and so are the values."""
    mount("tmpfs", str(DROPIN.parent), data="mode=755,size=8k")
    assert apply(*WISH, *FILE).status == 0
    before = DROPIN.read_text()
    many = ",".join(str(port) for port in range(10001, 11329, 2))
    done = apply(*assigned(tcp_fin_timeout=20, ip_local_reserved_ports=many), *FILE)
    assert (done.status, live(FIN), live("net.ipv4.ip_local_reserved_ports")) == (3, "30", "")
    assert "No space left" in done.out
    assert ([path.name for path in DROPIN.parent.iterdir()], DROPIN.read_text()) == ([DROPIN.name], before)
