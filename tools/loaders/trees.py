"""Trees of drop-ins, made by chance out of everything that loaders have ever been seen to trip over."""

from __future__ import annotations

from random import Random

from tcptune.loaders.tree import Link

Files = dict[str, bytes | Link | None]
"""Path → content, a link or (None) a folder: what `MemoryTree` takes."""

RESET = {
    "net.ipv4.tcp_fin_timeout": "60",
    "net.ipv4.tcp_keepalive_time": "7200",
    "net.ipv4.tcp_max_tw_buckets": "131072",
    "net.ipv4.tcp_syncookies": "1",
    "net.ipv4.tcp_tw_reuse": "2",
    "net.ipv4.tcp_orphan_retries": "0",
    "net.ipv4.ip_local_port_range": "32768 60999",
    "net.core.somaxconn": "4096",
    "net.ipv4.conf.all.rp_filter": "0",
    "net.ipv4.conf.default.rp_filter": "0",
    "net.ipv4.conf.lo.rp_filter": "0",
    "net.ipv4.conf.all.log_martians": "0",
    "net.ipv4.conf.default.log_martians": "0",
    "net.ipv4.conf.lo.log_martians": "0",
    "net.ipv4.neigh.lo.base_reachable_time": "30",
}
"""The keys that are written and read back, all of them kept per network namespace, and what they begin with."""

OTHERS = (
    "net.ipv4.tcp_tw_recycle",
    "net.ipv4.tcp_fin_timout",
    "net.ipv4.tcp_available_congestion_control",
    "net.ipv4.route.flush",
    "net.ipv4.conf",
    "net",
)
"""Missing, read-only, write-only, folders."""

GLOBS = (
    "net.ipv4.conf.*.rp_filter",
    "net.ipv4.conf.*.log_martians",
    "net.ipv4.conf.?o.rp_filter",
    "net.ipv4.conf.[al]*.rp_filter",
    "net.ipv4.conf.[!a]*.rp_filter",
    "net.ipv4.conf.[^a-k]?.rp_filter",
    "net.ipv4.conf.[[:alpha:]]*.rp_filter",
    "net.ipv4.conf.*.{rp_filter,log_martians}",
    "net.ipv4.conf.{all,lo}.rp_filter",
    "net.ipv4.conf.{all,l*}.rp_filter",
    "net.*.conf.all.rp_filter",
    "net.ipv4.tcp_fin*",
    "net.ipv4.tcp_f?n_timeout",
    "net.ipv4.tcp_fin[_]timeout",
    "net.ipv4.tcp_fin\\_timeou?",
    "net.ipv4.tcp_sync[a",
    "net.ipv4.nothing*",
    "net.ipv4.con?",
    "net.ipv4.conf.*",
    "net.ipv4.tcp_syn[c]ook*",
    "net.core.somax*",
    "*.ipv4.tcp_orphan_retries",
)

GOOD = ("1", "2", "0", "1", "2", "0x1", "02", "1 # fast")
"""Texts that nearly every key takes, so that whole trees load without a fault, too."""

VALUES = (
    *("0", "1", "2", "3", "7", "10", "15", "30", "45", "61", "128", "255", "256", "4097", "-1", "-5", "0x1e", "010"),
    *("1024 60999", "20000", "60999 32768", "2000\t3000", "10000 20000 30000", "1 # fast", "1#fast", '"1"', "1; 2"),
    *("", "= 1", "1 = 2", "yes", "99999999999", "1\x0b", "1 \x0c", "é", "1,2", "+1", " 5 ", "\t6", "3 \\"),
)

ODD_LINES = (
    *("# comment", "  # comment", "; comment", "  ;net.ipv4.tcp_fin_timeout = 12", "", " ", "\t", "x", "=", "==", "-"),
    *("=5", "==net.ipv4.tcp_fin_timeout=33", "= net.ipv4.tcp_fin_timeout = 34", "net.ipv4.tcp_fin_timeout"),
    *("net.ipv4.tcp_fin_timeout: 35", "// comment", "! comment", "[section]", "- =", "-=7", "ab", "é", "\x0b", "\x0c#"),
    *("net.ipv4.tcp_fin_timeout =", "net.ipv4.tcp_fin_timeout = \\", "\u200b", "--net.ipv4.tcp_fin_timeout = 9"),
    *("- net.ipv4.tcp_fin_timeout = 8", "--net.ipv4.conf.lo.rp_filter", "/proc/sys/net/ipv4/tcp_fin_timeout = 36"),
    *("net/../../../etc/victim = 1", "net/../../../etc/nothing = 1", "net.ipv4.tcp_fin_timeout\\ = 4", "-#x", "a=b"),
)

NAMES = (
    *("10-x.conf", "9-x.conf", "99-z.conf", "B.conf", "a.conf", "50-default.conf", "99-sysctl.conf", "5.conf"),
    *(".hidden.conf", ".conf", "x.conf.bak", "README", "x.conf~", "conf", "é.conf", "a b.conf", "-.conf", "a.CONF"),
)
PATTERNS = ("*.conf", "[15].conf", "{a,B}.conf", "{a,b.conf", "a\\.conf", "?.conf", "{zz}.conf")
"""Names of files that procps takes for patterns."""

FOLDERS = ("/etc/sysctl.d", "/run/sysctl.d", "/usr/local/lib/sysctl.d", "/usr/lib/sysctl.d", "/lib/sysctl.d")

TARGETS = (
    *("/dev/null", "/dev/null", "nowhere.conf", "/etc/sysctl.conf", "../sysctl.conf", "a.conf", "10-x.conf"),
    *("../../../../../../etc/sysctl.conf", "../sysctl.conf/x", "/etc/sysctl.d", "/etc/others/one", ".", "./10-x.conf"),
)


def make(chance: Random) -> Files:
    """Return a tree by chance; the same state of `chance` gives the same tree."""
    files: Files = {"/etc/victim": b"safe\n"}
    merged = chance.random() < 0.7
    files["/usr/lib"] = None
    files["/lib"] = Link("usr/lib") if merged else None
    folders = [folder for folder in FOLDERS[: 4 if merged else 5] if chance.random() < 0.6] or [FOLDERS[0]]
    for folder in folders:
        if chance.random() < 0.05:
            odd: list[bytes | Link] = [Link("/etc/sysctl.d"), Link("nowhere"), b"", Link("sysctl.d")]
            files[folder] = chance.choice(odd)
            continue
        for _ in range(chance.choice([0, 1, 1, 1, 2, 2, 3, 5])):
            name = chance.choice(NAMES if chance.random() < 0.93 else PATTERNS)
            files[f"{folder}/{name}"] = _entry(chance, name)
    if chance.random() < 0.6:
        files["/etc/sysctl.conf"] = content(chance) if chance.random() < 0.85 else _entry(chance, "sysctl.conf")
    if chance.random() < 0.2:
        files["/etc/others/one"] = content(chance)
    return files


def _entry(chance: Random, name: str) -> bytes | Link | None:
    kind = chance.random()
    if kind < 0.8:
        return content(chance)
    if kind < 0.95:
        return Link(chance.choice((*TARGETS, name)))
    return None if kind < 0.98 else b""


def content(chance: Random) -> bytes:
    """Return the bytes of one drop-in."""
    out = b"\xef\xbb\xbf" if chance.random() < 0.03 else b""
    ends = chance.choice([b"\n"] * 12 + [b"\r\n", b"\r\n", b"\r", b"\n\r", b"\0", b"\n\0"])
    lines = [_line(chance) for _ in range(chance.choice([0, 1, 1, 2, 2, 3, 4, 6]))]
    for line in lines:
        data = line.encode()
        if chance.random() < 0.04:
            at = chance.randint(0, len(data))
            data = data[:at] + chance.choice([b"\0", b"\xff", b"\xc3", b"\r", b"\x0b", b"\xef\xbb\xbf"]) + data[at:]
        out += data + (ends if chance.random() < 0.97 else chance.choice([b"\n", b"\r\n", b"\n\n"]))
    return out.removesuffix(ends) if chance.random() < 0.15 else out


def _line(chance: Random) -> str:
    kind = chance.random()
    if kind < 0.08:
        return chance.choice(ODD_LINES)
    if kind < 0.28:
        key = chance.choice(GLOBS)
    elif kind < 0.34:
        key = chance.choice(OTHERS)
    else:
        key = chance.choice(tuple(RESET))
    name = _spelled(chance, key)
    dash = chance.random()
    if dash < 0.05:
        return f"-{name}"
    sign = "-" if dash < 0.12 else ""
    value = chance.choice(GOOD if chance.random() < 0.6 else VALUES)
    before, after = chance.choice([(" ", " ")] * 6 + [("", ""), ("\t", " "), (" ", ""), ("  ", "\t "), ("", "\x0b")])
    return f"{' ' if chance.random() < 0.05 else ''}{sign}{name}{before}={after}{value}"


def _spelled(chance: Random, key: str) -> str:
    kind = chance.random()
    slashed = key.translate(str.maketrans("./", "/."))
    if kind < 0.8:
        return key
    if kind < 0.9:
        return slashed
    first, _, rest = key.partition(".")
    middle, _, last = rest.rpartition(".")
    mixed = middle.replace(".", "/")
    return chance.choice(
        [
            f"/{slashed}",
            f".{key}",
            f"{first}..{rest}",
            f"{first}//{rest.replace('.', '/')}",
            f"{first}/./{rest.replace('.', '/')}",
            f"{first}/{rest}",
            f"{first}.{mixed}/{last}",
            f"{slashed}/",
            f"{key}.",
            f"net/../{slashed}",
            f"../{slashed}",
            f"/../{slashed}",
            f"./{slashed}",
            f"//{slashed}",
            f"/../../{slashed}",
            f"net/ipv4/../{rest.replace('.', '/')}",
            f"net/{'x' * 256}/../{rest.replace('.', '/')}",
            f"../sys/{slashed}",
        ]
    )
