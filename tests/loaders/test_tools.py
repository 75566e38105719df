"""What runs the real loaders: it cannot reach the host, makes the same trees again, and finds the smallest one."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from tcptune.errors import TcptuneError
from tcptune.loaders.tree import Link
from tools.loaders.__main__ import smallest
from tools.loaders.programs import of_machine
from tools.loaders.trees import GLOBS, OTHERS, RESET, Files, make
from tools.loaders.worker import Loaders


def test_generated_trees_name_keys_of_a_network_namespace_only() -> None:
    """Whatever is written belongs to the worker's own namespace."""
    names = [*RESET, *OTHERS, *GLOBS]
    assert all(name == "net" or name.startswith(("net.ipv4.", "net.core.", "net.*.", "*.ipv4.")) for name in names)


def test_a_seed_makes_the_same_tree_again() -> None:
    """So that a disagreement can be looked at."""
    assert make(Random("tree 1")) == make(Random("tree 1"))
    assert make(Random("tree 1")) != make(Random("tree 2"))


def test_the_smallest_tree_has_only_what_matters() -> None:
    """Files and lines go as long as the disagreement stays."""
    files: Files = {"/a": b"1\nbad\n2\n", "/b": Link("a"), "/c": None}

    def is_wrong(tree: Files) -> bool:
        found = tree.get("/a")
        return isinstance(found, bytes) and b"bad" in found

    least = smallest(files, is_wrong)
    assert least == {"/a": b"bad\n"}


@pytest.mark.root
def test_the_host_is_read_only_to_the_loaders(tmp_path: Path) -> None:
    """A key outside the network namespace is refused by the mount (EROFS), before the kernel sees the text (EINVAL).

    The difference is systemd-sysctl's status: it passes over the first and fails at the second. The text is none that
    the kernel would take.
    """
    files: Files = {"/etc/sysctl.d/a.conf": b"vm.swappiness = nothing\n"}
    try:
        programs = of_machine(tmp_path / "opt")
    except TcptuneError as error:
        pytest.skip(error.message)
    with Loaders(programs.folder, (programs.procps, programs.systemd)) as loaders:
        answer = loaders.check([(files, False)])[0]
    assert answer.wrong == {"procps": [], "systemd": []}
    assert (answer.writes, answer.refused, answer.failed) == (2, 2, 1)
