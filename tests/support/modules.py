"""A module of the collection run as on a managed host: by any Python, without ansible-playbook and sshd around it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.support.netns import MACHINE
from tests.support.program import ROOT
from tools.stage import COMPLETE

RUNNER = """
import json, os, runpy, sys
import ansible.module_utils.basic
from ansible.module_utils.testing import patch_module_args
for options in json.loads(sys.argv[2]):
    sys.stdout.flush()
    pid = os.fork()
    if not pid:
        with patch_module_args(options):
            runpy.run_module("ansible_collections.tcptune.tcptune.plugins.modules." + sys.argv[1], run_name="__main__")
    os.waitpid(pid, 0)
"""
OLDEST = (3, 8)
"""What the oldest supported ansible-core, 2.18, still runs on a managed host."""


def pythons() -> list[str]:
    """Return every Python that is found here, the oldest first: from the oldest that is supported to the tests' own."""
    versions = Path.home() / ".pyenv" / "versions"
    found: dict[int, str] = {}
    for minor in range(OLDEST[1], sys.version_info.minor):
        for path in (shutil.which(f"python3.{minor}"), *map(str, versions.glob(f"3.{minor}.*/bin/python3"))):
            if path and not subprocess.run([path, "-c", "import json"], capture_output=True, check=False).returncode:
                found.setdefault(minor, path)
    return [*(found[minor] for minor in sorted(found)), str(Path(sys.executable).resolve())]


APART = f"""
set -eu
net=$(readlink /proc/self/ns/net)
mnt=$(readlink /proc/self/ns/mnt)
test "$net" != "$MACHINE"
test "$mnt" != "$MOUNTS"
{COMPLETE}
mount -t tmpfs tmpfs /etc/sysctl.d
mount -t tmpfs tmpfs /var/lib
exec "$@"
"""
"""Whatever a module does, it does it in a network of its own, to a /etc/sysctl.d and a journal that are gone then."""


def run_module(module: str, **given: Any) -> dict[str, Any]:
    """Run a module with these options (and `python`, `within`, `path` as below) and return its answer."""
    how = {name: given.pop(name) for name in ("python", "within", "path") if name in given}
    (answer,) = run_modules(module, [given], **how)
    return answer


def run_modules(
    module: str,
    cases: Sequence[Mapping[str, Any]],
    *,
    python: str | None = None,
    within: Sequence[str] = (),
    path: str | None = None,
) -> list[dict[str, Any]]:
    """Run a module with each of these options and return its answers.

    `within` is a command that runs another, `path` what the module has as PATH. All of it happens apart from this
    machine, which takes root.
    """
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{sysconfig.get_path('purelib')}"}
    environment |= {"LC_ALL": "C.UTF-8", "MACHINE": MACHINE, "MOUNTS": str(Path("/proc/self/ns/mnt").readlink())}
    apart = ["unshare", "--net", "--mount", "--propagation", "private", "sh", "-c", APART, "sh"]
    where = ["env", f"PATH={os.environ['PATH'] if path is None else path}"]
    command = [*apart, *within, *where, python or sys.executable, "-B", "-c", RUNNER, module, json.dumps(list(cases))]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    answers = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert len(answers) == len(cases), done.stdout + done.stderr
    return answers
