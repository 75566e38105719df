# Copyright: the tcptune project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task wants of a host: a profile by its name, or one that the playbook spells out."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

    from ansible_collections.tcptune.tcptune.plugins.module_utils.task import Task

POLICY = {
    "name": {"type": "str", "aliases": ["profile"]},
    "settings": {"type": "dict"},
    "definition": {"type": "dict"},
}
"""Options that say what is wanted."""
EXCLUSIVE = [("name", "definition"), ("settings", "definition")]
NUMBER = re.compile(r"-?(0|[1-9][0-9]*)\Z")


def wanted(task: Task) -> bool:
    """Tell whether the task wants anything."""
    return any(task.params[option] is not None for option in POLICY)


def document(task: Task) -> str | None:
    """Return the profile that the playbook spells out, in JSON; None when it names one, or none at all."""
    given = task.params["definition"]
    if given is None:
        if task.params["settings"] is None:
            return None
        given = {"settings": task.params["settings"]}
        if task.params["name"] is not None:
            given["extends"] = [task.params["name"]]
    whole = {"schema": "tcptune/profile/1", "name": "playbook", "summary": "Settings of a playbook"}
    whole.update(given)
    whole["settings"] = {key: _number(wish) for key, wish in (whole.get("settings") or {}).items()}
    return json.dumps(whole, indent=1)


def _number(value: Any) -> Any:
    """Return what a template made text of as the number it was."""
    if isinstance(value, str) and NUMBER.match(value):
        return int(value)
    if isinstance(value, dict):
        return {key: item if key in ("when", "why") else _number(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_number(item) for item in value]
    return value
