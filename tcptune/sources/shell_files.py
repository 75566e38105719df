"""Files of other formats that a script writes or hands on: manifests for kubectl and engines, systemd units."""

from __future__ import annotations

import re

from tcptune.sources import sysctl_conf, tuned
from tcptune.sources.base import Reading, Text
from tcptune.sources.shell_lexer import Word

_FED = frozenset({"kubectl", "oc", "k3s", "docker", "docker-compose", "helm"})
"""Commands that read a manifest from their standard input when the last word is `-`."""

_SUFFIXES = frozenset({"yaml", "yml", "json", "service"})

_PROFILE = re.compile(r"^[ \t]*\[sysctl\][ \t]*$", re.MULTILINE)
"""The section of tuned's profiles that sets something."""


def lines(part: Text, path: str = "") -> Reading:
    """Read the lines that a script puts into a file: for the loaders, for tuned; those of a program set nothing."""
    name = path.strip("\"'")
    if name.endswith(".sh") or part.text.startswith("#!"):
        return Reading("shell")
    if name.endswith("tuned.conf") or _PROFILE.search(part.text):
        return tuned.read(part)
    return sysctl_conf.read(part)


def manifest(part: Text, name: str, targets: list[str], words: list[Word], *, embedded: bool) -> Reading | None:
    """Read the lines of a heredoc that are such a file; None when they are none.

    A script that is itself part of another file is not looked into any deeper: the reading is empty.
    """
    if any(target.strip("\"'").endswith("tuned.conf") for target in targets):
        return tuned.read(part)
    suffixes = {target.strip("\"'").rpartition(".")[2] for target in targets}
    fed = name in _FED and words[-1].text == "-"
    if "/etc/" in "".join(targets) and "sysctl" not in "".join(targets) and not embedded:
        from tcptune.sources import hooks

        hooked = next((target for target in targets if hooks.runs(target.strip("\"'"), part.text)), None)
        if hooked is not None:
            return hooks.read_as(part, hooked.strip("\"'"))
    if not fed and not suffixes & _SUFFIXES:
        return None
    if embedded:
        return Reading("shell")
    from tcptune.sources import commands, yaml_source

    found = commands.read_unit(part) if "service" in suffixes else yaml_source.read(part)
    found.problems = [problem for problem in found.problems if problem.rule != "TT007"]
    return found
