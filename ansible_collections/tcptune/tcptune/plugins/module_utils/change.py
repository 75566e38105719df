# Copyright: the tcptune project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a change came to, as the end of a task: its result, its verdict, Ansible's diffs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ansible_collections.tcptune.tcptune.plugins.module_utils.program import lines, sentence

if TYPE_CHECKING:
    from typing import Any

    from ansible_collections.tcptune.tcptune.plugins.module_utils.program import Answer
    from ansible_collections.tcptune.tcptune.plugins.module_utils.task import Task

VERDICTS = {
    1: "refused, and nothing was changed",
    3: "failed, and everything was put back",
    4: "failed, and not everything could be put back",
    130: "interrupted",
}


def finish(task: Task, answer: Answer) -> None:
    """End the task with what the program answered."""
    document = answer.document
    if document is None:
        task.fail(_sentence(VERDICTS.get(answer.status), answer.said), rc=answer.status)
    result = {name: document[name] for name in ("changes", "findings")}
    for name in ("refusals", "messages", "notices"):
        result[name] = [sentence(each) for each in document[name]]
    for name in ("file", "journal", "persisted", "pending"):
        if document[name] is not None:
            result[name] = document[name]
    result["changed"] = document["changed"]
    if task.diff:
        result["diff"] = _diff(document)
    if answer.status:
        task.fail(_sentence(VERDICTS.get(answer.status), sentence(_why(document))), rc=answer.status, **result)
    task.exit(**result)


def _why(document: dict[str, Any]) -> str:
    """Return why a plan was refused or failed: the refusals, else the findings on what it sets, else all of them."""
    if document["refusals"] or document["messages"]:
        return "; ".join(document["refusals"] + document["messages"])
    keys = [change["key"] for change in document["changes"] if change["action"] == "set"]
    grave = [each for each in document["findings"] if each["severity"] != "note"]
    return "; ".join(lines([each for each in grave if each["key"] in keys] or grave))


def _sentence(verdict: str | None, why: str) -> str:
    return why if verdict is None else f"{verdict}: {why}"


def _diff(document: dict[str, Any]) -> list[dict[str, str]]:
    """Return Ansible's diffs: the live values that change, and the file."""
    set_ones = [change for change in document["changes"] if change["action"] == "set"]
    found = []
    if set_ones:
        found.append(
            {
                "before_header": "live values",
                "after_header": "live values",
                "before": "".join(f"{each['key']} = {_text(each['before'])}\n" for each in set_ones),
                "after": "".join(f"{each['key']} = {_text(each['after'])}\n" for each in set_ones),
            }
        )
    changed = document["file"]
    if changed is not None:
        found.append(
            {
                "before_header": changed["path"],
                "after_header": changed["path"],
                "before": changed["before"] or "",
                "after": changed["after"] or "",
            }
        )
    return found


def _text(value: Any) -> str:
    return " ".join(str(each) for each in value) if isinstance(value, list) else str(value)
