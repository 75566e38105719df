"""The live value is not what the host's files say.

Somebody wrote it at run time, or a file was changed and not loaded. The next boot, or `sysctl --system` by whoever
comes next, brings the value of the file; until then the host runs with another one. A value that no file sets at all
is no drift: it was set at run time, and the table of the audit says so. In a network namespace other than the host's
own nothing is measured by the files, since no loader ever writes there.

Fix:

Write the value that is meant into the file, or load the file with `sysctl --system`.

Sources:

- sysctl.d(5) and sysctl(8); the values are computed as both loaders do, and compared by meaning
"""

from __future__ import annotations

from collections.abc import Iterator

from tcptune.model.finding import Finding, Fix, Related
from tcptune.model.origin import LOADERS, PRESETS, Line, Source
from tcptune.model.setting import Setting
from tcptune.model.value import show
from tcptune.rules.base import Rule
from tcptune.rules.view import View


def check(view: View) -> Iterator[Finding]:
    """Find live values that differ from what every loader and every manager's file gives."""
    origins = view.origins
    if origins is None or not origins.applies or view.host is None:
        return
    for source in origins.sources.values():
        setting = view.settings.get(source.key)
        if setting is None or source.late is not None or not (source.systemd or source.procps or source.managers):
            continue
        if source.of(setting) is None and (setting.touched or _at_boot(source, origins.boot)):
            yield _drift(source, setting, origins.boot)


def _at_boot(source: Source, boot: str) -> bool:
    """Tell whether the boot sets it at all: a default that only the other loader would change is no drift."""
    return bool(source.managers) or (source.systemd if boot == "systemd" else source.procps) is not None


def _drift(source: Source, setting: Setting, boot: str) -> Finding:
    manager = source.managers[-1] if source.managers else None
    line = manager or (source.systemd if boot == "systemd" else source.procps) or source.systemd or source.procps
    if line is None:
        raise AssertionError("a source without a line is no drift")
    says = show(line.value if line.value is not None else line.raw)
    live = show(setting.value if setting.value is not None else setting.raw)
    message = f"{source.key} is {live}, and {line.at.path} says {says}."
    place = "a file of /etc/sysctl.d" if line.at.path.startswith(PRESETS) else line.at.path
    fix = Fix(f"`sysctl -w '{source.key}={says}'` for what the file says, or write {live} into {place}")
    why = _why(source, line, says, live if setting.touched else "", boot)
    return RULE.finding(setting, message, why, fix=fix, related=(Related(line.at, f"line {line.at.line} says {says}"),))


def _why(source: Source, line: Line, says: str, live: str, boot: str) -> str:
    """Return how it came to that; `live` is empty for a kernel's default, which nobody need have set."""
    if line.by not in LOADERS:
        later = f", or somebody set {live} later" if live else ""
        return f"{line.by} sets it when it starts; it did not run since the file changed{later}."
    when = "The next boot" if line.by == boot else f"The next `{LOADERS[line.by]}`"
    if not live:
        return f"{when} brings {says}: the file was not loaded since it changed, or the default was set again by hand."
    why = f"{when} brings {says}: the live value was set at run time, or the file was not loaded since it changed."
    if source.candidates:
        names, are = " and ".join(source.candidates), "is" if len(source.candidates) == 1 else "are"
        why += f" {names} {are} here and may have set it, and may do so again."
    return why


RULE = Rule(
    "TT502",
    "drift",
    "warning",
    "The live value is not what the files say.",
    check,
    needs=frozenset({"live", "origins"}),
)
