"""A cable between the namespace that a test is in and one that another process holds."""

from __future__ import annotations

import subprocess

from tests.support.netns import foreign

NEAR, FAR = "10.8.8.1", "10.8.8.2"


def lay(pid: int) -> None:
    """Connect this namespace (`NEAR`) with that of a process (`FAR`)."""
    assert foreign(), "the machine's own namespace gets no cable"
    enter = ["nsenter", "-t", str(pid), "-n"]
    for command in (
        f"ip link add v0 type veth peer name v1 netns {pid}",
        f"ip address add {NEAR}/24 dev v0",
        "ip link set v0 up",
    ):
        subprocess.run(command.split(), check=True, timeout=10)
    for command in (f"ip address add {FAR}/24 dev v1", "ip link set v1 up"):
        subprocess.run([*enter, *command.split()], check=True, timeout=10)
