"""A key leaves /proc/sys, or is a path instead of a sysctl's name.

procps refuses a path that does not lie below /proc/sys, systemd-sysctl one that is not normalized, and both look for
`/proc/sys/proc/sys/…` when the prefix is spelled out. Older tools have written to the file that such a key names.
A file below /sys or elsewhere below /proc is no sysctl at all: systemd-tmpfiles, a rule of udev or a unit writes it.

Bad:

    /proc/sys/net/ipv4/tcp_fin_timeout = 30
    /sys/kernel/mm/ksm/run = 0

Good:

    net.ipv4.tcp_fin_timeout = 30

Fix:

Write the name alone, as `sysctl -a` prints it.

Sources:

- measured with procps 4.0.2 to 4.0.6 and systemd 252 and 257
"""

from __future__ import annotations

from collections.abc import Iterator

from tcptune.model.finding import Finding, Fix
from tcptune.model.late import late
from tcptune.model.setting import Edit, Setting
from tcptune.rules.base import Rule
from tcptune.rules.view import View

_OUTSIDE = late(
    r"/?(?:sys/|proc/(?!sys/))[\w./:*@+-]+|sys\.(?:kernel\.(?:mm|debug|slab|security)|module|class|block|devices|bus|fs)\..+"
)
"""A file that is none of /proc/sys, as a path or with dots between its parts."""

_MODULE = late(r"/sys/module/(\w+)/parameters/(\w+)")

_NAMED = frozenset({"ansible", "compose", "data", "keyfile", "kubernetes", "nix", "resource", "salt"})
"""Formats that ask for the name of a parameter."""


def check(view: View) -> Iterator[Finding]:
    """Find keys that are paths, and keys with a part that leads upwards."""
    for setting in view.settings.values():
        spelled = setting.spelled
        if setting.templated and "{" in spelled:
            continue
        if spelled.startswith(("/proc/sys/", "proc/sys/")):
            if setting.facts & {"loader", "shell"} or setting.source in _NAMED:
                yield _prefixed(setting)
        elif ".." in spelled.replace("/", ".").split(".") or ".." in spelled.split("/") or "//" in spelled:
            message = f"{spelled} is no sysctl: it leads out of /proc/sys."
            why = "Both loaders refuse it; other tools have written to the file that it names."
            yield RULE.finding(setting, message, why, fix=Fix("delete the line, or write the name as `sysctl -a` does"))
        elif ("sys" in spelled[:5] or "proc/" in spelled[:6]) and (
            setting.facts & {"loader", "shell", "tuned"} or setting.source in _NAMED
        ):
            yield from _outside(setting)


def _outside(setting: Setting) -> Iterator[Finding]:
    """Find a file that something else than sysctl writes."""
    from tcptune.catalog.names import known

    spelled = setting.spelled
    if spelled.startswith(("sys.", "sys/", "/sys/")) and known(name := setting.key.removeprefix("sys.")) is not None:
        message = f"{spelled} is no sysctl: the name is {name}."
        yield RULE.finding(setting, message, "Loaders and sysctl find no such file.", fix=Fix(f"write {name}"))
        return
    if _OUTSIDE.fullmatch(spelled) is None:
        return
    path = "/" + (spelled.lstrip("/") if "/" in spelled else spelled.replace(".", "/"))
    message = f"{spelled} is no sysctl: {'it' if path == spelled else path} does not lie below /proc/sys."
    why = f"Loaders and sysctl look for /proc/sys{path}, which no kernel has; nothing is set."
    option = _MODULE.fullmatch(path)
    remedy = (
        f"write `w {path} - - - - {setting.raw}` into a file of /etc/tmpfiles.d, or let a unit or udev's rule set it"
    )
    if "tuned" in setting.facts:
        remedy = f"write {path}={setting.raw} into a section [sysfs]"
    elif option is not None:
        remedy = f"write `options {option[1]} {option[2]}={setting.raw}` into a file of /etc/modprobe.d"
    yield RULE.finding(setting, message, why, fix=Fix(remedy))


def _prefixed(setting: Setting) -> Finding:
    name = setting.spelled.split("proc/sys/", 1)[1].replace(".", "\0").replace("/", ".").replace("\0", "/")
    at = setting.key_at
    edits: tuple[Edit, ...] = ()
    if at is not None and at.end_column is not None and setting.source not in _NAMED:
        edits = (Edit(at.path, at.line, at.column, at.line, at.end_column, name),)
    looks, why = "the loaders look", "procps ends with status 1, systemd-sysctl passes the line over without an error."
    if setting.facts & {"container", "pod"}:
        looks, why = "the engine looks", "It knows no such parameter of a container and does not start it."
    elif "shell" in setting.facts:
        looks, why = "sysctl looks", "procps' sysctl ends with status 1 and sets nothing."
    message = f"{setting.spelled} is a path, not a name: {looks} for /proc/sys/proc/sys/…"
    return RULE.finding(setting, message, why, fix=Fix(f"write {name}", safe=bool(edits), edits=edits))


RULE = Rule("TT006", "unsafe-key", "error", "A key leaves /proc/sys.", check, about="key", needs=frozenset({"files"}))
