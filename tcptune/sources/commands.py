"""Files that hold shell commands behind something else: Dockerfiles, Makefiles, systemd units, ifupdown, kickstart."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import PurePosixPath

from tcptune.model.late import late
from tcptune.model.setting import Setting
from tcptune.sources import shell
from tcptune.sources.base import LONGEST_COMMENT, SECTIONS, Comment, Problem, Reading, Text
from tcptune.sources.hints import IMAGES, PIPELINE
from tcptune.sources.shell_lexer import lex
from tcptune.sources.shell_modules import loaded
from tcptune.sources.shell_words import PRINTERS, program, strip_prefixes

NAME = "commands"

_DOCKER = late(r"^\s*(?:ONBUILD\s+)?(?:RUN|CMD|ENTRYPOINT|(?=(?:COPY|ADD)\s+<<))\s*(?:--\S+\s+)*", re.IGNORECASE)
_UNIT = late(
    r"^[ \t]*(?:Exec(?:Condition|Start|StartPre|StartPost|Stop|StopPre|StopPost|Reload|ReloadPost)\s*=\s*[-@:+!|]*\s*"
    r"|Environment\s*=\s*(?=[^\n]{0,400}--sysctl))"
)
"""systemd takes blanks off both ends of a line before it looks for the name (`parse_line` of its conf-parser)."""

_LEFT_OUT = {_DOCKER: ("#",), _UNIT: ("#", ";")}
"""The signs that make a line between the lines of one command a comment, which a build and systemd leave out."""
_MAKE = late(r"^\t\s*[@+-]*")
_MAKEFILE = re.compile(r"(?:.*[_.-])?(?:GNU)?[Mm]akefile(?:\.am|\.in)?")
_IMAGE = re.compile(r"(?:.*[_.-])?(?:docker|container|earth)file", re.IGNORECASE)
_HOOK = late(r"^\s*(?:pre-up|up|post-up|down|pre-down|post-down)\s+")
_INTERFACE = late(r"^[ \t]*iface[ \t]+\S[^\n]{0,80}?[ \t](?:inet6?|can)\b", re.MULTILINE)
_STOPS = late(r"\s*(?:ExecStop(?:Pre|Post)?\s*=|(?:post-|pre-)?down\s)")
"""What is run when a unit or an interface goes: it takes back what was set, and is no duplicate of it."""

_HEADS = {"make": late(r"[^\s#:=][^=:]*:(?!=)"), "hook": late(r"\s*(?:iface|mapping)\s")}
"""The lines that begin a target of a Makefile, and an interface."""

_LISTS = frozenset({"", ".conf", ".cfg", ".txt", ".interfaces", ".d", ".example", ".sample"})
"""How the names of ifupdown's lists of interfaces end."""

_SECTION = late(r"%(?:post|pre|pre-install|onerror|traceback)\b(?!.*--interpreter[= ]\S*(?:python|perl))")
_PRESEED = late(r"^\s*(?:d-i|ubiquity)\s+\S+/(?:late|early|success)_command\s+string\s+")
_INSTALLERS = frozenset({".ks", ".cfg", ".seed", ".preseed", ".txt", ""})
"""How the names of files end that an installer is given."""

_GROOVY = late(r"")
_ESCAPED = late(r"\\'([^'\\\n]*)\\'")
"""Groovy's own escapes of quotes, which the shell does not see; they are replaced by as many characters."""

_NOTE_LINE = late(r"^([ \t]*)//", re.MULTILINE)
_NOTE = late(r"^[ \t]*/\*(?:[^*]|\*(?!/))*\*/", re.MULTILINE)
"""Groovy's comments: on a line of their own, and over several."""

_MOST_ABOVE = 40
"""Lines of the comment above a command that are kept, the nearest ones."""

_OF_MAKE = late(r"\$\((\w+)\)")

_TRIPLE = late(r"\"{3}|'{3}")
_UNITS = (".service", ".socket", ".timer", ".target")


def claims(text: Text) -> bool:
    """Claim these files by name."""
    return _prefix(text) is not None


def _prefix(text: Text) -> re.Pattern[str] | None:
    name = text.rendered.name
    if name.lower().startswith(IMAGES) or _IMAGE.fullmatch(name):
        return _DOCKER
    if name.endswith(_UNITS) or (name.endswith(".conf") and "[Service]" in text.text and SECTIONS.match(text.text)):
        return _UNIT
    if _MAKEFILE.fullmatch(name) or PurePosixPath(name).suffix in (".mk", ".mak"):
        return _MAKE
    if text.rendered.suffix in _INSTALLERS and ("%post" in text.text or "_command string" in text.text):
        return _SECTION if any(line.startswith("%post") for line in text.lines) else _PRESEED
    listed = text.rendered.suffix in _LISTS or name.startswith("interfaces")
    if "iface" in text.text and listed and not text.text.startswith("#!"):
        return _HOOK if _INTERFACE.search(text.text) else None
    if PIPELINE in name or name.endswith(".groovy"):
        return _GROOVY
    return None


def read(text: Text) -> Reading:
    """Read the commands, each with its continuation lines."""
    prefix = _prefix(text)
    return Reading(NAME) if prefix is None else _read(text, prefix)


def read_unit(text: Text) -> Reading:
    """Read the commands of a systemd unit, whatever its name."""
    return _read(text, _UNIT)


def _read(text: Text, prefix: re.Pattern[str]) -> Reading:
    reading = Reading(NAME)
    if prefix is _GROOVY:
        plain = _NOTE.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), _NOTE_LINE.sub(r"\1# ", text.text))
        script = _ESCAPED.sub(r"$'\1' ", _TRIPLE.sub("   ", plain))
        reading.extend(shell.read(Text(text.path, script, text.origin)))
        return reading
    if prefix is _SECTION:
        reading.extend(shell.read(Text(text.path, "\n".join(_sections(text.lines)), text.origin)))
        return reading
    number = 0
    head, heads = 0, {_MAKE: _HEADS["make"], _HOOK: _HEADS["hook"]}.get(prefix)
    left_out = _LEFT_OUT.get(prefix, ())
    while number < len(text.lines):
        line = text.lines[number]
        head = number if heads is not None and heads.match(line) else head
        match = prefix.match(line)
        if match is None or not line.strip():
            number += 1
            continue
        rows = [(number, match.end(), _row(prefix, line[match.end() :]))]
        heredoc = re.search(r"<<-?\s*[\"']?(\w+)", line) if prefix is _DOCKER else None
        while rows[-1][2].endswith("\\") and number + 1 < len(text.lines):
            number += 1
            if not text.lines[number].lstrip().startswith(left_out):
                rows.append((number, 0, _row(prefix, text.lines[number])))
        while heredoc and number + 1 < len(text.lines):
            number += 1
            rows.append((number, 0, text.lines[number]))
            if text.lines[number].strip() == heredoc[1]:
                break
        number += 1
        part = text.part(rows)
        if prefix is _UNIT and (problem := _without_shell(part)) is not None:
            reading.problems.append(problem)
        elif "sysctl" in part.text.lower() or "/proc/sys" in part.text or "modprobe" in part.text:
            group = ((f"part{head}",) if heads else ()) + (("stop",) if _STOPS.match(line) else ())
            facts = frozenset({"undo"}) if _STOPS.match(line) else frozenset()
            reading.extend(shell.read(_unescaped(text, part, prefix), facts=facts, group=group))
    reading.settings = [loaded(_noted(text, setting), reading.modules) for setting in reading.settings]
    told = {comment.at.line for comment in reading.comments}
    for number, line in enumerate(text.lines):
        row = line.lstrip()
        if row[:1] == "#" and (at := text.at(number, len(line) - len(row))).line not in told:
            reading.comments.append(Comment(at, row, alone=True))
    return reading


def _row(prefix: re.Pattern[str], row: str) -> str:
    """Return a line as its program goes on from it: Docker forgives blanks behind the backslash."""
    return row.rstrip() if prefix is _DOCKER and row.rstrip()[-1:] == "\\" else row


_INTO = late(r"/proc/sys/\S|/etc/sysctl")
_NO_SHELL = (
    "systemd runs no shell: the sign and what follows are printed, and nothing is set.",
    "The words of an Exec line are handed to the program as they stand.",
    "write `sysctl -w key=value`, or hand the command to a shell: `/bin/sh -c '…'`",
)


def _without_shell(part: Text) -> Problem | None:
    """Return what is wrong with a unit's command that prints a value and means to redirect it, which takes a shell."""
    if not _INTO.search(part.text) or not any(sign in part.text for sign in ">|"):
        return None
    commands = lex(part.text).commands[:2]
    words, _ = strip_prefixes(commands[0].words) if commands else ([], frozenset())
    if not words or program(words) not in PRINTERS:
        return None
    into = [word for operator, word in commands[0].redirects if ">" in operator]
    into += [word for command in commands[1:] if commands[0].operator == "|" for word in command.words]
    for word in into:
        if _INTO.match(word.text) and not word.quoted:
            return Problem("TT001", "error", part.span(word.start, word.end), *_NO_SHELL)
    return None


def _noted(text: Text, setting: Setting) -> Setting:
    """Return a setting with the comment above its line, where it has none of its own."""
    if setting.comment or setting.key_at is None or text.origin is not None:
        return setting
    last = first = setting.key_at.line - 1
    while first and text.lines[first - 1].lstrip()[:1] == "#" and last - first < _MOST_ABOVE:
        first -= 1
    return replace(setting, comment="\n".join(text.lines[first:last])[-LONGEST_COMMENT:]) if first < last else setting


def _sections(lines: list[str]) -> list[str]:
    """Return the lines of a kickstart file's scripts at their places, and nothing for the others."""
    found, inside = [], False
    for line in lines:
        head = line.startswith("%")
        if head:
            inside = _SECTION.match(line) is not None
        found.append(line if inside and not head else "")
    return found


def _unescaped(text: Text, part: Text, prefix: re.Pattern[str]) -> Text:
    """Return the commands as the shell gets them: make's `$$` is one dollar, and `$(NAME)` a variable of make."""
    if prefix is _MAKE:
        return Text(part.path, _OF_MAKE.sub(r"${\1}", part.text.replace("$$", "$ ").replace("$ ", "$_")), part.origin)
    if prefix is _DOCKER and part.text.startswith("["):
        return Text(part.path, re.sub(r"[\[\],]", " ", part.text), part.origin)
    return part
