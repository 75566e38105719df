"""Parameters behind a word of another program: LXC's `lxc.sysctl.NAME = V`, the kernel's command line, tmpfiles.d.

The kernel itself takes `sysctl.NAME=V` on its command line, and systemd-tmpfiles writes what a line `w` says to a path.
"""

from __future__ import annotations

import re

from tcptune.model.late import late
from tcptune.model.setting import Setting
from tcptune.sources.base import Comment, Reading, Text, dotted, is_template
from tcptune.sources.yaml_walk import is_key

NAME = "prefixed"

_SUFFIXES = frozenset({"", ".conf", ".cfg", ".txt", ".config", ".wslconfig", ".grub", ".default", ".sample"})
_KEY = r"(?P<key>[a-z][\w-]{0,40}(?:[./][\w-]{1,80}){1,8})"
_LXC = late(rf"^[ \t]*lxc\.sysctl\.{_KEY}[ \t]*[=:][ \t]*(?P<value>\S[^\n]*)$", re.MULTILINE)
_BOOT = late(rf"sysctl(?<![\w.#-]sysctl)[./]{_KEY}=(?P<value>[^\s\"'\\]+)")
_FILE = late(
    r"^[ \t]*[wfF][-+!=~^$]*[ \t]+/proc/sys/(?P<key>[\w./-]+)(?:[ \t]+\S+){4}[ \t]+(?P<value>\S[^\n]*)$",
    re.MULTILINE,
)


def claims(text: Text) -> bool:
    """Claim files in which such a line stands."""
    if text.rendered.suffix not in _SUFFIXES or text.text.startswith("#!"):
        return False
    return any(form.search(text.text) for form in _forms(text))


def _forms(text: Text) -> list[re.Pattern[str]]:
    """Return what may stand in a text, told by the words in it."""
    words = ((_LXC, "lxc.sysctl."), (_BOOT, "sysctl"), (_FILE, "/proc/sys/"))
    return [form for form, word in words if word in text.text and (form is not _FILE or "tmpfiles" in text.path)]


def read(text: Text) -> Reading:
    """Read what the lines set; LXC's are of a container."""
    return _read(text, _forms(text))


def read_tmpfiles(text: Text) -> Reading:
    """Read what the lines for systemd-tmpfiles set, whatever the name of the file that they stand in."""
    return _read(text, [_FILE])


def _read(text: Text, forms: list[re.Pattern[str]]) -> Reading:
    reading = Reading(NAME)
    for number, line in enumerate(text.lines):
        bare = line.strip()
        if bare[:1] == "#":
            reading.comments.append(Comment(text.at(number, line.index("#")), bare, alone=True))
            continue
        for form in forms:
            for match in form.finditer(line):
                if is_key(match["key"]):
                    reading.settings.append(_setting(text, number, match, container=form is _LXC, path=form is _FILE))
    return reading


def _setting(text: Text, number: int, match: re.Match[str], *, container: bool, path: bool) -> Setting:
    spelled, raw = match["key"], match["value"].rstrip()
    start = match.start("value")
    return Setting(
        key=dotted(f"/{spelled}" if path else spelled),
        raw=raw,
        spelled=spelled,
        key_at=text.at(number, *match.span("key")),
        value_at=text.at(number, start, start + len(raw)),
        source=NAME,
        templated=is_template(raw),
        facts=frozenset({"shell", "container"} if container else {"shell"}),
    )
