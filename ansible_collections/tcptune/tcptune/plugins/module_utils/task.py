# Copyright: the tcptune project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A task as what decides sees it, whichever way it comes to the managed host: as a module there, or from afar."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, NoReturn

NOT_ROOT = "not root"
MISSING = "missing"
ABSENT = "absent"
BARRED = "barred"
BROKEN = "broken"
"""What keeps the program from being started: the user's rights; it is nowhere; what is named is not there, or may not
be run; the kernel refuses, for a reason that `err` has."""
CUT_OFF = "cut off"
"""It was started, and how it ended is not known."""

FOLDERS = ["/opt/tcptune/bin", "/usr/local/bin"]
"""Where the program is looked for behind PATH."""
ENVIRONMENT = {"NO_COLOR": "1", "LC_ALL": "C.UTF-8"}
"""What the program gets beside the task's own environment."""
DOCUMENT = "playbook.yaml"
"""The file with the profile that the playbook spells out; it is gone when the program has ended."""
PREFIX = "tcptune-"
"""How the name of its folder begins, which only its owner can enter."""


class Ran:
    """What starting the program came to.

    `program` is its path where it was found, `trouble` one of the words above or None. Without trouble, `status` is
    what it ended with (a signal's number is negative), `out` and `err` are what it printed.
    """

    def __init__(
        self, program: str | None, trouble: str | None = None, status: int = 0, out: str = "", err: str = ""
    ) -> None:
        self.program = program
        self.trouble = trouble
        self.status = status
        self.out = out
        self.err = err


class Task(ABC):
    """The options, and what the task can do.

    `params` are all options with their defaults; `check_mode` and `diff` are what the play asks for.
    """

    params: dict[str, Any]
    check_mode: bool
    diff: bool

    @abstractmethod
    def start(self, words: Sequence[str | None], document: str | None = None, root: bool = False) -> Ran:
        """Run the program with these arguments; with `root`, by nobody else.

        `document` is the profile that the playbook spells out, in JSON: None in `words` stands for its file.
        """

    @abstractmethod
    def exit(self, **result: Any) -> NoReturn:
        """End the task with this result."""

    @abstractmethod
    def fail(self, msg: str, **result: Any) -> NoReturn:
        """End the task as failed, with one line that says why."""
