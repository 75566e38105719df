"""Trees of drop-ins, each of them booted: what a host's files look like, and what a model may get wrong."""

from __future__ import annotations

from random import Random

from tcptune.loaders.tree import Link
from tools.boot.machine import Files
from tools.loaders.trees import make

FIN, KEEP, SOMAX = "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_time", "net.core.somaxconn"
MAX, CLOSE = "net.netfilter.nf_conntrack_max", "net.netfilter.nf_conntrack_tcp_timeout_close_wait"
BRIDGE = "net.bridge.bridge-nf-call-iptables"
MODULES: Files = {"/etc/modules-load.d/modules.conf": Link("../modules"), "/etc/modules": "# none\n"}
"""What Debian's kmod ships."""

TRACKED: Files = {"/etc/sysctl.d/60-ct.conf": f"{MAX} = 5000\n{CLOSE} = 61\nnet.nf_conntrack_max = 6000\n{FIN} = 31\n"}

CASES: dict[str, Files] = {
    "nothing": {},
    "priority, masks and order": {
        "/etc/sysctl.d/10-a.conf": f"{FIN} = 41\n{SOMAX} = 41\n",
        "/etc/sysctl.d/9-a.conf": f"{FIN} = 42\n",
        "/run/sysctl.d/99-run.conf": f"{KEEP} = 43\n",
        "/etc/sysctl.d/50-preset.conf": Link("/dev/null"),
        "/usr/lib/sysctl.d/50-preset.conf": "net.ipv4.tcp_syncookies = 2\nkernel.pid_max = 40000\n",
        "/etc/sysctl.d/51-preset.conf": "",
        "/usr/local/lib/sysctl.d/51-preset.conf": "net.ipv4.tcp_retries2 = 9\n",
        "/usr/local/lib/sysctl.d/52-local.conf": "net.ipv4.tcp_retries2 = 10\n",
        "/usr/lib/sysctl.d/52-local.conf": "net.ipv4.tcp_retries2 = 11\n",
        "/usr/lib/sysctl.d/98-vendor.conf": "net.ipv4.tcp_orphan_retries = 5\nvm.swappiness = 17\n",
        "/etc/sysctl.d/98-B.conf": "net.ipv4.tcp_orphan_retries = 6\n",
        "/etc/sysctl.d/.hidden.conf": "net.ipv4.tcp_retries1 = 7\n",
        "/etc/sysctl.d/zz.conf.bak": "net.ipv4.tcp_retries1 = 8\n",
        "/etc/sysctl.d/95-folder.conf": None,
        "/etc/sysctl.d/96-gone.conf": Link("nowhere"),
    },
    "sysctl.conf without a link": {
        "/etc/sysctl.conf": f"{FIN} = 55\n{KEEP} = 55\n",
        "/etc/sysctl.d/99-zz.conf": f"{FIN} = 66\n",
    },
    "sysctl.conf with Debian's link": {
        "/etc/sysctl.conf": f"{FIN} = 55\n{KEEP} = 55\n",
        "/etc/sysctl.d/99-sysctl.conf": Link("../sysctl.conf"),
        "/etc/sysctl.d/99-zz.conf": f"{FIN} = 66\n",
    },
    "globs, exclusions, spellings": {
        "/etc/sysctl.d/60-a.conf": "net.ipv4.conf.*.rp_filter = 2\nnet.ipv4.conf.lo.rp_filter = 1\n"
        "-net.ipv4.conf.default.log_martians\nnet/ipv4/conf/*/log_martians = 1\n"
        f"net/ipv4/tcp_fin_timeout = 0x1e\n{KEEP} = 010\nnet.ipv4/tcp_retries2 = 9\n",
        "/etc/sysctl.d/70-b.conf": f"{SOMAX} = 100\n-{SOMAX}\n/net/ipv4/tcp_retries1 = 4\n"
        "net.ipv4.ip_local_port_range = 20000\n",
    },
    "refused and odd lines": {
        "/etc/sysctl.d/60-a.conf": "net.ipv4.tcp_tw_reuse = 7\nnet.ipv4.tcp_tw_recycle = 1\nno assignment\n"
        f"{FIN} = 1 # fast\n{KEEP} = 1#fast\n{SOMAX} = -1\nnet.ipv4.ip_local_port_range = 60999 32768\n"
        'net.ipv4.tcp_syncookies = "1"\nnet.ipv4.tcp_retries1 =\nnet.ipv4.tcp_retries2 = 300\n'
        "-net.ipv4.tcp_orphan_retries = 999\n",
    },
    "a refused line that is forgiven": {"/etc/sysctl.d/60-a.conf": f"-net.ipv4.tcp_tw_reuse = 7\n{FIN} = 32\n"},
    "connection tracking that nothing loads": TRACKED,
    "connection tracking in modules-load.d": {**TRACKED, "/etc/modules-load.d/ct.conf": "# why\nnf-conntrack\n"},
    "connection tracking in /etc/modules": {**TRACKED, **MODULES, "/etc/modules": "nf_conntrack\n"},
    "connection tracking in /etc/modules without the link": {**TRACKED, "/etc/modules": "nf_conntrack\n"},
    "connection tracking masked in modules-load.d": {
        **TRACKED,
        "/usr/lib/modules-load.d/ct.conf": "nf_conntrack\n",
        "/etc/modules-load.d/ct.conf": Link("/dev/null"),
    },
    "connection tracking through a module that needs it": {**TRACKED, "/etc/modules-load.d/nat.conf": "nf_nat\n"},
    "connection tracking denied": {
        **TRACKED,
        "/etc/modules-load.d/ct.conf": "nf_conntrack\n",
        "/etc/modprobe.d/deny.conf": "blacklist nf_conntrack\n",
    },
    "connection tracking by udev, as sysctl.d(5) has it": {
        **TRACKED,
        "/etc/udev/rules.d/99-ct.rules": 'ACTION=="add", SUBSYSTEM=="module", KERNEL=="nf_conntrack", '
        'RUN+="/lib/systemd/systemd-sysctl --prefix=/net/netfilter"\n',
    },
    "a bridge": {"/etc/sysctl.d/k8s.conf": f"{BRIDGE} = 0\nnet.ipv4.ip_forward = 1\n"},
    "a bridge, loaded": {
        "/etc/sysctl.d/k8s.conf": f"{BRIDGE} = 0\nnet.ipv4.ip_forward = 1\n",
        "/etc/modules-load.d/k8s.conf": "overlay\nbr_netfilter\n",
    },
    "an interface": {
        "/etc/modules-load.d/dummy.conf": "dummy\n",
        "/etc/modprobe.d/dummy.conf": "options dummy numdummies=1\n",
        "/etc/sysctl.d/60-a.conf": "net.ipv4.conf.dummy0.rp_filter = 2\nnet.ipv4.conf.default.log_martians = 1\n"
        "net.ipv4.conf.*.accept_redirects = 0\nnet.ipv4.conf.nonesuch.rp_filter = 1\n",
    },
    "tuned-like presets and a link from elsewhere": {
        "/usr/lib/sysctl.d/50-tuned.conf": f"# preset\n{FIN} = 20\nvm.dirty_ratio = 11\n",
        "/etc/sysctl.d/60-limits.conf": Link("/opt/limits.conf"),
        "/opt/limits.conf": f"{FIN} = 25\nfs.file-max = 123456\n",
        "/etc/sysctl.d/61-out.conf": Link("../../../../../../opt/limits.conf"),
    },
}


def generated(seed: int) -> Files:
    """Return a tree by chance, of the same make as those that both loaders' models are tried on."""
    files = make(Random(f"boot {seed}"))
    # The machine's own /lib is a link to its /usr/lib.
    return {path: held for path, held in files.items() if path != "/usr/lib" and not f"{path}/".startswith("/lib/")}
