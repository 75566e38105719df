"""`python -m tools.ansible_sanity [ARGUMENTS]`: ansible-test sanity for the collection.

ansible-test makes an environment for each of its tests and fetches the script that brings pip into it from its own
site. Here the interpreter's own pip does that, and pip's settings of the caller hold, so that nothing beside the
package index is needed; the environments stay in `.cache/ansible-test`. A copy of the collection is tested, since
ansible-test writes into the tree that it looks at.
"""

from __future__ import annotations

import importlib
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Sequence
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
COLLECTION = Path("ansible_collections", "tcptune", "tcptune")
HOME = PROJECT / ".cache" / "ansible-test"
SCRIPTS = Path(sysconfig.get_path("scripts"))

BOOTSTRAP = """\
import ensurepip, os, subprocess, sys
ensurepip.bootstrap(default_pip=True)
os.environ.pop("PIP_CONFIG_FILE", None)  # ensurepip turns pip's settings off
wanted = [word for word in sys.argv[1:] if word not in ("--no-setuptools", "--no-wheel")]
sys.exit(subprocess.call([sys.executable, "-m", "pip", "install", "--quiet", *wanted]))
"""
SETTING = re.compile(r"^(?:global|:env:)\.(?P<name>[a-z-]+)='(?P<value>.*)'$", re.MULTILINE)


def sanity(arguments: Sequence[str] = (), *, seconds: float = 900) -> subprocess.CompletedProcess[str]:
    """Run `ansible-test sanity ARGUMENTS` for this interpreter and return what it printed and came to."""
    _prepare()
    environment = {**os.environ, "HOME": str(HOME), "LC_ALL": "C.UTF-8", "PATH": f"{SCRIPTS}:{os.environ['PATH']}"}
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    command = [str(SCRIPTS / "ansible-test"), "sanity", "--python", python, "--requirements", "--color", "no"]
    with tempfile.TemporaryDirectory(prefix="tcptune-sanity-") as folder:
        tree = Path(folder, COLLECTION)
        ignored = shutil.ignore_patterns("output", "__pycache__", ".ansible")
        shutil.copytree(PROJECT / COLLECTION, tree, ignore=ignored)
        return subprocess.run(
            [*command, *arguments],
            cwd=tree,
            env=environment,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )


def _prepare() -> None:
    """Make a home that has ansible-test's script and pip's settings."""
    cache = HOME / ".ansible" / "test" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    version = _pip_version()
    (cache / f"get_pip_{version.replace('.', '_')}.py").write_text(BOOTSTRAP)
    listed = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=True, timeout=60
    ).stdout
    settings = {found["name"]: found["value"] for found in SETTING.finditer(listed)}
    folder = HOME / ".config" / "pip"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "pip.conf"
    file.touch(mode=0o600)
    file.write_text("".join(["[global]\n", *(f"{name} = {value}\n" for name, value in sorted(settings.items()))]))


def _pip_version() -> str:
    """Return the pip that this ansible-test asks for."""
    requirements = importlib.import_module("ansible_test._internal.python_requirements")

    class Python:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"

    return str(requirements.get_venv_packages(Python())["pip"])


def main() -> int:
    """Print what ansible-test says, all of it when it finds something, and return its status."""
    done = sanity(sys.argv[1:])
    said = (done.stdout + done.stderr).splitlines()
    print("\n".join(line for line in said if done.returncode or line.startswith("Running sanity test")))
    return done.returncode


if __name__ == "__main__":
    raise SystemExit(main())
