"""Which file a text is for that Puppet, Chef, Terraform or Nix write, and what reads such a file."""

from __future__ import annotations

from collections.abc import Callable

from tcptune.model.late import late
from tcptune.sources import sysctl_conf
from tcptune.sources.base import Reading, Text

_PLACE = late(
    r"(?:^|[\s{])(?:cron_d|file|template|filename|path|destination|dest|target)\b"
    r"[ \t]*(?:=>|[=:({])?[ \t{]*[\"'](?P<path>/[^\"'\n]{1,200})[\"']"
)
"""Where a resource says which file it writes."""

_ENDS = late(r"\}|end\b")
_ABOVE = 8
"""Lines above a text in which its resource names the file."""

_ETC = late(
    r"environment\.etc\.(?:\"(?P<name>[^\"\n]{1,200})\"|(?P<word>[\w-]+))(?:\.text)?\s*=[^;\"]{0,80}$"
    r"|\"(?P<entry>[\w./-]{1,200})\"\.text\s*=[^;\"]{0,40}$|writeText\w*\s+\"(?P<made>[^\"\n]{1,200})\"\s*$"
    r"|(?P<rules>services\.udev\.extraRules)\s*=\s*$|(?P<probe>extraModprobeConfig)\s*=\s*$"
)
"""What Nix writes into a file, by the name of the file or of the option."""


_FOR_PEOPLE = late(r"(?:\.(?:txt|md|rst|html?|log)|/(?:motd|issue(?:\.net)?|README))$")


def for_people(path: str) -> bool:
    """Tell whether a file is one that is read by people alone."""
    return _FOR_PEOPLE.search(path) is not None


def above(text: Text, number: int) -> str:
    """Return the file of the resource around a line (from 0), as the line or one above it names it; empty when none."""
    for at in range(number, max(-1, number - _ABOVE), -1):
        line = text.lines[at]
        if at < number and _ENDS.match(line.lstrip()):
            return ""
        match = _PLACE.search(line) if "/" in line else None
        if match is not None:
            return match["path"]
    return ""


def of_nix(before: str) -> str:
    """Return the file that NixOS makes of a text, told by what stands before it; empty when it makes none."""
    found = _ETC.search(before)
    if found is None:
        return ""
    if found["rules"] or found["probe"]:
        return "/etc/udev/rules.d/99-local.rules" if found["rules"] else "/etc/modprobe.d/nixos.conf"
    return f"/etc/{found['name'] or found['word'] or found['entry'] or found['made']}"


def reader(path: str, part: Text) -> Callable[[Text], Reading] | None:
    """Return what reads a text by the file that it is for; lines for the loaders are known by how they look."""
    if not path or sysctl_conf.named(path):
        return None
    from tcptune.sources import files

    return files.reader(path, part.text)
