"""Files of other formats that a script writes or hands on: manifests for kubectl and engines, systemd units."""

from __future__ import annotations

import re

from tcptune.model.late import late
from tcptune.sources import sysctl_conf, tuned
from tcptune.sources.base import FAMILIES, Reading, Text, is_object
from tcptune.sources.shell_lexer import Command, Word

_FED = frozenset({"kubectl", "oc", "k3s", "docker", "docker-compose", "helm"})
"""Commands that read a manifest from their standard input when the last word is `-`."""

_SUFFIXES = frozenset({"yaml", "yml", "json", "service"})

_UNASSIGNED = late(r"\s*(?:net|vm|kernel|fs)(?:[./][\w-]+)+(?:[ \t]+|[ \t]*[:\uff1a\uff1d][ \t]*)\d[\d \t]*")
"""A parameter and its value without the sign between them, which the loaders ask for."""

_UNKNOWN = late(r"[\"']?\$(?:\w+|\{\w+\})[\"']?")
"""A file's name that is a variable which nothing here has set."""

NOWHERE = late(
    r"/dev/(?:null|stdout|stderr|tty)|^[012-]$|/var/log/|(?:^|/)motd$|(?:^|[/_.-])expected\b"
    r"|\.(?:log|md|rst|csv|html?|bak|orig|old|save|example|sample|disabled|off|diff|patch)[\"']?$"
)
"""Where what is put sets nothing: devices, texts for people, copies that nothing reads."""

_READ_BY_PEOPLE = late(
    r"(?:^|/)(?:notes?|readme|usage|help|todo|changes?)(?:\.txt)?[\"']?$"
    r"|\$\{?(?:\w+_)?(?:log|report|summary)(?:_?(?:file|path))?\}?[\"']?$",
    re.IGNORECASE,
)
"""Names of files that are written to be read, also those of variables which hold them."""

SHOWS = frozenset({"cat", "echo", "usage", "diff", "cmp", "comm"})
"""Commands that show or compare what they read."""

_PROFILE = late(r"^[ \t]*\[sysctl\][ \t]*$", re.MULTILINE)
"""The section of tuned's profiles that sets something."""


def is_program(part: Text) -> bool:
    """Tell whether lines are a program by the first of them; one that hands them to `sysctl -p` is none."""
    return part.text.startswith("#!") and "sysctl" not in part.lines[0]


def lines(part: Text, path: str = "") -> Reading:
    """Read the lines that a script puts into a file: for the loaders, for tuned; those of a program set nothing."""
    name = path.strip("\"'")
    if name.endswith(".sh") or part.text.startswith("#!"):
        return Reading("shell")
    if name.endswith("tuned.conf") or _PROFILE.search(part.text):
        return tuned.read(part)
    return sysctl_conf.read(part)


def is_line(text: str, path: str) -> bool:
    """Tell whether a printed text is meant to set something: it assigns, or names a parameter and a number."""
    if _READ_BY_PEOPLE.search(path):
        return False
    if "=" in text:
        return True
    return "sysctl" in path and _UNASSIGNED.fullmatch(text.replace("\\n", "\n").strip()) is not None


def manifest(part: Text, name: str, targets: list[str], words: list[Word], *, embedded: bool) -> Reading | None:
    """Read the lines of a heredoc that are such a file; None when they are none.

    A script that is itself part of another file is not looked into any deeper: the reading is empty.
    """
    if any(target.strip("\"'").endswith("tuned.conf") for target in targets):
        return tuned.read(part)
    suffixes = {"service" if ".service.d/" in target else target.strip("\"'").rpartition(".")[2] for target in targets}
    fed = name in _FED and words[-1].text == "-"
    if "/etc/" in "".join(targets) and not any(map(sysctl_conf.named, targets)) and not embedded:
        from tcptune.sources import hooks

        hooked = next((target for target in targets if hooks.runs(target.strip("\"'"), part.text)), None)
        if hooked is not None:
            return hooks.read_as(part, hooked.strip("\"'"))
        from tcptune.sources import files

        form = next(filter(None, map(files.of_engines, targets)), None)
        if form is not None:
            return form(part)
    if not fed and not suffixes & _SUFFIXES and not (_put(targets) and is_object(part.text)):
        return None
    if embedded:
        return Reading("shell")
    from tcptune.sources import commands, yaml_source

    found = commands.read_unit(part) if "service" in suffixes else yaml_source.read(part)
    found.problems = [problem for problem in found.problems if problem.rule != "TT007"]
    return found


def _put(targets: list[str]) -> bool:
    """Tell whether anything is put where somebody may read it as settings."""
    return any(NOWHERE.search(target) is None for target in targets)


def given_out(command: Command) -> list[Word]:
    """Return the files that a command's output goes to; what `tee` prints besides its files is of no interest."""
    copies = any(word.text == "tee" for word in command.words)
    return [word for _, word in command.redirects if not (copies and word.text == "/dev/null")]


def told_by_content(part: Text, targets: list[str]) -> Reading | None:
    """Read lines whose file's name tells nothing; None when they are none for the loaders.

    A name that is a variable's alone says less than the lines do: most of them have to be assignments of parameters.
    """
    if any(map(_READ_BY_PEOPLE.search, targets)):
        return None
    found = sysctl_conf.read(part)
    if sysctl_conf.sets_known(found):
        return found
    if not any(map(_UNKNOWN.fullmatch, targets)) or not sysctl_conf.looks(part):
        return None
    found.problems = []
    found.settings = [one for one in found.settings if one.key.split(".", 1)[0] in FAMILIES]
    return found
