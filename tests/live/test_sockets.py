"""The socket table: the same counts as ss, told apart by direction, whatever bytes the kernel sends."""

from __future__ import annotations

import errno
import socket
import struct
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcptune.live import sock_diag, sockets
from tcptune.live.sock_diag import MESSAGE, NLM_F_DUMP_INTR, TCPDIAG_GETSOCK
from tcptune.live.sockets import Tally, parse_line, read_table
from tcptune.model.sockets import STATES, Destination, SocketTable
from tests.support.netns import as_nobody, in_namespace, write_sysctl

V4, V6 = int(socket.AF_INET), int(socket.AF_INET6)
TIME_WAIT = 6
Row = tuple[int, int, int, int, bytes, bytes]

PORTS = st.integers(1, 65535)
ADDRESSES = st.sampled_from([bytes([10, 0, 0, n]) + bytes(12) for n in range(4)])
ROWS = st.lists(
    st.tuples(
        st.sampled_from([1, 5, 6, 6, 6, 8, 10]),
        st.sampled_from([V4, V6]),
        PORTS | st.just(8080),
        PORTS,
        ADDRESSES,
        ADDRESSES,
    ),
    max_size=30,
)


def message(row: Row, flags: int = 2, attributes: bytes = b"") -> bytes:
    """Return what the kernel sends about one socket."""
    state, family, port, far, local, remote = row
    ident = struct.pack(">HH16s16s", port, far, local, remote) + bytes(12)
    body = struct.pack("=BBBB", family, state, 0, 0) + ident + bytes(20) + attributes
    return struct.pack("=IHHII", 16 + len(body), TCPDIAG_GETSOCK, flags, 1, 0) + body


def done() -> bytes:
    return struct.pack("=IHHIIi", 20, 3, 2, 1, 0, 0)


def count(*datagrams: bytes) -> Tally:
    tally = Tally()
    tally.listen((8080).to_bytes(2, "big"))
    for data in datagrams:
        tally.take(data)
    return tally


def row(state: int = TIME_WAIT, port: int = 40000, far: int = 443, family: int = V4) -> Row:
    return state, family, port, far, bytes([10, 0, 0, 1]) + bytes(12), bytes([10, 0, 0, 2]) + bytes(12)


def test_a_message_has_the_length_that_the_reader_expects() -> None:
    assert len(message(row())) == MESSAGE


@given(ROWS)
def test_records_at_once_and_one_by_one_give_the_same(rows: list[Row]) -> None:
    """What is counted by strides is what is counted message by message."""
    listeners = [r for r in rows if r[0] == 10]
    others = sorted((r for r in rows if r[0] != 10), key=lambda r: r[0])
    first = [message(r) for r in listeners]
    for mixed in (others, others[::-1], others[::2] + others[1::2]):
        whole = count(*first, b"".join(map(message, mixed)) + done()).table()
        single = count(*first, *map(message, mixed)).table()
        assert whole == single
    alike = [b"".join(message(r) for r in others if r[0] == state) for state in {r[0] for r in others}]
    assert count(*first, *alike).table() == whole


@given(ROWS, st.sampled_from([b"", bytes(8), bytes(20)]))
def test_attributes_change_no_count(rows: list[Row], attributes: bytes) -> None:
    rows = [r for r in rows if r[0] != 10]
    plain = count(b"".join(message(r) for r in rows)).table()
    assert count(b"".join(message(r, attributes=attributes) for r in rows)).table() == plain


@given(st.binary(max_size=600))
def test_no_bytes_are_another_exception_than_the_kernels_refusal(data: bytes) -> None:
    tally = Tally()
    with suppress(OSError):
        tally.take(data)
    assert isinstance(tally.table(), SocketTable)


@given(ROWS, st.integers(0, 200), st.binary(min_size=1, max_size=20))
def test_a_damaged_datagram_is_no_other_exception_either(rows: list[Row], at: int, damage: bytes) -> None:
    data = bytearray(b"".join(map(message, rows)) + done())
    data[at : at + len(damage)] = damage
    with suppress(OSError):
        count(bytes(data)).table()


def test_the_last_datagram_is_known_alone_and_behind_records() -> None:
    assert Tally().take(done())
    assert Tally().take(message(row()) * 3 + done())
    assert not Tally().take(message(row()) * 3)


def test_a_refusal_is_the_kernels_error() -> None:
    with pytest.raises(OSError, match="No such file") as caught:
        Tally().take(struct.pack("=IHHIIi", 36, 2, 0, 1, 0, -errno.ENOENT) + bytes(16))
    assert caught.value.errno == errno.ENOENT


def test_a_dump_that_changed_meanwhile_is_said() -> None:
    tally = Tally()
    tally.take(message(row(), flags=2 | NLM_F_DUMP_INTR) * 2)
    assert not tally.table().complete
    assert tally.table().states == {"TIME_WAIT": 2}


def test_a_dump_that_changed_is_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The only thing that no kernel can be brought to do at will: it sets the flag in the first try alone."""
    tries: list[int] = []
    dump = sock_diag.dump

    def changed(states: int, take: Callable[[bytes], bool]) -> None:
        tries.append(states)
        if len(tries) == 2:
            take(message(row(), flags=NLM_F_DUMP_INTR))
        else:
            dump(states, take)

    monkeypatch.setattr(sock_diag, "dump", changed)
    table = read_table()
    assert table is not None and table.complete and len(tries) == 6


def test_inbound_is_by_our_port_and_outbound_by_destination() -> None:
    table = count(b"".join([message(row(port=8080))] * 3 + [message(row(port=p)) for p in range(40000, 40005)])).table()
    assert table.inbound == {"TIME_WAIT": {8080: 3}}
    assert table.outbound == {"TIME_WAIT": {Destination("10.0.0.1", "10.0.0.2", 443): 5}}
    assert (table.inbound_count(), table.outbound_count()) == (3, 5)


def test_a_mapped_address_is_the_ipv4_address() -> None:
    mapped = bytes(10) + b"\xff\xff" + bytes([10, 0, 0, 1]), bytes(10) + b"\xff\xff" + bytes([10, 0, 0, 2])
    table = count(message(row()), message((TIME_WAIT, V6, 40000, 443, *mapped))).table()
    assert table.outbound["TIME_WAIT"] == {Destination("10.0.0.1", "10.0.0.2", 443): 2}


def test_an_ipv6_address_that_begins_like_an_ipv4_one_stays_apart() -> None:
    near = bytes([10, 0, 0, 1]) + bytes(12), bytes([10, 0, 0, 2]) + bytes(12)
    table = count(message(row()), message((TIME_WAIT, V6, 40000, 443, *near))).table()
    assert sorted(map(str, table.outbound["TIME_WAIT"])) == ["10.0.0.2:443", "[a00:2::]:443"]


def test_what_is_kept_grows_with_destinations_not_with_sockets() -> None:
    tally = Tally()
    for port in range(1, 60001, 300):
        tally.take(b"".join(message(row(port=p)) for p in range(port, port + 300)))
    assert tally.states[TIME_WAIT] == 60000
    assert sum(map(len, tally.outbound.values())) == 1 and not tally.inbound


def test_the_top_is_the_most_first_and_stable() -> None:
    a, b, c = (Destination("10.0.0.1", f"10.0.0.{n}", 80) for n in (2, 3, 4))
    table = SocketTable(outbound={"TIME_WAIT": {c: 1, b: 5, a: 5}, "ESTABLISHED": {b: 2}})
    assert table.top(2) == [(a, 5), (b, 5)]
    assert table.destinations()[b] == {"TIME_WAIT": 5, "ESTABLISHED": 2}


@pytest.mark.parametrize(
    "line",
    [
        "",
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode",
        "   0: 0100007F:1F90 00000000:0000 ZZ",
        "   0: 0100007F 00000000:0000 06",
        "   0: 0100:1F90 00000000:0000 06",
    ],
)
def test_a_line_that_is_no_socket_is_left_out(line: str) -> None:
    assert parse_line(line) is None


@given(st.text(max_size=200))
def test_no_line_is_an_exception(line: str) -> None:
    parse_line(line)


def close_first(server: socket.socket, times: int, *, by_server: bool = False) -> None:
    """Connect and close; the side that closes first is left with TIME_WAIT."""
    for _ in range(times):
        host, port = server.getsockname()[:2]
        client = socket.create_connection(("127.0.0.1" if host == "::" else host, port))
        peer, _ = server.accept()
        first, second = (peer, client) if by_server else (client, peer)
        first.close()
        second.close()


def settled(state: str) -> None:
    """Wait until ss sees a socket in a state: the last segments may still be on their way."""
    deadline = time.monotonic() + 10
    while state not in by_ss():
        assert time.monotonic() < deadline, f"no socket reached {state}"
        time.sleep(0.02)


def by_ss() -> dict[str, int]:
    """Return what ss counts, under the kernel's names of states."""
    names = {
        "TIME-WAIT": "TIME_WAIT",
        "ESTAB": "ESTABLISHED",
        "FIN-WAIT-1": "FIN_WAIT1",
        "FIN-WAIT-2": "FIN_WAIT2",
        "CLOSE-WAIT": "CLOSE_WAIT",
    }
    lines = subprocess.run(["ss", "-Htan"], capture_output=True, text=True, check=True).stdout.splitlines()
    return dict(Counter(names.get(line.split()[0], line.split()[0]) for line in lines))


@pytest.mark.root
def test_2000_real_sockets_are_counted_as_ss_counts_them() -> None:
    """Clients of two servers close first on IPv4 and IPv6, a third server closes first itself, others stay open."""

    def inside() -> tuple[SocketTable | None, SocketTable | None, dict[str, int], int]:
        write_sysctl("net.ipv4.tcp_max_tw_buckets", 100000)
        four = socket.create_server(("127.0.0.1", 0))
        six = socket.create_server(("::1", 0), family=socket.AF_INET6)
        both = socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True)
        for server in (four, six):
            close_first(server, 750)
            server.close()
        close_first(both, 500, by_server=True)
        left = socket.create_server(("127.0.0.1", 0))
        with socket.create_connection(left.getsockname()):
            left.accept()[0].close()  # FIN_WAIT2 here, CLOSE_WAIT at the client
            settled("FIN_WAIT2")
            return read_table(), sockets._from_proc("why"), by_ss(), both.getsockname()[1]

    table, slow, wanted, port = in_namespace(inside)
    assert table is not None and slow is not None
    assert table.states == wanted
    assert table.states["TIME_WAIT"] == 2000
    assert (table.states["FIN_WAIT2"], table.states["CLOSE_WAIT"], table.states["LISTEN"]) == (1, 1, 2)
    assert (table.outbound_count(), table.inbound_count()) == (1500, 500)
    assert table.inbound["TIME_WAIT"] == {port: 500}
    assert [(d.local, d.remote, n) for d, n in table.top()] == [("127.0.0.1", "127.0.0.1", 750), ("::1", "::1", 750)]
    assert port in table.listening and len(table.listening) == 2
    assert (slow.states, slow.listening, slow.outbound, slow.inbound) == table[:4]
    assert (slow.source, slow.limits) == ("procfs", ("why",))


@pytest.mark.root
def test_a_request_that_is_not_accepted_yet_is_inbound() -> None:
    def inside() -> SocketTable | None:
        with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
            return read_table()

    table = in_namespace(inside)
    assert table is not None
    assert table.states == {"LISTEN": 1, "ESTABLISHED": 2}
    assert (table.inbound_count("ESTABLISHED"), table.outbound_count("ESTABLISHED")) == (1, 1)


@pytest.mark.root
def test_without_any_privilege_the_table_is_read_all_the_same() -> None:
    def inside() -> SocketTable | None:
        with socket.create_server(("127.0.0.1", 0)):
            return as_nobody(read_table)

    table = in_namespace(inside)
    assert table is not None
    assert (table.source, table.states) == ("sock_diag", {"LISTEN": 1})


def test_where_sock_diag_is_refused_the_text_files_are_read_and_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sock_diag, "NETLINK_SOCK_DIAG", 31)  # a family that no kernel has
    table = read_table()
    assert table is not None and table.source == "procfs"
    assert len(table.limits) == 1 and table.limits[0].startswith("sock_diag cannot be used here (")


def test_where_nothing_can_be_read_there_is_no_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sock_diag, "NETLINK_SOCK_DIAG", 31)
    monkeypatch.setattr(sockets, "_PROC", (("/proc/net/no-such-file", V4),))
    assert read_table() is None


def test_every_state_of_the_kernel_has_a_name() -> None:
    assert sorted(STATES) == list(range(1, 14))
