"""The service of contrib/ on a booted host: it writes what root's audit sees, and needs each right that it keeps."""

from __future__ import annotations

from dataclasses import dataclass

from tools.boot.machine import Files, Machine
from tools.boot.tree import PLACE
from tools.uml.packages import PROJECT

FOLDER = "/var/lib/prometheus/node-exporter"
UNITS = sorted((PROJECT / "contrib/systemd").glob("tcptune-audit.*"))
FILES: Files = {
    **{f"/etc/systemd/system/{unit.name}": unit.read_text("utf-8") for unit in UNITS},
    "/etc/sysctl.d/60-a.conf": "net.ipv4.tcp_keepalive_time = 600\nnet.ipv4.tcp_tw_reuse = 1\n",
    "/etc/sysctl.conf": "net.ipv4.tcp_orphan_retries = 9\n",
    FOLDER: None,
}
RIGHTS = {
    "netlink": "RestrictAddressFamilies=none",
    "all of /proc": "ProcSubset=pid",
    "the host's network": "PrivateNetwork=yes",
}
"""What the service keeps, and how it is taken away."""

BUSY = """
sysctl -qw net.ipv4.tcp_keepalive_time=700
modprobe nf_conntrack
python3 - <<'END' &
import socket, time
server = socket.create_server(("127.0.0.1", 8080))
for _ in range(3):
    client = socket.create_connection(("127.0.0.1", 8080))
    held = server.accept()[0]
    client.close(), held.recv(1), held.close()
time.sleep(600)
END
until ss -Htan state time-wait | grep -q 8080; do sleep 0.1; done
"""
"""Something to be seen: a value that drifts, sockets in TIME_WAIT, a listener, connection tracking."""

WITHOUT = """
mkdir -p /run/systemd/system/tcptune-audit.service.d
printf '[Service]\\n%s\\n' '{setting}' > /run/systemd/system/tcptune-audit.service.d/less.conf
systemctl daemon-reload
rm -f {folder}/tcptune.prom
systemctl start tcptune-audit.service
cat {folder}/tcptune.prom > {place}/run/{number}.prom
"""
FAILING = f"""
rm /run/systemd/system/tcptune-audit.service.d/less.conf
systemctl daemon-reload
systemctl start tcptune-audit.service
cp -p {FOLDER}/tcptune.prom {PLACE}/run/kept
mv /usr/local/bin/tcptune /usr/local/bin/tcptune.away
printf '#!/bin/sh\\necho half\\nexit 3\\n' > /usr/local/bin/tcptune
chmod 755 /usr/local/bin/tcptune
systemctl start tcptune-audit.service
echo "failing: $?"
cmp {FOLDER}/tcptune.prom {PLACE}/run/kept && echo "kept"
mv /usr/local/bin/tcptune.away /usr/local/bin/tcptune
systemctl start tcptune-audit.service
echo "again: $?"
ls {FOLDER}
stat -c %a,%U {FOLDER}/tcptune.prom
systemctl start tcptune-audit.timer
systemctl is-active tcptune-audit.timer
systemd-analyze security --no-pager tcptune-audit.service | tail -2
"""
TOLD = ["failing: 1", "kept", "again: 0", "tcptune.prom", "644,root", "active"]

LIMITS = "tcptune_audit_limits"
"""What differs between root and the service: one key that only root reads, which no rule asks for."""


def check(machine: Machine) -> tuple[list[str], str]:
    """Boot; return a line for everything that is not as the units' comments say, and systemd's figure of exposure."""
    machine.write(FILES)
    without = "".join(
        WITHOUT.format(setting=setting, folder=FOLDER, place=PLACE, number=number)
        for number, setting in enumerate(("", *RIGHTS.values()))
    )
    root = f"tcptune audit -q -f prometheus --fail-on never > {PLACE}/run/root.prom\n"
    done = machine.boot(BUSY + root + without + FAILING, timeout=400)
    told = [line for line in done.output.splitlines() if line.strip()]
    wrong = [f"not told: {line}" for line in TOLD if line not in told]
    seen = _seen(machine.read(f"{PLACE}/run/root.prom"))
    service, *lesser = (_seen(machine.read(f"{PLACE}/run/{number}.prom")) for number in range(len(RIGHTS) + 1))
    wrong += [f"the service does not see what root sees: {each}" for each in sorted(seen.samples ^ service.samples)]
    wrong += [f"not needed: {right}" for right, less in zip(RIGHTS, lesser, strict=True) if not service.beyond(less)]
    return wrong, next((line.strip("→ ") for line in told if "exposure level" in line), "no figure of exposure")


@dataclass(frozen=True, slots=True)
class Seen:
    """Samples as names and labels, with values but for what goes on counting; the number of limits."""

    samples: frozenset[str]
    limits: float

    def beyond(self, less: Seen) -> bool:
        """Tell whether this one sees more than the other, or says of less that it could not see it."""
        return bool(self.samples - less.samples) or less.limits > self.limits


def _seen(text: str) -> Seen:
    found: set[str] = set()
    limits = 0.0
    for line in text.splitlines():
        name, _, value = line.rpartition(" ")
        if line.startswith("#"):
            continue
        if name == LIMITS:
            limits = float(value)
        else:
            moving = name.startswith(("tcptune_kernel_events", "tcptune_conntrack_e", "tcptune_sockstat"))
            found.add(name if moving else line)
    return Seen(frozenset(found), limits)
