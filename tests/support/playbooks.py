"""Real ansible-playbook runs on the hosts of a fleet, and what each task came to on each host."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.hosts import Fleet
from tests.support.program import ROOT

CALLBACKS = ROOT / "tests" / "ansible" / "callback"
SCRIPTS = Path(sysconfig.get_path("scripts"))
TCPTUNE = str(SCRIPTS / "tcptune")
PYTHON = shutil.which("python3", path="/usr/bin") or str(Path(sys.executable).resolve())
"""What a host's modules run under: the system's own Python, as Ansible would find it."""
REMOTE_TMP = "/run/ansible"
"""Where a module lies on a host, unless it is piped into its Python."""
TERMINAL = {"ansible_ssh_extra_args": "-o RequestTTY=force", "ansible_pipelining": False}
"""A login that insists on a terminal: what makes the collection's tasks take the way through the module."""


@dataclass(frozen=True)
class Outcome:
    """What a task came to on a host: ok, failed, skipped or unreachable; the module's answer; seconds."""

    host: str
    task: str
    status: str
    seconds: float
    result: dict[str, Any]

    @property
    def changed(self) -> bool:
        return bool(self.result.get("changed"))


@dataclass(frozen=True)
class Played:
    """A run of ansible-playbook."""

    status: int
    text: str
    outcomes: tuple[Outcome, ...]

    def task(self, name: str) -> dict[str, Outcome]:
        """Return what a task came to, by host; its name may be that within a role."""
        return {each.host: each for each in self.outcomes if each.task.rpartition(" : ")[2] == name}


def play(
    fleet: Fleet,
    plays: Sequence[Mapping[str, Any]] | Path,
    *arguments: str,
    hosts: Sequence[str] | None = None,
    variables: Mapping[str, Mapping[str, Any]] | None = None,
    groups: Mapping[str, Sequence[str]] | None = None,
    collections: Path = ROOT,
    timeout: float = 300,
) -> Played:
    """Run plays on these hosts of the fleet (all without `hosts`), from the control node's namespace.

    `plays` may be a playbook, whose `group_vars` count; `variables` are by host, "all" among them.
    """
    folder = fleet.folder
    (folder / "ansible.cfg").touch()
    playbook = plays if isinstance(plays, Path) else folder / "plays.json"
    if not isinstance(plays, Path):
        playbook.write_text(json.dumps(list(plays)))
    inventory = _inventory(fleet, hosts, variables or {}, groups or {})
    (folder / "inventory.json").write_text(json.dumps(inventory))
    record = folder / "record"
    record.unlink(missing_ok=True)
    command: list[str | Path] = [
        SCRIPTS / "ansible-playbook",
        "-i",
        folder / "inventory.json",
        playbook,
        *arguments,
    ]
    done = subprocess.run(
        fleet.inside(command),
        env=_environment(folder, record, collections),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    lines = record.read_text().splitlines() if record.exists() else []
    return Played(done.returncode, done.stdout + done.stderr, tuple(Outcome(**json.loads(line)) for line in lines))


def _inventory(
    fleet: Fleet,
    names: Sequence[str] | None,
    variables: Mapping[str, Mapping[str, Any]],
    groups: Mapping[str, Sequence[str]],
) -> dict[str, Any]:
    chosen = [host for host in fleet.hosts if names is None or host.name in names]
    common = {
        "ansible_user": "root",
        "ansible_python_interpreter": PYTHON,
        "ansible_remote_tmp": REMOTE_TMP,
        "ansible_ssh_private_key_file": str(fleet.folder / "client_key"),
        **variables.get("all", {}),
    }
    each = {host.name: {"ansible_host": host.address, **variables.get(host.name, {})} for host in chosen}
    children: dict[str, Any] = {group: {"hosts": {name: {} for name in members}} for group, members in groups.items()}
    return {"all": {"hosts": each, "vars": common, "children": children}}


def _environment(folder: Path, record: Path, collections: Path) -> dict[str, str]:
    known = f"-F /dev/null -o UserKnownHostsFile={folder}/known_hosts -o IdentitiesOnly=yes"
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    return {
        **kept,
        "LC_ALL": "C.UTF-8",
        "HOME": str(folder),
        "RECORD": str(record),
        "ANSIBLE_HOME": str(folder / "ansible"),
        "ANSIBLE_CONFIG": str(folder / "ansible.cfg"),
        "ANSIBLE_COLLECTIONS_PATH": str(collections),
        "ANSIBLE_CALLBACK_PLUGINS": str(CALLBACKS),
        "ANSIBLE_CALLBACKS_ENABLED": "record",
        "ANSIBLE_FORKS": "12",
        "ANSIBLE_PIPELINING": "1",
        "ANSIBLE_GATHERING": "explicit",
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_SSH_ARGS": f"{known} -o ControlMaster=auto -o ControlPersist=60s",
        "ANSIBLE_SSH_CONTROL_PATH_DIR": str(folder / "ssh"),
    }
