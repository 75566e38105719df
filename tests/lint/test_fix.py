"""Fixes: only what a finding names changes; every other byte, the line ends and the mode stay."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcptune.errors import TcptuneError
from tcptune.lint import fix
from tests.support.lint import lint, options, run

TASK = "- copy:\n    dest: /etc/sysctl.d/a.conf\n    content: |\n"
GONE = "# gone from the kernel:"


def mended(folder: Path, name: str, text: bytes, *, unsafe: bool = False) -> bytes:
    report = run(folder, {name: text})
    fix.write(fix.plan(report, unsafe=unsafe))
    return (folder / name).read_bytes()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"net.ipv4.tcp_fin_timout = 30\n", b"net.ipv4.tcp_fin_timeout = 30\n"),
        (b"net.ipv4.tcp_fin_timeout = 30 # fast\n", b"# fast\nnet.ipv4.tcp_fin_timeout = 30\n"),
        (b"a\r\nnet.ipv4.tcp_fin_timeout = 30 # x\r\n", b"a\r\n# x\r\nnet.ipv4.tcp_fin_timeout = 30\r\n"),
        (b'net.ipv4.ip_local_port_range = "20000 60000"\n', b"net.ipv4.ip_local_port_range = 20000 60000\n"),
        (b"net.ipv4.netfilter.ip_conntrack_max = 9\n", b"net.netfilter.nf_conntrack_max = 9\n"),
        (b"/proc/sys/net/ipv4/tcp_sack = 0", b"net.ipv4.tcp_sack = 0"),
        (b"\xef\xbb\xbf# a\nnet.ipv4.tcp_sack = 1\n", b"# a\nnet.ipv4.tcp_sack = 1\n"),
        (b"# a\r\nnet.ipv4.tcp_sack = 1 # x\n# b\r\n", b"# a\r\n# x\nnet.ipv4.tcp_sack = 1\n# b\r\n"),
        (b"# a\nnet.ipv4.tcp_sack = 1 # x\r\n# b\n", b"# a\n# x\r\nnet.ipv4.tcp_sack = 1\r\n# b\n"),
        (b"# a\r\nnet.ipv4.tcp_sack = 1 # x", b"# a\r\n# x\r\nnet.ipv4.tcp_sack = 1"),
    ],
)
def test_what_is_safe_is_mended(tmp_path: Path, before: bytes, after: bytes) -> None:
    assert mended(tmp_path, "sysctl.conf", before) == after


def test_what_is_not_sure_is_left(tmp_path: Path) -> None:
    text = b"net.ipv4.tcp_timestamps = 0\nnet.ipv4.tcp_tw_reuse = 1\n"
    assert mended(tmp_path, "sysctl.conf", text) == text


def test_a_second_run_changes_nothing(tmp_path: Path) -> None:
    once = mended(tmp_path, "sysctl.conf", b"net.ipv4.tcp_fin_timout = 30# x\nnet.ipv4.tcp_tw_recycle = 1\n")
    assert fix.plan(lint([str(tmp_path)], options())) == []
    assert b"tcp_fin_timeout = 30\n" in once
    assert b"# gone from the kernel: net.ipv4.tcp_tw_recycle = 1\n" in once


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("90-a.conf", "\tnet.ipv4.tcp_sack = 1 # x\n", "\t# x\n\tnet.ipv4.tcp_sack = 1\n"),
        ("90-a.conf", "-net.ipv4.tcp_tw_recycle = 1\n", f"{GONE} -net.ipv4.tcp_tw_recycle = 1\n"),
        (
            "tasks.yml",
            f"{TASK}      net.ipv4.tcp_tw_recycle = 1\n",
            f"{TASK}      {GONE} net.ipv4.tcp_tw_recycle = 1\n",
        ),
        ("tasks.yml", f"{TASK}      kernel.sysrq = 1 # x\n", f"{TASK}      # x\n      kernel.sysrq = 1\n"),
    ],
)
def test_a_line_of_its_own_is_as_deep_as_the_one_it_comes_from(
    tmp_path: Path, name: str, before: str, after: str
) -> None:
    assert mended(tmp_path, name, before.encode()) == after.encode()


@pytest.mark.parametrize(
    "content",
    [
        'content: "net.ipv4.tcp_tw_recycle = 1\\nnet.ipv4.tcp_sack = 1 # x\\n"',
        "line: net.ipv4.tcp_tw_recycle = 1",
        'content: "net.ipv4.ip_forward = 1\\n\\\n      net.ipv4.tcp_sack = 1 # x\\n\\\n      "',
    ],
)
def test_a_line_that_other_text_shares_is_left(tmp_path: Path, content: str) -> None:
    text = f"- copy:\n    dest: /etc/sysctl.d/a.conf\n    {content}\n".encode()
    report = run(tmp_path, {"tasks.yml": text.decode()})
    assert {finding.rule for finding in report.findings} & {"TT003", "TT102"}
    assert mended(tmp_path, "tasks.yml", text) == text


def test_a_file_that_changed_meanwhile_is_refused(tmp_path: Path) -> None:
    report = run(tmp_path, {"sysctl.conf": "net.ipv4.tcp_fin_timout = 30\n"})
    (tmp_path / "sysctl.conf").write_text("net.ipv4.tcp_fin_timout = 31\n")
    with pytest.raises(TcptuneError, match="changed while"):
        fix.write(fix.plan(report))
    assert (tmp_path / "sysctl.conf").read_text() == "net.ipv4.tcp_fin_timout = 31\n"


def test_the_mode_of_the_file_stays(tmp_path: Path) -> None:
    report = run(tmp_path, {"sysctl.conf": "net.ipv4.tcp_fin_timout = 30\n"})
    (tmp_path / "sysctl.conf").chmod(0o640)
    fix.write(fix.plan(report))
    assert (tmp_path / "sysctl.conf").stat().st_mode & 0o777 == 0o640


@pytest.mark.root
def test_owner_and_group_stay_when_root_mends_the_file_of_another(tmp_path: Path) -> None:
    report = run(tmp_path, {"sysctl.conf": "net.ipv4.tcp_fin_timout = 30\n"})
    os.chown(tmp_path / "sysctl.conf", 1234, 4321)
    fix.write(fix.plan(report))
    found = (tmp_path / "sysctl.conf").stat()
    assert (found.st_uid, found.st_gid) == (1234, 4321)


def test_a_link_stays_one_and_leads_to_what_was_mended(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("net.ipv4.tcp_fin_timout = 30\n")
    (tmp_path / "sysctl.conf").symlink_to("real")
    fix.write(fix.plan(lint([str(tmp_path / "sysctl.conf")], options())))
    assert (tmp_path / "sysctl.conf").is_symlink()
    assert (tmp_path / "real").read_text() == "net.ipv4.tcp_fin_timeout = 30\n"


def test_a_read_only_file_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report = run(tmp_path, {"sysctl.conf": "net.ipv4.tcp_fin_timout = 30\n"})
    (tmp_path / "sysctl.conf").chmod(0o444)
    if os.geteuid() == 0:
        monkeypatch.setattr(os, "access", lambda _path, _mode: False)  # Root may write everything.
    with pytest.raises(TcptuneError, match="is read-only"):
        fix.write(fix.plan(report))
    assert (tmp_path / "sysctl.conf").read_text() == "net.ipv4.tcp_fin_timout = 30\n"
    assert [path.name for path in tmp_path.iterdir()] == ["sysctl.conf"]


def test_a_form_feed_ends_no_line_of_a_difference(tmp_path: Path) -> None:
    report = run(tmp_path, {"sysctl.conf": "# a\fb\nnet.ipv4.tcp_fin_timout = 30\f\n"})
    rows = fix.diff(fix.plan(report)).split("\n")
    assert rows[3:6] == [" # a\fb", "-net.ipv4.tcp_fin_timout = 30\f", "+net.ipv4.tcp_fin_timeout = 30\f"]


def test_the_difference_can_be_shown(tmp_path: Path) -> None:
    report = run(tmp_path, {"sysctl.conf": "a\nnet.ipv4.tcp_fin_timout = 30"})
    shown = fix.diff(fix.plan(report))
    assert "-net.ipv4.tcp_fin_timout = 30\n\\ No newline at end of file\n" in shown
    assert "+net.ipv4.tcp_fin_timeout = 30\n" in shown


LINES = st.lists(
    st.sampled_from(
        [
            "net.ipv4.tcp_fin_timout = 30",
            "net.ipv4.tcp_fin_timeout = 30 # x",
            "net.ipv4.tcp_rmem = '1 2 3'",
            "# comment with ü and \U0001f600",
            "",
            "net.core.somaxconn = 4096",
            "   -net.ipv4.tcp_tw_recycle=1",
            "prose",
        ]
    ),
    max_size=8,
)


@given(LINES, st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_lines_without_a_finding_stay_as_they_are(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], end: str, last: bool
) -> None:
    folder = tmp_path_factory.mktemp("fix")
    text = end.join(lines) + (end if last else "")
    report = run(folder, {"sysctl.conf": text})
    touched = {f.at.line for f in report.findings if f.at and f.fix and f.fix.edits}
    after = mended(folder, "sysctl.conf", text.encode()).decode()
    kept = [line for number, line in enumerate(text.split("\n"), 1) if number not in touched]
    rest = iter(after.split("\n"))
    assert all(any(line == other for other in rest) for line in kept)
    assert fix.plan(run(folder, {"sysctl.conf": after})) == []
