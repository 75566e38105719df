# Copyright: the tcptune project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tcptune program on the managed host: found, run, and its answer read."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from ansible.module_utils.common.text.converters import to_native

from ansible_collections.tcptune.tcptune.plugins.module_utils.task import (
    ABSENT,
    BARRED,
    BROKEN,
    CUT_OFF,
    DOCUMENT,
    MISSING,
    NOT_ROOT,
    PREFIX,
)

if TYPE_CHECKING:
    from typing import Any

    from ansible_collections.tcptune.tcptune.plugins.module_utils.task import Ran, Task

TOOL = {
    "executable": {"type": "path"},
    "netns": {"type": "str"},
    "config": {"type": "path"},
}
"""Options of every module."""
OLDEST = "0.1.0"
"""The oldest tcptune that answers as these modules expect."""
ROLE = "tcptune.tcptune.tcptune"
INSTALLS = f"the role {ROLE} installs it"
NOT_INSTALLED = "tcptune is not installed on this host"
SCHEMAS = {"apply": "apply", "confirm": "apply", "rollback": "apply", "history": "history", "audit": "audit"}
TOO_OLD = re.compile(r"^tcptune: (needs Python \S+ or newer, this is \S+)", re.MULTILINE)
"""What the single file says under a Python that is too old for it."""
SAID = re.compile(r"^tcptune: ", re.MULTILINE)
SPELLED_OUT = re.compile(rf"\S*/{PREFIX}[^/\s]+/{re.escape(DOCUMENT)}(:\d+:\d+)?")
HINTS = re.compile(r"mend that line and column|tcptune \w+ --help")
WORDS = (
    ("--no-persist", "persist: false"),
    ("--persist", "persist: true"),
    ("--remove", "state: absent"),
    ("use --pid PID or a path", "a path will do"),
    ("is it spelled right? a relative path begins here", "a name with a slash is a path on the managed host"),
)
"""What the program says of its command line, and what the same is called in a task."""
OPTION = re.compile(r"--(file|confirm-within|journal-id|state-dir|only|allow|force|netns|config|fail-on|sample)\b")
VERSION = re.compile(r"tcptune (\d+)\.(\d+)\.(\d+)")


class Answer:
    """What a run of tcptune came to: its exit status, its JSON document (None if there is none), its messages."""

    def __init__(self, status: int, document: dict[str, Any] | None, said: str) -> None:
        self.status = status
        self.document = document
        self.said = said


def run(
    task: Task,
    command: str,
    *arguments: str | None,
    document: str | None = None,
    root: bool = True,
    needed: bool = True,
) -> Answer | None:
    """Run `tcptune COMMAND --format json ARGUMENTS`; None among them stands for the file of `document`.

    Fails the task when the program is not installed (returns None there unless it is `needed`), cannot be run, or does
    not answer as one that these modules know.
    """
    words = [command, "--format", "json"]
    for option in ("netns", "config"):
        if task.params.get(option) is not None and (option != "config" or command in ("apply", "audit")):
            words += ["--" + option, task.params[option]]
    words += arguments
    if any("\0" in word for word in words if word is not None):
        task.fail("an option holds NUL, which no command line can hold")
    ran = task.start(words, document, root)
    if not needed and ran.trouble in (MISSING, ABSENT, BARRED):
        return None
    told = {"rc": ran.status, "cmd": [ran.program] + [DOCUMENT if word is None else word for word in words]}
    if ran.trouble is not None:
        task.fail(_trouble(ran), **(told if ran.trouble in (BROKEN, CUT_OFF) else {}))
    told["stderr"] = ran.err
    if ran.status < 0:
        task.fail(f"{ran.program} was ended by signal {-ran.status}", **told)
    return _read(task, command, ran, told)


def answered(task: Task, command: str, *arguments: str | None, **how: Any) -> Answer | None:
    """Run it as above; an answer without a document fails the task with what the program said."""
    answer = run(task, command, *arguments, **how)
    if answer is not None and answer.document is None:
        task.fail(answer.said, rc=answer.status)
    return answer


def _trouble(ran: Ran) -> str:
    """Return why the program could not be started."""
    return {
        NOT_ROOT: "a change needs root on the managed host: become: true",
        MISSING: f"{NOT_INSTALLED}; {INSTALLS}",
        ABSENT: f"{ran.program} is not there: {NOT_INSTALLED}; {INSTALLS}",
        BARRED: f"{ran.program} may not be run: {NOT_INSTALLED}; {INSTALLS}",
        BROKEN: f"{ran.program} cannot be run: {ran.err}: it, or the Python that it names",
        CUT_OFF: f"the host's shell ended before {ran.program}: what that did is not known",
    }[ran.trouble]


def _read(task: Task, command: str, ran: Ran, told: dict[str, Any]) -> Answer:
    """Return the program's answer; fails the task with `told` when it is none of a tcptune of these modules' time."""
    try:
        document = json.loads(ran.out) if ran.out.strip() else None
    except ValueError:
        document = None
    too_old = TOO_OLD.search(ran.err)
    if document is None and too_old is not None:
        task.fail(f"{ran.program} {too_old.group(1)}: tcptune_python of the role {ROLE} names another", **told)
    known = isinstance(document, dict) and document.get("schema") == f"tcptune/{SCHEMAS[command]}/1"
    version = None if known else _version(task)
    if not known and (document is not None or ran.status == 0 or version is None):
        what = "is no tcptune that answers" if version is None else f"{version} does not answer as expected"
        task.fail(f"{ran.program} {what}: tcptune {OLDEST} or newer is needed, {INSTALLS}", stdout=ran.out, **told)
    return Answer(ran.status, document, sentence(ran.err))


def _version(task: Task) -> str | None:
    """Return the program's version; None when it is none of these modules' time."""
    found = VERSION.match(task.start(["--version"]).out)
    if found is None or tuple(map(int, found.groups())) < tuple(map(int, OLDEST.split("."))):
        return None
    return ".".join(found.groups())


def sentence(said: str) -> str:
    """Return what the program said in the words of a task: one line, options as the module calls them."""
    lines = [line.strip() for line in SAID.sub("", to_native(said).strip()).splitlines()]
    text = SPELLED_OUT.sub("the task", "; ".join(line for line in lines if line and not HINTS.search(line)))
    for theirs, ours in WORDS:
        text = text.replace(theirs, ours)
    return OPTION.sub(lambda found: found.group(1).replace("-", "_"), text)


def lines(findings: list[dict[str, Any]]) -> list[str]:
    """Return findings as one line each: the rule, where it stands, what it says."""
    return [f"{each['rule']} {each['slug']}: {each['message'].rstrip('.')}" for each in findings]
