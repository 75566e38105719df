"""Hostile input as root: what leads out of /proc/sys, the state folder or the drop-in's is refused in one line."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path
from unittest import mock

import pytest

from tcptune.apply import procsys
from tcptune.apply.procsys import ProcSys
from tests.support.change import (
    BUCKETS,
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
    newest,
    refused,
    victim,
)
from tests.support.inside import inside
from tests.support.profiles import write
from tests.support.program import tcptune
from tools.stage import live, mount

pytestmark = pytest.mark.root

BIND, RDONLY = 0x1000, 1


@alone
def test_a_link_at_the_drop_ins_path_is_not_followed() -> None:
    victim()
    DROPIN.symlink_to(VICTIM)
    assert refused(apply(*WISH, *FILE))
    assert DROPIN.is_symlink()


@alone
def test_a_dangling_link_at_the_drop_ins_path_makes_no_file() -> None:
    DROPIN.symlink_to("/run/made-by-tcptune")
    refused(apply(*WISH, *FILE))
    assert not Path("/run/made-by-tcptune").exists()


def _fifo(path: Path) -> None:
    os.mkfifo(path)


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as sock:
        sock.bind(str(path))


def _device(path: Path) -> None:
    os.mknod(path, 0o600 | 0o020000, os.makedev(1, 3))


def _huge(path: Path) -> None:
    with path.open("wb") as file:
        file.write(b"# Written by `tcptune apply`; sha256 of what follows: ")
        file.truncate(1 << 40)


def _folder(path: Path) -> None:
    path.mkdir()


def _binary(path: Path) -> None:
    path.write_bytes(bytes(range(256)) * 10)


def _others(path: Path) -> None:
    path.write_text(SECRET)
    os.chown(path, 65534, 65534)


def _open_to_all(path: Path) -> None:
    path.write_text(SECRET)
    path.chmod(0o666)


PLANTS: tuple[Callable[[Path], None], ...] = (
    *(_fifo, _socket, _device, _huge, _folder, _binary, _others, _open_to_all),
)


@pytest.mark.parametrize("plant", PLANTS)
@alone
def test_what_is_no_file_of_ours_at_the_drop_ins_path_is_refused(plant: Callable[[Path], None]) -> None:
    plant(DROPIN)
    before = DROPIN.lstat()
    for words in ([*WISH, *FILE], [*WISH, *FILE, "--force"], ["--remove", *FILE])[: 1 if plant is _huge else 3]:
        assert refused(apply(*words))
    after = DROPIN.lstat()
    assert (before.st_mode, before.st_size, before.st_ino) == (after.st_mode, after.st_size, after.st_ino)


@pytest.mark.parametrize("plant", [*PLANTS, lambda path: path.symlink_to(VICTIM)])
@alone
def test_what_is_planted_at_the_temporary_files_path_is_not_written_through(plant: Callable[[Path], None]) -> None:
    victim()
    plant(DROPIN.with_name(f".{DROPIN.name}.tcptune-tmp"))
    done = apply(*WISH, *FILE)
    assert VICTIM.read_text() == SECRET
    assert done.status in (0, 1, 3), done
    assert (live(FIN), DROPIN.exists()) == (("30", True) if done.status == 0 else ("60", False))
    assert "Traceback" not in done.err
    assert "unexpected" not in done.err


@alone
def test_a_hard_link_at_the_drop_ins_path_is_replaced_not_written_through() -> None:
    apply(*assigned(tcp_retries2=9), *FILE)
    kept = DROPIN.read_text()
    os.link(DROPIN, DROPIN.with_name("linked"))
    assert apply(*WISH, *FILE).status == 0
    assert DROPIN.with_name("linked").read_text() == kept


@pytest.mark.parametrize("mode", [0o777, 0o775, 0o1777])
@alone
def test_a_drop_in_folder_that_others_can_write_is_refused(mode: int) -> None:
    folder = Path("/run/open")
    folder.mkdir()
    os.chown(folder, 0, 65534)
    folder.chmod(mode)
    done = apply(*WISH, "--file", str(folder / "x.conf"))
    if mode & 0o1000:
        assert done.status in (0, 1)
    else:
        assert refused(done)
        assert "others" in done.out


@alone
def test_a_folder_of_somebody_else_on_the_way_is_refused() -> None:
    Path("/run/his/mine").mkdir(parents=True)
    os.chown("/run/his", 65534, 65534)
    assert refused(apply(*WISH, "--file", "/run/his/mine/x.conf"))
    assert refused(apply(*WISH, "--state-dir", "/run/his/mine"))
    assert not list(Path("/run/his/mine").iterdir())


@alone
def test_somebody_elses_link_on_the_way_is_not_followed() -> None:
    VICTIM.mkdir()
    Path("/run/link").symlink_to(VICTIM)
    os.chown("/run/link", 65534, 65534, follow_symlinks=False)
    refused(apply(*WISH, "--file", "/run/link/x.conf"))
    refused(apply(*WISH, "--state-dir", "/run/link/state"))


@alone
def test_what_is_mounted_over_proc_sys_is_not_written() -> None:
    boot = Path("/proc/sys/kernel/random/boot_id")
    text = boot.read_text()
    mount("tmpfs", "/proc/sys")
    planted = Path("/proc/sys/net/ipv4/tcp_fin_timeout")
    for path, held in ((boot, text), (planted, "60\n")):
        path.parent.mkdir(parents=True)
        path.write_text(held)
    done = apply(*WISH)
    assert done.status in (1, 2)
    assert "procfs" in done.err
    assert planted.read_text() == "60\n"


@alone
def test_a_folder_mounted_below_proc_sys_is_not_written() -> None:
    mount("tmpfs", "/proc/sys/net/ipv4")
    planted = Path("/proc/sys/net/ipv4/tcp_fin_timeout")
    planted.write_text("60\n")
    done = apply(*WISH)
    assert done.status in (1, 2), done
    assert "mounted" in done.out + done.err
    assert planted.read_text() == "60\n"


@pytest.mark.parametrize("name", ["net/ipv4/tcp_fin_timeout", "net/ipv4"])
@alone
def test_no_link_below_proc_sys_is_followed(name: str) -> None:
    """Also where nothing tells of the mount that it takes to have one there, and where it leads to real parameters."""
    real = Path("/run/real")
    real.mkdir()
    mount("", str(real), "/proc/sys", BIND)
    folder = Path("/proc/sys", name).parent
    mount("tmpfs", str(folder))
    Path("/proc/sys", name).symlink_to(real / name)
    with mock.patch.object(procsys, "_covered", lambda: iter(())), pytest.raises(OSError, match=r"link|directory"):
        ProcSys().write(FIN, "30")
    assert (real / "net/ipv4/tcp_fin_timeout").read_text() == "60\n"


@alone
def test_a_file_mounted_over_a_key_is_not_written() -> None:
    victim()
    mount("", "/proc/sys/net/ipv4/tcp_fin_timeout", str(VICTIM), BIND)
    done = apply(*WISH)
    assert done.status in (1, 2)
    assert VICTIM.read_text() == SECRET


@alone
def test_another_key_mounted_over_a_key_is_not_written() -> None:
    mount("", "/proc/sys/net/ipv4/tcp_fin_timeout", "/proc/sys/net/ipv4/tcp_max_tw_buckets", BIND)
    done = apply(*WISH, "--allow", "TT")
    assert done.status in (1, 2), done
    assert "mounted" in done.out + done.err
    assert live(BUCKETS) == "131072"


@alone
def test_a_part_of_proc_sys_that_is_mounted_writable_is_written() -> None:
    """As some container engines do: all of it read-only, the network's own part not."""
    mount("", "/proc/sys/net", "/proc/sys/net", BIND)
    mount("", "/proc/sys", "/proc/sys", BIND)
    assert (apply(*WISH).status, live(FIN)) == (0, "30")


@alone
def test_a_read_only_proc_sys_is_refused_before_anything_is_written() -> None:
    mount("", "/proc/sys", "/proc/sys", BIND)
    mount("", "/proc/sys", "none", BIND | RDONLY | 0x20)
    done = apply(*WISH, *FILE)
    assert refused(done)
    assert "read-only" in done.out
    assert not DROPIN.exists()
    assert not STATE.exists()


@alone
def test_a_host_without_proc_is_told_in_a_line() -> None:
    mount("tmpfs", "/proc")
    done = inside("apply", *WISH)
    assert done.status in (1, 2)
    assert 1 <= len(done.err.splitlines()) <= 2
    assert "unexpected" not in done.err


@pytest.mark.parametrize("command", ["apply", "confirm", "rollback", "history"])
@alone
def test_no_configuration_is_discovered(command: str, tmp_path: Path) -> None:
    for name in (".tcptune.yaml", "pyproject.toml"):
        (tmp_path / name).write_text("[[[ not a configuration")
    for name in ("outbound-heavy.yaml", "base.yaml", "tcptune.py", "typer.py", "json.py", "yaml.py"):
        (tmp_path / name).write_text("raise SystemExit(99)\n")
    words = [command, "outbound-heavy", "--dry-run"] if command == "apply" else [command]
    os.chdir(tmp_path)
    done = inside(*words)
    assert done.status in (0, 1)
    assert str(tmp_path) not in done.out + done.err
    assert "configuration" not in done.err


@pytest.mark.parametrize("mode", [0o666, 0o664, 0o646])
@alone
def test_a_profile_or_configuration_that_others_can_write_is_refused(mode: int, tmp_path: Path) -> None:
    path = write(tmp_path, f"{FIN}: 30")
    os.chown(path, 0, 65534)
    path.chmod(mode)
    assert refused(apply(str(path)), status=(2, 1))
    settings = tmp_path / "config.yaml"
    settings.write_text("thresholds:\n  TT404: 1\n")
    settings.chmod(0o666)
    assert refused(apply(*WISH, "--config", str(settings)), status=(2, 1))


@alone
def test_a_profile_in_a_folder_that_others_can_write_is_refused_sticky_ones_excepted(tmp_path: Path) -> None:
    open_to_all = tmp_path / "open"
    open_to_all.mkdir()
    path = write(open_to_all, f"{FIN}: 30")
    open_to_all.chmod(0o777)
    assert refused(apply(str(path)), status=(2, 1))
    below = open_to_all / "below"
    below.mkdir(mode=0o755)
    assert refused(apply(str(write(below, f"{FIN}: 30"))), status=(2, 1)), "who can rename its folder can exchange it"
    open_to_all.chmod(0o1777)
    assert apply(str(path)).status == 0


@alone
def test_a_parent_that_others_can_write_is_refused(tmp_path: Path) -> None:
    write(tmp_path, f"{FIN}: 30", name="parent").chmod(0o666)
    child = write(tmp_path, f"{BUCKETS}: 300000", "extends: [./parent.yaml]\n", name="child")
    assert refused(apply(str(child)), status=(2, 1))
    assert live(BUCKETS) == "131072"


@pytest.mark.parametrize("plant", [_fifo, _folder, _device, _binary])
@alone
def test_a_profile_that_is_no_file_is_told_in_a_line(plant: Callable[[Path], None], tmp_path: Path) -> None:
    plant(tmp_path / "p.yaml")
    done = apply(str(tmp_path / "p.yaml"))
    assert done.status == 2
    assert len(done.err.splitlines()) <= 2


@pytest.mark.parametrize(
    "key", ["../../../etc/passwd", "net.ipv4.conf.../../x.y", "/etc/passwd", "net.ipv4.conf.a/../b.c"]
)
@alone
def test_a_profiles_key_leads_nowhere(key: str, tmp_path: Path) -> None:
    assert refused(apply(str(write(tmp_path, f'"{key}": 1'))), status=(2, 1))


@alone
def test_the_environment_moves_no_path(tmp_path: Path) -> None:
    mine = tmp_path / "state"
    names = (
        "HOME",
        "TMPDIR",
        "XDG_STATE_HOME",
        "XDG_CONFIG_HOME",
        "XDG_DATA_HOME",
        "STATE_DIRECTORY",
        "RUNTIME_DIRECTORY",
    )
    for name in ("systemctl", "systemd-run", "sysctl", "ip", "sh"):
        (tmp_path / name).write_text(f"#!/bin/sh\ntouch {tmp_path}/called\n")
        (tmp_path / name).chmod(0o755)
    moved = dict.fromkeys(names, str(mine)) | {"PATH": str(tmp_path), "TCPTUNE_STATE_DIR": str(mine)}
    done = tcptune("apply", *WISH, *FILE, "--confirm-within", "20", env=moved, cwd=tmp_path)
    assert done.status == 0, done
    assert not mine.exists()
    assert not (tmp_path / "called").exists()
    assert (ENTRIES / f"{newest()}.jsonl").exists()
    assert tcptune("rollback", env=moved, cwd=tmp_path).status == 0
    assert live(FIN) == "60"


@alone
def test_a_profile_cannot_bring_lines_or_control_characters_into_the_drop_in(tmp_path: Path) -> None:
    why = r'"harmless\nnet.ipv4.ip_forward = 1\r\n\u2028net.ipv4.ip_forward = 1\x1b[31m\x07"'
    path = write(tmp_path, f"{FIN}: {{value: 30, why: {why}}}")
    done = apply(str(path), *FILE)
    assert done.status == 0
    for line in DROPIN.read_bytes().splitlines():
        assert line.startswith((b"#", f"{FIN} = 30".encode())) or not line
        assert not any(byte < 32 for byte in line)
    assert "\x1b" not in done.out
    assert "\n" + "net.ipv4.ip_forward" not in done.out
