"""What SO_LINGER, close() and a reset do, tried on loopback; each function is run by `experiments.run`."""

from __future__ import annotations

import errno
import os
import select
import signal
import socket
import struct
import threading
import time
from collections.abc import Callable
from functools import partial

from tcptune.lab import endpoints
from tests.support import loopback as lo


def _flat(flags: list[lo.Flags]) -> list[str]:
    return sorted({name for each in flags for name in each})


def zero_with_nothing_to_discard() -> dict[str, object]:
    """Everything sent was read by the peer before the close."""
    client, server, _ = lo.pair()
    client.sendall(b"hello")
    server.recv(5)
    lo.until(lambda: lo.entry(client.getsockname()[1], server.getsockname()[1]) is not None)
    time.sleep(0.1)
    port, peer = client.getsockname()[1], server.getsockname()[1]
    before = lo.counter("TCPAbortOnData")
    with lo.wire() as wire:
        lo.linger(client, 0)
        client.close()
        time.sleep(0.05)
        flags = wire.flags(port)
    return {
        "flags": _flat(flags),
        "state": lo.state(port, peer),
        "peer": lo.drain(server),
        "counted": lo.counter("TCPAbortOnData") - before,
    }


def zero_with_data_waiting() -> dict[str, object]:
    """The peer does not read, and half of the data is still in the send buffer."""
    client, server, _ = lo.pair(small=True)
    sent = endpoints.fill(client)
    lo.linger(client, 0)
    took = endpoints.close(client)
    got, end = lo.drain(server)
    return {"sent": sent, "got": got, "end": end, "took": took}


def _filled() -> tuple[socket.socket, socket.socket, int]:
    client, server, _ = lo.pair(small=True)
    return client, server, endpoints.fill(client)


def off_with_data_waiting() -> dict[str, object]:
    """Without SO_LINGER close() returns at once and the kernel goes on delivering."""
    client, server, sent = _filled()
    took = endpoints.close(client)
    got, end = lo.drain(server)
    return {"sent": sent, "got": got, "end": end, "took": took}


def time_runs_out() -> dict[str, object]:
    """The peer reads only after the linger time is over."""
    client, server, sent = _filled()
    port, peer = client.getsockname()[1], server.getsockname()[1]
    lo.linger(client, 1)
    with lo.wire() as wire:
        took = endpoints.close(client)
        time.sleep(0.3)
        state = lo.state(port, peer)
        got, end = lo.drain(server)
        time.sleep(0.05)
        flags = wire.flags(port)
    return {"sent": sent, "got": got, "end": end, "took": took, "state": state, "flags": _flat(flags)}


def time_is_a_limit() -> dict[str, object]:
    """The peer reads after a moment: close() returns as soon as everything is acknowledged."""
    client, server, sent = _filled()
    lo.linger(client, 5)
    result: list[tuple[int, str]] = []

    def read() -> None:
        time.sleep(0.3)
        result.append(lo.drain(server))

    reader = threading.Thread(target=read)
    reader.start()
    took = endpoints.close(client)
    reader.join()
    return {"sent": sent, "got": result[0][0], "end": result[0][1], "took": took}


def non_blocking() -> dict[str, object]:
    """close() of a non-blocking socket with SO_LINGER and a time."""
    client, server, sent = _filled()
    client.setblocking(False)
    lo.linger(client, 1)
    took = endpoints.close(client)
    got, end = lo.drain(server)
    return {"sent": sent, "got": got, "end": end, "took": took}


def non_blocking_without_linger() -> dict[str, object]:
    """close() of a non-blocking socket without SO_LINGER."""
    client, server, sent = _filled()
    client.setblocking(False)
    took = endpoints.close(client)
    got, end = lo.drain(server)
    return {"sent": sent, "got": got, "end": end, "took": took}


def process_ends() -> dict[str, object]:
    """A process that ends does not wait for the linger time, whether it leaves or is killed."""
    taken = {}
    for how in ("exit", "kill"):
        client, server, sent = _filled()
        lo.linger(client, 3)
        child = os.fork()
        if child == 0:
            if how == "exit":
                os._exit(0)
            time.sleep(10)
        client.close()
        start = time.monotonic()
        if how == "kill":
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        taken[how] = time.monotonic() - start
        taken[f"{how}_delivered"] = float(lo.drain(server)[0] == sent)
    return dict(taken)


def process_ends_with_zero() -> dict[str, object]:
    """A process that is killed while its socket has SO_LINGER with 0 seconds."""
    client, server, _ = lo.pair()
    lo.linger(client, 0)
    child = os.fork()
    if child == 0:
        time.sleep(10)
    client.close()
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return {"peer": lo.drain(server)}


def not_the_last_descriptor() -> dict[str, object]:
    """SO_LINGER 0 and close() while a duplicate of the descriptor is open, then the duplicate's close()."""
    client, server, _ = lo.pair()
    port, peer = client.getsockname()[1], server.getsockname()[1]
    lo.linger(client, 0)
    twin = client.dup()
    client.close()
    time.sleep(0.05)
    first = lo.state(port, peer)
    twin.close()
    return {"first": first, "peer": lo.drain(server)[1]}


def zero_and_shutdown() -> dict[str, object]:
    """shutdown() sends a FIN whatever SO_LINGER says; close() after it resets."""
    client, server, _ = lo.pair()
    port = client.getsockname()[1]
    lo.linger(client, 0)
    with lo.wire() as wire:
        client.shutdown(socket.SHUT_WR)
        time.sleep(0.05)
        first = _flat(wire.flags(port))
        client.close()
        time.sleep(0.05)
        second = _flat(wire.flags(port))
    server.close()
    return {"shutdown": first, "close": second}


def listener_hands_down() -> dict[str, object]:
    """What an accepted socket has of its listener's SO_LINGER, TCP_LINGER2, TCP_USER_TIMEOUT and O_NONBLOCK."""
    with lo.listener() as listening:
        lo.linger(listening, 0)
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_LINGER2, 7)
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 4321)
        client = socket.create_connection(listening.getsockname())
        listening.setblocking(False)
        select.select([listening], [], [], 2)
        # Python sets the blocking mode itself only where the listener has a time limit; so this is the kernel's.
        server, _ = listening.accept()
        blocking = os.get_blocking(server.fileno())
        onoff, seconds = struct.unpack("ii", server.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, 8))
        answer: dict[str, object] = {
            "linger": [onoff, seconds],
            "linger2": server.getsockopt(socket.IPPROTO_TCP, socket.TCP_LINGER2),
            "user_timeout": server.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT),
            "blocking": blocking,
        }
        server.close()
        answer["peer"] = lo.drain(client)[1]
    return answer


def unread_data() -> dict[str, object]:
    """close() with received data that nobody read, no SO_LINGER."""
    client, server, _ = lo.pair()
    port, peer = client.getsockname()[1], server.getsockname()[1]
    server.sendall(b"unread")
    time.sleep(0.05)
    before = lo.counter("TCPAbortOnClose")
    with lo.wire() as wire:
        client.close()
        time.sleep(0.05)
        flags = _flat(wire.flags(port))
    return {
        "flags": flags,
        "state": lo.state(port, peer),
        "counted": lo.counter("TCPAbortOnClose") - before,
        "peer": lo.drain(server)[1],
    }


def data_after_close() -> dict[str, object]:
    """A peer that sends after our close(), no SO_LINGER: before and after it acknowledged our FIN."""
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    answer: dict[str, object] = {}
    for how in ("fin-unacknowledged", "fin-acknowledged"):
        client, server, _ = lo.pair()
        before, port = lo.counter("TCPAbortOnData"), client.getsockname()[1]
        if how == "fin-unacknowledged":
            lo.deafen(server)
        with lo.wire() as wire:
            client.close()
            time.sleep(0.05)
            state = lo.state(port, server.getsockname()[1])
            server.send(b"late")
            time.sleep(0.05)
            flags = _flat(wire.flags(port))
        lo.hear(server) if how == "fin-unacknowledged" else None
        answer[how] = {"state": state, "counted": lo.counter("TCPAbortOnData") - before, "flags": flags}
        if how == "fin-acknowledged":
            answer["peer"] = [_error(partial(server.recv, 1)), _error(partial(server.send, b"x"))]
    return answer


def _error(action: Callable[[], object]) -> str:
    try:
        result = action()
    except OSError as error:
        return errno.errorcode[error.errno or 0]
    return repr(result)


def reset_seen_without_recv() -> dict[str, object]:
    """What a peer sees of a reset that is not inside recv()."""
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    answer: dict[str, object] = {}
    for how in ("poll", "send", "later", "option"):
        client, server, _ = lo.pair()
        poll = select.poll()
        poll.register(server, 0)
        lo.linger(client, 0)
        client.close()
        if how == "poll":
            events = poll.poll(1000)[0][1]
            answer[how] = [bool(events & bit) for bit in (select.POLLERR, select.POLLHUP)]
        time.sleep(0.05)
        if how == "send":
            answer[how] = [_error(partial(server.send, b"x")) for _ in range(2)]
        if how == "later":
            answer[how] = [_error(partial(server.recv, 1)) for _ in range(2)]
        if how == "option":
            answer[how] = errno.errorcode[server.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)]
    return answer


def data_before_the_reset() -> dict[str, object]:
    """Data that arrived before the reset, read after it."""
    client, server, _ = lo.pair()
    client.sendall(b"hello")
    time.sleep(0.05)
    lo.linger(client, 0)
    client.close()
    time.sleep(0.05)
    got, end = lo.drain(server)
    return {"got": got, "end": end}
