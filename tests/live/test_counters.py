"""Counters: the kernel's own files give the catalogue's ids, and arbitrary bytes give no exception."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcptune.catalog.counters import COUNTERS
from tcptune.live.counters import (
    parse_conntrack,
    parse_pairs,
    parse_sockstat,
    read_conntrack,
    read_counters,
    read_sockets,
)
from tests.support.netns import in_namespace, write_sysctl


def test_names_and_numbers_are_matched_by_place() -> None:
    text = "TcpExt: TW PAWSEstab\nTcpExt: 7 9\nIpExt: InOctets\nIpExt: 5\n"
    assert parse_pairs(text) == {"TcpExt.TW": 7, "TcpExt.PAWSEstab": 9, "IpExt.InOctets": 5}
    assert parse_pairs(text, ("TcpExt",)) == {"TcpExt.TW": 7, "TcpExt.PAWSEstab": 9}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("TcpExt: A B C\nTcpExt: 1 2\n", {"TcpExt.A": 1, "TcpExt.B": 2}),
        ("TcpExt: A\nTcpExt: 1 2 3\n", {"TcpExt.A": 1}),
        ("TcpExt: A B\nTcpExt: x 2\n", {"TcpExt.B": 2}),
        ("TcpExt: A B\n", {}),
        ("Tcp: MaxConn\nTcp: -1\n", {"Tcp.MaxConn": -1}),
        ("A: x\nB: y\nA: 1\nB: 2\n", {"A.x": 1, "B.y": 2}),
        ("TcpExt: A B\nTcpExt: 1_0 ١\n", {}),
    ],
)
def test_odd_columns_lose_themselves_only(text: str, found: dict[str, int]) -> None:
    assert parse_pairs(text) == found


def test_sockstat_is_names_and_numbers_in_turn() -> None:
    text = "sockets: used 17\nTCP: inuse 1 orphan 2 tw 3 alloc 4 mem\nTCP6: inuse 5 odd x\n"
    assert parse_sockstat(text) == {
        "sockets.used": 17, "TCP.inuse": 1, "TCP.orphan": 2, "TCP.tw": 3, "TCP.alloc": 4, "TCP6.inuse": 5,
    }  # fmt: skip


def test_connection_tracking_is_hexadecimal_and_summed_over_processors() -> None:
    text = "entries  drop insert_failed\n0000000a  00000010 000000ff\n0000000a  00000001 00000001\n"
    assert parse_conntrack(text) == {"drop": 17, "insert_failed": 256}


@pytest.mark.parametrize("parse", [parse_pairs, parse_sockstat, parse_conntrack])
@given(data=st.binary(max_size=400))
def test_no_bytes_are_an_exception(parse: Callable[[str], dict[str, int]], data: bytes) -> None:
    found = parse(data.decode("utf-8", "backslashreplace"))
    assert all(isinstance(number, int) for number in found.values())


@given(st.lists(st.tuples(st.from_regex(r"[A-Z][A-Za-z]{0,9}", fullmatch=True), st.integers(0, 2**64 - 1)), max_size=9))
def test_every_column_that_is_printed_is_read(columns: list[tuple[str, int]]) -> None:
    columns = list(dict(columns).items())
    names, numbers = " ".join(name for name, _ in columns), " ".join(str(number) for _, number in columns)
    assert parse_pairs(f"G: {names}\nG: {numbers}\n") == {f"G.{name}": number for name, number in columns}


def test_files_that_are_not_there_give_nothing(tmp_path: Path) -> None:
    assert read_counters(str(tmp_path)) == {}
    assert read_sockets(str(tmp_path)) == {}
    assert read_conntrack(str(tmp_path), str(tmp_path / "nf_conntrack")) is None


def test_connection_tracking_without_its_statistics_still_has_count_and_limit(tmp_path: Path) -> None:
    for name, text in (("count", "12\n"), ("max", "262144\n"), ("buckets", "65536\n")):
        (tmp_path / f"nf_conntrack_{name}").write_text(text)
    found = read_conntrack(str(tmp_path), str(tmp_path / "nf_conntrack"))
    assert found is not None
    assert (found.count, found.limit, found.buckets, dict(found.stats)) == (12, 262144, 65536, {})


def test_the_running_kernel_has_the_catalogues_counters_under_their_ids() -> None:
    seen = set(read_counters()) | set(read_sockets())
    wanted = {entry.id for entry in COUNTERS if entry.file != "conntrack" and entry.lifetime.removed is None}
    assert len(wanted & seen) >= 0.8 * len(wanted), sorted(wanted - seen)
    assert "TcpExt.TCPTimeWaitOverflow" in seen and "TCP.tw" in seen and "Tcp.RetransSegs" in seen


@pytest.mark.root
def test_a_namespace_counts_its_own_overflow() -> None:
    """With one bucket, the second connection that closes finds no place for its TIME_WAIT."""

    def inside() -> tuple[int, int, int]:
        write_sysctl("net.ipv4.tcp_max_tw_buckets", 1)
        before = read_counters()["TcpExt.TCPTimeWaitOverflow"]
        with socket.create_server(("127.0.0.1", 0)) as server:
            for _ in range(10):
                client = socket.create_connection(server.getsockname())
                peer, _ = server.accept()
                client.close()
                peer.close()
        raw = Path("/proc/net/netstat").read_text().splitlines()
        names, numbers = raw[0].split(), raw[1].split()
        after = read_counters()["TcpExt.TCPTimeWaitOverflow"]
        return before, after, int(numbers[names.index("TCPTimeWaitOverflow")])

    before, after, raw = in_namespace(inside)
    assert before == 0
    assert after == raw >= 5
