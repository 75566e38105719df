"""Lines of other programs that run a command: wg-quick, ifupdown, cron, udev, supervisord, modprobe.d, Procfiles.

What such a line runs is read as shell, each line by itself; what is run when an interface goes takes back what was set,
and is no duplicate of it.
"""

from __future__ import annotations

import re

from tcptune.model.late import late
from tcptune.model.record import dataclass
from tcptune.sources import shell
from tcptune.sources.base import Reading, Text

NAME = "hook"


@dataclass(frozen=True, slots=True)
class Kind:
    """Files of one program: what is in each, how their paths look, and a line whose group `run` is a command.

    Its group `stop`, where it has one, tells a command that is run at the end.
    """

    word: str
    path: re.Pattern[str]
    line: re.Pattern[str]


_TIMES = r"(?:@[a-z]+|(?:[\w*/,-]+[ \t]+){4}[\w*/,-]+)[ \t]+"
"""When cron runs a command."""

_USER = r"(?:(?:root|\{\{[^{}\n]*\}\})[ \t]+)?"
"""Whom cron runs it as, where the table says so."""

KINDS = (
    Kind(
        "[Interface]",
        late(r"(?:\.conf|(?:^|/)[^/.]*)$"),
        late(r"^[ \t]*P(?:re|ost)(?:Up|(?P<stop>Down))[ \t]*=[ \t]*(?P<run>\S.*)", re.MULTILINE),
    ),
    Kind(
        "",
        re.compile(r"(?:^|/)cron\.d/[^/]+$"),
        late(rf"^[ \t]*{_TIMES}\S+[ \t]+(?P<run>\S.*)", re.MULTILINE),
    ),
    Kind(
        "",
        re.compile(r"(?:^|[/._-])cron(?:tabs?(?:/[^/]+|[^/]*)|[^/]*)$"),
        late(rf"^[ \t]*{_TIMES}{_USER}(?P<run>\S.*)", re.MULTILINE),
    ),
    Kind(
        "RUN",
        late(r"\.rules$"),
        late(r"^[^#\n]*?\bRUN(?:\{program\})?[ \t]*[+:]?=[ \t]*\"(?P<run>[^\"\n]*)\"", re.MULTILINE),
    ),
    Kind(
        "",
        re.compile(r"(?:^|/)network/interfaces(?:\.d/[^/]+)?$"),
        late(r"^[ \t]*(?:(?:pre-|post-)?up|(?P<stop>(?:pre-|post-)?down))[ \t]+(?P<run>\S.*)", re.MULTILINE),
    ),
    Kind("command", late(r"\.(?:conf|ini)$"), late(r"^[ \t]*command[ \t]*=[ \t]*(?P<run>\S.*)", re.MULTILINE)),
    Kind(
        "modprobe",
        late(r"(?:^|/)modprobe\.d/[^/]+$"),
        late(r"^[ \t]*(?:install|(?P<stop>remove))[ \t]+[\w-]+[ \t]+(?P<run>\S.*)", re.MULTILINE),
    ),
    Kind(
        ":",
        late(r"(?:^|/)inittab(?:\.[\w-]+)?$"),
        late(r"^[^#:\n]*:[^:\n]*:(?!(?:off|shutdown|ctrlaltdel|power\w+)\b)(?:[a-z]+:)?(?P<run>\S.*)", re.MULTILINE),
    ),
    Kind(":", late(r"(?:^|/)Procfile[^/]*$"), late(r"^[\w-]+:[ \t]*(?P<run>\S.*)", re.MULTILINE)),
)

_TELLS = ("sysctl", "/proc/sys/")


def claims(text: Text) -> bool:
    """Claim files of these programs in which a command sets a parameter."""
    return runs(str(text.rendered), text.text)


def runs(path: str, content: str) -> bool:
    """Tell whether a file at this path with this content runs a command that sets a parameter."""
    if not _telling(content):
        return False
    return any(_telling(match["run"]) for kind in _kinds(path, content) for match in kind.line.finditer(content))


def _kinds(path: str, content: str) -> list[Kind]:
    return [kind for kind in KINDS if kind.word in content and kind.path.search(path)]


def read(text: Text) -> Reading:
    """Read what the commands set."""
    return read_as(text, str(text.rendered))


def read_as(text: Text, path: str) -> Reading:
    """Read the content of a file that stands at a path, or is written there."""
    reading = Reading(NAME)
    for kind in _kinds(path, text.text):
        for match in kind.line.finditer(text.text):
            if _telling(match["run"]):
                line, column = text.offset(match.start("run"))
                # wg-quick fills the interface's name in.
                command = match["run"].rstrip("\r").replace("%i", "$i")
                stops = "stop" in kind.line.groupindex and match["stop"] is not None
                group = ("stop",) if stops else ()
                reading.extend(shell.read(text.part([(line, column, command)]), group=group))
    return reading


def _telling(command: str) -> bool:
    return any(word in command for word in _TELLS)
