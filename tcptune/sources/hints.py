"""Whether a file can hold anything to check: told from its name and its bytes, before anything else is imported."""

from __future__ import annotations

import re

HINTS = (
    b"ysctl",  # sysctl, Sysctls
    b"bridge-nf",
    b"/proc/sys",
    b"net.ipv",
    b"net/ipv",
    b"net.core",
    b"nf_conntrack",
    b"tcp_",
    b"somaxconn",
    b"crio.conf",  # what is in it may stand in Base64
)
"""A file that holds none of these sets nothing that there is a rule for."""

ANCHORS = b"nc"
"""Each hint holds one of these. A search from one character to the next takes less than half the time of nine words."""

NAMES = ("sysctl", "tuned")
"""What a path has in it that is read even without a hint inside."""

IMAGES = ("dockerfile", "containerfile")
"""How the names of scripts begin that build images, in small letters: what stands behind tells only what for."""

PIPELINE = "Jenkinsfile"
"""What the names of Jenkins' pipelines have in them."""

LOADS = r"kmod|modprobe(?!\.d)|modules-load|kernel_module|kernel::module|/etc/modules\b"
"""What a file mentions that has modules loaded: a tool's resource or task, a command, or a list for boot."""

FOREIGN = frozenset(
    {"py", "pyi", "pyx", "go", "rs", "c", "h", "cc", "cpp", "cxx", "hh", "hpp", "java", "kt", "kts", "scala", "cs"}
    | {"js", "mjs", "cjs", "jsx", "ts", "tsx", "vue", "svelte", "css", "scss", "less", "html", "htm", "php", "swift"}
    | {"m", "mm", "lua", "sql", "proto", "dart", "ex", "exs", "erl", "hs", "ml", "clj", "r", "jl", "pl", "pm", "s"}
)
"""How the names of source code end in which no format looks for settings."""


_ELSEWHERE = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:[ \t]*(?:[#;][^\n]*)?\r?\n)*[ \t]*-?"
    rb"(?:(?:vm|kernel)[.][a-z][a-z_.-]*[ \t]*=[ \t]*-?\d"
    rb"|(?:vm[.](?:swappiness|dirty_|overcommit_|max_map_count|min_free_|vfs_cache_|nr_hugepages|hugepages_)"
    rb"|kernel[.](?:pid_max|threads-max|shm|sem\b|msg|sched_|panic|core_|randomize_"
    rb"|sysrq|kptr_|dmesg_|yama[.]|perf_event_)|fs[.](?:file-max|nr_open|inotify[.]|aio-max-nr|protected_|suid_))"
    rb"[\w.-]*[ \t]*=)"
).match
"""The first line of a file for sysctl.d that holds none of the hints: no other family has names like these."""


def foreign(path: str) -> bool:
    """Tell from a file's name that it sets nothing, whatever it holds."""
    _, dot, suffix = path.rpartition(".")
    return bool(dot) and suffix in FOREIGN and not _telling(path) and not _script(path.rpartition("/")[2])


def worth(path: str, data: bytes) -> bool:
    """Tell quickly whether a file can hold anything to check."""
    for search in SEARCHES:
        if search(data) is not None:
            return True
    return _telling(path) or (path.endswith(".conf") and _ELSEWHERE(data) is not None)


def _searches() -> list[re.Pattern[bytes]]:
    """Return patterns that together find what holds a hint, each from its one character on."""
    rests: dict[int, list[bytes]] = {anchor: [] for anchor in ANCHORS}
    for hint in HINTS:
        anchor = next(each for each in ANCHORS if each in hint)
        rest = hint[hint.index(anchor) + 1 :]
        behind = b"(?<=%b)" % re.escape(hint) if hint[0] != anchor else b""
        rests[anchor].append(re.escape(rest) + behind)
    return [re.compile(b"%c(?:%b)" % (anchor, b"|".join(each))) for anchor, each in rests.items()]


SEARCHES = tuple(pattern.search for pattern in _searches())
"""What finds a hint in a file's bytes: where all of them find nothing, no hint is there."""


def _script(name: str) -> bool:
    return PIPELINE in name or name.lower().startswith(IMAGES)


def _telling(path: str) -> bool:
    return NAMES[0] in path or NAMES[1] in path
