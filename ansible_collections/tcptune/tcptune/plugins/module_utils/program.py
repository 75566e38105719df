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
OLDEST = "0.1.0"
"""The oldest tcptune that answers as these modules expect."""
SCHEMAS = {"apply": "apply", "confirm": "apply", "rollback": "apply", "history": "history", "audit": "audit"}
TOO_OLD = re.compile(r"^tcptune: (needs Python \S+ or newer, this is \S+)", re.MULTILINE)
"""What the single file says under a Python that is too old for it."""
SAID = re.compile(r"^tcptune: ", re.MULTILINE)
SPELLED_OUT = re.compile(r"\S*/tcptune-[^/\s]+/playbook\.yaml(:\d+:\d+)?")
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
        return str(given) if os.access(given, os.X_OK) and not os.path.isdir(given) else None
    path = module.get_bin_path("tcptune", required=False, opt_dirs=FOLDERS)
    return None if path is None else str(path)


def run(module: AnsibleModule, command: str, *arguments: str) -> Answer:
    """Run `tcptune COMMAND --format json ARGUMENTS`.

    Fails the task when the program is not installed, cannot be run, or does not answer as one that these modules know.
    """
    program = find(module)
    if program is None:
        module.fail_json(msg=_missing(module))
    words = [str(program), command, "--format", "json"]
    for option in ("netns", "config"):
        if module.params.get(option) is not None and (option != "config" or command in ("apply", "audit")):
            words += ["--" + option, module.params[option]]
    status, out, err = _started(module, words + list(arguments))
    if status < 0:
        module.fail_json(msg=f"{program} was ended by signal {-status}", rc=status, cmd=words, stderr=err)
    try:
        document = json.loads(out) if out.strip() else None
    except ValueError:
        document = None
    too_old = TOO_OLD.search(err)
    if document is None and too_old is not None:
        message = f"{program} {too_old.group(1)}: tcptune_python of the role tcptune.tcptune.tcptune names another"
        module.fail_json(msg=message, rc=status, cmd=words, stderr=err)
    known = isinstance(document, dict) and document.get("schema") == f"tcptune/{SCHEMAS[command]}/1"
    version = None if known else _version(module, program)
    if not known and (document is not None or status == 0 or version is None):
        what = "is no tcptune that answers" if version is None else f"{version} does not answer as expected"
        message = f"{program} {what}: tcptune {OLDEST} or newer is needed, the role tcptune.tcptune.tcptune installs it"
        module.fail_json(msg=message, rc=status, cmd=words, stdout=out, stderr=err)
    return Answer(status, document, sentence(err))


def answered(module: AnsibleModule, command: str, *arguments: str) -> Answer:
    """Run it as above; an answer without a document fails the task with what the program said."""
    answer = run(module, command, *arguments)
    if answer.document is None:
        module.fail_json(msg=answer.said, rc=answer.status)
    return answer


def _missing(module: AnsibleModule) -> str:
    given = module.params["executable"]
    what = "tcptune is not installed on this host"
    if given is not None:
        what = f"{given} {'may not be run' if os.path.exists(given) else 'is not there'}: {what}"
    return f"{what}; the role tcptune.tcptune.tcptune installs it"


def _started(module: AnsibleModule, words: list[str]) -> tuple[int, str, str]:
    environment = {"NO_COLOR": "1", "LC_ALL": "C.UTF-8"}
    try:
        status, out, err = module.run_command(words, environ_update=environment, handle_exceptions=False)
    except OSError as error:
        module.fail_json(msg=f"{words[0]} cannot be run: {error.strerror}: it, or the Python that it names", cmd=words)
    return status, to_native(out), to_native(err)


def _version(module: AnsibleModule, program: str) -> str | None:
    """Return the program's version; None when it is none of these modules' time."""
    found = VERSION.match(_started(module, [program, "--version"])[1])
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
    return [f"{each['rule']} {each['slug']}: {each['message'].rstrip('.')}" for each in findings]
