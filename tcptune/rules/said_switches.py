"""Comments that say the opposite of a switch: that it is enabled beside 0, or disabled beside 1.

Only what stands at the beginning of a sentence, names the very thing, and knows no condition is such a comment; what a
parameter is for in general (`enables ...`), both sides (`0 is off`), and advice are not.
"""

from __future__ import annotations

import re
from functools import cache

from tcptune.model.late import late
from tcptune.model.record import dataclass
from tcptune.model.setting import Setting
from tcptune.rules import remarks

_LONGEST = 300
"""Characters of a comment that is looked at: longer ones reason."""

_DOUBT = late(
    r"\b(?:if|unless|when|whether|until|while|(?:un)?comment(?:ed|ing)?|should|must|may|might|could|would|can|want\w*|see"
    r"|need(?:s|ed)?|requir\w+|but|however|though|except|otherwise|instead|default\w*|recommend\w*|restor\w+|revert\w*|undo"
    r"|reset|back|again|temporar\w+|was|were|previous\w*|former\w*|only|option(?:al|s)?|example|possible|values?|or|todo"
    r"|no longer|set(?:ting)?|change[ds]?|true|false|yes|[0-9])\b|[=?|<>]|://"
    r"|如果|若|是否|需要|默认|缺省|表示|注释|注意|但|应|建议|可以|可|当|恢复|临时|或|时|值|设为|设置为|必须|不要|避免"
)
"""Words of a comment that reasons, tells both sides, or speaks of another time."""

_ON = r"(?:enable|turn on|activate|switch on|enabling|turning on)"
_OFF = r"(?:disabl(?:e|es|ing)|turn(?:s|ing)? off|deactivat(?:e|es|ing)|switch(?:es|ing)? off|stop|no|prohibit|forbid)"
_IGNORES = r"(?:ignore|reject|refuse|deny|drop|block|(?:do not|don'?t|never) (?:accept|allow|process|follow))"
_NEVER = r"(?:(?:do not|don'?t|never) (?:send|forward|allow|log|use|accept))"
_FILLS = (
    r"(?:\s+(?:the|all|any|use|usage|of|support|for|accept(?:ance|ing)?|send(?:ing)?|receiving|processing|kernel|linux|to"
    r"|ip|ipv4|ipv6|tcp|tcp/ip|icmp|icmpv[46]|network|inbound|incoming|outgoing|magic|kernel's)){0,5}\s+[\"'`]?"
)
_NOUNS = r"(?:\s+(?:feature|support|protection|messages?|packets?|functionality|mode|acceptance))?"
_ENDS = (
    r"[\"'`]?\s*(?:$|[.,;:!(—–]|\s-|\b(?:for|in|on|to|between|at|so|because|since|by|as|and|from|globally|here|entirely"
    r"|everywhere|system|completely)\b)"
)
_OFF_ABROAD = r"(?:关闭|禁用|禁止|停用|不接受|拒绝|不允许)"
_ON_ABROAD = r"(?:开启|启用|打开|激活)"
_FILLS_ABROAD = r"(?:\s|IP(?:v[46])?|ICMP|TCP|系统|内核|的|数据|网络|发送|接受|接收|所有){0,5}"
_ENDS_ABROAD = r"(?:功能|机制|选项|包|消息|报文|保护|支持)?\s*(?:$|[，,。；;.!！(（、])"


@dataclass(frozen=True, slots=True)
class Switch:
    """What a parameter switches: its name in a finding, and in comments.

    `on` and `off` are the values that switch the thing, `more` further words for switching it off, and `unlike` what
    a comment about something else says.
    """

    name: str
    thing: str
    abroad: str = ""
    on: tuple[int, ...] = (1,)
    off: tuple[int, ...] = (0,)
    more: str = ""
    unlike: str = ""


_FORWARDING = Switch(
    "forwarding",
    r"(?:(?:ipv?[46]? ?)?(?:packets? |traffic |ip )?(?:forwarding|routing)|ip[_ ]forward(?:ing)?)",
    r"(?:路由转发|转发|路由功能|包转发)",
    unlike="source|multicast|mc_|源",
)
_REDIRECTS = Switch(
    "accepting redirects",
    r"redirects?",
    "重定向",
    more=_IGNORES,
    unlike=r"send|secure|shared|发送|安全",
)
_SOURCE_ROUTES = Switch(
    "source routing",
    r"source[- ](?:rout(?:e|es|ed|ing)|packet routing)",
    "源路由",
    more=_IGNORES,
)
_ROUTER_ADVERTISEMENTS = Switch(
    "accepting router advertisements",
    r"(?:router advertisements?|RAs?)",
    "路由(?:器)?(?:通告|公告)",
    on=(1, 2),
    more=_IGNORES,
)

SWITCHES: dict[str, Switch] = {
    "ip_forward": _FORWARDING,
    "forwarding": _FORWARDING,
    "accept_redirects": _REDIRECTS,
    "accept_source_route": _SOURCE_ROUTES,
    "accept_ra": _ROUTER_ADVERTISEMENTS,
    "send_redirects": Switch(
        "sending redirects",
        r"redirects?",
        "重定向",
        more=_NEVER,
        unlike=r"accept|receiv|secure|shared|接[受收]",
    ),
    "log_martians": Switch("logging of martians", r"(?:log(?:ging)?(?: of)? )?(?:martians?|spoofed packets)"),
    "rp_filter": Switch(
        "the reverse path filter",
        r"(?:reverse[- ]path(?: filter(?:ing)?)?|rp_filter|source (?:address |route )?(?:verification|validation))",
        "反向路径(?:过滤|校验|检查)?",
        on=(1, 2),
    ),
    "proxy_arp": Switch("proxy ARP", "proxy[- _]arp"),
    "tcp_syncookies": Switch("SYN cookies", "(?:tcp[_ ])?syn[- ]?cookies?", r"SYN\s?Cookies?", on=(1, 2)),
    "tcp_timestamps": Switch("timestamps", "(?:tcp[_ ])?time ?stamps?", "时间戳", on=(1, 2), unlike="ICMP"),
    "tcp_tw_reuse": Switch(
        "reuse of TIME_WAIT",
        r"(?:tw[_ ]reuse|time[-_ ]wait(?: sockets?)? re-?use|re-?us(?:e|ing)(?: of)?(?: sockets in)? time[-_ ]wait)"
        r"(?: (?:sockets?|connections?|state))?",
        r"(?:TIME[-_ ]WAIT\s?(?:sockets?|连接|套接字)?的?)?(?:重用|复用)",
    ),
    "tcp_sack": Switch("selective acknowledgements", r"(?:selective ack\w*|(?:tcp_)?sacks?)", "选择性?(?:应答|确认)"),
    "tcp_dsack": Switch("duplicate SACK", r"(?:duplicate sacks?|(?:tcp_)?d-?sacks?)"),
    "tcp_window_scaling": Switch("window scaling", r"(?:tcp[_ ])?window[_ ]scaling", "窗口(?:缩放|扩大|扩展)(?:因子)?"),
    "tcp_ecn": Switch("ECN", r"(?:ecn|explicit congestion notification)"),
    "tcp_slow_start_after_idle": Switch(
        "slow start after idle",
        r"slow[- ]start(?: restart)?(?: after idle| on idle connections)?",
        "慢启动(?:重启)?",
        unlike="metric|ssthresh",
    ),
    "tcp_fastopen": Switch("Fast Open", r"(?:tcp[_ ])?fast ?open", on=(1, 2, 3)),
    "tcp_mtu_probing": Switch("MTU probing", r"(?:tcp[_ ])?(?:path )?mtu[_ ]probing", "MTU\\s?探测", on=(1, 2)),
    "tcp_moderate_rcvbuf": Switch("tuning of receive buffers", r"(?:receive )?(?:buffer )?auto-?tuning"),
    "sysrq": Switch("SysRq", r"(?:sysrq|sys-rq)(?: keys?)?", "sysrq"),
    "disable_ipv6": Switch("IPv6", "ipv6", "IPv6", on=(0,), off=(1,), unlike="autoconf|privacy|address|forward"),
    "icmp_echo_ignore_all": Switch(
        "answering pings",
        r"(?:pings?|(?:icmp )?echo(?: requests?)?)",
        "ping",
        on=(0,),
        off=(1,),
        more="(?:ignore|block|drop|(?:do not|don'?t|never) (?:answer|respond to|reply to))",
        unlike="ignor[^ ]*ing|broadcast|multicast",
    ),
}
"""By the last part of a parameter's name."""


def contradicted(setting: Setting) -> tuple[str, str] | None:
    """Return what the comment says of a switch that is the other way round, and what is so; None mostly."""
    key = setting.key
    last = key.rpartition(".")[2]
    switch = SWITCHES.get(last)
    if switch is None or "undo" in setting.facts or not key.startswith(("net.ipv", "kernel.")):
        return None
    value = re.match(r"\s*[\"']?(\d)(?![\w.])", setting.raw)
    if value is None:
        return None
    number = int(value[1])
    on, off = number in switch.on, number in switch.off
    if not (on or off):
        return None
    for comment in remarks.sentences(setting):
        whole = " ".join(comment)
        if (whole.isascii() and not _MAY[on].search(whole)) or len(whole) > _LONGEST or _DOUBT.search(whole.lower()):
            continue
        if switch.unlike and re.search(switch.unlike, whole, re.IGNORECASE):
            continue
        if any(_says(last, on).match(one) for one in comment) and not _OTHER[on].search(whole.lower()):
            return f"that it {_VERBS[not on]} {switch.name}", f"{number} {_VERBS[on]} it."
    return None


_VERBS = {True: "enables", False: "disables"}

_OTHER = {
    True: late(r"\benabl|\bturn\w* on\b|\bactivat|\ballow|\bpermit|开启|启用|打开|允许(?<!不允许)"),
    False: late(r"\bdisabl|\boff\b|deactivat|\bnot?\b|n't\b|\bnever\b|ignor|block|关闭|禁|停用|不"),
}
"""By whether the switch is on, the words of the other side: with them a comment says both."""


_MAY = {
    True: re.compile(
        r"disabl|\boff\b|deactivat|stop|\bnot?\b|prohibit|forbid|ignor|reject|refus|den[iy]|drop|block|never|n't?\b",
        re.IGNORECASE,
    ),
    False: late(r"enabl|turn|activat|switch|\bon\b", re.IGNORECASE),
}
"""By whether the switch is on, what no English sentence that says the opposite goes without."""


@cache
def _says(last: str, on: bool) -> re.Pattern[str]:
    """Return the pattern of sentences that are false beside a switch that is on, or off."""
    switch = SWITCHES[last]
    verb = rf"(?:{_OFF}{'|' + switch.more if switch.more else ''})" if on else _ON
    state = (
        "(?:disabled|off|turned off|switched off|deactivated)" if on else "(?:enabled|turned on|switched on|activated)"
    )
    patterns = [
        rf"{verb}{_FILLS}{switch.thing}{_NOUNS}{_ENDS}",
        rf"(?:(?:ip|ipv4|ipv6|tcp|icmp|kernel)\s+)?{switch.thing}{_NOUNS}\s+(?:(?:is|are|stays?)\s+)?{state}\s*(?:$|[.,;(])",
    ]
    if switch.abroad:
        word = _OFF_ABROAD if on else _ON_ABROAD
        patterns.append(rf"{word}{_FILLS_ABROAD}{switch.abroad}{_ENDS_ABROAD}")
    return re.compile("|".join(f"(?:{one})" for one in patterns), re.IGNORECASE)
