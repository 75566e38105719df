"""A real terminal of so many columns: tmux, alone on a socket of its own."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROWS = 60


class Terminal:
    """A shell in a terminal; `screen` runs a command and returns what is seen then."""

    def __init__(self, socket: Path, env: Mapping[str, str]) -> None:
        self._tmux = ["tmux", "-S", str(socket), "-f", "/dev/null"]
        self._env = dict(env)

    def run(self, *words: str) -> str:
        """Run tmux and return what it printed."""
        done = subprocess.run(
            [*self._tmux, *words], env=self._env, capture_output=True, text=True, timeout=60, check=True
        )
        return done.stdout

    def screen(self, command: str, *, colours: bool = False) -> str:
        """Run a command on an empty screen to its end and return the lines that are seen, without empty ones below."""
        self.run("send-keys", "-l", f"clear; {command}; tmux -S {self._tmux[2]} wait-for -S done")
        self.run("send-keys", "Enter")
        self.run("wait-for", "done")
        lines = self.run("capture-pane", "-p", *(["-e"] if colours else [])).rstrip().split("\n")
        return "\n".join(line for line in lines if line != "$") + "\n"


@contextmanager
def terminal(folder: Path, columns: int, env: Mapping[str, str]) -> Iterator[Terminal]:
    """Give a terminal with a shell in this process's namespaces, and end it."""
    found = Terminal(folder / f"tmux-{columns}", {**env, "TERM": "xterm-256color", "LANG": "C.UTF-8"})
    found.run("new-session", "-d", "-x", str(columns), "-y", str(ROWS), f"cd {folder}; PS1='$ ' exec sh")
    try:
        yield found
    finally:
        found.run("kill-server")


def available() -> bool:
    """Tell whether tmux is here."""
    return any(Path(folder, "tmux").exists() for folder in os.environ.get("PATH", "").split(os.pathsep))
