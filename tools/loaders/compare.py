"""Where a model and the real loader part: files read, writes in their order, status, and what the kernel holds."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tcptune.loaders.outcome import Load, first_separator, swapped

_BROKEN = ("folder", "dangling", "loop", "special", "unreadable")


@dataclass(frozen=True, slots=True)
class Seen:
    """What a real loader did: exit status, what it printed, what the keys hold afterwards."""

    status: int
    out: str
    err: str
    state: dict[str, str]


def disagreements(model: Load, foretold: dict[str, str], seen: Seen) -> list[str]:
    """Return one line for each thing that the model has otherwise."""
    if _crashed(model, seen):
        return []
    found = []
    if model.status != seen.status:
        found.append(f"status {seen.status}, the model says {model.status}")
    for key, value in foretold.items():
        if seen.state[key] != value:
            found.append(f"{key} is {seen.state[key].strip()!r}, the model says {value.strip()!r}")
    if model.loader == "procps":
        pairs: list[tuple[str, object, object]] = [
            ("files", _but(_applied(seen.out), model), _files(model)),
            ("writes", _shown(seen.out), _done(model)),
        ]
        if any(sign in path for path in _applied(seen.out) for sign in "*?[{\\"):
            pairs.pop(0)
    else:
        pairs = [
            ("files", _but(_parsed(seen.err), model), _files(model)),
            ("writes", _setting(seen.err, model), _attempts(model)),
            ("refusals", _couldnt(seen.err), _refused(model)),
        ]
    for what, real, told in pairs:
        if real != told:
            found.append(f"{what} {real}, the model says {told}")
    if found and seen.err:
        found.append("it said: " + " | ".join(seen.err.splitlines()[-12:]))
    return found


def _crashed(model: Load, seen: Seen) -> bool:
    """Tell whether the program itself broke: before 4.0 procps overwrites its memory at a line without a value."""
    return seen.status < 0 and model.version.startswith("3.") and any(one.kind == "syntax" for one in model.problems)


def _but(names: list[str], model: Load) -> list[str]:
    """Leave out the files that the model says cannot be read: the loaders name them before they try."""
    broken = {_name(problem.at.path) for problem in model.problems if problem.kind in _BROKEN} - set(_files(model))
    return [name for name in names if name not in broken]


def _files(model: Load) -> list[str]:
    return [_name(path) for path in model.files_read]


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _applied(out: str) -> list[str]:
    return re.findall(r"(?m)^\* Applying .*?/([^/\n]*) \.\.\.$", out)


def _parsed(err: str) -> list[str]:
    return [_name(path) for path in re.findall(r'(?m)^(?:Parsing |Reading config file ")(.*?)"?…?$', err)]


def _shown(out: str) -> list[str]:
    """The writes that procps says it made (it also says so of a write to a file elsewhere)."""
    text = re.sub(r"(?m)^\* Applying .* \.\.\.\n", "", out)
    # Before 4.0 a line without a value is written as "=" and what earlier lines left in the buffer, ends of lines too.
    text = re.sub(r"(?m)^(.*? = =).*\n(?:(?!.* = ).*\n)*", r"\1\n", text)
    return text.split("\n")[:-1]


def _done(model: Load) -> list[str]:
    rows = []
    for write in model.writes:
        if write.outcome == "set" or (write.outcome == "outside" and model.version.startswith("3.")):
            name = swapped(write.path) if first_separator(write.path) == "/" else write.path
            rows.append(re.sub(r" = =.*", " = =", f"{name} = {write.raw}", flags=re.DOTALL))
    return rows


def _setting(err: str, model: Load) -> list[tuple[str, str]]:
    found = re.findall(r"(?m)^Setting '([^']*)' to '(.*)'\.?$", err)
    return _ordered([(path.removeprefix("/proc/sys").lstrip("/"), value) for path, value in found], model)


def _ordered(writes: list[tuple[str, str]], model: Load) -> list[tuple[str, str]]:
    """Put what globs found behind the rest, sorted: systemd writes it in the order in which folders list it."""
    globbed = {write.path.lstrip("/") for write in model.writes if write.globbed}
    return [write for write in writes if write[0] not in globbed] + sorted(
        write for write in writes if write[0] in globbed
    )


def _attempts(model: Load) -> list[tuple[str, str]]:
    rows = []
    for write in model.writes:
        if write.outcome == "outside" and write.error:
            continue
        rows.append((write.path.lstrip("/"), write.raw))
    return _ordered(rows, model)


def _couldnt(err: str) -> list[tuple[str, str]]:
    return sorted(re.findall(r"(?m)^Couldn't write '(.*?)' to '([^']*)'(?:, ignoring)?: ", err))


def _refused(model: Load) -> list[tuple[str, str]]:
    return sorted((write.raw, write.path) for write in model.refused if write.outcome != "outside" or write.error)
