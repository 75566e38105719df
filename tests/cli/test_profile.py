"""`tcptune profile` as a process: profiles are listed, shown and checked, and their schema is printed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tcptune.formats import json_
from tcptune.model.profile import json_schema
from tests.support.program import tcptune

HEAD = "schema: tcptune/profile/1\nname: mine\nsummary: a test\n"


def test_the_shipped_profiles_are_listed() -> None:
    done = tcptune("profile", "list")
    assert done.status == 0
    assert "outbound-heavy (shipped)" in done.out
    assert done.err == ""


def test_a_profile_is_shown_with_its_parents_demands_and_reasons() -> None:
    done = tcptune("profile", "show", "nat-gateway")
    assert done.status == 0
    assert "Builds on base." in done.out
    assert "262144 to 2097152" in done.out
    assert "65536 for each GiB" in " ".join(done.out.split())
    assert "keeps its entry for two minutes" in " ".join(done.out.split())


def test_a_kernel_decides_what_is_shown(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(HEAD + "settings: {net.core.somaxconn: {value: 4096, when: {kernel: '<5.4'}}}\n")
    assert "4096" in tcptune("profile", "show", path, "--kernel", "rhel8").out
    assert "4096" not in tcptune("profile", "show", path, "--kernel", "6.1").out


def test_the_shipped_profiles_pass_their_own_check() -> None:
    done = tcptune("profile", "check", "base", "outbound-heavy", "web-server", "nat-gateway")
    assert (done.status, done.out) == (0, "4 profiles checked, nothing found.\n")


def test_a_check_says_what_a_profile_would_break_and_on_which_kernels(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(HEAD + "settings:\n  net.ipv4.tcp_timestamps: 0\n  net.ipv4.tcp_migrate_req: 1\n")
    done = tcptune("profile", "check", path, "--kernel", "5.10", "--kernel", "6.1")
    assert done.status == 1
    assert "TT402" in done.out
    assert f"{path}:5:3" in done.out
    assert tcptune("profile", "check", path, "--fail-on", "never").status == 0


def test_a_profile_that_cannot_be_read_is_status_2_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(HEAD + "settings:\n  net.ipv4.tcp_tw_resue: 1\n")
    done = tcptune("profile", "check", path)
    assert done.status == 2
    assert f"{path}:5:3: there is no parameter" in done.err
    assert "did you mean 'net.ipv4.tcp_tw_reuse'" in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize("command", [("profile", "schema"), ("schema", "profile")])
def test_the_schema_is_that_of_the_model(command: tuple[str, ...]) -> None:
    done = tcptune(*command)
    assert done.status == 0
    assert done.out == json_.dump(json_schema())


@pytest.mark.parametrize("arguments", [(), ("chek",), ("show",), ("show", "pood"), ("show", "pod", "--kernel", "x")])
def test_wrong_usage_is_status_2_without_a_trace(arguments: tuple[str, ...]) -> None:
    done = tcptune("profile", *arguments)
    assert done.status == 2
    assert done.err.startswith("tcptune: ")
    assert "Traceback" not in done.err
