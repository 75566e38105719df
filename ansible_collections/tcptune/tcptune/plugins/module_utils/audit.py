# Copyright: the tcptune project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tasks of `audit` and `audit_info` do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ansible_collections.tcptune.tcptune.plugins.module_utils.policy import POLICY, document
from ansible_collections.tcptune.tcptune.plugins.module_utils.program import TOOL, answered, lines

if TYPE_CHECKING:
    from ansible_collections.tcptune.tcptune.plugins.module_utils.task import Task

ARGUMENTS = {
    "fail_on": {"type": "str", "choices": ["error", "warning", "note", "never"], "default": "warning"},
    "select": {"type": "list", "elements": "str"},
    "ignore": {"type": "list", "elements": "str"},
    "sample": {"type": "int"},
    **POLICY,
    **TOOL,
}


def audit(task: Task) -> None:
    """Run the audit and judge it."""
    given = task.params
    words = ["--fail-on", given["fail_on"]]
    for option in ("select", "ignore"):
        if given[option]:
            words += ["--" + option, ",".join(given[option])]
    if given["sample"] is not None:
        words += ["--sample", str(given["sample"])]
    spelled_out = document(task)
    if spelled_out is not None or given["name"] is not None:
        words += ["--profile", given["name"] if spelled_out is None else None]
    answer = answered(task, "audit", *words, document=spelled_out, root=False)
    result = {name: answer.document[name] for name in ("findings", "summary")}
    result["limits"] = answer.document["host"]["limits"]
    if answer.status:
        task.fail(_verdict(result["findings"], given["fail_on"]), changed=False, rc=answer.status, **result)
    task.exit(changed=False, **result)


def audit_info(task: Task) -> None:
    """Return what an audit sees; a host without the program is no failure."""
    answer = answered(task, "audit", "--fail-on", "never", root=False, needed=False)
    if answer is None:
        task.exit(changed=False, installed=False)
    told = answer.document
    parameters = told["parameters"]
    task.exit(
        changed=False,
        installed=True,
        version=told["tool"]["version"],
        host=told["host"],
        parameters={row["key"]: row["value"] for row in parameters},
        origins={row["key"]: row["origin"] for row in parameters if row["origin"] is not None},
        pressure=told["pressure"],
        findings=told["findings"],
        summary=told["summary"],
    )


def _verdict(findings: list, fail_on: str) -> str:
    """Return what the task fails with: the findings that count."""
    severities = ["error", "warning", "note"]
    counting = severities[: severities.index(fail_on) + 1] if fail_on in severities else severities
    found = [each for each in findings if each["severity"] in counting]
    plural = "" if len(found) == 1 else "s"
    return f"{len(found)} finding{plural} at or above {fail_on}: {'; '.join(lines(found))}"
