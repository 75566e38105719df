"""The state folder, its entries and the lock in hostile hands: refused or passed over, nothing outside touched."""

from __future__ import annotations

import fcntl
import os
import resource
import signal
import time
from pathlib import Path

import pytest

from tcptune.apply import target
from tcptune.errors import TcptuneError
from tests.support.change import (
    DROPIN,
    ENTRIES,
    FILE,
    FIN,
    SECRET,
    STATE,
    VICTIM,
    WISH,
    alone,
    apply,
    assigned,
    refused,
    victim,
)
from tests.support.inside import inside
from tests.support.netns import write_sysctl
from tests.support.program import tcptune
from tools.stage import live, mount

pytestmark = pytest.mark.root


@alone
def test_the_state_folder_may_be_no_link_and_no_file() -> None:
    VICTIM.mkdir()
    STATE.symlink_to(VICTIM)
    refused(apply(*WISH))
    STATE.unlink()
    STATE.write_text("")
    refused(apply(*WISH))
    STATE.unlink()
    os.mkfifo(STATE)
    refused(apply(*WISH))


@pytest.mark.parametrize("mode", [0o755, 0o770, 0o777, 0o1777, 0o750])
@alone
def test_a_state_folder_that_others_can_see_or_write_is_refused(mode: int) -> None:
    STATE.mkdir()
    STATE.chmod(mode)
    done = apply(*WISH)
    assert refused(done)
    assert "chmod 0700" in done.err
    for command in (["rollback"], ["confirm"], ["history"]):
        assert inside(*command).status in (0, 1, 2)
    assert list(STATE.iterdir()) == []


@pytest.mark.parametrize("place", ["/", "/etc", "/var/lib"])
@alone
def test_nobody_is_told_to_close_a_folder_of_the_hosts(place: str) -> None:
    Path("/var/lib/somebodys").touch()
    done = apply(*WISH, "--state-dir", place)
    assert refused(done)
    assert "chmod" not in done.err


@alone
def test_a_state_folder_of_somebody_else_is_refused() -> None:
    STATE.mkdir(mode=0o700)
    os.chown(STATE, 65534, 65534)
    refused(apply(*WISH))


@alone
def test_the_journals_folder_may_be_no_link() -> None:
    VICTIM.mkdir(mode=0o700)
    STATE.mkdir(mode=0o700)
    ENTRIES.symlink_to(VICTIM)
    refused(apply(*WISH))
    for command in (["rollback", "x"], ["confirm"], ["history"]):
        assert inside(*command).status in (1, 2), command


@alone
def test_a_link_among_the_entries_is_not_followed() -> None:
    assert apply(*assigned(tcp_retries2=9)).status == 0
    victim()
    for name in ("20990101T000000-000000-1.jsonl", ".20990101T000000-000000-2.jsonl.tcptune-tmp"):
        (ENTRIES / name).symlink_to(VICTIM)
    for command in (["rollback", "20990101"], ["history"], ["rollback"], ["apply", *WISH]):
        done = inside(*command)
        assert "Traceback" not in done.err
        assert VICTIM.read_text() == SECRET
        assert SECRET.strip() not in done.out + done.err


@pytest.mark.parametrize(
    "content",
    [b"", b"\0" * 100, b"[" * 100000, b'{"schema": "tcptune/journal/1"}\n', b"{}\n", b"\xff\xfe\n", b'{"schema": 7}\n'],
)
@alone
def test_an_entry_that_is_none_breaks_nothing(content: bytes) -> None:
    assert apply(*assigned(tcp_retries2=9)).status == 0
    (ENTRIES / "20990101T000000-000000-1.jsonl").write_bytes(content)
    (ENTRIES / "20990101T000000-000000-1.jsonl").chmod(0o600)
    assert inside("history").status == 0
    assert apply(*WISH).status in (0, 1)
    assert inside("rollback").status in (0, 1)


@pytest.mark.parametrize("name", ["../../../etc/passwd", "/etc/passwd", "a\nb", "\0", "..", "%s", "*"])
@alone
def test_an_entrys_name_leads_nowhere(name: str) -> None:
    apply(*assigned(tcp_retries2=9))
    for command in (["rollback", name], ["apply", "--resume", name]):
        done = inside(*command)
        assert done.status in (1, 2), done
        assert len(done.err.splitlines()) <= 2
    assert live("net.ipv4.tcp_retries2") == "9"


@alone
def test_a_stranger_who_holds_the_lock_is_named_and_does_not_stop_the_undo() -> None:
    assert apply(*WISH, "--confirm-within", "1").status == 0
    pid = os.fork()
    if pid == 0:
        os.setuid(65534)
        handle = os.open("/proc/self/ns/net", os.O_RDONLY)
        fcntl.flock(handle, fcntl.LOCK_EX)
        time.sleep(100)
    time.sleep(0.2)
    try:
        done = apply(*assigned(tcp_retries2=9))
        assert done.status == 1
        assert f"process {pid}" in done.err
        deadline = time.monotonic() + 15
        while live(FIN) != "60" and time.monotonic() < deadline:
            time.sleep(0.1)
        assert live(FIN) == "60", "any user can take the lock; that must not keep a change from being undone"
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


@pytest.mark.parametrize("words", [("history",), ("rollback",), ("confirm",), ("apply", *WISH)])
@alone
def test_an_entry_that_the_disk_does_not_give_is_told_in_a_line_and_nothing_is_begun(words: tuple[str, ...]) -> None:
    assert apply(*assigned(tcp_retries2=9)).status == 0
    broken = ("-e", "trace=openat", "-e", "inject=openat:error=EIO", "-P", str(ENTRIES), "-o", "/dev/null")
    done = tcptune(*words, before=("strace", "-f", "-qq", *broken))
    assert (done.status, live(FIN)) == (1, "60")
    assert "Input/output error" in done.err and str(ENTRIES) in done.err and "unexpected" not in done.err


@alone
def test_a_full_entry_of_large_files_can_be_read_again() -> None:
    apply(*WISH, *FILE)
    with DROPIN.open("a") as file:
        file.write("# by hand\n" * 60_000)
    assert apply(*assigned(tcp_retries2=9), *FILE, "--force").status in (0, 1)
    assert inside("history").status == 0
    assert inside("rollback").status == 0
    write_sysctl(FIN, 60)


@alone
def test_a_boot_that_cannot_be_told_is_refused_before_anything_is_written() -> None:
    """Its entry would be taken for one of another boot, and nothing would put its values back."""
    Path("/run/empty").write_text("")
    mount("", "/proc/sys/kernel/random/boot_id", "/run/empty", 0x1000)
    done = apply(*WISH, "--confirm-within", "5")
    assert refused(done)
    assert "boot_id" in done.err
    assert not STATE.exists()


@alone
def test_a_namespace_that_cannot_be_told_from_others_is_refused_before_anything_is_written() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
    try:
        with pytest.raises(TcptuneError, match="Too many open files"):
            target.cookie()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
