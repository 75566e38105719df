"""What parameters do at unusual values, and what a new namespace has; each function is run by `experiments.run`."""

from __future__ import annotations

import os
import socket
import subprocess
from pathlib import Path

from tests.support import loopback as lo

ROOT = Path("/proc/sys")


def fresh_values() -> dict[str, tuple[str, int]]:
    """Read every readable file of net.ipv4 and net.core here: key to text and permission."""
    found = {}
    for path in [*(ROOT / "net/ipv4").iterdir(), *(ROOT / "net/core").iterdir()]:
        mode = path.stat().st_mode & 0o777
        if path.is_file() and mode & 0o400:
            found[".".join(path.relative_to(ROOT).parts)] = (path.read_text(), mode)
    return found


def _fin_wait_2(seconds: int) -> float:
    lo.sysctl("tcp_fin_timeout", seconds)
    connection = lo.pair()
    local, remote = connection.client.getsockname()[1], connection.client.getpeername()[1]
    connection.client.close()
    lo.until(lambda: lo.state(local, remote) == "FIN-WAIT-2")
    took = lo.until(lambda: lo.state(local, remote) == "CLOSED", 10)
    connection.server.close()
    return took


def fin_timeout_at_odd_values() -> dict[str, float]:
    """How long FIN-WAIT-2 of a closed connection lasts with 61, 62, 0 and -5."""
    return {str(value): _fin_wait_2(value) for value in (61, 62, 0, -5)}


def child_hash() -> dict[str, str]:
    """What a namespace shows that was made with tcp_child_ehash_entries at 1000."""
    lo.sysctl("tcp_child_ehash_entries", 1000)
    names = ("tcp_ehash_entries", "tcp_max_tw_buckets", "tcp_max_syn_backlog", "tcp_child_ehash_entries")
    done = subprocess.run(
        ["unshare", "-n", "cat", *(f"{ROOT}/net/ipv4/{name}" for name in names)],
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(zip(names, done.stdout.split(), strict=True))


def _limit(port: int) -> int:
    listing = subprocess.run(["ss", "-Hltn"], capture_output=True, text=True, check=True).stdout
    return next(int(line.split()[2]) for line in listing.splitlines() if line.split()[3].endswith(f":{port}"))


def listener_and_somaxconn() -> list[int]:
    """The limit of a listener before and after somaxconn was raised, and after another listen()."""
    limit = ROOT / "net/core/somaxconn"
    limit.write_text("77")
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(1000)
        port = listening.getsockname()[1]
        seen = [_limit(port)]
        limit.write_text("500")
        seen.append(_limit(port))
        listening.listen(1000)
        seen.append(_limit(port))
    return seen


def _write(name: str, value: str) -> str:
    try:
        lo.sysctl(name, value)
    except OSError as error:
        return os.strerror(error.errno or 0)
    return "taken"


def range_and_privileged_ports() -> dict[str, str]:
    """The port range and the first unprivileged port, written so that they agree and so that they do not."""
    return {
        "low end below": _write("ip_local_port_range", "1023 60999"),
        "reversed": _write("ip_local_port_range", "5000 4000"),
        "start above": _write("ip_unprivileged_port_start", "32769"),
        "start at the low end": _write("ip_unprivileged_port_start", "32768"),
        "start lower": _write("ip_unprivileged_port_start", "80"),
        "then the range": _write("ip_local_port_range", "80 60999"),
        "start back": _write("ip_unprivileged_port_start", "1024"),
        "one port": _write("ip_local_port_range", "5000 5000"),
        "zero": _write("ip_local_port_range", "0 60999"),
    }


def port_parity() -> list[int]:
    """The order of ports that connect() chooses out of four, the listener on another one."""
    lo.sysctl("ip_local_port_range", "40000 40003")
    chosen = []
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 50000))
        listening.listen(8)
        clients = [socket.socket() for _ in range(4)]
        for client in clients:
            client.connect(("127.0.0.1", 50000))
            chosen.append(client.getsockname()[1])
        for client in clients:
            client.close()
    return chosen
