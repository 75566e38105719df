"""Scripts and files that stand as texts inside of Puppet, Chef, Terraform and Nix: in quotes and in here-documents.

A start-up script of a machine, the command of an `exec`, the content of a file below /etc/sysctl.d: each is read in its
own format, with its places in the file around it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import replace

from tcptune.model.late import late
from tcptune.sources import destinations, shell, sysctl_conf, terraform_written, user_data
from tcptune.sources.base import Reading, Text

_BEGINS = late(r"<<[-~]?[ \t]*[\"']?([A-Za-z_]\w*)[\"']?[^\n<]{0,80}$|@\([\"']?([A-Za-z_]\w*)[\"']?[^)\n]{0,20}\)")
_END = late(r"\s*\|?\s*-?\s*([A-Za-z_]\w*)\s*")
_TELLS = late(r"sysctl|/proc/sys/|net\.(?:ipv[46]|core|netfilter|bridge|unix|nf_conntrack)")
_YAML = late(
    r"\s*#cloud-config|\s*[\[{]\s*[\[{\"]"
    r"|\s?(?:[ \t]*(?:#(?!!)[^\n]*|%\{[^\n]*)?\n){0,99}"
    r"(?:---|(?:write_files|runcmd|bootcmd|apiVersion|machine|kind):"
    r"|[ \t]*-[ \t]+(?:path|content|owner|permissions|encoding|append|defer)[ \t]*:(?:\s|$))"
)
"""How manifests and cloud-configs begin, and lists of files that are put into one elsewhere."""

_STRING = late(r"\"((?:[^\"\\\n]|\\.)*)\"|'((?:[^'\\\n]|\\.)*)'")
_NAME = r"(?:[\w./*-]|[$#%]?\{[^{}\n]{0,80}\}|\$\w|\\?[\"'](?!\s)){1,200}"
"""A parameter, in part or as a whole filled in."""

_RUNS = late(
    r"(?:\b|(?<=\\n))sysctl[\"']?(?:\s+|=)(?:(?:-[\w-]+|\\)\s+)*" + _NAME + r"\s?="
    r"|>\s*[\"']?/proc/sys/|tee\s+(?:-a\s+)?[\"']?/(?:proc/sys/|etc/sysctl)|>\s*[\"']?/etc/sysctl"
)
_TOLD = late(r"\b(?:description|summary|message|error_message|notice|fail|warning|puts|log|title|doc)\b[^\n\"']{0,9}$")
_PERCENT = late(r"%[qQ]?(?:\(([^()]*)\)|\{([^{}]*)\}|\[([^\[\]]*)\]|<([^<>]*)>|\|([^|]*)\|)")
"""Ruby's texts between brackets, which may have several lines."""

_FILLED = late(r"[#$%]\{")
"""How Ruby, Puppet and Terraform fill something in."""

_NEAR = 60
"""Characters before a text in quotes that tell what it is for."""

_FAR = 300
"""Characters before a long text of Nix that tell what it is for."""

_PROGRAM = late(
    r"\$\{[^{}\n]{0,80}\bgetExe'[^{}\n\"]{0,80}\"sysctl\"[^{}\n]{0,9}\}"
    r"|[$#]\{[\w.@-]{0,40}?[sS]ysctl(?:_?[bB]in|_?[cC]md|_?[pP]ath|_?[eE]xe)?\}(?=[\"']?\s+[\w\"'$#-])"
    r"|#\{[^{}\n]{0,80}\}/(?:s?bin/)?sysctl(?=\s)"
)
"""How Nix, Ruby, Puppet and Terraform spell where the program is: filled in, or in a folder that is."""

_PART = late(r"(?<=[\w./-])#\{([^{}\n]{1,80})\}(?=[\w./-]{0,80}=)")
_SIGN = late(r"[^\w.]")
_FAMILY = late(r"(?:[ \t]*(?:[#;][^\n]*)?\n){0,99}[ \t]*(?:vm|kernel|fs)[.][\w.-]+[ \t]*=[ \t]*[\"'\w-]")
"""How a text for sysctl.d begins that has no name in it which tells by itself."""

_SPEAKS = late(r"\b(?:example|\w*[dD]escription|literal\w*|meta\.\w+)\s*=?\s*(?:[\w.]+\s+)?''$")
_WRITTEN = late(r"sysctl(?:\.d/|\.conf)[^;]*''$")
_CONTENT = late(r"\b(?:content|line)\s*(?:=>|=|\()?\s*$")
_LINE = late(r"\b(?:content|line)\s*(?:=>|=|\()\s*[\"'](?:vm|kernel|fs)[.][\w.-]+[ \t]*=")
_TESTS = late(r"(?:^|/)(?:spec|test|tests)/|_spec\.rb$")


def read(text: Text, *, apart: bool = False) -> tuple[Reading, set[int]]:
    """Return what the texts inside of a file set, and the lines (from 0) of its here-documents.

    With `apart` each here-document is a group of its own.
    """
    reading = Reading("inside")
    covered: set[int] = set()
    if not _TELLS.search(text.text) or _TESTS.search(text.path):
        return reading, covered
    for rows in _heredocs(text):
        covered.update(number for number, _, _ in rows)
        found = Reading("inside")
        part = text.part([(number, column, _plain(row)) for number, column, row in rows])
        _whole(part, found, text, destinations.above(text, rows[0][0] - 1))
        apiece = f"text{rows[0][0]}"
        if apart:
            found.settings = [replace(one, group=(apiece, *one.group)) for one in found.settings]
        else:  # A file or program of its own, and yet in force with the others
            found.settings = [replace(one, store=f"{apiece} {one.store}") for one in found.settings]
        reading.extend(found)
    for number, line in enumerate(text.lines):
        if number in covered or line.lstrip()[:1] == "#":
            continue
        if _TELLS.search(line) or ("=" in line and _LINE.search(line)):
            _strings(text, number, _plain(line), reading)
    return reading, covered


def between_brackets(text: Text, reading: Reading, *, apart: bool = False) -> None:
    """Take the commands in Ruby's `%q(…)`; with `apart` each text is a group of its own."""
    for match in _PERCENT.finditer(text.text) if "%" in text.text else ():
        index = next(index for index in range(1, 6) if match[index] is not None)
        line, column = text.offset(match.start(index))
        code = text.lines[line][: max(0, column - len(match[0]) + len(match[index]))]
        inner = _plain(match[index])
        if not _RUNS.search(inner) or "#" in code or _TOLD.search(code[-_NEAR:]):
            continue
        rows = enumerate(inner.split("\n"))
        found = Reading("inside")
        _whole(text.part([(line + at, 0 if at else column, row) for at, row in rows]), found, text)
        if apart:
            found.settings = [replace(one, group=(f"text{line}", *one.group)) for one in found.settings]
        reading.extend(found)


def _heredocs(text: Text) -> Iterator[list[tuple[int, int, str]]]:
    """Yield the lines of each here-document without what they are all indented by."""
    number = 0
    ends: dict[str, list[int]] = {}
    for at, line in enumerate(text.lines):
        if (end := _END.fullmatch(line)) is not None:
            ends.setdefault(end[1], []).append(at)
    while number < len(text.lines):
        line = text.lines[number]
        begin = _BEGINS.search(line) if "<<" in line or "@(" in line else None
        number += 1
        if begin is None or line.lstrip()[:1] == "#":
            continue
        lasts = ends.get(begin[1] or begin[2], [])
        place = bisect_left(lasts, number)
        if place == len(lasts):
            continue  # No such text begins here: Ruby puts something at the end of a list.
        last = lasts[place]
        rows = text.lines[number:last]
        indent = min((len(row) - len(row.lstrip()) for row in rows if row.strip()), default=0)
        if rows:
            yield [(number + at, min(indent, len(row)), row[indent:]) for at, row in enumerate(rows)]
        number = last + 1


def _whole(part: Text, reading: Reading, around: Text, path: str = "") -> None:
    """Read a whole text in the format of the file at `path` that it is for, or that it looks like."""
    if destinations.for_people(path) or not (_TELLS.search(part.text) or _FAMILY.match(part.text)):
        return
    if (by_path := destinations.reader(path, part)) is not None:
        found = by_path(part)
        found.problems = [problem for problem in found.problems if problem.rule != "TT007"]
    elif _YAML.match(part.text):
        from tcptune.sources import yaml_source

        found = yaml_source.read(part)
        found.problems = [problem for problem in found.problems if problem.rule != "TT007"]
    elif sysctl_conf.looks(part):
        found = sysctl_conf.read(part)
    elif (form := user_data.reader(part.text)) is not None:
        found = form(part)
    elif terraform_written.reads(part, around):
        found = terraform_written.read(part)
    else:
        found = shell.read(part)
    reading.extend(_filled(found))


def _filled(found: Reading) -> Reading:
    """Return what was read; what the language around fills in is no value yet, whatever the quotes inside say."""
    found.settings = [
        replace(one, templated=True) if _FILLED.search(one.raw + one.spelled) else one for one in found.settings
    ]
    return found


def _strings(text: Text, number: int, line: str, reading: Reading) -> None:
    """Read the commands that stand in quotes on a line, and the lines of a file that do."""
    for match in _STRING.finditer(line):
        inner, start = (match[1], match.start(1)) if match[1] is not None else (match[2], match.start(2))
        before = line[max(0, match.start() - _NEAR) : match.start()]
        if not (_TELLS.search(inner) or _FAMILY.match(inner)) or _TOLD.search(before):
            continue
        if _CONTENT.search(before):
            part = text.part(_lines(number, start, inner))
            rows = [(row, at, told.replace('\\"', ' "')) for row, at, told in _lines(number, start, inner)]
            plain = text.part(rows)
            by_path = destinations.reader(destinations.above(text, number), plain)
            if by_path is not None:
                found = _filled(by_path(plain))
                found.settings = [replace(one, store=f"text{number} {one.store}") for one in found.settings]
                reading.extend(found)
            elif sysctl_conf.looks(part):
                reading.extend(sysctl_conf.read(part))
        elif _RUNS.search(inner):
            rows = _lines(number, start, inner) if match[1] is not None else [(number, start, inner)]
            part = text.part([(row, at, told.replace('\\"', ' "')) for row, at, told in rows])
            reading.extend(_filled(shell.read(part)))


def _lines(number: int, start: int, inner: str) -> list[tuple[int, int, str]]:
    """Return the lines of a text whose line ends are spelled `\\n`."""
    rows, at = [], 0
    for end in re.finditer(r"\\n|\Z", inner):
        rows.append((number, start + at, inner[at : end.start()]))
        at = end.end()
    return rows


def of_nix(text: Text, texts: list[tuple[int, int]]) -> Reading:
    """Return what the texts of a Nix expression run or write: in quotes, and the long ones that `texts` says where."""
    reading = Reading("inside")
    source = text.text
    within: set[int] = set()
    for begin, end in texts:
        within.update(range(text.offset(begin)[0] + 1, text.offset(end)[0]))
        before = source[max(0, begin - _FAR) : begin].rpartition(";")[2]
        body = _plain(source[begin:end])
        written = destinations.of_nix(source[max(0, begin - _FAR) : max(0, begin - 2)]) if _TELLS.search(body) else ""
        told = bool(written) or _RUNS.search(body) or ("sysctl" in before and _WRITTEN.search(before))
        if _SPEAKS.search(before) or not told:
            continue
        line, column = text.offset(begin)
        first, *others = body.split("\n")
        # What all lines begin with is no part of the text, unless it begins behind the quotes.
        indent = (
            0 if first.strip() else min((len(row) - len(row.lstrip(" ")) for row in others if row.strip()), default=0)
        )
        rows = [(line + at, min(indent, len(row)), row[indent:]) for at, row in enumerate(others, 1)]
        found = Reading("inside")
        _whole(text.part([(line, column, first), *rows]), found, text, written)
        # Each is a program or file of its own: what one sets another may set back.
        found.settings = [replace(one, group=(f"text{line}", *one.group)) for one in found.settings]
        reading.extend(found)
    for number, row in enumerate(text.lines):
        if number not in within and "''" not in row and row.lstrip()[:1] != "#" and _RUNS.search(plain := _plain(row)):
            _strings(text, number, plain, reading)
    return reading


def _plain(text: str) -> str:
    """Return a text of as many characters in which the program has its own name, wherever it is filled in.

    Ruby's way to fill in a part of a parameter's name is spelled as the shell's, to which a `#` is none.
    """
    if "sysctl" not in text.lower():
        return text
    named = _PROGRAM.sub(lambda match: "sysctl".rjust(len(match[0])), text)
    return _PART.sub(lambda match: f"${{{_SIGN.sub('_', match[1])}}}", named) if "#{" in named else named
