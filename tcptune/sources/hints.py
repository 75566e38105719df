"""Whether a file can hold anything to check: told from its name and its bytes, before anything else is imported."""

from __future__ import annotations

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
)
"""A file that holds none of these sets nothing that there is a rule for."""

NAMES = ("sysctl", "tuned")
"""What a path has in it that is read even without a hint inside."""


FOREIGN = frozenset(
    {"py", "pyi", "pyx", "go", "rs", "c", "h", "cc", "cpp", "cxx", "hh", "hpp", "java", "kt", "kts", "scala", "cs"}
    | {"js", "mjs", "cjs", "jsx", "ts", "tsx", "vue", "svelte", "css", "scss", "less", "html", "htm", "php", "swift"}
    | {"m", "mm", "lua", "sql", "proto", "dart", "ex", "exs", "erl", "hs", "ml", "clj", "r", "jl", "pl", "pm", "s"}
)
"""How the names of source code end in which no format looks for settings."""


def foreign(path: str) -> bool:
    """Tell from a file's name that it sets nothing, whatever it holds."""
    _, dot, suffix = path.rpartition(".")
    return bool(dot) and suffix in FOREIGN and not _telling(path)


def worth(path: str, data: bytes) -> bool:
    """Tell quickly whether a file can hold anything to check."""
    for hint in HINTS:
        if hint in data:
            return True
    return _telling(path)


def _telling(path: str) -> bool:
    return NAMES[0] in path or NAMES[1] in path
