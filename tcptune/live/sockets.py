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
from itertools import chain, compress

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
_NOT = _mask({0})


class Tally:
    """Counts sockets from datagrams of sock_diag; ports and addresses stay the kernel's bytes until `table`.

    `young`, `ending` and `odd` count what is outbound and in TIME_WAIT by family and destination; `taken` holds the
    local ports of everything outbound, as numbers in the order of bytes that the network has and this processor not.
    """

    def __init__(self) -> None:
        self.states: Counter[int] = Counter()
        self._listening: set[int] = set()
        self.outbound: dict[Group, Counter[bytes]] = {}
        self.inbound: dict[int, Counter[bytes]] = {}
        self.young: dict[int, Counter[bytes]] = {}
        self.ending: dict[int, Counter[bytes]] = {}
        self.odd: dict[int, Counter[bytes]] = {}
        self.taken: set[int] = set()
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
        """Count many sockets of one state at once; all loops over them are those of the interpreter itself, in C."""
        state, end = data[STATE], stride * count
        self.states[state] += count
        pairs = bytearray(2 * count)
        pairs[::2], pairs[1::2] = data[LOCAL_PORT:end:stride], data[LOCAL_PORT + 1 : end : stride]
        ports = memoryview(pairs).cast("H")
        keys: list[bytes] = list(chain.from_iterable(_keys(stride).iter_unpack(data[:end])))
        columns = data[FAMILY:end:stride], data[_AGE:end:stride], bytes(pairs[1::2])
        if self._listening.isdisjoint(ports):
            self.taken.update(ports)
            self._take_outbound(state, keys, *columns)
            return
        theirs = bytes(map(self._listening.__contains__, ports))
        self._inbound(state).update(port.to_bytes(2, sys.byteorder) for port in compress(ports, theirs))
        ours = theirs.translate(_NOT)
        self.taken.update(compress(ports, ours))
        self._take_outbound(state, list(compress(keys, ours)), *(bytes(compress(column, ours)) for column in columns))

    def _take_outbound(self, state: int, keys: list[bytes], families: bytes, ages: bytes, low_bytes: bytes) -> None:
        """Count outbound sockets of one state by family; the columns hold a byte for each, `keys` its addresses."""
        for family in set(families):
            if families.count(family) == len(families):
                self._count(state, family, keys, ages, low_bytes)
            else:
                its = families.translate(_mask({family}))
                chosen = (bytes(compress(column, its)) for column in (ages, low_bytes))
                self._count(state, family, list(compress(keys, its)), *chosen)

    def _count(self, state: int, family: int, keys: list[bytes], ages: bytes, low_bytes: bytes) -> None:
        """Count outbound sockets of one state and family, and what is known of those in TIME_WAIT."""
        self._outbound(state, family).update(keys)
        if state != _TIME_WAIT:
            return
        for table, column, wanted in (
            (self.young, ages, _YOUNG),
            (self.ending, ages, _ENDING),
            (self.odd, low_bytes, _ODD),
        ):
            chosen = column.translate(wanted)
            if 1 in chosen:
                table.setdefault(family, Counter()).update(compress(keys, chosen))

    def add(self, state: int, family: int, port: bytes, key: bytes, age: int | None = None) -> None:
        """Count one socket; `age` is the byte `_AGE` of its record, None where it has none."""
        self.states[state] += 1
        if state == _LISTEN:
            self.listen(port)
        elif (number := int.from_bytes(port, sys.byteorder)) in self._listening:
            self._inbound(state)[port] += 1
        else:
            self.taken.add(number)
            if age is None:
                self._outbound(state, family)[key] += 1
            else:
                self._count(state, family, [key], bytes((age,)), port[1:])

    def listen(self, port: bytes) -> None:
        """Take a local port for one that is listened on."""
        self._listening.add(int.from_bytes(port, sys.byteorder))

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
            listening=frozenset(map(socket.ntohs, self._listening)),
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
def _keys(stride: int) -> struct.Struct:
    """Return the reader of the key from records of a length."""
    return struct.Struct(f"={KEY}x{KEY_END - KEY}s{stride - KEY_END}x")


def state_name(number: int) -> str:
    """Return the name of a state by the kernel's number."""
    return STATES.get(number, f"STATE_{number}")


def _port(data: bytes) -> int:
    return int.from_bytes(data, "big")


def destination(family: int, key: bytes) -> Destination:
    """Return what the 34 bytes of remote port, local and remote address mean."""
    return Destination(address(family, key[2:18]), address(family, key[18:34]), _port(key[:2]))


def address(family: int, data: bytes) -> str:
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
