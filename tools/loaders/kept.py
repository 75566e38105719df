"""Trees on which a model once said otherwise than the real loader; each stays an example for good."""

from tcptune.loaders.tree import Link
from tools.loaders.trees import Files

FIN = "net.ipv4.tcp_fin_timeout"

KEPT: dict[str, Files] = {
    "a slash behind the name of a file": {"/usr/lib/sysctl.d/a.conf": b"net/ipv4/neigh/lo/base_reachable_time/=7\n"},
    "a pattern whose last part is plain, with a dot at its end": {
        "/etc/sysctl.conf": b"net/ipv4/conf/[^a-k]?/rp_filter/ = 010\n",
    },
    "a pattern whose last part is one, with a slash at its end": {"/etc/sysctl.d/a.conf": b"net/ipv4/tcp_fin*/ = 2\n"},
    "a name that procps takes for a pattern": {
        "/run/sysctl.d/?.conf": b"",
        "/run/sysctl.d/\u00e9.conf": b"net.ipv4.tcp_syncookies = 2\n",
    },
    "a name with braces": {
        "/etc/sysctl.d/{a,B}.conf": b"net.ipv4.tcp_fin_timeout = 1\n",
        "/etc/sysctl.d/a.conf": b"net.ipv4.tcp_fin_timeout = 2\n",
    },
    "sysctl.conf is a link to /dev/null": {
        "/etc/sysctl.conf": Link("/dev/null"),
        "/run/sysctl.d/5.conf": b"net.ipv4.conf.all.log_martians = 1 = 2\n",
    },
    "a line without a value, before 4.0": {
        "/usr/lib/sysctl.d/a.conf": b"net.ipv4.conf.default.rp_filter = 45\n-net.ipv4.route.flush\n",
    },
    "a line without a value behind one with two ends, before 4.0": {
        "/usr/local/lib/sysctl.d/a.conf": b"\0net.ipv4.tcp_keepalive_time = 1\r\n-net.ipv4.route.flush\n",
    },
    "no key": {"/etc/sysctl.conf": b"= 5\n==\n- =\n-\n=\n"},
    "only a separator": {"/run/sysctl.d/a.conf": b". = 2\0net.ipv4.tcp_tw_reuse =1 # fast\0"},
    "a link to itself above a file of the same name": {
        "/etc/sysctl.d/B.conf": Link("B.conf"),
        "/usr/lib/sysctl.d/B.conf": b"net.ipv4.tcp_fin_timeout = 3\n",
    },
    "a link over a file": {
        "/etc/sysctl.conf": b"",
        "/etc/sysctl.d/B.conf": Link("../sysctl.conf/x"),
        "/usr/lib/sysctl.d/B.conf": b"net.ipv4.tcp_fin_timeout = 3\n",
    },
    "folders named like drop-ins": {"/lib/sysctl.d/50.conf": Link("."), "/etc/sysctl.d/a.conf": None},
    "dot names": {
        "/etc/sysctl.d/.conf": b"net.core.somaxconn = 5\n",
        "/etc/sysctl.d/.x.conf": b"net.core.somaxconn = 6\n",
    },
    "every end of a line": {
        "/etc/sysctl.d/a.conf": b"net.core.somaxconn = 5\r\nnet.ipv4.tcp_syncookies = 2\r"
        b"net.ipv4.tcp_tw_reuse = 1\n\r\0net.ipv4.tcp_fin_timeout = 7\0net.ipv4.tcp_orphan_retries = 3\n\0",
    },
    "a mark at the beginning": {
        "/etc/sysctl.d/a.conf": b"\xef\xbb\xbfnet.core.somaxconn = 5\nnet.ipv4.tcp_tw_reuse = 1\n"
    },
    "comments": {"/etc/sysctl.d/a.conf": b"; net.core.somaxconn = 5\n #x = 1\n\x0c# net.core.somaxconn = 6\n!x\n//x\n"},
    "an exclusion behind its assignment": {"/etc/sysctl.d/a.conf": b"net.core.somaxconn = 5\n-net.core.somaxconn\n"},
    "an exclusion that is a pattern": {
        "/etc/sysctl.d/a.conf": b"net.ipv4.conf.*.rp_filter = 1\n-net.ipv4.conf.a*.rp_filter\n",
    },
    "forgiven": {
        "/etc/sysctl.d/a.conf": b"-net.ipv4.tcp_tw_reuse = 9\n"
        b"-net.ipv4.tcp_available_congestion_control = 1\n-net.ipv4.no = 1",
    },
    "out of /proc/sys": {
        "/etc/victim": b"safe\n",
        "/etc/sysctl.d/a.conf": b"net/../../../etc/victim = 1\nnet/../../../etc/nothing = 1\n"
        b"/../net/core/somaxconn = 7\n../net/core/somaxconn = 8\nnet/../net/core/somaxconn = 9\n",
    },
    "the same value again keeps its place": {
        "/etc/sysctl.d/a.conf": b"net.core.somaxconn = 5\nnet.ipv4.tcp_syncookies = 2\nnet.core.somaxconn = 5\n"
        b"net.ipv4.tcp_syncookies = 3\nnet.ipv4.ip_local_port_range = 20000\n",
    },
    "a line of a mebibyte": {
        "/etc/sysctl.d/a.conf": b"net.core.somaxconn = 5\n#" + b"x" * (1 << 20) + b"\nnet.ipv4.tcp_syncookies = 2\n",
    },
    "a line a byte short of a mebibyte": {
        "/etc/sysctl.d/a.conf": b"#" + b"x" * ((1 << 20) - 2) + b"\nnet.ipv4.tcp_syncookies = 2\n",
    },
    "a folder that is a file, one that is a link, one that is a loop": {
        "/etc/sysctl.d": b"",
        "/run/sysctl.d": Link("/etc/others"),
        "/etc/others/a.conf": b"net.core.somaxconn = 5\n",
        "/usr/local/lib/sysctl.d": Link("sysctl.d"),
    },
    "the main file before and after the drop-ins": {
        "/etc/sysctl.conf": b"net.ipv4.tcp_fin_timeout = 55\n",
        "/etc/sysctl.d/99-sysctl.conf": Link("../sysctl.conf"),
        "/etc/sysctl.d/99-zz.conf": b"net.ipv4.tcp_fin_timeout = 66\n",
    },
    "names in the order of their bytes": {
        f"/etc/sysctl.d/{name}.conf": f"{FIN} = {value}\n".encode()
        for value, name in enumerate(("10-x", "9-x", "B", "a", "\u00e9", "-", "99-z"), 1)
    },
    "masked": {
        "/etc/sysctl.d/a.conf": Link("/dev/null"),
        "/run/sysctl.d/a.conf": b"net.core.somaxconn = 6\n",
        "/run/sysctl.d/b.conf": b"",
        "/usr/lib/sysctl.d/b.conf": b"net.core.somaxconn = 7\n",
        "/etc/sysctl.d/c.conf": Link("nowhere"),
        "/usr/lib/sysctl.d/c.conf": b"net.core.somaxconn = 8\n",
    },
    "deprecated before 4.0": {"/etc/sysctl.d/a.conf": b"net.ipv4.neigh.lo.base_reachable_time = 7\n"},
}
