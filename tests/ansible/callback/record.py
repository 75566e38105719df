# GNU General Public License v3.0+ (see https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ansible's results as lines of JSON in the file `$RECORD`, for tests and measurements to read."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:

    class CallbackBase:
        """Ansible's own, as far as it is used here: its package has no types."""

else:
    from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: record
type: notification
short_description: Results as lines of JSON
description:
  - One line for each result of a task on a host.
"""


class CallbackModule(CallbackBase):
    """What Ansible tells of each task on each host."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "record"

    def __init__(self) -> None:
        super().__init__()
        self._begun: dict[str, float] = {}

    def v2_playbook_on_task_start(self, task: Any, is_conditional: bool) -> None:
        self._begun[task._uuid] = time.monotonic()

    def v2_runner_on_ok(self, result: Any) -> None:
        self._write("ok", result)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        self._write("failed", result)

    def v2_runner_on_skipped(self, result: Any) -> None:
        self._write("skipped", result)

    def v2_runner_on_unreachable(self, result: Any) -> None:
        self._write("unreachable", result)

    def _write(self, status: str, result: Any) -> None:
        line = {
            "host": result._host.get_name(),
            "task": result._task.get_name(),
            "status": status,
            "seconds": time.monotonic() - self._begun.get(result._task._uuid, time.monotonic()),
            "result": result._result,
        }
        with Path(os.environ["RECORD"]).open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(line, default=str) + "\n")
