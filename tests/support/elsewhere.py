"""A system that is not Linux, as far as a program can tell: no fcntl, no netlink, no /proc, no fork."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.support.program import Result, clean_environment

SCRIPT = r"""
import builtins, io, os, socket, sys, sysconfig

sysconfig.get_config_vars()  # Python's own build is looked up by the name of the platform.

for name in ("fcntl", "resource", "grp", "pwd", "termios"):
    sys.modules[name] = None
for name in [each for each in dir(socket) if "NETLINK" in each]:
    delattr(socket, name)
for name in ("fork", "forkpty", "fchmod", "sched_getaffinity", "geteuid", "getuid", "setns", "unshare", "posix_spawn",
             "O_DIRECTORY", "O_NOFOLLOW", "O_PATH", "O_CLOEXEC", "O_NONBLOCK", "pread"):
    if hasattr(os, name):
        delattr(os, name)
sys.platform = "elsewhere"


def inside(path):
    text = os.fsdecode(path) if isinstance(path, (str, bytes, os.PathLike)) else ""
    return text == "/proc" or text.startswith(("/proc/", "/sys/"))


def guarded(real):
    def call(path=".", *rest, **more):
        if inside(path):
            raise FileNotFoundError(2, "No such file or directory", os.fsdecode(path))
        return real(path, *rest, **more)
    return call


builtins.open = io.open = guarded(builtins.open)
for name in ("open", "stat", "lstat", "listdir", "scandir", "readlink"):
    setattr(os, name, guarded(getattr(os, name)))
if sys.argv[1:2] == ["probe"]:
    import importlib
    for name in ("fcntl", "resource"):
        try:
            importlib.import_module(name)
        except ImportError:
            print("no", name)
    for check in (lambda: open("/proc/self/stat"), lambda: os.stat("/proc/sys/net"), lambda: os.listdir("/proc"),
                  lambda: os.open("/proc/version", 0), lambda: socket.AF_NETLINK, lambda: os.fork()):
        try:
            check()
            print("REACHED")
        except (OSError, AttributeError) as error:
            print("blocked", type(error).__name__)
    sys.exit(0)
from tcptune.__main__ import main
sys.exit(main())
"""


def elsewhere(*arguments: str, cwd: Path, env: Mapping[str, str] | None = None) -> Result:
    """Run the program where Linux' own means are not to be had."""
    command = [sys.executable, "-c", SCRIPT, *arguments]
    done = subprocess.run(command, capture_output=True, check=False, cwd=cwd, env=clean_environment(env))
    return Result(done.returncode, done.stdout.decode(), done.stderr.decode())
