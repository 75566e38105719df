# Copyright: the tcptune project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tcptune program on the managed host: found, run, and its answer read."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ansible.module_utils.common.text.converters import to_native

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from ansible.module_utils.basic import AnsibleModule

FOLDERS = ["/opt/tcptune/bin", "/usr/local/bin"]
TOOL = {
    "executable": {"type": "path"},
    "netns": {"type": "str"},
    "config": {"type": "path"},
}
"""Options of every module."""
POLICY = {
    "name": {"type": "str", "aliases": ["profile"]},
    "settings": {"type": "dict"},
    "definition": {"type": "dict"},
}
"""Options that say what is wanted."""
EXCLUSIVE = [("name", "definition"), ("settings", "definition")]
SAID = re.compile(r"^tcptune: ", re.MULTILINE)
NUMBER = re.compile(r"-?(0|[1-9][0-9]*)\Z")


class Answer:
    """What a run of tcptune came to: its exit status, its JSON document (None if there is none), its messages."""

    def __init__(self, status: int, document: dict[str, Any] | None, said: str) -> None:
        self.status = status
        self.document = document
        self.said = said


def find(module: AnsibleModule) -> str | None:
    """Return the path of tcptune; None when it is not installed."""
    given = module.params["executable"]
    if given is not None:
        return str(given) if os.access(given, os.X_OK) else None
    path = module.get_bin_path("tcptune", required=False, opt_dirs=FOLDERS)
    return None if path is None else str(path)


def run(module: AnsibleModule, command: str, *arguments: str) -> Answer:
    """Run `tcptune COMMAND --format json ARGUMENTS`; fail the task when it is not installed."""
    program = find(module)
    if program is None:
        module.fail_json(msg="tcptune is not installed on this host: the role tcptune.tcptune.tcptune installs it")
    words = [str(program), command, "--format", "json"]
    for option in ("netns", "config"):
        if module.params.get(option) is not None and (option != "config" or command in ("apply", "audit")):
            words += ["--" + option, module.params[option]]
    status, out, err = module.run_command(
        words + list(arguments), environ_update={"NO_COLOR": "1", "LC_ALL": "C.UTF-8"}
    )
    try:
        document = json.loads(out) if out.strip() else None
    except ValueError:
        document = None
    if document is None and status == 0:
        module.fail_json(msg="tcptune printed no JSON", cmd=words, stdout=out, stderr=err)
    return Answer(status, document, SAID.sub("", to_native(err).strip()))


@contextmanager
def policy(module: AnsibleModule) -> Iterator[str | None]:
    """Give the profile's name as the program takes it: what stands in the playbook gets a file of root's own.

    The file has mode 0600, lies in a folder that only root can enter, and is gone afterwards.
    """
    wanted = _document(module)
    if wanted is None:
        yield module.params["name"]
        return
    try:
        folder = tempfile.mkdtemp(prefix="tcptune-", dir="/run" if os.path.isdir("/run") else None)
    except OSError as error:
        module.fail_json(msg=f"no folder can be made for the profile: {to_native(error)}")
    try:
        path = os.path.join(folder, "playbook.yaml")
        # YAML holds JSON; os.open, because the file must never exist with another mode.
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
            json.dump(wanted, stream, indent=1)
        yield path
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _document(module: AnsibleModule) -> dict[str, Any] | None:
    """Return the profile that the playbook spells out; None when it names one, or none at all."""
    given = module.params["definition"]
    if given is None:
        if module.params["settings"] is None:
            return None
        given = {"settings": module.params["settings"]}
        if module.params["name"] is not None:
            given["extends"] = [module.params["name"]]
    document = {"schema": "tcptune/profile/1", "name": "playbook", "summary": "Settings of a playbook"}
    document.update(given)
    document["settings"] = {key: _number(wish) for key, wish in (document.get("settings") or {}).items()}
    return document


def _number(value: Any) -> Any:
    """Return what a template made text of as the number it was."""
    if isinstance(value, str) and NUMBER.match(value):
        return int(value)
    if isinstance(value, dict):
        return {key: item if key in ("when", "why") else _number(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_number(item) for item in value]
    return value


def lines(findings: list[dict[str, Any]]) -> list[str]:
    """Return findings as one line each: the rule, where it stands, what it says."""
    return [f"{each['rule']} {each['slug']}: {each['message']}" for each in findings]
