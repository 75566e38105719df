"""Which format a file is in that another file writes: told by the path it is written to, then by its first line."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from tcptune.model.late import late
from tcptune.sources import commands, hooks, keyfile, prefixed, shell, sysctl_conf, tuned, user_data
from tcptune.sources.base import Reading, Text, is_object
from tcptune.sources.shell_scripts import run_later

NAME = "files"

_UNIT = late(r"\.(?:service|timer|socket|target|path|mount)(?:\.d/[^/]*\.conf)?$")
_QUADLET = late(r"\.(?:container|pod|kube)(?:\.d/[^/]*\.conf)?$")
_MANIFEST = late(r"\.(?:ya?ml|conflist)$")
_CONTAINERS = late(r"(?:/(?:crio|containers)/(?:[^\n]*\.conf|[^\n]*/[^./]*|[^./]*)|\.toml)$")
_INTERFACES = late(r"/network/interfaces(?:$|\.d/)")
_HOOK = late(r"\s*(?:pre-|post-)?(?:up|down)\s+(?=\S)")


def reader(path: str, content: str) -> Callable[[Text], Reading] | None:
    """Return what reads the content of a file at `path`; None for a file that sets nothing."""
    path = path.strip("\"'")
    if _UNIT.search(path):
        return commands.read_unit
    if path.endswith(".sh") or content.lstrip()[:2] == "#!":
        return shell.read
    if path.endswith("tuned.conf"):
        return tuned.read
    if sysctl_conf.named(path):
        return sysctl_conf.read
    if (form := of_engines(path)) is not None:
        return form
    if _INTERFACES.search(path):
        return _hooks
    if hooks.runs(path, content):
        return partial(hooks.read_as, path=path)
    if is_object(content) or _MANIFEST.search(path):
        return _object
    return user_data.reader(content) or (shell.read if run_later(path, content) else None)


def of_engines(path: str) -> Callable[[Text], Reading] | None:
    """Return what reads the files of Podman and CRI-O, and those of systemd-tmpfiles; None for any other."""
    path = path.strip("\"'")
    if "/tmpfiles.d/" in path:
        return prefixed.read_tmpfiles
    if _QUADLET.search(path):
        return keyfile.read_unit
    return keyfile.read_toml if _CONTAINERS.search(path) else None


def _object(text: Text) -> Reading:
    """Read JSON, such as the networks of pods, and YAML, such as the services of a container engine."""
    from tcptune.sources import yaml_source

    found = yaml_source.read(text)
    found.problems = [problem for problem in found.problems if problem.rule != "TT007"]
    return found


def _hooks(text: Text) -> Reading:
    """Read the commands that Debian's interfaces run when they come up."""
    reading = Reading(NAME)
    for number, line in enumerate(text.lines):
        hook = _HOOK.match(line)
        if hook is not None and ("sysctl" in line or "/proc/sys" in line):
            reading.extend(shell.read(text.part([(number, hook.end(), line[hook.end() :])])))
    return reading
