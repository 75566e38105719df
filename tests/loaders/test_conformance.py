"""The models against the real `sysctl --system` and systemd-sysctl installed here, in namespaces of their own.

Files read, writes in their order, refusals, exit status and what the kernel holds afterwards have to agree. The other
releases' loaders are run by `make loaders`.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tcptune.errors import TcptuneError
from tcptune.loaders.versions import Procps, Systemd
from tools.loaders.kept import KEPT
from tools.loaders.programs import Programs, of_machine
from tools.loaders.trees import Files, make
from tools.loaders.worker import Answer, Loaders

pytestmark = pytest.mark.root


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Programs:
    """Return the loaders installed on this machine."""
    try:
        return of_machine(tmp_path_factory.mktemp("programs") / "opt")
    except TcptuneError as error:
        pytest.skip(f"{error.message}: install procps and systemd to include it")


@pytest.fixture(scope="module")
def loaders(programs: Programs) -> Iterator[Loaders]:
    """Start the worker."""
    with Loaders(programs.folder, (programs.procps, programs.systemd)) as running:
        yield running


def check(loaders: Loaders, files: Files) -> Answer:
    """Load a tree with both programs and both models."""
    return loaders.check([(files, True)])[0]


@pytest.mark.parametrize("name", KEPT)
def test_a_tree_that_once_disagreed_still_agrees(loaders: Loaders, name: str) -> None:
    """Every disagreement ever found."""
    assert check(loaders, KEPT[name]).wrong == {"procps": [], "systemd": []}


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.randoms(use_true_random=False))
def test_any_tree_loads_as_the_models_say(loaders: Loaders, chance: Random) -> None:
    """Trees made by hypothesis, value by value, refusal by refusal, status by status."""
    files = make(chance)
    assert check(loaders, files).wrong == {"procps": [], "systemd": []}, files


def test_some_hundred_trees_load_as_the_models_say(loaders: Loaders) -> None:
    """The same trees that `make loaders` begins with, and enough of them do something."""
    trees = [(make(Random(f"tree {seed}")), False) for seed in range(300)]
    answers = loaders.check(trees)
    assert [answer.wrong for answer in answers if any(answer.wrong.values())] == []
    assert sum(answer.writes for answer in answers) > 1500
    assert sum(answer.refused for answer in answers) < sum(answer.writes for answer in answers) / 2
    assert 100 < sum(answer.failed for answer in answers) < 500


def test_a_wrong_model_is_found_out(programs: Programs) -> None:
    """The comparison sees status, order, values and refusals of another version than the one that runs."""
    other = (Procps((3, 3, 17)), Systemd((262,), climbs=True, resolves=True, semicolons=False))
    trees = [
        {"/etc/sysctl.d/a.conf": b"net.ipv4.conf.*.rp_filter = 1\n"},
        {"/etc/sysctl.d/a.conf": b"net.ipv4.tcp_tw_reuse = 9\n"},
        {"/etc/sysctl.d/a.conf": b"; comment\n"},
        {"/etc/sysctl.d/a.conf": b"/../net/core/somaxconn = 7\n"},
    ]
    with Loaders(programs.folder, other) as running:
        answers = [answer.wrong for answer in running.check([(dict(tree), False) for tree in trees])]
    assert any("rp_filter" in row for row in answers[0]["procps"])
    assert any("status" in row for row in answers[1]["procps"])
    assert any("status" in row for row in answers[2]["systemd"])
    assert any("somaxconn" in row for row in answers[3]["systemd"])
