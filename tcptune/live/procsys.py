"""Parameters below /proc/sys, read: one outcome a key, one line for whatever went wrong, never an exception."""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Literal, NamedTuple

from tcptune.catalog import default_value, parameter, parameters
from tcptune.model.host import Host
from tcptune.model.parameter import Parameter
from tcptune.model.setting import Setting
from tcptune.model.value import Value, parse_live

PROC_SYS = "/proc/sys"

Status = Literal["value", "absent", "denied", "write-only", "unparsable", "vanished"]

_COMPONENT = re.compile(r"[A-Za-z0-9_@:.-]+")
_SWAP = str.maketrans("./", "/.")
# On a system without /proc, where `lint --root` runs all the same, nothing is opened with these.
_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)

_FIRST_READ = 4096
_MOST = 256 * 1024
"""The longest text there is, a list of all ports (ip_local_reserved_ports), stays below this many bytes."""


class Outcome(NamedTuple):
    """What came of reading one key.

    `text` is what the kernel printed, without the last newline; `setting` is there when it was read (with no value
    when it is unparsable), `problem` is one line for a person, None when nothing is wrong.
    """

    key: str
    status: Status
    text: str | None = None
    setting: Setting | None = None
    problem: str | None = None


class Reading(NamedTuple):
    """Many keys read: settings by key, in the order asked for, and a line for each that could not be read."""

    settings: dict[str, Setting]
    problems: tuple[str, ...]
    outcomes: dict[str, Outcome]


def path_of(key: str, root: str = PROC_SYS) -> str | None:
    """Return the file of a dotted key: dots part folders, and a slash stands for a dot in an interface's name.

    None for a name that is no sysctl: an empty part, `..`, anything that could lead out of the root.
    """
    parts = key.translate(_SWAP).split("/")
    if any(part in (".", "..") or not _COMPONENT.fullmatch(part) for part in parts):
        return None
    return f"{root}/{'/'.join(parts)}"


def read_text(key: str, root: str = PROC_SYS) -> Outcome:
    """Read the text of one key; the outcome has no setting yet."""
    path = path_of(key, root)
    if path is None:
        return Outcome(key, "absent", problem=f"{key}: not the name of a kernel parameter")
    if root != PROC_SYS and os.path.realpath(path) != os.path.realpath(root) + path[len(root) :]:
        return Outcome(key, "absent", problem=f"{key}: a link leads out of {root}; not followed")
    try:
        return Outcome(key, "value", text=_read(path))
    except OSError as error:
        return _failed(key, path, error)


def _read(path: str) -> str:
    """Return the text of a regular file. Raises `OSError`, also for what is no regular file."""
    handle = os.open(path, _FLAGS)
    try:
        data = os.read(handle, _FIRST_READ)
        if len(data) == _FIRST_READ:
            # The kernel prints a list once, from offset 0: a second part cannot be read, so read all of it again.
            data = os.pread(handle, _MOST, 0)
    finally:
        os.close(handle)
    return data.decode("utf-8", "backslashreplace").removesuffix("\n")


def _failed(key: str, path: str, error: OSError) -> Outcome:
    """Return the outcome for an error of open or read."""
    number = error.errno
    if number in (errno.ENOENT, errno.ENOTDIR):
        return Outcome(key, "absent")
    if number == errno.ELOOP:
        return Outcome(key, "absent", problem=f"{key}: {path} is a link; not followed")
    if number in (errno.EACCES, errno.EPERM):
        if _mode(path) & 0o444 == 0:
            return Outcome(key, "write-only", problem=f"{key}: write-only, its value cannot be read")
        return Outcome(key, "denied", problem=f"{key}: may not be read by this user")
    return Outcome(key, "vanished", problem=f"{key}: could not be read ({error.strerror or error})")


def _mode(path: str) -> int:
    """Return the permission bits of a file; 0444 when they cannot be seen."""
    try:
        return stat.S_IMODE(Path(path).lstat().st_mode)
    except OSError:
        return 0o444


def on_read_only_mount(key: str, root: str = PROC_SYS) -> bool:
    """Tell whether a key lies on a mount that nothing can be written to, as container engines make of /proc/sys.

    Mounts are this process's, whatever network namespace the key is looked at in: its nearest folder is asked.
    """
    path = path_of(key, root) or root
    while path not in ("/", ""):
        try:
            return bool(os.statvfs(path).f_flag & os.ST_RDONLY)
        except OSError:
            path = path.rpartition("/")[0]
    return False


def read_value(key: str, root: str = PROC_SYS, *, host: Host | None = None) -> Outcome:
    """Read one key and what its text means for the catalogue's parameter (no value for a key it does not know).

    The setting counts as touched when the value is known to differ from the default on `host`; without a host always.
    """
    outcome = read_text(key, root)
    text = outcome.text
    if text is None:
        return outcome
    entry = parameter(key)
    if entry is None:
        return Outcome(key, "value", text, Setting(key=key, raw=text, touched=host is None))
    try:
        value = parse_live(entry.kind, text)
    except ValueError:
        line = f"{key}: the kernel's text is not understood: {_short(text)}"
        return Outcome(key, "unparsable", text, Setting(key=key, raw=text, touched=host is None), line)
    touched = host is None or _differs(value, entry, host)
    return Outcome(key, "value", text, Setting(key=key, raw=text, value=value, touched=touched))


def _short(text: str, most: int = 60) -> str:
    """Return a text quoted, safe to print and not long."""
    return repr(text if len(text) <= most else text[:most] + "…")


def read_all(keys: Iterable[str] | None = None, *, host: Host, root: str = PROC_SYS) -> Reading:
    """Read the keys (None: the catalogue's) and tell which of them somebody set, judged by this host's defaults."""
    asked = keys is not None
    settings: dict[str, Setting] = {}
    problems: list[str] = []
    outcomes: dict[str, Outcome] = {}
    for key in keys if keys is not None else parameters():
        entry = parameter(key)
        if not asked and entry is not None and entry.mode & 0o444 == 0:
            continue
        outcome = outcomes[key] = read_value(key, root, host=host)
        if outcome.setting is not None:
            settings[key] = outcome.setting
        line = outcome.problem or _missing(outcome, entry, host, asked)
        if line is not None:
            problems.append(line)
    return Reading(settings, tuple(problems), outcomes)


def _differs(value: Value, entry: Parameter, host: Host) -> bool:
    """Tell whether the value is known to be another than the default: the parameter has one on this host."""
    try:
        default = default_value(entry, host.target, host)
    except (KeyError, ArithmeticError):
        return False
    return default is not None and value != default


def _missing(outcome: Outcome, entry: Parameter | None, host: Host, asked: bool) -> str | None:
    """Return the line for a key that is not there although it was asked for, or the kernel should have it."""
    if outcome.status != "absent":
        return None
    if asked:
        return f"{outcome.key}: not there"
    if entry is None or entry.depth != "full" or entry.lifetime.module or not entry.exists(host.target):
        return None
    scope = entry.scope_on(host.target)
    if scope is None or (host.initial is not True and scope.child == "absent"):
        return None
    return f"{outcome.key}: not there, although kernel {host.kernel} should have it"
