"""A host's values become a profile: the reason stands beside the line that set the value."""

from __future__ import annotations

from pathlib import Path

import pytest

from tcptune.audit.gather import Request
from tcptune.draft.host import Comments, draft, why
from tcptune.model.origin import Line
from tcptune.model.report import Row
from tcptune.model.setting import Location
from tests.support.netns import held_namespace, write_sysctl
from tests.support.program import tcptune

KEY = "net.ipv4.tcp_retries2"


def row(path: Path | None, line: int = 1) -> Row:
    origin = Line(KEY, "9", 9, Location(str(path), line), "systemd") if path is not None else None
    return Row(KEY, 9, 15, None, "netns", "changed", origin=origin)


def test_the_reason_of_a_live_value_is_the_comment_in_the_file_that_set_it(tmp_path: Path) -> None:
    path = tmp_path / "sysctl.d" / "9.conf"
    path.parent.mkdir()
    path.write_text(f"# first\n{KEY} = 8\n\n{KEY} = 9\n# why\n{KEY} = 9\n")
    comments = Comments("")
    assert why(row(path, 2), comments) == "first"
    assert why(row(path, 4), comments) == f"Set in {path}."
    assert why(row(path, 6), comments) == "why"
    assert why(row(path, 6), None) == f"Set in {path}."
    assert why(row(tmp_path / "nowhere", 1), comments) == f"Set in {tmp_path}/nowhere."
    assert why(row(None), comments) == "Found on a host; no file there sets it."


def test_below_a_root_the_files_are_those_of_the_root(tmp_path: Path) -> None:
    path = tmp_path / "etc" / "sysctl.d" / "9.conf"
    path.parent.mkdir(parents=True)
    path.write_text(f"# why\n{KEY} = 9\n")
    (item,) = draft(Request(root=str(tmp_path), kernel="6.1")).items
    assert (item.key, item.value, item.why, item.contained) == (KEY, 9, "why", False)
    assert item.place == "/etc/sysctl.d/9.conf:2:1"


@pytest.mark.root
def test_a_saved_audit_gives_what_its_host_had_set(tmp_path: Path) -> None:
    saved = tmp_path / "audit.json"
    with held_namespace(lambda: write_sysctl(KEY, 9)) as held:
        done = tcptune("audit", "--netns", held.path, "-f", "json", "-o", saved, "--fail-on", "never")
        assert done.status == 0
    found = {item.key: item for item in draft(Request(snapshot=str(saved))).items}
    assert found[KEY].value == 9
    assert found[KEY].contained
    assert found[KEY].why == "Found on a host; no file there sets it."
