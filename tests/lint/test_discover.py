"""Which files are looked at: ignored ones, links, loops and special files are passed over; git is the oracle."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tcptune.errors import TcptuneError
from tcptune.lint import discover
from tests.support.lint import write


def paths(top: Path) -> list[str]:
    found = discover.Found()
    return sorted(os.path.relpath(path, top) for path, _ in discover.find([str(top)], found))


def test_version_control_and_ignored_files_are_passed_over(tmp_path: Path) -> None:
    write(tmp_path, {".git/config": "", ".gitignore": "*.log\n/build/\n!keep.log\n", "a.conf": "", "x.log": ""})
    write(tmp_path, {"keep.log": "", "build/b.conf": "", "sub/build/c.conf": "", "sub/.gitignore": "c.conf\n"})
    assert paths(tmp_path) == [".gitignore", "a.conf", "keep.log", "sub/.gitignore"]


def test_links_are_followed_inside_only_and_loops_end(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.conf").write_text("x")
    top = tmp_path / "top"
    write(top, {"real.conf": "", "sub/x.conf": ""})
    (top / "in.conf").symlink_to("real.conf")
    (top / "out.conf").symlink_to(outside / "secret.conf")
    (top / "loop").symlink_to(".")
    (top / "self").symlink_to("self")
    (top / "dangling.conf").symlink_to("nowhere")
    found = discover.Found()
    seen = sorted(os.path.relpath(path, top) for path, _ in discover.find([str(top)], found))
    assert seen == ["in.conf", "real.conf", "sub/x.conf"]
    assert any("out.conf" in line for line in found.skipped)


def test_special_files_are_passed_over_and_refused_when_named(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.conf")
    assert paths(tmp_path) == []
    with pytest.raises(TcptuneError, match="no regular file"):
        list(discover.find([str(tmp_path / "pipe.conf")], discover.Found()))


def test_a_huge_file_is_told_and_not_read(tmp_path: Path) -> None:
    with (tmp_path / "huge.conf").open("wb") as stream:
        stream.truncate(discover.HUGE + 1)
    found = discover.Found()
    assert discover.load(str(tmp_path / "huge.conf"), False, found) is None
    assert "larger" in found.skipped[0]


NAMES = st.sampled_from(["a", "b", "c.conf", "d.log"])
PATTERNS = st.lists(
    st.sampled_from(
        [
            "a",
            "/a",
            "a/",
            "*.log",
            "!*.log",
            "**/b",
            "a/**",
            "!c.conf",
            "c.*",
            "# x",
            "",
            "b/c.conf",
            "\\!a",
            "*",
            "!*/",
            "!a/",
            "a/*",
            "/*",
            "!/b",
            "!**/b",
            "a/**/b",
            "**/a/**",
            "[ab]",
            "?",
            "!a/b/",
            "**/",
        ]
    ),
    max_size=4,
)


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example({("c.conf", "a")}, ["c.*", "!c.conf"], [])
@example({("a", "b"), ("a", "a", "b")}, ["a/**", "!**/b"], ["!a"])
@given(st.sets(st.lists(NAMES, min_size=1, max_size=3).map(tuple), max_size=8), PATTERNS, PATTERNS)
def test_gitignore_means_what_git_says(
    tmp_path_factory: pytest.TempPathFactory, files: set[tuple[str, ...]], outer: list[str], inner: list[str]
) -> None:
    top = tmp_path_factory.mktemp("tree")
    for parts in sorted(files):
        path = top.joinpath(*parts)
        if not any(parent.is_file() for parent in path.parents) and not path.is_dir():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("x")
    (top / ".gitignore").write_text("\n".join(outer) + "\n")
    if (top / "a").is_dir():
        (top / "a" / ".gitignore").write_text("\n".join(inner) + "\n")
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}
    subprocess.run(["git", "init", "-q", str(top)], check=True, env=environment)
    listed = subprocess.run(
        ["git", "-C", str(top), "ls-files", "-co", "--exclude-standard", "-z"],
        check=True,
        capture_output=True,
        env=environment,
    ).stdout.decode()
    assert paths(top) == sorted(filter(None, listed.split("\0")))
