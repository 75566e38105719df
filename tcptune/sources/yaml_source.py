"""YAML and JSON files: one walk, all formats that are written in them."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from tcptune.model.setting import Setting
from tcptune.sources import shell
from tcptune.sources.ansible import Ansible
from tcptune.sources.base import Reading, Text, dotted, is_template
from tcptune.sources.cloud_init import CloudInit
from tcptune.sources.compose import Compose
from tcptune.sources.ignition import Ignition
from tcptune.sources.kubernetes import Kubernetes
from tcptune.sources.templates import Branches
from tcptune.sources.yaml_maps import Maps
from tcptune.sources.yaml_nodes import Parsed, mask, parse
from tcptune.sources.yaml_walk import Walk, is_key, scan_comments

NAME = "yaml"

_SUFFIXES = frozenset({".yml", ".yaml", ".json", ".conflist", ".tpl", ".sls", ".gotmpl"})
_PLAIN = re.compile(r"""^\s*(?:-\s+)?["']?([a-z][\w-]*(?:[./][\w*-]+)+)["']?\s*:\s+["']?([^"'#{]*?)["']?\s*(?:#.*)?$""")


def claims(text: Text) -> bool:
    """Claim YAML and JSON by name, templates of them too."""
    path = PurePosixPath(text.path)
    suffixes = path.suffixes
    return path.suffix in _SUFFIXES or (path.suffix in (".j2", ".tmpl") and bool({".yml", ".yaml"} & set(suffixes)))


def read(text: Text) -> Reading:
    """Read all documents with every format. What does not parse is TT007, unless templates are the reason."""
    reading = Reading(NAME)
    parsed = parse(text)
    walk = Walk(text, reading, (Kubernetes(), Compose(), CloudInit(), Ignition(), Ansible(), Maps()))
    walk.comments = scan_comments(text, parsed, reading)
    if parsed.problem is not None and parsed.templated:
        _by_line(text, reading)
        return reading
    if parsed.problem is not None:
        reading.problems.append(parsed.problem)
    walk.run(parsed)
    return reading


def _by_line(text: Text, reading: Reading) -> None:
    """Read a template that is no YAML before it is rendered: lines that assign, lists of name and value, scripts."""
    branches = Branches()
    name: tuple[str, int, int] | None = None
    masked = mask(text.text)[0].split("\n")
    for number, line in enumerate(text.lines):
        if branches.feed(line):
            continue
        match = _PLAIN.match(masked[number][: len(line)])
        if match and is_key(match[1]) and match[2]:
            _plain(text, reading, number, (match.start(1), match[1]), match.start(2), match[2], branches)
        bare = line.strip().removeprefix("- ")
        key, _, value = bare.partition(":")
        value = value.partition(" #")[0].strip().strip("'\"")
        if key in ("name", "key") and is_key(value):
            name = (value, number, line.index(value))
        elif key == "value" and name is not None and value:
            _plain(text, reading, number, (name[2], name[0]), line.index(value), value, branches, key_line=name[1])
            name = None
        elif "sysctl -" in line or "/proc/sys/" in line:
            start = len(line) - len(line.lstrip(" -"))
            reading.extend(shell.read(text.part([(number, start, line[start:])]), group=branches.group))


def _plain(
    text: Text,
    reading: Reading,
    line: int,
    key: tuple[int, str],
    start: int,
    raw: str,
    branches: Branches,
    key_line: int | None = None,
) -> None:
    column, spelled = key
    facts = {"typed"} | ({"kernel-condition"} if branches.asks_kernel else set())
    reading.settings.append(
        Setting(
            key=dotted(spelled),
            raw=raw,
            spelled=spelled,
            key_at=text.at(line if key_line is None else key_line, column, column + len(spelled)),
            value_at=text.at(line, start, start + len(raw)),
            source=NAME,
            templated=is_template(raw) or is_template(spelled),
            group=branches.group,
            facts=frozenset(facts),
        )
    )


__all__ = ["NAME", "Parsed", "claims", "read"]
