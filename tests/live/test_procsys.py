"""Parameters read from /proc/sys: what each outcome says, and that no text is ever an exception."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcptune.live.host import read_host
from tcptune.live.procsys import path_of, read_all, read_text, read_value
from tcptune.model.version import KernelVersion
from tests.support.netns import as_nobody, foreign, in_namespace, write_sysctl

REUSE = "net.ipv4.tcp_tw_reuse"
RANGE = "net.ipv4.ip_local_port_range"


def put(root: Path, key: str, text: str) -> Path:
    path = root.joinpath(*key.split("."))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_a_number_and_a_pair_become_values() -> None:
    number, pair = (read_value(key).setting for key in ("net.ipv4.tcp_fin_timeout", RANGE))
    assert number is not None and isinstance(number.value, int)
    assert pair is not None and isinstance(pair.value, tuple) and 0 < pair.value[0] < pair.value[1] < 65536


@pytest.mark.parametrize(
    ("key", "path"),
    [
        (REUSE, "/proc/sys/net/ipv4/tcp_tw_reuse"),
        ("net.ipv4.conf.eth0/100.rp_filter", "/proc/sys/net/ipv4/conf/eth0.100/rp_filter"),
        ("net.ipv4.../etc", None),
        ("net./../shadow", None),
        ("", None),
        ("net..ipv4", None),
        ("net.ipv4.a b", None),
        ("net.\0", None),
    ],
)
def test_a_key_names_one_file_below_the_root(key: str, path: str | None) -> None:
    assert path_of(key) == path


@given(st.text(max_size=40))
def test_no_key_leads_out_of_the_root(key: str) -> None:
    path = path_of(key, "/root-of-tree")
    assert path is None or (os.path.normpath(path) == path.rstrip("/") and path.startswith("/root-of-tree/"))


def test_a_key_that_is_not_there_is_absent_without_a_problem(tmp_path: Path) -> None:
    outcome = read_value(REUSE, str(tmp_path))
    assert (outcome.status, outcome.setting, outcome.problem) == ("absent", None, None)


def test_a_text_of_another_kind_keeps_the_text_and_gets_one_line(tmp_path: Path) -> None:
    put(tmp_path, REUSE, "seven\x1b[31m and\nmore\n")
    outcome = read_value(REUSE, str(tmp_path))
    assert outcome.status == "unparsable"
    assert outcome.setting is not None and outcome.setting.value is None
    assert outcome.setting.raw == "seven\x1b[31m and\nmore"
    assert outcome.problem is not None and "\n" not in outcome.problem and "\x1b" not in outcome.problem


def test_one_bad_key_leaves_the_others_readable(tmp_path: Path) -> None:
    put(tmp_path, REUSE, "1 2\n")
    put(tmp_path, RANGE, "1024\t65000\n")
    reading = read_all([REUSE, RANGE, "net.ipv4.tcp_nothing"], host=read_host(), root=str(tmp_path))
    assert reading.settings[RANGE].value == (1024, 65000)
    assert reading.settings[REUSE].value is None
    assert len(reading.problems) == 2
    assert reading.outcomes["net.ipv4.tcp_nothing"].status == "absent"


def test_a_key_the_catalogue_does_not_know_keeps_its_text(tmp_path: Path) -> None:
    put(tmp_path, "net.ipv4.tcp_from_the_future", "x y\n")
    outcome = read_value("net.ipv4.tcp_from_the_future", str(tmp_path))
    assert outcome.setting is not None and (outcome.setting.raw, outcome.setting.value) == ("x y", None)


@pytest.mark.parametrize("where", ["file", "folder"])
def test_a_link_is_not_followed(tmp_path: Path, where: str) -> None:
    secret = put(tmp_path / "elsewhere", REUSE, "1\n")
    root = tmp_path / "sys"
    (root / "net").mkdir(parents=True)
    if where == "file":
        (root / "net" / "ipv4").mkdir()
        (root / "net" / "ipv4" / "tcp_tw_reuse").symlink_to(secret)
    else:
        (root / "net" / "ipv4").symlink_to(secret.parent)
    outcome = read_value(REUSE, str(root))
    assert outcome.setting is None
    assert outcome.problem is not None and "not followed" in outcome.problem


def test_what_is_no_file_gives_a_line_and_does_not_block(tmp_path: Path) -> None:
    path = put(tmp_path, REUSE, "")
    path.unlink()
    path.mkdir()
    outcome = read_value(REUSE, str(tmp_path))
    assert outcome.status == "vanished" and outcome.problem is not None
    path.rmdir()
    os.mkfifo(path)
    assert read_value(REUSE, str(tmp_path)).setting is not None  # an empty text, read at once


def test_a_list_longer_than_one_read_is_whole(tmp_path: Path) -> None:
    text = ",".join(str(port) for port in range(1, 60000, 2))
    put(tmp_path, "net.ipv4.ip_local_reserved_ports", text + "\n")
    assert read_text("net.ipv4.ip_local_reserved_ports", str(tmp_path)).text == text


@pytest.mark.root
def test_the_kernels_own_long_list_is_whole() -> None:
    """The kernel prints a list only from its start, so a second read of the rest would be empty."""
    text = ",".join(str(port) for port in range(1025, 9000, 2))

    def inside() -> str | None:
        path = Path("/proc/sys/net/ipv4/ip_local_reserved_ports")
        assert foreign()
        path.write_bytes(text.encode())
        return read_text("net.ipv4.ip_local_reserved_ports").text

    assert len(text) > 4096
    assert in_namespace(inside) == text


@pytest.mark.root
def test_a_write_only_key_is_one_line_even_for_root() -> None:
    outcome = read_value("net.ipv4.route.flush")
    assert outcome.status == "write-only"
    assert outcome.problem == "net.ipv4.route.flush: write-only, its value cannot be read"


@pytest.mark.root
def test_a_key_for_root_alone_is_one_line_for_others() -> None:
    outcome = as_nobody(lambda: read_value("net.ipv4.tcp_fastopen_key"))
    assert outcome.status == "denied"
    assert outcome.problem == "net.ipv4.tcp_fastopen_key: may not be read by this user"


@pytest.mark.root
def test_what_somebody_set_in_a_namespace_is_touched_and_the_rest_is_not() -> None:
    def inside() -> tuple[bool, object, bool]:
        write_sysctl("net.ipv4.tcp_fin_timeout", 75)
        settings = read_all(host=read_host()).settings
        fin, retries = settings["net.ipv4.tcp_fin_timeout"], settings["net.ipv4.tcp_retries2"]
        return fin.touched, fin.value, retries.touched

    assert in_namespace(inside) == (True, 75, False)


@pytest.mark.root
def test_in_a_fresh_namespace_nothing_is_touched_and_nothing_is_missing() -> None:
    def inside() -> tuple[list[str], tuple[str, ...]]:
        reading = read_all(host=read_host())
        return [key for key, setting in reading.settings.items() if setting.touched], reading.problems

    assert in_namespace(inside) == ([], ())


def test_a_full_entry_that_the_kernel_should_have_is_missed_by_name(tmp_path: Path) -> None:
    host = replace(read_host(), kernel=KernelVersion(6, 1), initial=True)
    problems = read_all(host=host, root=str(tmp_path)).problems
    assert f"{REUSE}: not there, although kernel 6.1 should have it" in problems
    assert not any("tcp_tw_recycle" in line for line in problems)


@given(st.binary(max_size=300))
def test_whatever_the_file_holds_there_is_an_outcome(data: bytes) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        put(Path(folder), REUSE, "").write_bytes(data)
        outcome = read_value(REUSE, folder)
    assert outcome.status in ("value", "unparsable")
    assert outcome.problem is None or "\n" not in outcome.problem
