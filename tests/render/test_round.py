"""Every shipped profile for every kernel in every format: written, read back to the same settings, clean for lint."""

from __future__ import annotations

import pytest

from tcptune.model.version import Target
from tcptune.profiles.facts import Facts
from tcptune.profiles.find import shipped_folder
from tcptune.profiles.load import Chain, load
from tcptune.render.plan import plan
from tcptune.render.sheet import FORMATS, Sheet, writer
from tests.support.kernels import KERNELS
from tests.support.render import findings, read_back, unused
from tools.fuzz.trial import WRITTEN

NAMES = sorted(path.stem for path in shipped_folder().glob("*.yaml"))


def sheets(chain: Chain, target: Target, *, everything: bool = False) -> dict[str, Sheet]:
    known = Facts(target, 8 << 30, loaded=lambda _: True)
    made: dict[frozenset[str], Sheet] = {}
    for name in FORMATS:
        target_of = writer(name)
        if target_of.surroundings not in made:
            made[target_of.surroundings] = plan(chain, known, target_of, everything=everything)
    return {name: made[writer(name).surroundings] for name in FORMATS}


def test_every_format_has_a_name_for_its_file() -> None:
    assert tuple(WRITTEN) == FORMATS
    assert [writer(name).name for name in FORMATS] == list(FORMATS)


@pytest.mark.parametrize("name", NAMES)
def test_each_is_read_back_and_clean_on_every_kernel(name: str) -> None:
    chain = load(name)
    for target in KERNELS:
        for form, sheet in sheets(chain, target).items():
            text = writer(form).write(sheet)
            assert read_back(form, text) == {entry.key: entry.value for entry in sheet.entries}
            assert findings(form, text, str(target)) == []
            named = {entry.key for entry in sheet.entries} | set(sheet.satisfied)
            named |= {each.key for each in (*sheet.passed, *sheet.refused)}
            assert named == {key for member in chain.members for key in member.profile.settings}


@pytest.mark.parametrize("name", NAMES)
def test_so_are_the_defaults_that_are_written_on_demand(name: str) -> None:
    chain = load(name)
    for target in (KERNELS[0], KERNELS[-1]):
        for form, sheet in sheets(chain, target, everything=True).items():
            text = writer(form).write(sheet)
            assert read_back(form, text) == {entry.key: entry.value for entry in sheet.entries}
            assert "TT205" not in {rule for rule, _, _ in findings(form, text, str(target))}


@pytest.mark.parametrize("form", FORMATS)
def test_no_finding_is_silenced_that_is_none(form: str) -> None:
    for name in NAMES:
        for target in (KERNELS[0], KERNELS[-1]):
            text = writer(form).write(sheets(load(name), target)[form])
            loaded_in_the_same_file = form in ("ansible-vars", "nixos", "machineconfig")
            assert loaded_in_the_same_file or unused(form, text, str(target)) == ()


def refused(name: str, form: str) -> dict[str, str]:
    sheet = sheets(load(name), KERNELS[-1], everything=True)[form]
    return {each.key: each.reason for each in sheet.refused}


def test_a_pod_refuses_what_belongs_to_its_node_and_a_node_what_belongs_to_pods() -> None:
    assert (
        refused("kubernetes-node", "kubernetes")["net.core.somaxconn"]
        == "the profile wants it for the host itself only"
    )
    assert set(refused("pod", "sysctl.d")) == set(load("pod").last.profile.settings)
    wide = refused("kernel-default", "compose")
    assert wide["net.core.netdev_max_backlog"] == "it belongs to the whole host, no container or pod has its own"
    assert "net.ipv4.tcp_tw_reuse" not in wide
