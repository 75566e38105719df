"""Whether the files that this process sees are those that the host boots with, or a container's own."""

from __future__ import annotations

import os

from tcptune.live.files import read_text
from tcptune.live.host import container_hint, in_initial_namespace

FIRST = {"pid": "pid:[4026531836]", "cgroup": "cgroup:[4026531835]"}
"""The kernel's numbers of the host's own namespaces (PROC_PID_INIT_INO, PROC_CGROUP_INIT_INO), the same since 3.8."""

SAID = (
    "{why}: the files seen here are not those that the host boots with. They are shown, and the host's values are not"
    " measured by them; run it on the host{hint}."
)


def foreign_files(proc: str = "/proc") -> str:
    """Return the sentence that says why the files are not the host's; empty where they are, or where it cannot matter.

    It matters on the host's own network alone. Process 1 of the host has the root that the host boots with; where it
    cannot be looked at, what a container leaves to be seen has to do.
    """
    if in_initial_namespace() is not True:
        return ""
    if _namespace(proc, "pid") not in ("", FIRST["pid"]):
        # Windows runs its distributions like that, each with a boot of its own.
        return "" if "microsoft" in os.uname().release else SAID.format(why="this runs in a container", hint="")
    try:
        host, own = os.stat(f"{proc}/1/root/"), os.stat("/")  # noqa: PTH116 (the slash at the end follows the link)
    except OSError:
        # A virtual machine may be made of a container's image, with what tells of a container left in it.
        layered = container_hint() is not None and _overlay(read_text(f"{proc}/self/mountinfo", 1 << 20) or "")
        if not layered and _namespace(proc, "cgroup") in ("", FIRST["cgroup"]):
            return ""
        return SAID.format(why="this runs in a container on the host's network", hint="")
    if (host.st_dev, host.st_ino) == (own.st_dev, own.st_ino):
        return ""
    return SAID.format(why="this runs with another root than the host", hint=", or with --root /proc/1/root")


def _overlay(mounts: str) -> bool:
    """Tell whether the root is layers on layers, as container engines make it."""
    for line in mounts.splitlines():
        words = line.split()
        if words[4:5] == ["/"] and "-" in words:
            return words[words.index("-") + 1] in ("overlay", "fuse.fuse-overlayfs", "aufs")
    return False


def _namespace(proc: str, kind: str) -> str:
    try:
        return os.readlink(f"{proc}/self/ns/{kind}")  # noqa: PTH115
    except OSError:
        return ""
