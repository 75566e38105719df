"""tcptune inside a booted host: whether it tells where each live value comes from, and what the next boot brings."""

from __future__ import annotations

import json
from typing import Any

from tcptune.audit.collected import script as collector
from tools.boot.compare import lay
from tools.boot.machine import Files, Machine
from tools.boot.tree import PLACE

FIN, KEEP, RETRIES = "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_retries2"
REUSE, MAX, COOKIES = "net.ipv4.tcp_tw_reuse", "net.netfilter.nf_conntrack_max", "net.ipv4.tcp_syncookies"
ORPHANS, SOMAX = "net.ipv4.tcp_orphan_retries", "net.core.somaxconn"

FILES: Files = {
    "/etc/sysctl.d/60-a.conf": f"# why\n{FIN} = 30\n{KEEP} = 600\n{MAX} = 5000\n{REUSE} = 7\n",
    "/usr/lib/sysctl.d/50-vendor.conf": f"{COOKIES} = 2\n{FIN} = 20\n",
    "/etc/sysctl.conf": f"{ORPHANS} = 9\n",
}
CHANGES = f"""
modprobe nf_conntrack
sysctl -qw {KEEP}=700 {RETRIES}=9
mkdir -p /run/sysctl.d
echo '{SOMAX} = 1234' > /run/sysctl.d/60-run.conf
systemctl restart systemd-sysctl
sysctl -qw {KEEP}=700
"""
"""What somebody does by hand: a value that a file has otherwise, one that no file has, one for this boot alone."""

LOOK = f"""
tcptune audit -f json --fail-on never > $RESULT
sh {PLACE}/run/collect.sh > {PLACE}/run/collected
setpriv --reuid 65534 --regid 65534 --clear-groups tcptune audit -f json --fail-on never > {PLACE}/run/nobody
unshare --pid --fork --mount-proc tcptune audit -f json --fail-on never > {PLACE}/run/container
mkdir -p /srv/other/etc && for name in usr bin lib lib64 opt proc sys dev; do
    mkdir -p /srv/other/$name && mount --bind /$name /srv/other/$name
done
chroot /srv/other /usr/local/bin/tcptune audit -f json --fail-on never > {PLACE}/run/chroot
"""
AGAIN = f"for key in {FIN} {KEEP} {RETRIES} {REUSE} {COOKIES} {ORPHANS} {SOMAX}; do sysctl $key; done > $RESULT\n"


def check(machine: Machine) -> list[str]:
    """Boot, change values by hand, audit from inside, boot again; return a line for everything that was told wrong."""
    lay(machine, {**FILES, f"{PLACE}/run/collect.sh": collector()})
    done = machine.boot(CHANGES + LOOK, timeout=240)
    document = json.loads(done.result)
    rows = {row["key"]: row for row in document["parameters"]}
    wrong = [*_rows(rows), *_findings(document)]
    saved = machine.root / PLACE[1:] / "run/collected"
    judged = machine.tcptune("audit", "--snapshot", str(saved), "-f", "json", "--fail-on", "never")
    wrong += _same(document, json.loads(judged.stdout))
    wrong += _elsewhere(machine, rows)
    real = dict(line.split(" = ") for line in machine.boot(AGAIN).result.splitlines())
    for key, text in real.items():
        told = rows[key]["persisted"]["systemd"]
        expected = rows[key]["default"] if told is None else told
        if str(expected) != text:
            wrong.append(f"after the reboot {key} is {text}, audit said {expected}")
    return wrong


def _rows(rows: dict[str, Any]) -> list[str]:
    place = "/etc/sysctl.d/60-a.conf"
    expected = {
        FIN: (30, (place, 2, "systemd"), 30),
        KEEP: (700, None, 600),
        RETRIES: (9, None, None),
        REUSE: (2, None, None),
        COOKIES: (2, ("/usr/lib/sysctl.d/50-vendor.conf", 1, "systemd"), 2),
        ORPHANS: (0, None, None),
        SOMAX: (1234, ("/run/sysctl.d/60-run.conf", 1, "procps"), None),
        # The service was started again with the module there: the line took effect, and will not at boot.
        MAX: (5000, (place, 4, "procps"), None),
    }
    wrong = []
    for key, told in expected.items():
        row = rows[key]
        origin = tuple(row["origin"][name] for name in ("path", "line", "loader")) if row["origin"] else None
        seen = (row["value"], origin, row["persisted"]["systemd"])
        if seen != told:
            wrong.append(f"{key}: {seen}, and it is {told}")
    return wrong


def _findings(document: dict[str, Any]) -> list[str]:
    seen = {(one["rule"], one["key"] or one["location"]["path"]) for one in document["findings"]}
    expected = {
        ("TT502", KEEP),
        ("TT105", MAX),
        ("TT202", REUSE),
        ("TT503", "/etc/sysctl.conf"),
        ("TT503", "/run/sysctl.d/60-run.conf"),
    }
    files = {one for one in seen if one[0] in ("TT105", "TT502", "TT503", "TT505", "TT202")}
    missing = [f"no {rule} on {key}" for rule, key in sorted(expected - seen)]
    return missing + [f"{rule} on {key}, which is not so" for rule, key in sorted(files - expected)]


def _same(live: dict[str, Any], saved: dict[str, Any]) -> list[str]:
    """Compare the audit of what the collector brought with the live one."""

    def told(document: dict[str, Any]) -> dict[str, tuple[Any, ...]]:
        names = ("value", "origin", "persisted", "status")
        return {row["key"]: tuple(row[name] for name in names) for row in document["parameters"]}

    one, other = told(live), told(saved)
    wrong = [
        f"{key}: live {one[key]}, collected {other[key]}" for key in one.keys() & other.keys() if one[key] != other[key]
    ]
    rules = [{(each["rule"], each["key"]) for each in document["findings"]} for document in (live, saved)]
    return wrong + [f"the collected host has otherwise: {each}" for each in sorted(map(str, rules[0] ^ rules[1]))]


def _elsewhere(machine: Machine, rows: dict[str, Any]) -> list[str]:
    """Look at what an ordinary user, a PID namespace and another root were told."""
    wrong = []
    for name, foreign in (("nobody", False), ("container", True), ("chroot", True)):
        document = json.loads(machine.read(f"{PLACE}/run/{name}"))
        said = any("not those that the host boots with" in line for line in document["host"]["limits"])
        drift = any(one["rule"] == "TT502" for one in document["findings"])
        if said != foreign or drift == foreign:
            wrong.append(f"{name}: told of other files: {said}, drift: {drift}")
        if (
            name == "nobody"
            and {row["key"]: row["origin"] for row in document["parameters"]}[FIN] != rows[FIN]["origin"]
        ):
            wrong.append("an ordinary user is told another origin")
    return wrong
