"""Lines that Ruby writes into files of the loaders: Chef's FileEdit, `File.open … puts`, `File.write`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from tcptune.model.setting import Setting
from tcptune.sources import sysctl_conf
from tcptune.sources.base import Reading, Text
from tcptune.sources.code_blocks import CodeBlocks

_PATH = r"[\"'](?:[^\"'\n]{0,80})?/etc/sysctl(?:\.conf|\.d/[^\"'\n/]{1,80}\.conf)[\"']"
_NAMED = re.compile(rf"^[ \t]*([A-Za-z_]\w*)\s*=\s*{_PATH}[ \t]*$", re.MULTILINE)
_TEXT = r"(?:\"(?P<double>(?:[^\"\\\n]|\\.){0,400})\"|'(?P<single>(?:[^'\\\n]|\\.){0,400})')"
_EDIT = re.compile(
    r"(?P<name>\w+|\))\.(?:insert_line_if_no_match|insert_line_after_match|search_file_replace_line|search_file_replace)"
    r"[ \t]*\(?\s*(?:%r\{[^}\n]{0,200}\}\w?|/(?:[^/\\\n]|\\.){0,200}/\w?|[\"'][^\"'\n]{0,200}[\"']"
    rf"|[A-Za-z][\w.]{{0,80}}(?:\([^()\n]{{0,200}}\))?)\s*,\s*{_TEXT}"
)
_PUT = re.compile(rf"\b(?P<name>\w+)(?:\.(?:puts|write|print)\b[ \t]*\(?|[ \t]*<<)[ \t]*{_TEXT}")
_HANDLE = re.compile(r"\b(?P<handle>\w+)\s*=\s*(?:\w+::)*(?:FileEdit\.new|File\.open|File\.new|open)\b[^\n]{0,200}")
_OPENED = re.compile(r"\b(?:File\.|IO\.)?open\b[^\n|]{0,200}(?:\bdo|\{)\s*\|\s*(?P<handle>\w+)\s*\|")
_ASSIGNED = re.compile(r"\s*[A-Za-z][\w-]*(?:[./][\w*-]+)+\s*=")


def add(text: Text, reading: Reading) -> None:
    """Add what these lines set to what else was read of a file, each once."""
    if "sysctl" not in text.text or not any(word in text.text for word in ("FileEdit", "open", ".write")):
        return
    known = {one.key_at for one in reading.settings}
    found = _read(text)
    found.settings = [one for one in found.settings if one.key_at not in known]
    reading.extend(found)


def _read(text: Text) -> Reading:
    reading = Reading("inside")
    names = "|".join([_PATH, *(rf"\b{name}\b" for name in sorted(set(_NAMED.findall(text.text))))])
    for number, column, row in sorted(_written(text, names)):
        if _ASSIGNED.match(row):
            reading.extend(sysctl_conf.read(text.part([(number, column, row)])))
    reading.settings = list(_placed(text, reading.settings))
    return reading


def _written(text: Text, names: str) -> Iterator[tuple[int, int, str]]:
    """Yield the lines that are written, each with the place where it begins."""
    loaders = re.compile(names)
    handles = [
        (match.start(), match["handle"], loaders.search(match[0]) is not None)
        for pattern in (_HANDLE, _OPENED)
        for match in pattern.finditer(text.text)
    ]
    handles.sort()
    for pattern in (_EDIT, _PUT):
        for match in pattern.finditer(text.text) if any(told for _, _, told in handles) or pattern is _EDIT else ():
            if match["name"] == ")":
                line = text.text.rfind("\n", 0, match.start()) + 1
                before = text.text[line : match.start() + 1]
                told = "FileEdit.new" in before and loaders.search(before) is not None
            else:
                known = [entry for entry in handles if entry[1] == match["name"] and entry[0] < match.start()]
                told = bool(known) and known[-1][2]
            if told:
                yield from _rows(text, match)
    for match in re.finditer(rf"\b(?:File|IO)\.(?:bin)?write[ \t]*\(?\s*(?:{names})\s*,\s*{_TEXT}", text.text):
        yield from _rows(text, match)


def _rows(text: Text, match: re.Match[str]) -> Iterator[tuple[int, int, str]]:
    """Yield the lines of a text in quotes, whose line ends are spelled `\\n`."""
    group = "single" if match["double"] is None else "double"
    line, column = text.offset(match.start(group))
    if text.lines[line].lstrip()[:1] == "#":
        return
    ends = r"\\n|\Z" if group == "double" else r"\Z"
    begin = 0
    for end in re.finditer(ends, match[group]):
        yield line, column + begin, match[group][begin : end.start()]
        begin = end.end()


def _placed(text: Text, settings: list[Setting]) -> Iterator[Setting]:
    """Yield the settings with the branches that they stand in: what is replaced, or else added, is set once."""
    lines = {one.key_at.line for one in settings if one.key_at is not None}
    blocks, groups = CodeBlocks("chef"), {}
    for number, line in enumerate(text.lines, 1) if lines else ():
        blocks.feed(line)
        if number in lines:
            groups[number] = blocks.at(0)
    done: set[tuple[str, str, tuple[str, ...]]] = set()
    for one in settings:
        group, facts = groups[one.key_at.line] if one.key_at is not None else ((), frozenset())
        told = (one.key, one.raw, group)
        if told not in done:
            done.add(told)
            filled = one.templated or "#{" in one.raw
            yield replace(one, group=(*group, *one.group), facts=one.facts | facts, templated=filled)
