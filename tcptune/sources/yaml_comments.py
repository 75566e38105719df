"""The comments of a YAML text, told from what stands in quotes and blocks."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tcptune.sources.base import Comment, Reading, Text
from tcptune.sources.yaml_nodes import Node, Parsed


def scan_comments(text: Text, parsed: Parsed, reading: Reading) -> dict[int, tuple[str, bool]]:
    """Collect a YAML text's comments: by line, the comment and whether it stands alone."""
    if "#" not in text.text:
        return {}
    inside = [(-1, -1)] * len(text.lines)
    quoted: dict[int, list[tuple[int, int]]] = {}
    for scalar in _scalars(parsed.documents):
        if scalar.block or scalar.end_line > scalar.line:
            stop = scalar.end_line if scalar.end_column else scalar.end_line - 1
            for line in range(scalar.line + 1, min(stop + 1, len(text.lines))):
                inside[line] = (0, len(text.lines[line]) if scalar.block else scalar.end_column)
        elif not scalar.plain or "#" in scalar.value:
            quoted.setdefault(scalar.line, []).append((scalar.column, scalar.end_column))
    found: dict[int, tuple[str, bool]] = {}
    for line, row in enumerate(text.lines):
        if "#" not in row:
            continue
        for match in re.finditer(r"(?:^|(?<=\s))#", row):
            at = match.start()
            if inside[line][0] <= at < inside[line][1] or any(a <= at < b for a, b in quoted.get(line, ())):
                continue
            body, alone = row[at:], not row[:at].strip()
            found[line] = (body, alone)
            reading.comments.append(Comment(text.at(line, at), body, alone))
            break
    return found


def _scalars(documents: list[Node]) -> Iterator[Node]:
    stack = list(documents)
    while stack:
        node = stack.pop()
        if node.kind == "scalar":
            yield node
        elif node.kind != "alias":
            stack.extend(node.items)
            for pair in node.pairs:
                stack.extend(pair)
