"""PowerShell: files for the loaders and scripts of Linux that it holds in here-strings, writes, or runs elsewhere.

What it shows with `Write-Host` and its like sets nothing, nor do comments and tests.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from tcptune.model.late import late
from tcptune.sources import shell, sysctl_conf, user_data
from tcptune.sources.base import Comment, Reading, Text, pure
from tcptune.sources.shell_names import plainly_sets
from tcptune.sources.shell_scripts import sets

NAME = "powershell"

_HERE = late(r"@(?P<quote>[\"'])[ \t]*\r?\n")
_TELLS = late(
    r"\b(?:Write-(?:Host|Verbose|Warning|Error|Information|Debug|Log\w*)|throw|Should)\b"
    r"|-(?:Message|Description|Prompt|Title|Because)\b",
    re.IGNORECASE,
)
"""What shows a text, or compares it."""

_PRINTS = late(r"(?:^|[;{(=])[ \t]*(?:echo|Write-Output)\b(?![^\n]*\|)", re.IGNORECASE)
"""What prints a text, and hands it on to nobody."""

_SPEAKS = late(r"\$\w*(?:help|usage|message|expected|sample|example|descr|doc|note|banner)\w*\s*=", re.IGNORECASE)
"""Variables with a text for people."""

_REMOTE = late(
    r"(?:^|[=;|&({])[ \t]*(?P<command>"
    r"(?:wsl|ssh|plink|docker|podman|kubectl|vagrant|multipass|bash|sudo)(?:\.exe)?[ \t][^\n]*)",
    re.IGNORECASE,
)
"""Commands that run another one under Linux."""

_YAML = late(r"^(?:services|apiVersion|machine):", re.MULTILINE)
"""What stands at the beginning of a line in a compose file, in an object of Kubernetes and in Talos' configuration."""

_STRING = late(r"\"((?:[^\"`\n]|`.)*)\"|'([^'\n]*)'")
_INTO = late(
    r"\b(?:Out-File|(?:Add|Set)-Content|New-Item|WriteAll(?:Text|Lines)|AppendAll(?:Text|Lines)|tee|Tee-Object)\b|>>?",
    re.IGNORECASE,
)
_LOADERS = late(r"etc[\\/]sysctl(?:\.conf|\.d[\\/][^\s\"'\\/]{1,80}\.conf)\b")
"""A file of the loaders, in a folder of either system."""

_LIST = late(r"@\((?P<list>[^()]{1,4000})\)\s*\|\s*[^\n]{1,300}")
_LINE = late(r"[ \t]*-?[A-Za-z][\w-]*(?:[./][\w*-]+)+[ \t]*=")
_ENDS = late(r"`r`n|`n|\Z")
_TESTS = late(r"\.Tests\.ps1$", re.IGNORECASE)


def claims(text: Text) -> bool:
    """Claim scripts and modules by name."""
    return pure(text.path).suffix.lower() in (".ps1", ".psm1")


def read(text: Text) -> Reading:
    """Read here-strings, commands for another host, and lines that are put into files of the loaders."""
    reading = Reading(NAME)
    if _TESTS.search(text.path):
        return reading
    covered: set[int] = set()
    at = text.text.find("<#")
    while at >= 0 and (end := text.text.find("#>", at)) >= 0:
        covered.update(range(text.offset(at)[0], text.offset(end)[0] + 1))
        at = text.text.find("<#", end)
    for head, rows, expands in _here_strings(text, covered):
        covered.update(number for number, _, _ in rows)
        if rows and not any(shows.search(head) for shows in (_TELLS, _SPEAKS, _PRINTS)):
            found = _whole(text.part([(number, column, _told(row, expands)) for number, column, row in rows]))
            group = (f"text{rows[0][0]}",)
            found.settings = [replace(one, group=(*group, *one.group)) for one in found.settings]
            reading.extend(found)
    for number, line in enumerate(text.lines):
        if number in covered:
            continue
        if line.lstrip()[:1] == "#":
            start = line.index("#")
            reading.comments.append(Comment(text.at(number, start), line[start:], alone=True))
        elif ("sysctl" in line or "/proc/sys/" in line) and not _TELLS.search(line):
            _line(text, number, line, reading)
    _lists(text, covered, reading)
    return reading


def _here_strings(text: Text, notes: set[int]) -> Iterator[tuple[str, list[tuple[int, int, str]], bool]]:
    """Yield for each here-string the line that it begins on, its own lines, and whether variables are filled in."""
    at = 0
    while (match := _HERE.search(text.text, at)) is not None:
        at = match.end()
        first = text.offset(match.start())[0]
        quote = match["quote"]
        end = text.text.find(f"\n{quote}@", match.end() - 1)
        if end < 0:
            return
        head = text.lines[first]
        if first in notes or head.lstrip()[:1] == "#":
            continue
        last = text.offset(end)[0]
        yield head, [(number, 0, text.lines[number]) for number in range(first + 1, last + 1)], quote == '"'
        at = end


def _told(row: str, expands: bool) -> str:
    """Return a line as it comes out, of as many characters: a sign behind a backquote is no variable of PowerShell."""
    if not expands or "`" not in row:
        return row
    return re.sub(r"`\$(\{?)(?=\w)", r"$\1_", re.sub(r"`([\"'$])(?!\{?\w)", r" \1", row))


def _whole(part: Text) -> Reading:
    """Read a here-string in the format that it looks like."""
    if sysctl_conf.looks(part):
        return sysctl_conf.read(part)
    if (form := user_data.reader(part.text)) is not None:
        return form(part)
    if _YAML.search(part.text):
        from tcptune.sources import yaml_source

        found = yaml_source.read(part)
        found.problems = [problem for problem in found.problems if problem.rule != "TT007"]
        return found
    if plainly_sets(part.text) or sets(part.text):
        return shell.read(part)
    return Reading(NAME)


def _line(text: Text, number: int, line: str, reading: Reading) -> None:
    """Read what a line runs elsewhere, or puts into a file of the loaders."""
    if _LOADERS.search(line) and _INTO.search(line) and (rows := list(_rows(text, number, line))):
        reading.extend(sysctl_conf.read(text.part(rows)))
        return
    if (remote := _REMOTE.search(line)) is not None:
        reading.extend(shell.read(text.part([(number, remote.start("command"), remote["command"])])))
        return
    for match in _STRING.finditer(line) if _PRINTS.search(line) is None else ():
        index = 1 if match[1] is not None else 2
        if sets(match[index]):
            row = _told(match[index], expands=index == 1)
            reading.extend(shell.read(text.part([(number, match.start(index), row)])))


def _rows(text: Text, number: int, line: str, start: int = 0, end: int | None = None) -> Iterator[tuple[int, int, str]]:
    """Yield the assignments in the texts in quotes on a line, each with the place where it begins."""
    for match in _STRING.finditer(line, start, len(line) if end is None else end):
        index = 1 if match[1] is not None else 2
        at = 0
        for stop in _ENDS.finditer(match[index]):
            row = match[index][at : stop.start()]
            if _LINE.match(row):
                yield number, match.start(index) + at, row
            at = stop.end()


def _lists(text: Text, covered: set[int], reading: Reading) -> None:
    """Read the lists over several lines that are put into a file of the loaders."""
    for match in _LIST.finditer(text.text) if "@(" in text.text else ():
        first, last = text.offset(match.start("list"))[0], text.offset(match.end("list"))[0]
        if first == last or first in covered or not (_LOADERS.search(match[0]) and _INTO.search(match[0])):
            continue
        lines = [number for number in range(first, last + 1) if text.lines[number].lstrip()[:1] != "#"]
        rows = [row for number in lines for row in _rows(text, number, text.lines[number])]
        reading.extend(sysctl_conf.read(text.part(rows)))
