"""Write the manual pages: `python -m tools.gen_man`; `--check` says which are not what the program would write."""

from __future__ import annotations

import sys
from pathlib import Path

from tools.commands import commands
from tools.manual import commands as pages
from tools.manual import knowledge, profile, roff
from tools.written import keep

FOLDER = Path(__file__).parents[1] / "man"
_NOTE = '.\\" Written by tools/gen_man.py from the program and man/text: change those.'


def written() -> dict[str, str]:
    """Return every page by its file's name."""
    known = commands()
    found = {"tcptune.1": pages.top(known)}
    found |= {f"tcptune-{command.words[0]}.1": pages.page(command) for command in known}
    found["tcptune-profile.5"] = profile.page()
    found |= {"tcptune-rules.7": knowledge.rules(), "tcptune-parameters.7": knowledge.described()}
    return {name: "\n".join([_NOTE, *roff.tidy(lines)]) + "\n" for name, lines in found.items()}


def main(arguments: list[str]) -> int:
    """Write the pages, or with `--check` compare: 1 when one differs."""
    return keep(FOLDER, written(), arguments, "tools.gen_man")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
