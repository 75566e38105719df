"""Strategies: values that parameters may be given, and reasons that would break out of a careless comment."""

from __future__ import annotations

from hypothesis import strategies as st

from tcptune.catalog import parameters
from tcptune.model.parameter import Parameter
from tcptune.model.value import WIDTH, Value
from tcptune.render.plan import PLAIN

SETTABLE = [entry for entry in parameters().values() if entry.mode & 0o222]
SWITCHES = {"yes", "no", "on", "off", "true", "false"}

TRICKY = st.sampled_from(
    [
        *("#", ":", "'", '"', "\n", "\r\n", "\x85", "\u2028", "{{ x }}", "{{", "}}", "{% if x %}", "{#", "<% end %>"),
        *("tcptune: ignore[TT4]", "# tcptune: ignore-file[TT]", "\\", "\\\n", "*/", "/*", "'''", "---", "...", "- "),
        *(
            "net.ipv4.tcp_tw_reuse = 1",
            "net.ipv4.tcp_tw_reuse: 1",
            "[sysctl]",
            "EOF",
            "\x00",
            "\x1b[1m",
            "é",
            "時",
            "💥",
        ),
        *("&a", "*a", "!!python/object", "@A@", "%", "\ufeff", "\u200b", "¤", "`id`", "$(id)", "${X}", ";", "? "),
    ]
)
REASONS = st.lists(st.one_of(TRICKY, st.text(max_size=12), st.just(" ")), max_size=8).map("".join)

NUMBERS = st.integers(min_value=-(1 << 63), max_value=(1 << 64) - 1)
TEXTS = (
    st.from_regex(PLAIN, fullmatch=True)
    .map(lambda text: " ".join(text.split()))
    .filter(lambda text: text.lower() not in SWITCHES)
)
PORTS = st.lists(st.integers(1, 65535), min_size=1, max_size=4).map(lambda found: ",".join(map(str, found)))


def values(entry: Parameter) -> st.SearchStrategy[Value]:
    width = WIDTH.get(entry.kind)
    if width == 1:
        return NUMBERS
    if width is not None:
        return st.tuples(*[NUMBERS] * width)
    return PORTS if entry.kind == "ports" else TEXTS
