"""Whatever stands in a drop-in folder: one clear line for it, the rest is done; on a host, in an image, collected."""

from __future__ import annotations

import contextlib
import os
import socket
from pathlib import Path
from subprocess import run

import pytest

from tcptune.audit.collected import script
from tests.support.dropins import bound, by_rule, parameter
from tests.support.program import Result, tcptune

pytestmark = pytest.mark.root

FIN = "net.ipv4.tcp_fin_timeout"
SAID = {
    "10-binary.conf": "holds NUL bytes",
    "11-dangling.conf": "is a link to /etc/sysctl.d/nowhere, which is not there",
    "12-folder.conf": "is a folder, no file",
    "13-line.conf": "A line of a mebibyte or more",
    "14-fifo.conf": "is no regular file",
    "15-device.conf": "is no regular file",
    "16-socket.conf": "is no regular file",
    "17-zero.conf": "is no regular file",
    "18-loop.conf": "is a link that leads to itself",
    "19-loop.conf": "is a link that leads to itself",
    "20-over.conf": "which is not there",
    "21-far.conf": "is a link to /nonexistent/folder/file, which is not there",
    "22-mark.conf": "begins with a byte-order mark",
    "23-odd\x1b[31m.conf": "is no assignment",
    "24-\udcff.conf": "is no assignment",
    "::error::25.conf": "is no assignment",
}
BROKEN = "26-a\nb.conf"


@pytest.fixture
def host(tmp_path: Path) -> Path:
    """Fill etc/sysctl.d of an image with all sorts of things, and one good drop-in that is read last."""
    folder = tmp_path / "etc/sysctl.d"
    folder.mkdir(parents=True)
    (folder / "zz.conf").write_text(f"{FIN} = 30\n")
    (folder / "10-binary.conf").write_bytes(bytes(range(256)) * 16)
    (folder / "12-folder.conf").mkdir()
    (folder / "13-line.conf").write_bytes(b"net.ipv4.tcp_syncookies = " + b"1" * (50 << 20))
    os.mkfifo(folder / "14-fifo.conf")
    os.mknod(folder / "15-device.conf", 0o600 | 0o020000, os.makedev(1, 5))
    # A whole path may be too long for a socket.
    with socket.socket(socket.AF_UNIX) as one, contextlib.chdir(folder):
        one.bind("16-socket.conf")
    links = {
        "11-dangling": "nowhere",
        "17-zero": "15-device.conf",
        "18-loop": "19-loop.conf",
        "19-loop": "18-loop.conf",
    }
    links |= {"20-over": "zz.conf/x", "21-far": "/nonexistent/folder/file"}
    for name, target in links.items():
        (folder / f"{name}.conf").symlink_to(target)
    (folder / "22-mark.conf").write_bytes(b"\xef\xbb\xbfnet.ipv4.tcp_syncookies = 2\n")
    for name in ("23-odd\x1b[31m.conf", "24-\udcff.conf", "::error::25.conf", BROKEN):
        (folder / name).write_text("nothing\nnet.core.somaxconn = 4096\n")
    return tmp_path


def live(host: Path) -> Result:
    """Audit a host that has the folder as its own."""
    (host / "view").mkdir()
    (host / "view/etc").symlink_to(host / "etc/sysctl.d")
    return tcptune("audit", "-f", "json", "--fail-on", "never", before=bound(host / "view"))


def image(host: Path) -> Result:
    """Audit the folder as an image."""
    return tcptune("audit", "--root", host, "-f", "json", "--fail-on", "never")


def collected(host: Path, text: str = "") -> Result:
    """Audit what the collector brings from a host that has the folder as its own."""
    (host / "view").mkdir()
    (host / "view/etc").symlink_to(host / "etc/sysctl.d")
    (host / "collect.sh").write_text(text or script())
    done = run([*bound(host / "view"), "sh", str(host / "collect.sh")], capture_output=True, check=True, timeout=60)
    assert done.stderr == b""
    (host / "saved").write_bytes(done.stdout)
    return tcptune("audit", "--snapshot", host / "saved", "-f", "json", "--fail-on", "never")


@pytest.mark.parametrize("look", [live, image, collected])
def test_each_odd_entry_is_one_line_and_the_rest_is_done(host: Path, look: object) -> None:
    assert callable(look)
    done: Result = look(host)
    assert done.status == 0, done.err
    document = done.json()
    assert parameter(document, FIN)["persisted"]["systemd"] == 30
    limits = document["host"]["limits"]
    for name, said in SAID.items():
        lines = [line for line in limits if f"/etc/sysctl.d/{name}" in line]
        assert len(lines) == 1, (name, lines)
        assert said in lines[0]
    told = [line for line in done.err.splitlines() if "sysctl.d" in line]
    assert all(line.startswith("tcptune: /etc/sysctl.d/") for line in told)
    assert len(told) == len(SAID) + 1
    assert any(r"/etc/sysctl.d/24-\xff.conf" in line for line in told)
    assert "\x1b" not in done.err
    broken = "was not collected: there is a line break in its name" if look is collected else "is no assignment"
    assert sum("26-a" in line and broken in line for line in told) == 1


def test_links_out_of_an_image_are_told_and_a_hosts_own_may_climb(host: Path) -> None:
    (host / "secret").write_text(f"{FIN} = 99\n")
    (host / "etc/sysctl.d/98-up.conf").symlink_to("../../../secret")
    (host / "etc/sysctl.d/99-up.conf").symlink_to("../../../../../../nowhere")
    document = image(host).json()
    limits = document["host"]["limits"]
    assert (
        "/etc/sysctl.d/98-up.conf is a link that leads out of the root; it was followed inside, to /secret." in limits
    )
    said = "/etc/sysctl.d/99-up.conf is a link that leads out of the root, and inside to /nowhere, which is not there."
    assert said in limits
    own = [line for line in live(host).json()["host"]["limits"] if "-up.conf" in line]
    assert not [line for line in own if "out of the root" in line]


def test_very_many_files_that_are_no_drop_ins_are_not_all_named(tmp_path: Path) -> None:
    folder = tmp_path / "etc/sysctl.d"
    folder.mkdir(parents=True)
    for number in range(5000):
        (folder / f"{number:04}.bak").write_text(f"{FIN} = 30\n")
    document = image(tmp_path).json()
    assert len(by_rule(document)["TT503"]) == 50
    assert any("0050.bak: from here on" in line for line in document["host"]["limits"])


def test_the_collector_stops_at_too_many_and_at_too_much(tmp_path: Path) -> None:
    folder = tmp_path / "etc/sysctl.d"
    folder.mkdir(parents=True)
    for number in range(20):
        (folder / f"{number:02}.conf").write_text(f"{FIN} = 30\n" + "#" * 40000)
    few = script().replace("entries=1000", "entries=5")
    assert few != script()
    limits = collected(tmp_path, few).json()["host"]["limits"]
    assert "/etc/sysctl.d/05.conf was not collected: from here on there are too many files." in limits
    (tmp_path / "view/etc").unlink()
    (tmp_path / "view").rename(tmp_path / "before")
    little = script().replace("room=28000", "room=200")
    assert little != script()
    limits = collected(tmp_path, little).json()["host"]["limits"]
    assert "/etc/sysctl.d/05.conf was not collected: all the files together are too large." in limits


def test_the_collector_writes_nothing_but_its_output(tmp_path: Path) -> None:
    """It runs where nothing can be written: all that is mounted is read-only, and a file may have no length."""
    (tmp_path / "collect.sh").write_text(script())
    lines = (
        "set -e; mount --make-rprivate /; mount --rbind / /mnt; mount -o remount,bind,ro /mnt",
        'ulimit -f 0; cd /mnt; exec chroot /mnt sh "$1"',
    )
    command = ["unshare", "-m", "sh", "-c", "\n".join(lines), "sh", str(tmp_path / "collect.sh")]
    done = run(command, capture_output=True, check=False, timeout=60)
    assert done.stderr == b""
    assert done.stdout.endswith(b"@ end\n")
    assert len(script().splitlines()) <= 100
