"""Every shipped profile against every other on every living kernel: compared without an error."""

from __future__ import annotations

import pytest

from tcptune.catalog.targets import living
from tcptune.diff.against import look
from tcptune.profiles.find import listed, shipped_folder
from tcptune.profiles.load import load
from tcptune.profiles.policy import Policy

POLICIES = {name: Policy(load(str(path))) for name, path in listed().items() if path.parent == shipped_folder()}
KERNELS = [str(target) for target in living()]


@pytest.mark.parametrize("kernel", KERNELS)
def test_every_profile_is_compared_with_every_other(kernel: str) -> None:
    for name, policy in POLICIES.items():
        for other_name, other in POLICIES.items():
            _, changes = look(policy, other, kernel)
            differing = [change.key for change in changes if change.differs]
            assert {change.key for change in changes} >= set(policy.keys)
            if name == other_name:
                assert differing == [], name
            assert not [change.key for change in changes if change.action == "blocked"], (name, other_name)
