"""What `tcptune sockets --trace` costs while 20,000 connections a second are closed: `make bench` runs it as root.

Some processes connect sockets first, in repair mode and so without a handshake; then they close them, paced: each sends
its FIN, which nobody answers but with a RST, and is one event in the context of its process.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import socket
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench import fill
from bench.run import TCPTUNE
from bench.sockets import namespace

PER_SECOND, SECONDS = 20_000, 5
DESCRIPTORS = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
PROCESSES = 1 + PER_SECOND * SECONDS // max(1, min(DESCRIPTORS, 60_000) - 100)
EACH = PER_SECOND * SECONDS // PROCESSES
BATCH = 10
_REPAIR_OFF_WITHOUT_PROBE = -1


def connected(number: int) -> list[socket.socket]:
    """Return so many established sockets whose other ends do not exist."""
    made = []
    addresses = fill.destinations(40)
    for count in range(number):
        sock = socket.socket()
        sock.setsockopt(socket.IPPROTO_TCP, fill.TCP_REPAIR, 1)
        sock.connect((addresses[count % len(addresses)], fill.PORT))
        sock.setsockopt(socket.IPPROTO_TCP, fill.TCP_REPAIR, _REPAIR_OFF_WITHOUT_PROBE)
        made.append(sock)
    return made


def close(socks: list[socket.socket]) -> tuple[float, float]:
    """Close all of them at the wanted rate; return the seconds that passed and those of processor time."""
    begin, used = time.monotonic(), time.process_time()
    for count, sock in enumerate(socks):
        if count % BATCH == 0:
            ahead = begin + count * PROCESSES / PER_SECOND - time.monotonic()
            if ahead > 0:
                time.sleep(ahead)
        sock.close()
    return time.monotonic() - begin, time.process_time() - used


class Load:
    """Processes that have their sockets ready and close them when they are told to."""

    def __init__(self) -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS, DESCRIPTORS))
        go, self._go = os.pipe()
        self._answers = [self._start(go) for _ in range(PROCESSES)]
        for reader in self._answers:
            os.read(reader, 1)

    def _start(self, go: int) -> int:
        reader, writer = os.pipe()
        if os.fork() == 0:
            try:
                gc.disable()
                socks = connected(EACH)
                os.write(writer, b"1")
                os.read(go, 1)
                os.write(writer, json.dumps(close(socks)).encode())
            finally:
                os._exit(0)
        os.close(writer)
        return reader

    def run(self) -> tuple[float, float]:
        """Let them close; return closes a second and microseconds of processor time each."""
        os.write(self._go, b"1" * PROCESSES)
        found = [json.loads(os.read(reader, 200)) for reader in self._answers]
        for _ in self._answers:
            os.wait()
        total = EACH * PROCESSES
        return total / max(passed for passed, _ in found), 1e6 * sum(used for _, used in found) / total


def measure() -> None:
    """Print what the closing costs without and with the trace, and what the trace itself takes."""
    rate_alone, cost_alone = Load().run()
    load = Load()
    command = [TCPTUNE, "sockets", "--by", "state", "-q", "-f", "json"]
    begin = time.monotonic()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    starts = 1 + 2 * (time.monotonic() - begin)
    seconds = round(SECONDS + starts + 1)
    command += ["--trace", str(seconds)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        time.sleep(starts)
        rate, cost = load.run()
        assert process.stdout is not None
        told = json.loads(process.stdout.read())["trace"]
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = status
    seen, total = sum(row["count"] for row in told["rows"]) + told["unplaced"], EACH * PROCESSES
    took = used.ru_utime + used.ru_stime
    print(
        f"closes a second: {rate_alone:,.0f} without, {rate:,.0f} with the trace ({PER_SECOND:,} wanted); each costs"
        f" {cost_alone:.1f} and {cost:.1f} us of processor\n"
        f"the trace saw {seen:,} of {total:,} and lost {told['lost']:,}; it took {1e6 * took / total:.1f} us a close,"
        f" {100 * took / seconds:.0f} % of a processor, start included"
    )


def main(arguments: list[str]) -> int:
    """Start again in a namespace of our own, or measure when we are in it."""
    if arguments:
        if namespace() == int(arguments[0]):
            raise SystemExit("still in the caller's network namespace: nothing was done")
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        measure()
        return 0
    if os.geteuid() != 0:
        print("tcptune sockets --trace: not measured, it needs root")
        return 0
    return subprocess.run(["unshare", "-n", "--", sys.executable, __file__, str(namespace())], check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
