"""From a file of another tool, by what lint reads it with; a line for everything that cannot be carried over."""

from __future__ import annotations

import re
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from tcptune.catalog import default_value, parameter
from tcptune.draft.item import Draft, Item, obstacle, reason
from tcptune.errors import TcptuneError
from tcptune.lint import reading
from tcptune.model.parameter import Parameter
from tcptune.model.setting import Setting
from tcptune.model.value import WIDTH, Value
from tcptune.model.version import Target
from tcptune.rules.written import interpret
from tcptune.sources.base import Text

LARGEST = 1 << 22
"""Bytes of a file that somebody wrote settings into."""

_SIGN = re.compile(r"[<>]")


def load(path: str) -> bytes:
    """Return a file's bytes. Raises `TcptuneError` for what is no regular file, or too large for one of settings."""
    try:
        if not stat.S_ISREG(Path(path).stat().st_mode):
            raise TcptuneError(f"{path}: is no regular file")
        with Path(path).open("rb") as stream:
            data = stream.read(LARGEST + 1)
    except OSError as error:
        raise TcptuneError(f"{path}: {error.strerror}") from None
    except ValueError:
        raise TcptuneError(f"{path!r} is no path") from None
    if len(data) > LARGEST:
        raise TcptuneError(f"{path}: larger than {LARGEST} bytes, which is no file of settings")
    return data


def draft(path: str, data: bytes, target: Target, meant: Callable[[str], str | None]) -> Draft:
    """Return what a file sets. `target` is whose defaults a saved `sysctl -a` is held against.

    `meant` is asked for the parameter that an unknown one stands for. Raises `TcptuneError` for a file that does not
    parse, or that is in no known format.
    """
    file = reading.read(path, data, named=True)
    if file is None:
        raise TcptuneError(
            f"{path}: no settings in a format that is known here", hint="`tcptune lint` says what it reads"
        )
    left: list[str] = []
    for problem in file.problems:
        if problem.rule == "TT007" and not file.reading.settings:
            raise TcptuneError(f"{problem.at}: {problem.message}")
        left.append(f"{problem.at}: {problem.message}")
    found: dict[str, tuple[Item, Setting]] = {}
    contradicted: set[str] = set()
    for setting in file.reading.settings:
        item = _item(setting, file.text, target, meant)
        if isinstance(item, str):
            left += [f"{setting.key_at or path}: {item}"] if item else []
            continue
        earlier = found.get(item.key)
        if earlier is not None and earlier[0].value != item.value:
            if earlier[1].group != setting.group:
                contradicted.add(item.key)
            left.append(f"{earlier[0].place}: {item.key}: set otherwise in {item.place}")
        found[item.key] = (item, setting)
    for key in sorted(contradicted):
        left.append(f"{path}: {key}: for several hosts, containers or cases, each with its own value")
        del found[key]
    return Draft(path, tuple(item for item, _ in found.values()), tuple(left))


def _item(setting: Setting, text: Text, target: Target, meant: Callable[[str], str | None]) -> Item | str:
    """Return what is carried over of a setting, or why it is not; empty where that needs no word."""
    entry = parameter(setting.key)
    if setting.facts & {"exclude", "glob"}:
        return f"{setting.spelled}: a pattern for several parameters"
    if entry is None:
        near = meant(setting.key)
        return f"{setting.key}: no parameter that is known here" + (f"; did you mean {near}?" if near else "")
    if setting.facts & {"conditional", "kernel-condition"}:
        return f"{setting.key}: it stands under a condition"
    bound = _bound(setting, entry, text)
    if setting.templated and bound == "value":
        return f"{setting.key}: its value is filled in later ({setting.raw})"
    value = setting.value if bound == "value" else interpret(entry, setting.raw).value
    if value is None:
        return f"{setting.key}: it does not take {setting.raw!r}: {interpret(entry, setting.raw).why}"
    hindrance = obstacle(entry, value)
    if "dump" in setting.facts and (hindrance or _is_default(entry, value, target)):
        return ""
    if hindrance:
        return f"{setting.key}: {hindrance}"
    why = reason(setting.comment or interpret(entry, setting.raw).rest)
    contained = bool(setting.facts & {"container", "pod"}) and "host-network" not in setting.facts
    return Item(setting.key, value, str(setting.key_at or text.path), why, bound, contained)


def _bound(setting: Setting, entry: Parameter, text: Text) -> Literal["value", "at_least", "at_most"]:
    """Tell whether tuned only raises or only lowers the value: by the sign between name and value."""
    key_at, value_at = setting.key_at, setting.value_at
    if "tuned" not in setting.facts or not setting.templated or key_at is None or value_at is None:
        return "value"
    between = text.lines[key_at.line - 1][(key_at.end_column or 1) - 1 : value_at.column - 1]
    sign = _SIGN.search(between)
    if sign is None or WIDTH.get(entry.kind) != 1:
        return "value"
    return "at_least" if sign[0] == ">" else "at_most"


def _is_default(entry: Parameter, value: Value, target: Target) -> bool:
    """Tell whether a value of a saved `sysctl -a` is nobody's choice: the default, or one computed for that host."""
    default = default_value(entry, target)
    return not entry.exists(target) or default is None or default == value
