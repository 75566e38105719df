"""A file's bytes as settings: encoding first, then its format, then what each value means."""

from __future__ import annotations

import re
from dataclasses import replace

from tcptune.catalog import parameter
from tcptune.catalog.read_only import TOLD
from tcptune.lint.hidden import invisible, unread
from tcptune.model.late import late
from tcptune.model.record import changed, dataclass
from tcptune.model.setting import Location, Setting
from tcptune.model.severity import Severity
from tcptune.rules.written import INVISIBLE, interpret
from tcptune.sources import detect
from tcptune.sources.base import Problem, Reading, Text

BYTE_ORDER_MARK = "The file begins with a byte order mark."
RETURNS = "The lines end in CRLF."
UNIX_ENDS = "save the file with the line ends of Unix"
TAKEN_OUT = "take the character out"

_WRITTEN_BY_THE_KERNEL = TOLD | {
    *("kernel.ns_last_pid", "kernel.tainted", "fs.dquot.lookups"),
    *("net.netfilter.nf_conntrack_count", "net.ipv4.tcp_available_congestion_control"),
}

_INTO = late(
    r"^[^#\n]*?(?:>|\btee[ \t]+(?:-\w+[ \t]+)?|\bsysctl[ \t]+(?:-[eq][ \t]+)?(?:-\w*p[ \t]*|--load[= ]))[ \t]*"
    r"[\"']?(?P<file>/(?:etc|run|usr/lib|usr/local/lib)/sysctl(?:\.conf|\.d/[^\s\"'|;&<>]{1,200})"
    r"|/proc/sys/[^\s\"'|;&<>]{1,200})[\"']?\r$",
    re.MULTILINE,
)
"""How a line of a script ends that writes or reads a file of the loaders."""

_MERGE = late(r"(?:<{7}|>{7}) \S")
"""How the two ends of a conflict are marked."""

_UTF16 = (b"\xff\xfe", b"\xfe\xff")

_ENOUGH = 3
"""Such keys in one file that show it to be a saved `sysctl -a`."""


_PER_COMMENT = 20
"""Settings for each comment that there are at least in what nobody wrote."""

_MANY = 50
_SEVERAL = late(r"\d+(?:\\t|\s)+\d")
"""Several numbers, which the kernel divides by tabs."""


_HIDDEN = late(rf"[ \t]*(?P<hidden>(?:{INVISIBLE.pattern})+)(?:\s|{INVISIBLE.pattern})*(?=[#;]|$)")
"""What stands before a comment or alone in a line, and is no blank to the loaders."""


@dataclass(frozen=True, slots=True)
class File:
    """One file that sets something: its text, what was read, and the problems of both."""

    path: str
    text: Text
    reading: Reading
    problems: tuple[Problem, ...]


def read(path: str, data: bytes, *, named: bool = False) -> File | None:
    """Read a file; None when it is binary or holds no settings in any known format."""
    if b"\0" in data[:8192] and not _is_conf(path):
        return None
    if data[:2] in _UTF16:
        return _utf16(path)
    decoded = data.decode("utf-8", "surrogateescape")
    text = Text(path, decoded)
    reading = detect.read(text)
    if reading is None:
        return None
    reading.settings = [meant(setting) for setting in reading.settings]
    if saved(reading.settings) and len(reading.comments) * _PER_COMMENT <= len(reading.settings):
        reading.settings = [replace(setting, facts=setting.facts | {"dump"}) for setting in reading.settings]
        if len({setting.raw for setting in reading.settings}) == 1:
            reading.settings = []  # A table of names: one mark stands beside each of them.
        reading.problems = [problem for problem in reading.problems if problem.rule == "TT007"]
    loader = reading.kind == "sysctl.d"
    problems = [*reading.problems]
    if loader or reading.settings:
        problems += encoding(text, data, loader=loader)
        if reading.kind == "shell" and b"\r\n" in data:
            why = "The shell takes the carriage return as part of a line's last word: of a value, or of a file's name."
            problems.append(_misnamed(text) or _returns(text, why))
        problems = [unseen(text, problem) for problem in problems] + invisible(text, reading.settings)
    if reading.kind == "yaml" and reading.settings and (bad := re.search("[\udc80-\udcff]", decoded)) is not None:
        why = "What reads YAML refuses a file that is not UTF-8 as a whole, also for a byte in a comment."
        place = text.span(bad.start(), bad.end())
        problems.append(Problem("TT007", "error", place, "This byte is no UTF-8.", why, "save the file as UTF-8"))
    if not loader and reading.settings and (b">>>>>>> " in data or b"<<<<<<< " in data):
        problems += merged(text, problems)
    if not loader and not decoded.isascii():
        problems += unread(text, reading.settings, problems)
    return File(path, text, reading, tuple(problems))


def _utf16(path: str) -> File:
    """Return what there is to say of a file in UTF-16, of which a loader reads no line."""
    message = "The file is in UTF-16: the loaders read UTF-8, and no line of it is set."
    problem = Problem("TT002", "error", Location(path), message, "Every second byte is a NUL to them.")
    return File(path, Text(path, ""), Reading("sysctl.d"), (problem,))


def saved(settings: list[Setting]) -> bool:
    """Tell whether somebody saved `sysctl -a`: what only the kernel writes, or many values as only it prints them."""
    if len(_WRITTEN_BY_THE_KERNEL.intersection(setting.key for setting in settings)) >= _ENOUGH:
        return True
    if len(settings) < _MANY:
        return False
    several = [setting.raw for setting in settings if _SEVERAL.match(setting.raw)]
    return len(several) >= _ENOUGH and all("\t" in raw or "\\t" in raw for raw in several)


def _is_conf(path: str) -> bool:
    return "sysctl" in path and path.endswith(".conf")


def meant(setting: Setting) -> Setting:
    """Return the setting with what its text means to the kernel, where the catalogue knows the parameter."""
    entry = parameter(setting.key)
    if entry is None or setting.templated or setting.facts & {"exclude", "glob"}:
        return setting
    raw = setting.raw
    if "typed" in setting.facts and raw.lower() in ("true", "false", "yes", "no", "on", "off"):
        raw = "1" if raw.lower() in ("true", "yes", "on") else "0"
    return changed(setting, value=interpret(entry, raw).value)


def merged(text: Text, told: list[Problem]) -> list[Problem]:
    """Return the marks of a merge that nobody finished, but where the file's parser has stopped already."""
    if any(problem.rule == "TT007" for problem in told):
        return []
    marks = [number for number, line in enumerate(text.lines) if _MERGE.match(line)]
    why = "What reads the file takes it for text of its own and fails there."
    said = "A merge that was not finished has left this mark."
    return [Problem("TT007", "error", text.at(number), said, why, "finish the merge") for number in marks]


def encoding(text: Text, data: bytes, *, loader: bool) -> list[Problem]:
    """Find what a loader stumbles over in the bytes: a BOM, NUL, bytes that are no UTF-8, CRLF."""
    found: list[Problem] = []
    if data.startswith(b"\xef\xbb\xbf") and loader:
        why = "Both loaders take the mark as part of the first key and lose that line."
        found.append(Problem("TT002", "error", text.at(0, 0, 1), BYTE_ORDER_MARK, why))
    if b"\0" in data and loader:
        place = _first(text, "\0")
        why = "procps drops the rest of the line, systemd-sysctl reads it as a line of its own."
        found.append(Problem("TT002", "error", place, "The file holds a NUL byte.", why))
    bad = re.search("[\udc80-\udcff]", text.text) if loader else None
    if bad is not None:
        line = text.offset(bad.start())[0]
        severity: Severity = "warning" if text.lines[line].lstrip()[:1] in ("#", ";") else "error"
        why = "It is not UTF-8: the key or value it stands in is not what it looks like."
        found.append(Problem("TT002", severity, text.span(bad.start(), bad.end()), "This byte is no UTF-8.", why))
    if b"\r\n" in data and loader:
        found.append(_returns(text, "Both loaders cut the carriage return off; other tools do not."))
    return found


def _misnamed(text: Text) -> Problem | None:
    """Find the first file of the loaders, or of a parameter, to whose name a script adds the carriage return."""
    match = _INTO.search(text.text)
    if match is None:
        return None
    why = "To the shell the carriage return is a part of the last word: no loader reads a file with such a name."
    if match["file"].startswith("/proc/"):
        why = "To the shell the carriage return is a part of the last word, and no parameter has such a name."
    at = text.span(match.start("file"), match.end("file"))
    message = f"The name of this file ends in a carriage return: {match['file']}."
    return Problem("TT002", "error", at, message, why, UNIX_ENDS)


def _returns(text: Text, why: str) -> Problem:
    line = next(index for index, row in enumerate(text.text.split("\n")) if row.endswith("\r"))
    return Problem("TT002", "note", text.at(line), RETURNS, why)


def unseen(text: Text, problem: Problem) -> Problem:
    """Return the problem of a line that is blank or a comment to the eye as one of the characters that hide in it."""
    if problem.rule != "TT001":
        return problem
    line = text.lines[problem.at.line - 1]
    match = _HIDDEN.match(line)
    if match is None:
        return problem
    at = replace(problem.at, column=match.start("hidden") + 1, end_column=match.end("hidden") + 1)
    what = "before this comment" if line[match.end() :] else "in this empty line"
    message = f"An invisible character (U+{ord(match['hidden'][0]):04X}) stands {what}."
    why = "The loaders take the line for an assignment that is none: systemd-sysctl ends with 1, procps warns."
    return replace(problem, rule="TT002", at=at, message=message, why=why, remedy=TAKEN_OUT)


def _first(text: Text, character: str) -> Location:
    index = text.text.index(character)
    return text.span(index, index + 1)
