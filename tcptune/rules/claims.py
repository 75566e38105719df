"""What comments say that is not so, by meaning: the parameter, how the claim is put into words, and what is so.

The patterns are read as they are needed: a live host has no comments, and compiling them takes milliseconds.
"""

from __future__ import annotations

from tcptune.model.record import dataclass
from tcptune.model.version import OLDEST, KernelVersion

TIME_WAIT = r"(?:time[\s_-]?wait|timewait|\btw\s+(?:sockets?|state))"
"""The state, as it is spelled."""

REFUTES = (
    r"\bdoubt\w*|\b(?:check|see|verify|test|unclear|not sure|wonder\w*|question\w*)\s+(?:whether|if)\b"
    r"|(?:确认|检查|验证|确定)是否"
    r"|\b(?:myth|misconception|misunderst\w+|misread\w*|contrary|wrong(?:ly)?|false(?:ly)?|unrelated|independent|hard-?coded"
    r"|constant|fixed|nothing to do|no (?:effect|influence|impact)|never|despite"
    r"|(?:rather than|instead of)(?!\s+(?:only|just)\b)(?!\s+(?:the\s+)?(?:(?:default|usual|standard|full)\s+)?\d)"
    r"|can(?:not|.?t)\s+(?:be\s+)?(?:chang|tun|configur|adjust|alter|set\b|short|reduc|lower|decreas|control|affect|influenc)"
    r"|(?:do|does|did|is|are|was|will|would)\s*(?:not|n.?t)\b(?!\s+(?:pile|accumul|fill|run|exhaust|linger|stay|hang|"
    r"overload|block|build|leak|reveal|expos|disclos|give))"
    r"|not\s+(?:the|for|about|to be|in|of|a)\b|not\s+(?:\w+\s+){0,2}time[\s_-]?wait)"
    r"|不会|不是|并非|无关|误解|误以为|误区|并不|不影响|不改变|不缩短|不控制|固定|常量|写死|而不是"
    r"|(?:没有|无)(?:任何)?(?:影响|关系|作用|效果|联系)"
    r"|不(?:能|可以?)[^。；，]{0,4}(?:缩短|改变|修改|减少|控制|影响|调整|降低)"
)
"""Words of a comment that argues against what it names: such a comment is no myth."""

_SHORTENS = (
    r"(?:decreas|reduc|short|lower|limit|cut|speed|faster|quick|less|how long|time\b|timeout|recycl|clos|free|durat|"
    rf"keep|hold|stay|remain|releas|reclaim|expir|clean|clear|seconds)"
    rf"[^.;]{{0,60}}{TIME_WAIT}"
    rf"|{TIME_WAIT}[^.;]{{0,16}}\b\d+\s*(?:s|sec)\b"
    rf"|{TIME_WAIT}[^.;]{{0,40}}(?:timeout|faster|quick|sooner|early|earlier|short|reduc|decreas|lower|less|seconds?|"
    r"period|durat|interval|length|lifetime|time\b|state (?:for|timeout|time))"
    rf"|(?:缩短|减少|降低|减小|修改|加快|控制|设置|快速|回收|保持|处于|等待)[^。；]{{0,20}}{TIME_WAIT}"
    rf"|{TIME_WAIT}[^。；]{{0,16}}(?:时间|超时|回收|释放|关闭|时长)"
)
"""That TIME_WAIT gets shorter, or that a number is its length."""

_SHORTER = r"(?:shorten|reduc|decreas|缩短|减少)[^.;。]{0,40}" + TIME_WAIT
"""That TIME_WAIT gets shorter, of a parameter that has nothing to do with its length."""

_LASTS_LESS = (
    rf"(?:shorten|缩短)[^.;。]{{0,40}}{TIME_WAIT}|减少[^。；]{{0,20}}{TIME_WAIT}[^。；，]{{0,6}}(?:时间|时长)"
    rf"|(?:reduc|decreas)\w*[^.;。]{{0,24}}\b(?:time(?![\s_-]?wait)|length|duration)\b[^.;。]{{0,24}}{TIME_WAIT}"
)
"""The same in words that say nothing of how many there are."""

_ABROAD = (
    r"dism?inu|diminu|redu[cz]|r[eé]dui|ridu[cr]|riduz|acorta|encurta|verk(?:ü|ue)rz|verringer|reduzier|raccourci|giảm"
    r"|mengurangi|kurangi|perpendek|kısalt|azalt|skr[aó]c|zmniejsz|уменьш|сокра|снижа|зменш|скоро[чт]"
)
"""Beginnings of words for making something shorter or less, in other languages."""

_ELAPSES = (
    rf"must (?:elapse|pass) before TCP(?:/IP)? (?:can|may) (?:release|reuse|free)[^;]{{0,120}}{TIME_WAIT}"
    rf"|(?:{_ABROAD})\w*[^.;]{{0,70}}{TIME_WAIT}|{TIME_WAIT}[^.;。]{{0,20}}(?:줄|단축|短縮|減ら|短く)"
    r"|(?:time|long)\b[^.;]{0,30}\bports?\b[^.;]{0,40}\bbefore\b[^.;]{0,30}\bre-?us"
)
"""An old manual's words that took FIN-WAIT-2 for TIME_WAIT, the shortening in other languages, the wait of a port."""

_FIN = (
    "It is the time that an orphaned connection stays in FIN-WAIT-2. TIME_WAIT lasts 60 s, a constant of the kernel, "
    "whatever is set here."
)
_LASTS = "TIME_WAIT lasts 60 s, a constant of the kernel, whatever is set here."
_CONNECTS = "It concerns connect() alone: outgoing connections may take over the ports of one in TIME_WAIT."
_NONE_LEFT = "It is the number above which connections get no TIME_WAIT: none is shortened, and the protection is gone."
_LESS = (
    rf"\b(?:reduc|lower|decreas|minimi[sz]|{_ABROAD})\w*\s+(?:the\s+)?(?:(?:number|amount) of\s+)?(?:TCP )?{TIME_WAIT}"
    r"\s*(?:sockets?|connections?|states?|count)?\s*(?:$|[,.;:(—–/-]"
    r"|\b(?:by|to|for|so|and|under|in|on|at|held|kept|left|waiting|while|when|during)\b)"
    rf"|减少[^。；，,]{{0,8}}{TIME_WAIT}\s?(?:状态)?的?(?:连接|套接字|sockets?)?的?(?:数量?|个数)?\s*(?:$|[，。；,;(（])"
)
"""That there is less of TIME_WAIT."""

_FEWER = (
    rf"\b(?:reduc|lower|decreas|minimi[sz]|limit)\w*\s+(?:the\s+)?(?:number|amount|count) of\s+(?:\w+\s+)?{TIME_WAIT}"
)
"""That there are fewer of them."""

_APART = r"\bclocks?\b[^.;]{0,16}(?:differ|skew|drift|out of sync|synchroni)|时(?:间|钟)[^。；]{0,6}(?:不同步|不一致)"
"""That it matters whether the clocks of two hosts agree."""

_OUTWARD = r"outgoing|outbound|out-going|upstream|backend|egress|client|connect\(|(?:出站|主动|上游|客户端|向外|对外)"
"""Words of a comment that knows which connections reuse is about."""

_BUSY = r"(?:busy|web|loaded|production|high[\s-]\w+(?:[\s-]\w+)?)"


_KEEPALIVE = ("tcp_keepalive_time", "tcp_keepalive_intvl", "tcp_keepalive_probes")


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim about one parameter: what the comment says, how it says so, and what is so.

    It is false from the kernel `since` on. With `values` it is false beside these alone, with `below` beside a number
    from 1 up to it; it is left alone where the parameter `unless` is switched on, too, since the comment may stand
    above both. With `state` each way to put it names TIME_WAIT.
    """

    key: str
    said: str
    pattern: str
    truth: str
    since: KernelVersion = OLDEST
    values: tuple[int, ...] = ()
    unless: str = ""
    below: int | None = None
    state: bool = False


def _claim(
    key: str,
    said: str,
    pattern: str,
    truth: str,
    *,
    since: KernelVersion = OLDEST,
    values: tuple[int, ...] = (),
    unless: str = "",
    state: bool = False,
) -> Claim:
    return Claim(f"net.ipv4.{key}", said, pattern, truth, since, values, unless, state=state)


def _default(number: str) -> str:
    """Return a pattern for words that call a number the default."""
    return (
        rf"(?:\bdefault(?:s|ed)?(?:\s+value)?(?:\s+(?:is|to|of))?\s*[:=(]?"
        rf"|(?:默认|缺省)(?:值)?(?:设置)?(?:为|是)?\s*[:：=]?)\s*{number}(?![\d.]|\s*(?:s|ms|sec|min|秒|分|小时)\b)"
    )


CLAIMS = (
    _claim("tcp_fin_timeout", "that it reduces TIME_WAIT", rf"{_FEWER}|{_LESS}", _FIN, state=True),
    _claim(
        "tcp_fin_timeout",
        "that this is the length of TIME_WAIT",
        rf"{_SHORTENS}|{_ELAPSES}|\b2?\s?\*?\s?msl\b|maximum segment lifetime|最大报文段?生存",
        _FIN,
    ),
    _claim(
        "tcp_fin_timeout",
        "that it takes the place of a longer SO_LINGER",
        r"SO_LINGER[^。；;]{0,60}(?:取代|代替|替换|replac|overrid)",
        "SO_LINGER is how long close() blocks, which this does not touch; TCP_LINGER2 sets this time for one socket.",
    ),
    _claim(
        "tcp_tw_reuse",
        "that it helps a server with the connections it accepts",
        rf"^(?!.*(?:{_OUTWARD})).*(?:(?:\bserver\w*(?! (?:with|that ha))|inbound|incoming|accept\w*|listen\w*|restart)"
        rf"[^.;]{{0,40}}"
        rf"(?:{TIME_WAIT}|re-?us)"
        rf"|(?:{TIME_WAIT}|re-?us\w*)[^.;]{{0,40}}(?:inbound|incoming connection|accept|restart|{_BUSY}\s+servers?\b)"
        rf"|服务端[^。；]{{0,20}}(?:{TIME_WAIT}|重用|复用)"
        r"|对(?:于)?服务(?:器|端)[^。；，,]{0,8}(?:意义|有用|有效|有益|帮助|好处|重要|必要))",
        _CONNECTS,
    ),
    _claim(
        "tcp_tw_reuse",
        "that it ends TIME_WAIT",
        rf"(?:destroy|kill|delet|remov|clean|shorten|disabl|eliminat|get(?:s|ting)? rid of|turn(?:s|ed)? off)\w*"
        rf"[^.;]{{0,30}}{TIME_WAIT}",
        _LASTS,
        state=True,
    ),
    _claim(
        "tcp_tw_reuse",
        "that it reduces TIME_WAIT",
        _LESS,
        f"{_LASTS} A waiting socket goes only when a new connection takes exactly its addresses and ports.",
        state=True,
    ),
    _claim(
        "tcp_tw_reuse",
        "that it recycles TIME_WAIT",
        rf"快速回收|加[快速][^。；，,]{{0,6}}{TIME_WAIT}[^。；，,]{{0,6}}回收"
        r"|\b(?:fast|quick)\w*\s+recycl|\brecycl\w*[^.;]{0,20}\b(?:fast|quick)",
        "That was tcp_tw_recycle; here a waiting socket goes only when a new connection takes exactly its place.",
        unless="net.ipv4.tcp_tw_recycle",
    ),
    _claim(
        "tcp_tw_reuse",
        "that it breaks where clocks differ",
        _APART,
        "Each side is compared with its own earlier timestamps alone; it was tcp_tw_recycle that mixed up clocks.",
    ),
    _claim(
        "tcp_tw_reuse",
        "what its default is not",
        _default("0"),
        "Its default is 2 since 4.18: on for loopback, off for everything else.",
        since=KernelVersion(4, 18),
    ),
    _claim(
        "tcp_tw_reuse_delay",
        "that it is the length of TIME_WAIT",
        r"(?:shorten|reduc|decreas|缩短)[^.;。]{0,40}" + TIME_WAIT,
        _LASTS,
        state=True,
    ),
    _claim(
        "tcp_max_tw_buckets",
        "what its default is not",
        r"(?:default|默认|缺省)[^.;。\n]{0,20}(?<!\d)180?[ ,]?000(?!\d)",
        "Its default is half the size of the established hash, so it depends on the memory.",
        since=KernelVersion(2, 6, 35),
    ),
    _claim(
        "tcp_max_tw_buckets",
        "that connections that wait already are removed",
        rf"(?:oldest|existing|all)[^.;]{{0,30}}{TIME_WAIT}[^.;]{{0,30}}(?:evict|destroy|clear|remov|reset|drop)"
        rf"|(?:evict|destroy|clear|remov|reset|drop)\w*\s+(?:the\s+)?(?:oldest|existing|all)[^.;]{{0,20}}{TIME_WAIT}"
        rf"|(?:所有|全部|最[旧老早])的?[^。；]{{0,12}}{TIME_WAIT}[^。；]{{0,16}}(?:重置|清除|释放|关闭|删除|销毁)"
        rf"|(?:重置|清除|释放|删除|销毁)[了掉]?(?:所有|全部)[^。；]{{0,6}}{TIME_WAIT}",
        "Beyond the limit new TIME_WAIT sockets are not made; those that exist stay.",
        state=True,
    ),
    _claim(
        "tcp_max_tw_buckets",
        "that the kernel's log tells of an overflow",
        r"\bwarnings?\b[^.;]{0,20}(?:print|log|issu|emit)|(?:print|log|issu|emit)\w*[^.;]{0,16}\bwarning"
        r"|(?:打印|输出|产生|显示)[^。；，,]{0,6}(?:警告|告警)|bucket table overflow",
        "There has been no message since 2.6.37: TCPTimeWaitOverflow in /proc/net/netstat counts it.",
        since=KernelVersion(2, 6, 37),
    ),
    _claim(
        "tcp_max_tw_buckets",
        "that it reduces TIME_WAIT",
        _LESS,
        _NONE_LEFT,
        state=True,
    ),
    _claim(
        "tcp_max_tw_buckets",
        "that lowering it cures TIME_WAIT",
        rf"\b(?:lower|decreas|reduc|small)\w*\s+(?:this|it|the value|value)\b[^.;]{{0,16}}"
        rf"(?:get(?:ting)? rid of|cure|fix|solv\w+|avoid|prevent|against)[^.;]{{0,20}}{TIME_WAIT}"
        rf"|\bget(?:s|ting)? rid of[^.;]{{0,20}}{TIME_WAIT}",
        _NONE_LEFT,
        state=True,
    ),
    _claim(
        "tcp_tw_recycle",
        "that it is safe",
        r"\b(?:safe(?:ly)?|harmless|no (?:risk|harm|side))\b"
        r"|(?<!不)(?<!不够)(?<!不太)安全(?!性|设置|配置|加固|相关|优化|选项|参数|组|策略|防护|基线)",
        "It dropped connections of clients behind NAT, and is gone since 4.12.",
    ),
    _claim(
        "tcp_timestamps",
        "that timestamps tell the uptime",
        r"up-?time|boot time|(?:leak|reveal|disclos|expos)\w*\s+(?:the\s+)?system time|运行时间|启动时间|开机时间",
        "Since 4.10 the kernel begins them at a random number for each connection, so that they tell no uptime.",
        since=KernelVersion(4, 10),
        values=(0, 1),
    ),
    _claim(
        "tcp_timestamps",
        "that 0 protects against sequence numbers that wrap",
        r"^(?!.*(?:timestamp|时间戳)).*\bprotect\w*\s+(?:against|from)\s+wrapp",
        "Timestamps are this protection (PAWS), and 0 switches it off.",
        values=(0,),
    ),
    _claim(
        "tcp_timestamps",
        "that timestamps let old segments in",
        r"时间戳[^。；]{0,12}接受[^。；]{0,6}异常",
        "By timestamps the kernel finds such segments, and drops them.",
    ),
    _claim(
        "tcp_timestamps",
        "that it breaks where clocks differ",
        rf"^(?!.*recycle)(?:.*(?:{_APART}))",
        "A connection's timestamps are compared with earlier ones of the same connection alone.",
    ),
    _claim(
        "tcp_timestamps",
        "that it shortens TIME_WAIT",
        _LASTS_LESS,
        _LASTS,
        state=True,
    ),
    # With reuse beside them there are indeed fewer; "reduce TIME_WAIT" may say that.
    _claim("tcp_timestamps", "that it shortens TIME_WAIT", _SHORTER, _LASTS, values=(0,), state=True),
    _claim(
        "tcp_timestamps", "that it shortens TIME_WAIT", _SHORTER, _LASTS, unless="net.ipv4.tcp_tw_reuse", state=True
    ),
    _claim(
        "tcp_timestamps",
        "that it is about ICMP timestamps",
        r"^(?!.*\bTCP[\s_]+timestamp).*\bICMP\b[^.;]{0,12}timestamp",
        "It is about an option of TCP; what answers ICMP timestamp requests does not ask for it.",
    ),
    _claim(
        "tcp_orphan_retries",
        "that it governs connections that a process holds",
        r"(?:established|active|all|live)\s+connection|活动连接|非孤儿",
        "It governs orphans alone: connections that no process holds any more.",
    ),
    *(_claim(key, "that it shortens TIME_WAIT", _SHORTER, _LASTS, state=True) for key in _KEEPALIVE),
    *(
        _claim(
            key,
            "that it is for every connection",
            r"(?:even|also)\s+(?:\w+\s+){0,3}without[^.;]{0,30}SO_KEEPALIVE|no SO_KEEPALIVE (?:is )?needed"
            r"|(?:无需|不需要|没有)[^。；，]{0,6}SO_KEEPALIVE[^。；]{0,4}也",
            "Only connections whose program asks for it with SO_KEEPALIVE are probed.",
        )
        for key in _KEEPALIVE
    ),
    _claim(
        "tcp_rfc1337",
        "that it shortens TIME_WAIT",
        r"(?:shorten|reduc\w* the (?:time|length)|缩短)[^.;。]{0,40}" + TIME_WAIT,
        _LASTS,
        state=True,
    ),
    _claim(
        "tcp_mem",
        "that the numbers are bytes",
        r"^(?!.*(?:\bpages?\b|页)).*(?:\bin bytes\b|字节)",
        "The numbers are pages of memory.",
    ),
    _claim(
        "tcp_syncookies",
        "what its default is not",
        _default("0"),
        "It is on by default on every kernel since 2.6.32.",
        since=KernelVersion(2, 6, 32),
    ),
    _claim(
        "tcp_syncookies",
        "that every SYN is answered with a cookie",
        r"cookies? (?:for|to|on|with) (?:every|each|all) SYN|(?:每个|所有)的?\s?SYN[^。；，]{0,12}cookie",
        "With 1 a cookie is sent only when the queue of half-open requests is full; 2 sends one for each.",
        values=(1,),
    ),
    _claim(
        "tcp_retries2",
        "that it is a number of retransmissions",
        r"\bexactly\s+\d+\s+(?:\w+\s+)?(?:re-?transmi|retr(?:y|ies)|times)",
        "The kernel makes a time of it, as if the retransmission timer doubled so often, and gives up after that time.",
    ),
    *(
        _claim(
            key,
            "that the core's limit bounds it",
            r"(?:\b(?:must|should|may|can)\s?(?:not|n.t)\s+(?:exceed|be (?:larg|great|high|bigg)|go (?:above|beyond))"
            r"|\b(?:must|should) be (?:less|smaller|lower|at most|below|<=?)|(?<!not )\b(?:limited|capped|bounded) by)"
            rf"[^;]{{0,24}}{key[4]}mem_max",
            f"The kernel's own tuning of buffers goes up to this; {key[4]}mem_max bounds what programs ask for.",
        )
        for key in ("tcp_rmem", "tcp_wmem")
    ),
    Claim(
        "net.netfilter.nf_conntrack_tcp_timeout_time_wait",
        "that sockets leave TIME_WAIT sooner",
        r"^(?!.*(?:conn(?:ection)?[\s_-]?track|\btrack|\bentr(?:y|ies)|\bnat\b|table|跟踪|条目|表)).*"
        rf"(?:{TIME_WAIT}\s*sockets?\b[^.;]{{0,30}}(?:go away|gone|clos|releas|free|faster|sooner|after|less)"
        rf"|(?:shorten|reduc|decreas|free|releas|clos|clear)\w*[^.;]{{0,30}}{TIME_WAIT}\s*sockets?\b"
        rf"|(?:缩短|减少)[^。；]{{0,12}}{TIME_WAIT})",
        "It is how long connection tracking remembers such a connection; the socket itself is in TIME_WAIT for 60 s.",
        state=True,
    ),
    _claim(
        "ip_local_port_range",
        "what its default is not",
        r"(?:default|默认|缺省)[^.;。]{0,24}(?<!\d)32768\D{1,8}61000(?!\d)",
        "Its default is 32768 60999 since 4.2.",
        since=KernelVersion(4, 2),
    ),
    Claim(
        "fs.file-max",
        "that it limits one process",
        r"^(?!.*(?:system|kernel|global|ulimit|nofile|nr_open|limits\.conf|all process|系统|全局|内核|所有进程|总))"
        r".*(?:\b(?:per|each|one|single|a|every)[\s-]process\b|(?:单个|每个|一个|单)\w{0,8}进程|表示进程)",
        "It is what the whole host may open; a process is limited by RLIMIT_NOFILE.",
    ),
)
"""The claims; those of one parameter in the order in which the first that fits is told."""
