"""Write the completion files for bash, zsh and fish: `python -m tools.gen_completion`; `--check` compares.

They are static: nothing of tcptune runs when a TAB is pressed, which would take a tenth of a second and more.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tools.commands import commands
from tools.completion import bash, fish, zsh
from tools.written import keep

FOLDER = Path(__file__).parents[1] / "completions"


def written() -> dict[str, str]:
    """Return every file by its name."""
    known = commands()
    return {"tcptune.bash": bash.text(known), "_tcptune": zsh.text(known), "tcptune.fish": fish.text(known)}


def main(arguments: list[str]) -> int:
    """Write the files, or with `--check` compare: 1 when one differs."""
    return keep(FOLDER, written(), arguments, "tools.gen_completion")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
