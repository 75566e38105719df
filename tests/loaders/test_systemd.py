"""systemd-sysctl, point by point; the real program is asked in test_conformance."""

from __future__ import annotations

import pytest

from tcptune.loaders import systemd
from tcptune.loaders.kernel import Keys
from tcptune.loaders.outcome import Ignored, Load
from tcptune.loaders.tree import Link, MemoryTree
from tcptune.loaders.versions import SYSTEMD, Systemd
from tcptune.model.setting import Location

OLD, SPLIT, MERGED, NEW = SYSTEMD
FIN, SOMAX = "net.ipv4.tcp_fin_timeout", "net.core.somaxconn"
ALL, DEFAULT, LO = (f"net.ipv4.conf.{name}.rp_filter" for name in ("all", "default", "lo"))
LOCKED, BLIND = "net.ipv4.tcp_available_ulp", "net.ipv4.route.flush"
Files = dict[str, bytes | str | Link | None]


def load(files: Files | str | bytes, version: Systemd = NEW, credential: str | None = None) -> Load:
    """Load files, or one file's text, on a kernel that takes numbers and refuses everything else."""
    tree = MemoryTree(files if isinstance(files, dict) else {"/etc/sysctl.d/a.conf": files})
    kernel = Keys(
        [FIN, SOMAX, ALL, DEFAULT, LO, LOCKED, BLIND],
        read_only=[LOCKED],
        write_only=[BLIND],
        accepts=lambda key, text: "" if text.strip().lstrip("-").isdigit() else "EINVAL",
    )
    return systemd.load(tree, kernel, version, credential)


def raws(done: Load) -> dict[str, str]:
    """Return what is in force at the end."""
    return {key: value.raw for key, value in done.values.items()}


def test_sysctl_conf_counts_only_through_a_link() -> None:
    """Debian had that link until 12."""
    files: Files = {"/etc/sysctl.conf": f"{FIN} = 55\n", "/etc/sysctl.d/98.conf": f"{FIN} = 44\n"}
    assert raws(load(files)) == {FIN: "44"}
    done = load({**files, "/etc/sysctl.d/99-sysctl.conf": Link("../sysctl.conf")})
    assert raws(done) == {FIN: "55"}
    assert done.values[FIN].location.path == "/etc/sysctl.d/99-sysctl.conf"


def test_the_last_assignment_is_the_only_write() -> None:
    """What it replaced is told; a new value moves the key to the end, the same value keeps its place."""
    done = load(f"{FIN} = 1\n{SOMAX} = 2\n{FIN} = 3\n{SOMAX} = 2\n")
    assert [(write.key, write.raw) for write in done.writes] == [(SOMAX, "2"), (FIN, "3")]
    assert done.values[FIN].location.line == 3
    assert [lost.location.line for lost in done.values[FIN].overrides] == [1]


def test_a_refused_text_does_not_bring_the_earlier_one_back() -> None:
    """Unlike procps, which wrote it before."""
    done = load(f"{FIN} = 30\n{FIN} = no\n")
    assert (raws(done), done.status) == ({}, 1)
    assert done.refused[0].error == "EINVAL"


def test_an_exclusion_takes_an_earlier_assignment_away() -> None:
    """In procps it does not."""
    assert raws(load(f"{FIN} = 30\n-{FIN}\n")) == {}
    assert raws(load(f"-{FIN}\n{FIN} = 30\n")) == {FIN: "30"}


def test_globs_leave_out_what_is_named_and_know_braces() -> None:
    """Braces count beside another sign only."""
    assert raws(load(f"net.ipv4.conf.*.rp_filter = 2\n{LO} = 1\n-{ALL}\n")) == {DEFAULT: "2", LO: "1"}
    assert set(load("net.ipv4.conf.{a*,lo}.rp_filter = 2\n").values) == {ALL, LO}
    assert load("net.ipv4.conf.{all,lo}.rp_filter = 2\n").refused[0].outcome == "missing"


@pytest.mark.parametrize(
    ("text", "outcome", "status"),
    [
        (f"{FIN} = no\n", "refused", 1),
        (f"-{FIN} = no\n", "refused", 0),
        (f"{LOCKED} = 1\n", "read-only", 0),
        ("net.ipv4.conf = 1\n", "folder", 1),
        ("net.ipv4.nothing = 1\n", "missing", 0),
        ("net/../../../etc/x = 1\n", "outside", 1),
        ("-net/../../../etc/x = 1\n", "outside", 0),
        (f"{BLIND} = 1\n", "read-only", 0),
    ],
)
def test_what_fails_and_what_is_passed_over(text: str, outcome: str, status: int) -> None:
    """Missing and read-only keys are; a write-only key is never written, since it is read first."""
    done = load(text)
    assert (done.refused[0].outcome, done.status) == (outcome, status)


def test_the_oldest_release_writes_without_looking() -> None:
    """A write-only key is written, and nothing checks where a path leads."""
    assert raws(load(f"{BLIND} = 1\n", OLD)) == {BLIND: "1"}
    assert load("net/../../../etc/x = 1\n", OLD).refused[0].outcome == "missing"


def test_a_path_may_begin_above_itself_since_257() -> None:
    """`/../net/…` is `/net/…` then, and an error before."""
    assert raws(load("/../net/core/somaxconn = 7\n", MERGED)) == {SOMAX: "7"}
    assert load("/../net/core/somaxconn = 7\n", SPLIT).status == 1


def test_semicolons_begin_comments_until_257() -> None:
    """By 262 such a line is no assignment, or one of a key that nobody has."""
    assert [load("; a comment\n", version).status for version in SYSTEMD] == [0, 0, 0, 1]
    assert load(f"; {FIN} = 5\n").refused[0].outcome == "missing"


def test_lines_end_with_any_of_three_bytes() -> None:
    """Places count lines as an editor does: only a line feed begins a new one."""
    done = load(b"net.core.somaxconn = 1\rnet.ipv4.tcp_fin_timeout = 2\0\n net.ipv4.conf.lo.rp_filter = 3\n\n\r\nno\n")
    places = {value.key: (value.location.line, value.location.column) for value in done.writes}
    assert places == {SOMAX: (1, 1), FIN: (1, 24), LO: (2, 2)}
    assert [str(one.at) for one in done.problems if one.kind == "syntax"] == ["/etc/sysctl.d/a.conf:5:1"]


def test_columns_count_characters() -> None:
    """An accent is one, a byte that is no text is one."""
    done = load("\u00e9\u00e9\r".encode() + b"\xff\rnet.core.somaxconn = 1\n")
    assert done.values[SOMAX].location == Location("/etc/sysctl.d/a.conf", 1, 6, 1, 24)


def test_a_link_that_leads_nowhere_hides_the_file_below_until_257() -> None:
    """By 262 the lower folder's file is read, unless the link only dangles."""
    files: Files = {"/etc/sysctl.d/a.conf": Link("a.conf"), "/usr/lib/sysctl.d/a.conf": f"{FIN} = 3\n"}
    assert [raws(load(files, version)) for version in (MERGED, NEW)] == [{}, {FIN: "3"}]
    assert raws(load({**files, "/etc/sysctl.d/a.conf": Link("nothing")})) == {}


def test_hidden_files_and_a_split_lib_are_not_read() -> None:
    """Debian's releases with a split /usr did read /lib."""
    files: Files = {"/etc/sysctl.d/.a.conf": f"{FIN} = 1\n", "/lib/sysctl.d/b.conf": f"{FIN} = 2\n"}
    done = load(files)
    assert (raws(done), done.files_ignored) == ({}, [Ignored("/etc/sysctl.d/.a.conf", "hidden")])
    assert raws(load(files, SPLIT)) == {FIN: "2"}


def test_the_credential_comes_last() -> None:
    """What is wrong with it counts by 262."""
    files: Files = {"/etc/sysctl.d/zz.conf": f"{FIN} = 1\n", "/run/c": f"{FIN} = 2\nno\n"}
    assert raws(load(files, credential="/run/c")) == {FIN: "2"}
    assert [load(files, version, "/run/c").status for version in (MERGED, NEW)] == [0, 1]


def test_a_component_too_long_for_a_name_is_refused() -> None:
    """Before anything is opened."""
    done = load(f"net/{'x' * 256}/a = 1\n")
    assert (done.status, done.refused[0].outcome) == (1, "outside")
