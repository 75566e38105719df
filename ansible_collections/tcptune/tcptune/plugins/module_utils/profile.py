# Copyright: the tcptune project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task of `profile` does in each of its states."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ansible_collections.tcptune.tcptune.plugins.module_utils.change import finish
from ansible_collections.tcptune.tcptune.plugins.module_utils.policy import POLICY, document, wanted
from ansible_collections.tcptune.tcptune.plugins.module_utils.program import TOOL, answered, run

if TYPE_CHECKING:
    from ansible_collections.tcptune.tcptune.plugins.module_utils.task import Task

ARGUMENTS = {
    "state": {"type": "str", "choices": ["present", "absent", "confirmed", "rolled_back"], "default": "present"},
    "only": {"type": "list", "elements": "str"},
    "allow": {"type": "list", "elements": "str"},
    "persist": {"type": "bool"},
    "file": {"type": "path"},
    "confirm_within": {"type": "int"},
    "journal_id": {"type": "str"},
    "force": {"type": "bool", "default": False},
    "state_dir": {"type": "path"},
    **POLICY,
    **TOOL,
}
MEANT_FOR = {
    "only": ["present"],
    "persist": ["present"],
    "confirm_within": ["present"],
    "allow": ["present", "absent"],
    "file": ["present", "absent"],
    "journal_id": ["confirmed", "rolled_back"],
}
"""The states that heed an option."""
UNDONE = ("undone", "rolled-back")
"""What a change that is no more is; one that failed may have left something to be put back."""


def profile(task: Task) -> None:
    """Make the host what the task wants."""
    _agree(task)
    states = {"present": present, "absent": absent, "confirmed": confirmed, "rolled_back": rolled_back}
    states[task.params["state"]](task)


def _agree(task: Task) -> None:
    """Fail for an option that another state would heed: whoever gives it expects something of it."""
    state = task.params["state"]
    for option, states in MEANT_FOR.items():
        if task.params[option] is not None and state not in states:
            task.fail(f"{option} goes with state: {' or '.join(states)}, not {state}")


def present(task: Task) -> None:
    """Apply the profile."""
    given = task.params
    if not wanted(task):
        task.fail("state is present but all of the following are missing: name, settings, definition")
    words = _common(task)
    for key in given["only"] or ():
        words += ["--only", key]
    words += _allow(task)
    if given["persist"] is not None:
        words.append("--persist" if given["persist"] else "--no-persist")
    if given["confirm_within"] is not None:
        words += ["--confirm-within", str(given["confirm_within"])]
    spelled_out = document(task)
    name = given["name"] if spelled_out is None else None
    finish(task, run(task, "apply", name, *words, document=spelled_out))


def absent(task: Task) -> None:
    """Take the drop-in away, and the values that it gave."""
    finish(task, run(task, "apply", "--remove", *_common(task), *_allow(task)))


def confirmed(task: Task) -> None:
    """Keep the change that waits; fail when it was undone meanwhile."""
    entry = _entry(task)
    if entry is not None and (entry["state"] in ("undone", "failed") or _asked_and_gone(task, entry)):
        task.fail(f"the change {entry['id']} is undone: it was not confirmed in time, or failed")
    if entry is None or entry["state"] != "pending":
        task.exit(changed=False)
    if task.check_mode:
        task.exit(changed=True, journal={"id": entry["id"]})
    finish(task, run(task, "confirm", *_state_dir(task)))


def _asked_and_gone(task: Task, entry: dict) -> bool:
    return task.params["journal_id"] is not None and entry["state"] == "rolled-back"


def rolled_back(task: Task) -> None:
    """Undo a change, unless it is undone already."""
    entry = _entry(task)
    if entry is None or entry["state"] in UNDONE:
        task.exit(changed=False)
    words = _state_dir(task)
    if task.check_mode:
        words.append("--dry-run")
    if task.params["force"]:
        words.append("--force")
    finish(task, run(task, "rollback", entry["id"], *words))


def _entry(task: Task) -> dict | None:
    """Return the journal's entry that is meant: the named one, or the newest of this boot and namespace."""
    answer = answered(task, "history", *_state_dir(task))
    wanted = task.params["journal_id"]
    entries = [each for each in answer.document["entries"] if each["kind"] != "rollback"]
    if wanted is not None:
        found = [each for each in entries if each["id"] == wanted]
        if not found:
            task.fail(f"the journal has no entry {wanted}")
        return found[0]
    return next((each for each in entries if each["here"]), None)


def _common(task: Task) -> list:
    words = _state_dir(task)
    if task.params["file"] is not None:
        words += ["--file", task.params["file"]]
    if task.params["force"]:
        words.append("--force")
    if task.check_mode:
        words.append("--dry-run")
    return words


def _allow(task: Task) -> list:
    given = task.params["allow"]
    return ["--allow", ",".join(given)] if given else []


def _state_dir(task: Task) -> list:
    given = task.params["state_dir"]
    return [] if given is None else ["--state-dir", given]
