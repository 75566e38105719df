"""The one file: built, unpacked into a folder of the user's own, refused where somebody else could have filled that."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.netns import as_nobody
from tools.pyz import start


def run(archive: Path, *words: str, home: Path) -> subprocess.CompletedProcess[str]:
    """Run the file with another home in the password database's place, isolated from this environment."""
    script = (
        "import os, pwd, runpy, sys; "
        "entry = list(pwd.getpwuid(os.geteuid())); entry[5] = sys.argv.pop(1); "
        "pwd.getpwuid = lambda _, e=tuple(entry): pwd.struct_passwd(e); "
        "sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')"
    )
    command = [sys.executable, "-I", "-c", script, str(home), str(archive), *words]
    return subprocess.run(command, capture_output=True, text=True, cwd="/", timeout=120)


def test_it_runs_from_a_folder_of_its_own(pyz: Path, tmp_path: Path) -> None:
    done = run(pyz, "explain", "tcp_fin_timeout", home=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("net.ipv4.tcp_fin_timeout")
    (folder,) = (tmp_path / ".cache" / "tcptune").iterdir()
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (tmp_path / ".cache" / "tcptune").stat().st_mode & 0o777 == 0o700
    unpacked = folder / "site" / "tcptune" / "__main__.py"
    before = unpacked.stat().st_mtime_ns
    assert run(pyz, "--version", home=tmp_path).stdout.startswith("tcptune ")
    assert unpacked.stat().st_mtime_ns == before


@pytest.mark.parametrize("which", ["open", "link", "file"])
def test_a_folder_that_somebody_else_could_have_filled_is_refused(pyz: Path, tmp_path: Path, which: str) -> None:
    place = tmp_path / "home" / ".cache" / "tcptune"
    place.parent.mkdir(parents=True)
    if which == "open":
        place.mkdir()
        place.chmod(0o755)
    elif which == "link":
        (tmp_path / "elsewhere").mkdir(mode=0o700)
        place.symlink_to(tmp_path / "elsewhere")
    else:
        place.touch()
    done = run(pyz, "--version", home=tmp_path / "home")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"tcptune: {place}: refused")


def test_where_the_home_cannot_be_written_nothing_stays(pyz: Path) -> None:
    done = run(pyz, "--version", home=Path("/proc/nonexistent"))
    assert (done.returncode, done.stderr) == (0, "")
    left = [path for path in Path(os.environ.get("TMPDIR", "/tmp")).glob("tcptune-*") if (path / "unpacked").exists()]
    assert left == []


@pytest.mark.root
def test_the_folder_of_another_user_is_refused(tmp_path: Path) -> None:
    place = tmp_path / "tcptune"
    place.mkdir(mode=0o700)
    shutil.chown(place, 65534)
    with pytest.raises(SystemExit) as refused:
        start._own(str(place))
    assert refused.value.code == 2


@pytest.mark.root
def test_a_folder_of_ones_own_is_taken(tmp_path: Path) -> None:
    tmp_path.parent.chmod(0o755)

    def own() -> bool:
        place = Path("/tmp/tcptune-own-folder")
        place.mkdir(mode=0o700)
        try:
            return bool(start._own(str(place)))
        finally:
            place.rmdir()

    assert as_nobody(own)


def test_another_platform_is_told_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(start, "PLATFORM", "x86_64-linux-gnu")
    for good in (".cpython-311-x86_64-linux-gnu.so", ".so"):
        start._refuse_elsewhere(good)
    for other in (".cpython-312-x86_64-linux-musl.so", ".cpython-311-aarch64-linux-gnu.so"):
        with pytest.raises(SystemExit) as refused:
            start._refuse_elsewhere(other)
        assert refused.value.code == 2
        told = capsys.readouterr().err
        assert told.startswith("tcptune: this file is for x86_64-linux-gnu, and") and "collect-script" in told


def test_an_old_python_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(start, "OLDEST", (99, 0))
    with pytest.raises(SystemExit):
        start.main()
    assert "needs Python 99.0 or newer" in capsys.readouterr().err
