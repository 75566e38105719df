"""Hosts for Ansible: sshd in namespaces of its own for each, on one bridge with the control node; nothing is shared.

A host has its own network, mounts, processes and name. Its /etc, /var/lib, /opt and /usr/local/bin are overlays in
memory, its /etc/sysctl.d and root's home are empty, and everything ends with the process that holds it.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.support.netns import MACHINE

NETWORK = "10.77.0"
PATIENCE = 20.0
APART = ["--net", "--mount", "--pid", "--mount-proc", "--fork", "--kill-child"]
MOUNTS = str(Path("/proc/self/ns/mnt").readlink()) if sys.platform == "linux" else ""
"""The mount namespace that the tests were started in, where nothing is ever mounted."""

BOOT = """
set -eu
net=$(readlink /proc/self/ns/net)
mnt=$(readlink /proc/self/ns/mnt)
test "$net" != "$MACHINE"
test "$mnt" != "$MOUNTS"
mount --make-rprivate /
hostname "$NAME"
mount -t tmpfs -o mode=0755 tmpfs /run
for folder in /etc /var/lib /opt /usr/local/bin; do
  layer=/run/layers$folder
  mkdir -p "$layer/upper" "$layer/work"
  mount -t overlay -o "lowerdir=$folder,upperdir=$layer/upper,workdir=$layer/work" overlay "$folder"
done
mount -t tmpfs -o mode=0755 tmpfs /etc/sysctl.d
printf 'root:*:20000:0:99999:7:::\\nsshd:!:20000::::::\\n' >/etc/shadow
# Without the start-up files of whoever runs the tests: a shell would wait for what they wait for, at every task.
mkdir -m 0700 /run/root
sed -i 's|^\\(root:[^:]*:[^:]*:[^:]*:[^:]*\\):[^:]*:|\\1:/run/root:|' /etc/passwd
mkdir -m 0755 /run/sshd
ip link set lo up
exec "$SSHD" -D -f "$FOLDER/sshd_config" -o "PidFile=$FOLDER/$NAME.pid"
"""

CONFIG = """
Port 22
HostKey {folder}/host_key
AuthorizedKeysFile {folder}/client_key.pub
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
UsePAM no
UseDNS no
MaxStartups 100
Subsystem sftp internal-sftp
"""


@dataclass(frozen=True)
class Host:
    """A host: its name, its address, and the process that holds its namespaces."""

    name: str
    address: str
    pid: int

    def run(self, *command: str) -> str:
        """Run a command in the host's namespaces and return what it printed; raises `CalledProcessError`."""
        return subprocess.run(
            [*_within(self.pid), *command], capture_output=True, text=True, check=True, timeout=30
        ).stdout

    def sysctl(self, key: str) -> str:
        """Return a live value, with single blanks."""
        return " ".join(self.run("cat", "/proc/sys/" + key.replace(".", "/")).split())

    def set(self, key: str, value: str) -> None:
        """Set a live value of the host's own network."""
        assert key.startswith("net."), key
        script = 'now=$(readlink /proc/self/ns/net) && test "$now" != "$1" && printf %s "$3" >"/proc/sys/$2"'
        self.run("sh", "-c", script, "sh", MACHINE, key.replace(".", "/"), value)

    def state(self) -> dict[str, str]:
        """Return all that a change could touch: the TCP parameters and the files of /etc/sysctl.d by content."""
        script = (
            "cd /proc/sys/net; grep -H . ipv4/tcp_* ipv4/ip_* core/somaxconn 2>/dev/null; "
            "cd /etc/sysctl.d; for file in $(ls -A); do grep -H '' $file; done"
        )
        found: dict[str, str] = {}
        for line in self.run("sh", "-c", f"{script}; true").splitlines():
            name, _, text = line.partition(":")
            found[name] = found[name] + "\n" + text if name in found else text
        return {name: text for name, text in found.items() if not name.endswith(("_key", "available_ulp"))}


@dataclass(frozen=True)
class Fleet:
    """Hosts, the folder with keys and configuration, and the process that holds the control node's namespaces."""

    hosts: tuple[Host, ...]
    folder: Path
    control: int

    def __getitem__(self, name: str) -> Host:
        """Return a host by its name."""
        return next(host for host in self.hosts if host.name == name)

    def inside(self, command: Sequence[str | Path]) -> list[str]:
        """Return what runs a command on the control node; what it leaves running stays there."""
        return [*_within(self.control), *map(str, command)]


@contextmanager
def fleet(number: int, folder: Path) -> Iterator[Fleet]:
    """Boot so many hosts; they are gone when the `with` ends."""
    folder.chmod(0o755)
    for name in ("host_key", "client_key"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name], check=True, timeout=30)
    (folder / "sshd_config").write_text(CONFIG.format(folder=folder))
    with ExitStack() as stack:
        control = stack.enter_context(_held(APART, "exec sleep infinity", folder / "control.log"))
        hosts = tuple(stack.enter_context(_host(f"h{index:02}", index, folder)) for index in range(1, number + 1))
        _connect(control, hosts)
        host_key = (folder / "host_key.pub").read_text()
        (folder / "known_hosts").write_text("".join(f"{host.address} {host_key}" for host in hosts))
        for host in hosts:
            _await(folder / f"{host.name}.pid", host)
        yield Fleet(hosts, folder, control)


def _within(pid: int) -> list[str]:
    """Return what runs a command in the namespaces that a process holds."""
    processes = f"--pid=/proc/{pid}/ns/pid_for_children"
    return ["nsenter", "--target", str(pid), "--net", "--mount", processes, "--"]


@contextmanager
def _host(name: str, index: int, folder: Path) -> Iterator[Host]:
    sshd = shutil.which("sshd", path=os.environ["PATH"] + ":/usr/sbin:/usr/local/sbin")
    assert sshd is not None, "there is no sshd here: install openssh-server"
    environment = {"MOUNTS": MOUNTS, "NAME": name, "FOLDER": str(folder), "SSHD": sshd}
    with _held([*APART, "--uts"], BOOT, folder / f"{name}.log", environment) as pid:
        yield Host(name, f"{NETWORK}.{index}", pid)


@contextmanager
def _held(apart: Sequence[str], script: str, log: Path, environment: Mapping[str, str] | None = None) -> Iterator[int]:
    """Run a script in namespaces of its own and give the process that holds them.

    It ends with the `with`, and with this process, however that ends: the kernel sees to it.
    """
    path = {"PATH": "/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin", "MACHINE": MACHINE}
    command = ["setpriv", "--pdeathsig", "KILL", "unshare", *apart, "sh", "-c", script]
    with log.open("wb") as out:
        process = subprocess.Popen(command, env={**path, **(environment or {})}, stdout=out, stderr=out, cwd="/")
    try:
        _foreign(process.pid)
        yield process.pid
    finally:
        for pid in (*_children(process.pid), process.pid):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            # unshare ends by itself once the first process of its namespace is gone, and reaps it.
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=10)


def _children(pid: int) -> list[int]:
    with suppress(FileNotFoundError):
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def _foreign(pid: int) -> None:
    """Wait until a process has left the machine's network for its own."""
    deadline = time.monotonic() + PATIENCE
    while str(Path(f"/proc/{pid}/ns/net").readlink()) == MACHINE:
        assert time.monotonic() < deadline, "unshare did not leave the machine's own network namespace"
        time.sleep(0.01)


def _connect(control: int, hosts: Sequence[Host]) -> None:
    """Lay a cable from each host to the control node's bridge, from within the control node's namespace."""
    lines = ["link add br0 type bridge", "link set br0 up", f"address add {NETWORK}.254/24 dev br0"]
    for host in hosts:
        lines.append(f"link add {host.name} type veth peer name eth0 netns {host.pid}")
        lines.append(f"link set {host.name} master br0 up")
    inside = ["nsenter", "--target", str(control), "--net", "--", "ip", "-batch", "-"]
    subprocess.run(inside, input="\n".join(lines), text=True, check=True, timeout=30)
    for host in hosts:
        host.run("ip", "address", "add", f"{host.address}/24", "dev", "eth0")
        host.run("ip", "link", "set", "eth0", "up")


def _await(file: Path, host: Host) -> None:
    """Wait until a host's sshd listens."""
    deadline = time.monotonic() + PATIENCE
    while not file.exists():
        said = file.with_suffix(".log").read_text()
        assert time.monotonic() < deadline and Path(f"/proc/{host.pid}").exists(), f"{host.name} did not boot: {said}"
        time.sleep(0.02)
