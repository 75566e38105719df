"""Who closes first and who resets, told by the kernel; packets and timers are blamed on nobody."""

from __future__ import annotations

import os
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcptune.errors import TcptuneError
from tcptune.live import trace as live_trace
from tcptune.live.ring import events, fields
from tcptune.live.trace import Listener, trace
from tcptune.model.trace import TraceReport
from tests.support.missing import host_numbers
from tests.support.netns import as_nobody, in_namespace
from tests.support.program import tcptune

FORMAT = """
	field:unsigned char common_flags;	offset:2;	size:1;	signed:0;
	field:int common_pid;	offset:4;	size:4;	signed:1;
	field:int oldstate;	offset:16;	size:4;	signed:1;
	field:int newstate;	offset:20;	size:4;	signed:1;
	field:__u16 sport;	offset:24;	size:2;	signed:0;
	field:__u16 dport;	offset:26;	size:2;	signed:0;
	field:__u16 family;	offset:28;	size:2;	signed:0;
	field:__u8 daddr[4];	offset:36;	size:4;	signed:0;
	field:__u8 daddr_v6[16];	offset:56;	size:16;	signed:0;
"""


def event(old: int, new: int, *, flags: int = 0, thread: int = 7) -> bytes:
    data = bytearray(72)
    data[2] = flags
    data[4:8], data[16:20], data[20:24] = (struct.pack("<i", n) for n in (thread, old, new))
    data[24:28], data[28:30], data[36:40] = struct.pack("<HH", 40000, 443), b"\x02\x00", bytes((10, 0, 0, 9))
    return bytes(data)


def listener(near: bool | None = True) -> Listener:
    return Listener(fields(FORMAT), lambda _: near)


def test_fields_are_read_from_the_format_with_arrays() -> None:
    assert fields(FORMAT)["daddr_v6"] == (56, 16)
    assert fields(FORMAT)["common_flags"] == (2, 1)


@pytest.mark.parametrize(("old", "new", "act"), [(1, 4, "closes first"), (1, 7, "resets"), (8, 7, "resets")])
def test_an_act_in_a_process_is_that_processs(old: int, new: int, act: str) -> None:
    heard = listener()
    heard.take(event(old, new))
    assert [key.act for key in heard.acts] == [act]


@pytest.mark.parametrize("flags", [0x08, 0x10, 0x18])
def test_what_comes_in_an_interrupt_is_blamed_on_nobody(flags: int) -> None:
    heard = listener()
    heard.take(event(1, 7, flags=flags))
    heard.take(event(1, 8, flags=flags))
    assert (heard.received, heard.peers, dict(heard.acts)) == (1, 1, {})


def test_other_namespaces_and_ended_processes_are_counted_apart() -> None:
    far, gone = listener(near=False), listener(near=None)
    far.take(event(1, 4))
    gone.take(event(1, 4))
    assert (far.elsewhere, far.unplaced, gone.elsewhere, gone.unplaced) == (1, 0, 0, 1)


@given(st.binary(max_size=200))
def test_no_bytes_are_an_exception(data: bytes) -> None:
    heard = listener(near=False)
    heard.take(data)
    for one in events(data):
        heard.take(one)


def test_events_are_found_between_time_and_padding() -> None:
    small = (2).to_bytes(4, "little") + b"abcdefgh"
    large = (0).to_bytes(4, "little") + (4 + 120).to_bytes(4, "little") + bytes(120)
    stamp = (30).to_bytes(4, "little") + bytes(4)
    body = small + stamp + large + (29).to_bytes(4, "little")
    page = struct.pack("=QQ", 0, len(body)) + body + bytes(50)
    assert [len(found) for found in events(page)] == [8, 120]


def busy(port: int) -> None:
    """Close 60 connections: 30 by the client first, 15 by the server first, 15 by a RST of the client."""
    with socket.create_server(("127.0.0.1", port)) as server:
        time.sleep(1.0)
        for number in range(60):
            client = socket.create_connection(("127.0.0.1", port))
            peer, _ = server.accept()
            if number % 4 == 0:
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            first, second = (peer, client) if number % 4 == 1 else (client, peer)
            first.close()
            second.close()
        time.sleep(1.5)


@pytest.mark.root
def test_in_a_container_with_numbers_of_its_own_nobody_is_blamed() -> None:
    """The kernel's number of a thread may be that of another process there."""
    done = tcptune("sockets", "--trace", "0.1", before=["unshare", "--pid", "--fork", "--mount-proc"])
    assert (done.status, done.out) == (2, "")
    assert done.err.splitlines()[-1] == "  run it on the host: tcptune sockets --trace 2 --pid PID"


def heard(port: int | None, listening: frozenset[int]) -> tuple[TraceReport, int]:
    def inside() -> tuple[TraceReport, int]:
        pid = os.fork()
        if pid == 0:
            try:
                busy(8080)
            finally:
                os._exit(0)
        found = trace(2.0, listening, port=port)
        os.waitpid(pid, 0)
        return found, pid

    return in_namespace(inside)


@host_numbers
@pytest.mark.root
def test_who_closes_first_and_who_resets_is_told_exactly() -> None:
    found, pid = heard(8080, frozenset({8080}))
    assert [(row.pid, row.place, row.act, row.count) for row in found.rows] == [
        (pid, "127.0.0.1:8080", "closes first", 30),
        (pid, "127.0.0.1:8080", "resets", 15),
        (pid, "port 8080", "closes first", 15),
    ]
    assert (found.received, found.peers, found.lost) == (15, 45, 0)


@host_numbers
@pytest.mark.root
def test_the_port_is_filtered_in_the_kernel() -> None:
    found, _ = heard(8081, frozenset({8080}))
    assert (found.rows, found.received, found.peers) == ((), 0, 0)


@host_numbers
@pytest.mark.root
def test_what_a_killed_run_left_is_removed_by_the_next_one_and_a_living_one_is_kept() -> None:
    script = (
        "import sys; sys.path.insert(0, {root!r})\n"
        "from pathlib import Path\n"
        "from tcptune.live.trace import PLACES, _instance, _mount\n"
        "_mount(PLACES[0])\n"
        "folder = Path(PLACES[0], 'instances')\n"
        "(folder / 'tcptune-4194304-1').mkdir()\n"
        "with _instance(PLACES[0]) as own:\n"
        "    print(*(path.name for path in folder.iterdir()))\n"
        "print(*(path.name for path in folder.iterdir() if path.name == own.name))\n"
    )
    root = str(Path(__file__).resolve().parents[2])
    done = subprocess.run(
        [sys.executable, "-c", script.format(root=root)], capture_output=True, text=True, check=True, timeout=60
    )
    within, after = done.stdout.splitlines()
    assert "tcptune-4194304-1" not in within.split()
    assert any(name.startswith("tcptune-") for name in within.split())
    assert after == ""


@host_numbers
@pytest.mark.root
def test_without_root_it_is_one_line() -> None:
    def inside() -> str:
        try:
            trace(0.1, frozenset())
        except TcptuneError as error:
            return f"{error.message} / {error.hint}"
        return "listened"

    assert "needs root" in as_nobody(inside)


def test_a_process_is_known_by_its_start_too() -> None:
    own = f"tcptune-{os.getpid()}-{live_trace._started(os.getpid())}"
    assert live_trace._alive(own)
    assert not live_trace._alive(f"tcptune-{os.getpid()}-1")
    assert not live_trace._alive("tcptune-x")
