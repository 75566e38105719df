"""What `tcptune sockets --trace` costs while 20,000 connections a second are closed: `make bench` runs it as root.

The closes are those of sockets in repair mode (`fill.py`), paced; each is one event in the context of its process.
"""

from __future__ import annotations

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

PER_SECOND, SECONDS, PROCESSES = 20_000, 6.0, 2


def close(until: float) -> int:
    """Close sockets at the wanted rate until then, and return how many."""
    begin, count = time.monotonic(), 0
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW) as raw:
        peers = [fill.Peer(raw, address) for address in fill.destinations(40)]
        while (now := time.monotonic()) < until:
            if count < (now - begin) * PER_SECOND / PROCESSES:
                for peer in peers:
                    peer.made_to_wait()
                count += len(peers)
            else:
                time.sleep(0.001)
    return count


def load(until: float) -> tuple[int, float]:
    """Close with several processes; return how many closes there were and the processor's seconds they took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    pipes = []
    for _ in range(PROCESSES):
        reader, writer = os.pipe()
        if os.fork() == 0:
            os.write(writer, str(close(until)).encode())
            os._exit(0)
        os.close(writer)
        pipes.append(reader)
    count = sum(int(os.read(reader, 32)) for reader in pipes)
    for _ in pipes:
        os.wait()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return count, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure() -> None:
    """Print what the closing costs without and with the trace, and what the trace itself takes."""
    fill.prepare(2_000_000)
    alone, cost_alone = load(time.monotonic() + SECONDS)
    command = [TCPTUNE, "sockets", "--by", "state", "--trace", str(SECONDS + 2), "-f", "json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        time.sleep(1)
        traced, cost = load(time.monotonic() + SECONDS)
        assert process.stdout is not None
        told = json.loads(process.stdout.read())["trace"]
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = status
    seen = sum(row["count"] for row in told["rows"]) + told["unplaced"]
    print(
        f"closes a second: {alone / SECONDS:,.0f} without, {traced / SECONDS:,.0f} with the trace; each costs"
        f" {1e6 * cost_alone / alone:.1f} and {1e6 * cost / traced:.1f} us of processor\n"
        f"the trace saw {seen:,} of {traced:,} and lost {told['lost']:,}; it took"
        f" {1e6 * (used.ru_utime + used.ru_stime) / traced:.1f} us a close, start included"
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
