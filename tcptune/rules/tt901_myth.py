"""A comment beside the setting says what is not so.

What is repeated in comments is believed and copied. The myths are those of the catalogue; `tcptune explain` on the
parameter refutes them with sources.

Bad:

    # shortens TIME_WAIT
    net.ipv4.tcp_fin_timeout = 30

Good:

    # orphaned connections wait less long in FIN-WAIT-2
    net.ipv4.tcp_fin_timeout = 30

Fix:

Write into the comment what the setting does, or leave the comment out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tcptune.model.finding import Finding, Fix
from tcptune.model.record import dataclass
from tcptune.rules.base import Rule
from tcptune.rules.view import View

_TIME_WAIT = r"time[\s_-]?wait"
_NEGATION = (
    r"\b(?:not|no|never|n't|does\s?n.?t|don.?t|myth|wrong|contrary|unrelated|nothing|isn.?t|instead of|rather than)\b"
    r"|不会|不是|并非|无关|没有|不能|误|并不"
)
"""Patterns are compiled where a comment is looked at: a live host has none, and compiling them takes milliseconds."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim about one parameter, as comments make it, and what is so."""

    key: str
    pattern: str
    truth: str


def _claim(key: str, pattern: str, truth: str) -> Claim:
    return Claim(f"net.ipv4.{key}", pattern, truth)


_FIN = (
    "It is the time that an orphaned connection stays in FIN-WAIT-2. TIME_WAIT lasts 60 s, a constant of the kernel, "
    "whatever is set here."
)
_REUSE = "It concerns connect() alone: outgoing connections may take over the ports of one in TIME_WAIT."
CLAIMS = (
    _claim(
        "tcp_fin_timeout",
        rf"(?:decreas|reduc|short|lower|limit|cut|speed|faster|less|how long|time|timeout|recycl|clos|free|durat|"
        rf"keep|hold|stay|remain|released?|value)[^.;\n]{{0,60}}{_TIME_WAIT}|{_TIME_WAIT}[^.;\n]{{0,40}}"
        r"(?:timeout|faster|quick|short|reduc|decreas|second|time\b|period|durat|state (?:for|timeout))"
        rf"|\b2?\s?msl\b|(?:缩短|减少|降低|减小|修改|加快|控制|设置|快速|回收)[^。\n]{{0,20}}{_TIME_WAIT}"
        rf"|{_TIME_WAIT}[^。\n]{{0,16}}(?:时间|超时|回收|释放|关闭)",
        _FIN,
    ),
    _claim(
        "tcp_tw_reuse",
        rf"(?:server|inbound|incoming|accept|listen)\w*[^.;\n]{{0,40}}(?:{_TIME_WAIT}|reus)"
        rf"|{_TIME_WAIT}[^.;\n]{{0,40}}(?:inbound|incoming connection|accept)"
        r"|(?:destroy|kill|delet|remov|clean)\w*[^.;\n]{0,30}" + _TIME_WAIT,
        _REUSE,
    ),
    _claim(
        "tcp_max_tw_buckets",
        rf"default[^.;\n]{{0,20}}18000\b|默认[^。\n]{{0,10}}18000\b"
        rf"|(?:oldest|existing|all)[^.;\n]{{0,30}}{_TIME_WAIT}[^.;\n]{{0,30}}(?:evict|destroy|clear|remov|reset)",
        "Its default is half the size of the established hash; beyond it new TIME_WAIT sockets are not made, and "
        "existing ones stay.",
    ),
    _claim(
        "tcp_tw_recycle",
        rf"(?:safe|fast(?:er)?|quick)\w*[^.;\n]{{0,30}}recycl|recycl\w*[^.;\n]{{0,30}}(?:fast|quick|safe)"
        rf"|快速回收|开启[^。\n]{{0,20}}{_TIME_WAIT}[^。\n]{{0,16}}回收",
        "It dropped connections of clients behind NAT, and is gone since 4.12.",
    ),
    _claim(
        "tcp_orphan_retries",
        r"(?:established|active|all)\s+connection|活动连接",
        "It governs orphans alone: connections that no process holds any more.",
    ),
)


def check(view: View) -> Iterator[Finding]:
    """Find comments that make one of the claims and do not argue against it."""
    for claim in CLAIMS:
        setting = view.settings.get(claim.key)
        if setting is None or not setting.comment:
            continue
        comment = _words(setting.comment)
        match = re.search(claim.pattern, comment, re.IGNORECASE)
        if match is None or re.search(_NEGATION, comment, re.IGNORECASE):
            continue
        message = f"The comment says what {setting.key} does not do."
        yield RULE.finding(setting, message, claim.truth, fix=Fix("correct the comment or leave it out"))


def _words(comment: str) -> str:
    """Return the comment without its marks, lines that are settings commented out taken away."""
    rows = [re.sub(r"^[\s#;/*]+", "", row) for row in comment.split("\n")]
    return "\n".join(row for row in rows if not re.match(r"[\w./]+\s*=\s*\S+\s*$", row))


RULE = Rule("TT901", "myth", "note", "A comment says what is not so.", check, needs=frozenset({"files"}))
