"""Sockets asked for SO_LINGER from outside: right answers, nothing closed, and what is refused is said."""

from __future__ import annotations

import os
import signal
import socket
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from tcptune.live import deep as module
from tcptune.live.deep import _options, deep
from tcptune.model.ports import Lingering
from tests.support.netns import in_namespace
from tests.support.program import tcptune

pytestmark = pytest.mark.root


@contextmanager
def holder(lingers: list[int | None]) -> Iterator[tuple[int, Callable[[], bytes]]]:
    """Let another process hold a connection with each of these SO_LINGER; the last answers what it still receives."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        with socket.create_server(("127.0.0.1", 0)) as server:
            held = []
            for seconds in lingers:
                client = socket.create_connection(server.getsockname())
                peer, _ = server.accept()
                if seconds is not None:
                    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, seconds))
                held.append((client, peer))
            os.write(writer, b"1")
            time.sleep(1.5)
            held[-1][0].send(b"alive")
            os.write(writer, held[-1][1].recv(10))
            time.sleep(30)
        os._exit(0)
    try:
        os.read(reader, 1)
        yield pid, lambda: os.read(reader, 10)
    finally:
        os.kill(pid, 9)
        os.waitpid(pid, 0)


def test_each_process_is_told_by_its_sockets_and_they_stay_open() -> None:
    def inside() -> tuple[int, Any, bytes]:
        with holder([0, 0, 5, None]) as (pid, alive):
            return pid, deep(), alive()

    pid, (rows, lines), alive = in_namespace(inside)
    row = next(row for row in rows if row.owner.pid == pid)
    assert (row.asked, row.zero, row.positive) == (8, 2, 1)
    assert lines == () and alive == b"alive"


def test_at_most_so_many_sockets_of_a_process_are_asked() -> None:
    def inside() -> tuple[Lingering, ...]:
        with holder([0] * 5):
            return deep(most=3)[0]

    assert [row.asked for row in in_namespace(inside)] == [3]


def test_another_socket_under_the_same_number_is_not_asked_and_is_closed() -> None:
    sock = socket.socket()
    copy, inode = os.dup(sock.fileno()), os.fstat(sock.fileno()).st_ino
    assert _options(copy, inode + 1) is None
    with pytest.raises(OSError, match="Bad file"):
        os.fstat(copy)
    assert _options(os.dup(sock.fileno()), inode) == (0, 0, 60, 0)
    sock.close()


def test_the_command_shows_them_and_names_the_process() -> None:
    def inside() -> tuple[int, Any, str]:
        with holder([0, None]) as (pid, _):
            return pid, tcptune("sockets", "--deep", "-f", "json").json(), tcptune("sockets", "--deep").out

    pid, document, text = in_namespace(inside)
    assert [row["zero"] for row in document["namespaces"][0]["lingering"]] == [1]
    finding = next(item for item in document["findings"] if item["rule"] == "TT609")
    assert finding["severity"] == "note"
    assert f"(pid {pid})" in finding["message"] and "1 of 4 sockets" in finding["message"]
    assert "SO_LINGER 0 s" in text


@contextmanager
def stuck() -> Iterator[int]:
    """Let a process hold a connection that lingers a minute with data that its peer never reads; USR1 closes it."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        with socket.create_server(("127.0.0.1", 0)) as server:
            client = socket.create_connection(server.getsockname())
            peer, _ = server.accept()
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 60))
            client.setblocking(False)
            with suppress(BlockingIOError):
                while True:
                    client.send(bytes(65536))
            client.setblocking(True)
            signal.signal(signal.SIGUSR1, lambda *_: client.close())
            os.write(writer, b"1")
            time.sleep(60)
            peer.close()
        os._exit(0)
    try:
        os.read(reader, 1)
        yield pid
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def test_a_close_that_becomes_ours_and_lingers_is_given_up_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def inside() -> tuple[float, int, int, Any]:
        with stuck() as slow, holder([0, None]) as (fine, _):

            def late(copy: int, inode: int) -> Any:
                """Look while the owner closes: what `close` ends then is the connection."""
                with socket.socket(fileno=os.dup(copy)) as sock:
                    lingers = sock.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, 8) == struct.pack("ii", 1, 60)
                if lingers:
                    os.kill(slow, signal.SIGUSR1)
                    time.sleep(0.2)
                return _options(copy, inode)

            monkeypatch.setattr(module, "_options", late)
            began = time.monotonic()
            found = deep()
            return time.monotonic() - began, slow, fine, found

    seconds, slow, fine, (rows, lines) = in_namespace(inside)
    assert 1 <= seconds < 3
    assert [(row.owner.pid, row.zero) for row in rows] == [(fine, 1)]
    assert len(lines) == 1 and f"(pid {slow})" in lines[0] and "lingers" in lines[0]
