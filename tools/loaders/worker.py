"""One process in network and mount namespaces of its own that loads trees with the real programs and with the models.

It sees nothing of the host but its kernel: its root is a tmpfs with the two programs, /proc is read-only except for
/proc/sys/net, which belongs to its own network namespace. Trees come in and findings go out as pickles.
"""

from __future__ import annotations

import os
import pickle
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from tcptune.loaders import procps, systemd
from tcptune.loaders.kernel import PROC_SYS, LiveKeys
from tcptune.loaders.outcome import Load
from tcptune.loaders.tree import DiskTree, Link, MemoryTree
from tcptune.loaders.versions import Procps, Systemd
from tools.loaders.compare import Seen, disagreements
from tools.loaders.trees import RESET, Files

SECONDS = 20
"""How long a real loader may take."""

PLACES = ("etc", "run", "usr", "lib")
_PATHS = {key: PROC_SYS + key.replace(".", "/") for key in RESET}


@dataclass(slots=True)
class Answer:
    """What came of one tree: the disagreements of each loader, and how much was written and refused."""

    wrong: dict[str, list[str]]
    writes: int
    refused: int
    failed: int


class WritingKeys(LiveKeys):
    """The keys of this namespace; a model's writes are done for real, so the kernel itself says what a text means."""

    def write(self, path: str, text: str) -> str:
        """Write and return the kernel's error."""
        import errno

        try:
            handle = os.open(path, os.O_WRONLY)
        except OSError as error:
            return errno.errorcode[error.errno or 0]
        try:
            os.write(handle, text.encode("utf-8", "surrogateescape") + b"\n")
        except OSError as error:
            return errno.errorcode[error.errno or 0]
        finally:
            os.close(handle)
        return ""


def enter(folder: Path, host: tuple[str, str]) -> None:
    """Make the root and go there; `host` are the namespaces that this process must not be in."""
    mine = (str(Path("/proc/self/ns/net").readlink()), str(Path("/proc/self/ns/mnt").readlink()))
    if mine[0] == host[0] or mine[1] == host[1]:
        raise SystemExit("the worker is not in namespaces of its own")
    root = Path("/mnt")
    _mount("-t", "tmpfs", "-o", "size=512m,mode=755", "tmpfs", str(root))
    for name in ("proc", "opt", "dev", "tmp", *PLACES):
        (root / name).mkdir()
    _mount("--bind", str(folder), str(root / "opt"))
    _mount("-o", "remount,bind,ro", str(root / "opt"))
    _mount("--bind", "/proc", str(root / "proc"))
    _mount("-o", "remount,bind,ro", str(root / "proc"))
    _mount("--bind", "/proc/sys/net", str(root / "proc/sys/net"))
    os.mknod(root / "dev/null", 0o600 | 0o020000, os.makedev(1, 3))
    os.chroot(root)
    os.chdir("/")


def _mount(*words: str) -> None:
    subprocess.run(["mount", *words], check=True)


def lay(files: Files) -> None:
    """Put a tree in the place of the one before."""
    for name in PLACES:
        place = Path("/", name)
        if place.is_symlink():
            place.unlink()
        elif place.exists():
            shutil.rmtree(place)
    for path, held in sorted(files.items(), key=lambda item: (item[0].count("/"), item[0])):
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        if held is None:
            Path(path).mkdir(exist_ok=True)
        elif isinstance(held, Link):
            Path(path).symlink_to(held.target)
        else:
            Path(path).write_bytes(held)


def reset() -> None:
    """Give every key the value it begins with."""
    for key, text in RESET.items():
        _put(_PATHS[key], text)


def _put(path: str, text: str) -> None:
    handle = os.open(path, os.O_WRONLY)
    try:
        os.write(handle, text.encode())
    finally:
        os.close(handle)


def state() -> dict[str, str]:
    """Return what the keys hold now."""
    held = {}
    for key, path in _PATHS.items():
        handle = os.open(path, os.O_RDONLY)
        try:
            held[key] = os.read(handle, 4096).decode()
        finally:
            os.close(handle)
    return held


def run(*command: str) -> tuple[int, str, str]:
    """Run a program of the loaders' folder; return status, standard output and standard error."""
    words = ["/opt/ld.so", "--library-path", "/opt/lib", *command]
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    child = os.posix_spawn(
        words[0],
        words,
        {"SYSTEMD_LOG_LEVEL": "debug", "SYSTEMD_LOG_TARGET": "console", "SYSTEMD_LOG_COLOR": "0"},
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, "/tmp/out", flags, 0o600),
            (os.POSIX_SPAWN_OPEN, 2, "/tmp/err", flags, 0o600),
        ],
    )
    signal.alarm(SECONDS)
    _, status = os.waitpid(child, 0)
    signal.alarm(0)
    said = [Path(place).read_bytes().decode("utf-8", "surrogateescape") for place in ("/tmp/out", "/tmp/err")]
    return os.waitstatus_to_exitcode(status), said[0], said[1]


def check(files: Files, versions: tuple[Procps, Systemd], *, memory: bool) -> Answer:
    """Load one tree four times: with each model and with each program."""
    lay(files)
    wrong, writes, refused, failed = {}, 0, 0, 0
    for name, command in (("procps", ("/opt/sysctl", "--system")), ("systemd", ("/opt/systemd-sysctl",))):
        reset()
        model = _model(name, DiskTree("/"), versions)
        foretold = state()
        reset()
        status, out, err = run(*command)
        wrong[name] = disagreements(model, foretold, Seen(status, out, err, state()))
        if memory and not wrong[name]:
            reset()
            again = _model(name, MemoryTree({**files, "/dev/null": b""}, whole=True), versions)
            if again != model:
                wrong[name].append("the tree in memory loads otherwise than the one on disk")
        writes += len(model.writes)
        refused += len(model.refused)
        failed += model.status != 0
    return Answer(wrong, writes, refused, failed)


def _model(name: str, tree: Any, versions: tuple[Procps, Systemd]) -> Load:
    if name == "procps":
        return procps.load(tree, WritingKeys(), versions[0])
    return systemd.load(tree, WritingKeys(), versions[1])


def serve(source: BinaryIO, sink: BinaryIO) -> None:
    """Answer until the input ends."""
    folder, host, versions = pickle.load(source)
    enter(folder, host)
    while True:
        try:
            trees: Iterable[tuple[Files, bool]] = pickle.load(source)
        except EOFError:
            return
        pickle.dump([check(files, versions, memory=memory) for files, memory in trees], sink)
        sink.flush()


class Loaders:
    """A running worker for one pair of programs; a context manager."""

    def __init__(self, folder: Path, versions: tuple[Procps, Systemd]) -> None:
        command = ["unshare", "--net", "--mount", "--propagation", "private", sys.executable, "-m", __name__]
        self._child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=_PROJECT)
        host = (str(Path("/proc/self/ns/net").readlink()), str(Path("/proc/self/ns/mnt").readlink()))
        self._send((folder, host, versions))

    def check(self, trees: list[tuple[Files, bool]]) -> list[Answer]:
        """Load trees with both programs and both models; the flag asks for the tree in memory, too."""
        self._send(trees)
        assert self._child.stdout is not None
        answers: list[Answer] = pickle.load(self._child.stdout)
        return answers

    def _send(self, thing: Any) -> None:
        assert self._child.stdin is not None
        pickle.dump(thing, self._child.stdin)
        self._child.stdin.flush()

    def __enter__(self) -> Loaders:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._child.stdin is not None and self._child.stdout is not None
        self._child.stdin.close()
        self._child.wait(timeout=30)
        self._child.stdout.close()


_PROJECT = Path(__file__).resolve().parents[2]

if __name__ == "__main__":
    from tools.loaders import worker  # under its own name, so that the parent can read its pickles

    worker.serve(sys.stdin.buffer, sys.stdout.buffer)
