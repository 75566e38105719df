"""The table of TCP sockets of this network namespace, counted while the kernel sends it.

Memory grows with the number of destinations, not of sockets: of every socket only a count stays.
"""

from __future__ import annotations

import socket
import struct
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import compress

from tcptune.live import sock_diag
from tcptune.live.sock_diag import EXPIRES, FAMILY, KEY, KEY_END, LISTEN, LOCAL_PORT, MESSAGE, OTHERS, STATE, TIME_WAIT
from tcptune.model.sockets import STATES, Destination, SocketTable

_TRIES = 3
_LISTEN, _TIME_WAIT = 10, 6
_MAPPED = bytes(10) + b"\xff\xff"
_PROC = (("/proc/net/tcp", socket.AF_INET), ("/proc/net/tcp6", socket.AF_INET6))

Group = tuple[int, int]
"""State and address family, as the kernel numbers them."""

_AGE = EXPIRES + (1 if sys.byteorder == "little" else 2)
"""The byte of the milliseconds left that counts units of 256 ms: 60,000 of them fit into two bytes."""


def _mask(numbers: Iterable[int]) -> bytes:
    """Return a table for `bytes.translate` that turns these numbers into 1 and all others into 0."""
    wanted = frozenset(numbers)
    return bytes(number in wanted for number in range(256))


_YOUNG = _mask(range(50_000 // 256, 256))
_ENDING = _mask(range(10_000 // 256))
_ODD = _mask(range(1, 256, 2))


class Tally:
    """Counts sockets from datagrams of sock_diag; ports and addresses stay the kernel's bytes until `table`.

    `young`, `ending` and `odd` count what is outbound and in TIME_WAIT by family and destination; `taken` holds the
    local ports of everything outbound.
    """

    def __init__(self) -> None:
        self.states: Counter[int] = Counter()
        self.listening: set[bytes] = set()
        self.outbound: dict[Group, Counter[bytes]] = {}
        self.inbound: dict[int, Counter[bytes]] = {}
        self.young: dict[int, Counter[bytes]] = {}
        self.ending: dict[int, Counter[bytes]] = {}
        self.odd: dict[int, Counter[bytes]] = {}
        self.taken: set[bytes] = set()
        self.interrupted = False

    def take(self, data: bytes) -> bool:
        """Count the sockets of a datagram; tell whether it was the last. Raises `OSError` for a refusal."""
        stride, count = sock_diag.records(data)
        if count and data[STATE] != _LISTEN:
            self._take_records(data, stride, count)
        else:
            stride = 0
        for offset, length, kind, flags in sock_diag.messages(data, stride * count):
            if flags & sock_diag.NLM_F_DUMP_INTR:
                self.interrupted = True
            if kind == sock_diag.NLMSG_DONE:
                return True
            if kind == sock_diag.NLMSG_ERROR:
                raise sock_diag.refusal(data, offset)
            if length >= MESSAGE:
                port, key = data[offset + LOCAL_PORT : offset + KEY], data[offset + KEY : offset + KEY_END]
                self.add(data[offset + STATE], data[offset + FAMILY], port, key, data[offset + _AGE])
        return False

    def _take_records(self, data: bytes, stride: int, count: int) -> None:
        """Count many sockets of one state at once; all loops are those of `Counter`, `zip` and `compress`, in C."""
        state, end = data[STATE], stride * count
        self.states[state] += count
        ports, keys = zip(*_rows(stride).iter_unpack(data[:end]), strict=True)
        seen = set(ports)
        families = data[FAMILY:end:stride]
        inbound = seen & self.listening
        if inbound:
            theirs = bytes(port in inbound for port in ports)
            self._inbound(state).update(compress(ports, theirs))
            families = bytes(0 if his else family for family, his in zip(families, theirs, strict=True))
        self.taken |= seen - inbound
        columns = data[_AGE:end:stride], data[LOCAL_PORT + 1 : end : stride]
        for family in set(families) - {0}:
            ours = None if families.count(family) == count else families.translate(_mask({family}))
            self._outbound(state, family).update(keys if ours is None else compress(keys, ours))
            if state == _TIME_WAIT:
                self._details(family, keys, ours, *columns)

    def _details(self, family: int, keys: tuple[bytes, ...], ours: bytes | None, ages: bytes, low_bytes: bytes) -> None:
        """Count what is known of sockets in TIME_WAIT beside their number."""
        if ours is not None:
            keys, ages, low_bytes = (
                tuple(compress(keys, ours)),
                bytes(compress(ages, ours)),
                bytes(compress(low_bytes, ours)),
            )
        for table, column, wanted in (
            (self.young, ages, _YOUNG),
            (self.ending, ages, _ENDING),
            (self.odd, low_bytes, _ODD),
        ):
            table.setdefault(family, Counter()).update(compress(keys, column.translate(wanted)))

    def add(self, state: int, family: int, port: bytes, key: bytes, age: int | None = None) -> None:
        """Count one socket; `age` is the byte `_AGE` of its record, None where it has none."""
        self.states[state] += 1
        if state == _LISTEN:
            self.listening.add(port)
        elif port in self.listening:
            self._inbound(state)[port] += 1
        else:
            self._outbound(state, family)[key] += 1
            self.taken.add(port)
            if state == _TIME_WAIT and age is not None:
                self._details(family, (key,), None, bytes((age,)), port[1:])

    def _outbound(self, state: int, family: int) -> Counter[bytes]:
        return self.outbound.setdefault((state, family), Counter())

    def _inbound(self, state: int) -> Counter[bytes]:
        return self.inbound.setdefault(state, Counter())

    def table(self) -> SocketTable:
        """Return what was counted, with addresses as text; mapped addresses are folded into IPv4."""
        states: Counter[str] = Counter()
        for number, count in self.states.items():
            states[state_name(number)] += count
        outbound: dict[str, Counter[Destination]] = {}
        for (number, family), keys in self.outbound.items():
            counts = outbound.setdefault(state_name(number), Counter())
            for key, count in keys.items():
                counts[destination(family, key)] += count
        inbound: dict[str, Counter[int]] = {}
        for number, ports in self.inbound.items():
            inbound.setdefault(state_name(number), Counter()).update({_port(port): n for port, n in ports.items()})
        return SocketTable(
            states=dict(states),
            listening=frozenset(map(_port, self.listening)),
            outbound={state: dict(counts) for state, counts in outbound.items()},
            inbound={state: dict(ports) for state, ports in inbound.items()},
            complete=not self.interrupted,
            young=_by_destination(self.young),
            ending=_by_destination(self.ending),
            odd=_by_destination(self.odd),
            taken=len(self.taken),
        )


def _by_destination(table: dict[int, Counter[bytes]]) -> dict[Destination, int]:
    """Return counts by family and bytes as counts by destination."""
    found: Counter[Destination] = Counter()
    for family, keys in table.items():
        for key, count in keys.items():
            found[destination(family, key)] += count
    return dict(found)


@cache
def _rows(stride: int) -> struct.Struct:
    """Return the reader of local port and key from records of a length."""
    return struct.Struct(f"={LOCAL_PORT}x2s{KEY_END - KEY}s{stride - KEY_END}x")


def state_name(number: int) -> str:
    """Return the name of a state by the kernel's number."""
    return STATES.get(number, f"STATE_{number}")


def _port(data: bytes) -> int:
    return int.from_bytes(data, "big")


def destination(family: int, key: bytes) -> Destination:
    """Return what the 34 bytes of remote port, local and remote address mean."""
    return Destination(_address(family, key[2:18]), _address(family, key[18:34]), _port(key[:2]))


def _address(family: int, data: bytes) -> str:
    """Return an address as text; an IPv4 address mapped into IPv6 as IPv4."""
    if family == socket.AF_INET:
        return socket.inet_ntop(socket.AF_INET, data[:4])
    if data.startswith(_MAPPED):
        return socket.inet_ntop(socket.AF_INET, data[12:])
    return socket.inet_ntop(socket.AF_INET6, data)


def read_table() -> SocketTable | None:
    """Return the TCP sockets of this namespace; None where neither way of reading them works."""
    try:
        return _from_kernel()
    except OSError as error:
        return _from_proc(f"sock_diag cannot be used here ({error.strerror or error}): read from /proc/net/tcp instead")


def _from_kernel() -> SocketTable:
    """Read over sock_diag, again when the kernel says that the table changed meanwhile. Raises `OSError`."""
    for _ in range(_TRIES):
        tally = Tally()
        for states in (LISTEN, TIME_WAIT, OTHERS):
            sock_diag.dump(states, tally.take)
        if not tally.interrupted:
            break
    return tally.table()


def _from_proc(why: str) -> SocketTable | None:
    """Read the same from the text files, slower; `why` goes to the table's limits."""
    tally = Tally()
    readable = False
    for only_listeners in (True, False):
        for path, family in _PROC:
            try:
                for state, port, key in parse_proc(path):
                    if (state == _LISTEN) is only_listeners:
                        tally.add(state, family, port, key)
                readable = True
            except OSError:
                continue
    if not readable:
        return None
    table = tally.table()
    return table._replace(source="procfs", complete=False, limits=(why,))


def parse_proc(path: str) -> Iterator[tuple[int, bytes, bytes]]:
    """Yield state, local port and key of every socket in a file like /proc/net/tcp; lines that are none are left out.

    Raises `OSError` when the file cannot be read.
    """
    with open(path, encoding="ascii", errors="replace") as lines:  # noqa: PTH123
        for line in lines:
            found = parse_line(line)
            if found is not None:
                yield found


def parse_line(line: str) -> tuple[int, bytes, bytes] | None:
    """Read one line: `sl local:port remote:port state …`, in hexadecimal; None for a line that is no socket."""
    words = line.split(None, 4)
    try:
        local, remote = words[1].split(":"), words[2].split(":")
        port, far = bytes.fromhex(local[1]), bytes.fromhex(remote[1])
        here, there = _words(local[0]), _words(remote[0])
        state = int(words[3], 16)
    except (IndexError, ValueError):
        return None
    if len(port) != 2 or len(far) != 2 or len(here) != 16 or len(there) != 16:
        return None
    return state, port, far + here + there


def _words(text: str) -> bytes:
    """Return an address of /proc/net/tcp in network order; it is printed as words of the processor's order."""
    data = bytes.fromhex(text)
    if sys.byteorder == "little":
        data = b"".join(data[at : at + 4][::-1] for at in range(0, len(data), 4))
    return data.ljust(16, b"\0") if len(data) == 4 else data
