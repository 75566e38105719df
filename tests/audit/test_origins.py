"""Where values come from: the real program on drop-ins that are bound over the host's, in a mount namespace."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support.dropins import audit, bound, by_rule, parameter, write
from tests.support.program import tcptune

pytestmark = pytest.mark.root

FIN = "net.ipv4.tcp_fin_timeout"
KEEP = "net.ipv4.tcp_keepalive_time"
FILES = {"TT105", "TT501", "TT502", "TT503", "TT504", "TT505", "TT506"}


def test_no_drop_ins_are_no_finding_and_no_origin(tmp_path: Path) -> None:
    document = audit(tmp_path).json()
    assert not FILES & set(by_rule(document))
    assert parameter(document, FIN)["origin"] is None
    assert parameter(document, FIN)["persisted"] == {"systemd": None, "procps": None}


def test_a_live_value_that_a_file_explains_has_its_line_as_origin(tmp_path: Path) -> None:
    live = Path("/proc/sys/net/ipv4/tcp_fin_timeout").read_text().strip()
    document = audit(write(tmp_path, {"etc/60-a.conf": f"# why\n{FIN} = {live}\n"})).json()
    row = parameter(document, FIN)
    assert row["origin"] == {"path": "/etc/sysctl.d/60-a.conf", "line": 2, "loader": "systemd"}
    assert row["persisted"] == {"systemd": int(live), "procps": int(live)}
    assert "TT502" not in by_rule(document)


def test_a_live_value_that_differs_is_drift_and_names_both_values_and_the_line(tmp_path: Path) -> None:
    live = int(Path("/proc/sys/net/ipv4/tcp_fin_timeout").read_text())
    document = audit(write(tmp_path, {"etc/60-a.conf": f"{FIN} = {live + 7}\n"})).json()
    (drift,) = by_rule(document)["TT502"]
    assert drift["severity"] == "warning"
    assert drift["key"] == FIN
    assert f"is {live}, and /etc/sysctl.d/60-a.conf says {live + 7}" in drift["message"]
    assert drift["related"][0]["path"] == "/etc/sysctl.d/60-a.conf"
    assert parameter(document, FIN)["origin"] is None
    text = tcptune("audit", "--fail-on", "never", before=bound(tmp_path)).out
    assert f"; {live + 7} at" in " ".join(text.split())


def test_in_another_network_namespace_the_files_are_shown_and_are_no_drift(tmp_path: Path) -> None:
    document = audit(write(tmp_path, {"etc/60-a.conf": f"{FIN} = 30\n"}), network=True).json()
    assert document["host"]["initial"] is False
    assert not {"TT502", "TT105", "TT505"} & set(by_rule(document))
    row = parameter(document, FIN)
    assert row["origin"] is None
    assert row["persisted"] == {"systemd": 30, "procps": 30}


def test_what_the_loaders_disagree_on_stands_on_the_line_of_systemd(tmp_path: Path) -> None:
    document = audit(write(tmp_path, {"etc/70-b.conf": f"{FIN} = 60\n", "main": f"{FIN} = 45\n"})).json()
    (found,) = by_rule(document)["TT506"]
    assert found["location"]["path"] == "/etc/sysctl.d/70-b.conf"
    assert found["related"][0]["path"] == "/etc/sysctl.conf"
    assert parameter(document, FIN)["persisted"] == {"systemd": 60, "procps": 45}
    assert "TT501" not in by_rule(document)
    assert [one["location"]["path"] for one in by_rule(document)["TT503"]] == ["/etc/sysctl.conf"]


def test_the_losing_line_is_named_and_presets_and_equal_values_are_not(tmp_path: Path) -> None:
    files = {
        "etc/60-a.conf": f"{FIN} = 30\n{KEEP} = 7200\n",
        "etc/70-b.conf": f"{FIN} = 60\n{KEEP} = 7200\n",
        "lib/50-preset.conf": "net.ipv4.tcp_syncookies = 2\n",
        "etc/55-mine.conf": "net.ipv4.tcp_syncookies = 1\n",
    }
    (found,) = by_rule(audit(write(tmp_path, files)).json())["TT501"]
    assert (found["location"]["path"], found["location"]["line"]) == ("/etc/sysctl.d/60-a.conf", 1)
    assert "systemd-sysctl and sysctl --system" in found["message"]


def test_a_preset_that_beats_the_line_of_etc_is_told(tmp_path: Path) -> None:
    files = {"etc/10-mine.conf": f"{FIN} = 60\n", "lib/50-preset.conf": f"{FIN} = 61\n"}
    (found,) = by_rule(audit(write(tmp_path, files)).json())["TT501"]
    assert found["location"]["path"] == "/etc/sysctl.d/10-mine.conf"


def test_a_masked_preset_is_quiet(tmp_path: Path) -> None:
    write(tmp_path, {"lib/50-preset.conf": f"{FIN} = 61\n", "etc/README": "a = b\n"})
    (tmp_path / "etc/50-preset.conf").symlink_to("/dev/null")
    document = audit(tmp_path).json()
    assert not FILES & set(by_rule(document))
    assert not [line for line in document["host"]["limits"] if "sysctl" in line]


def test_files_that_others_can_write_are_errors(tmp_path: Path) -> None:
    write(
        tmp_path, {"etc/60-a.conf": f"{FIN} = 60\n", "etc/61-b.conf": f"{KEEP} = 7200\n", "target": f"{KEEP} = 7200\n"}
    )
    (tmp_path / "etc/60-a.conf").chmod(0o666)
    os.chown(tmp_path / "etc/61-b.conf", 1234, 0)
    found = by_rule(audit(tmp_path).json())["TT504"]
    assert {one["location"]["path"]: one["message"].partition("by ")[2] for one in found} == {
        "/etc/sysctl.d/60-a.conf": "everybody.",
        "/etc/sysctl.d/61-b.conf": "its owner, the user 1234.",
    }


def test_a_writable_folder_is_an_error(tmp_path: Path) -> None:
    write(tmp_path, {"etc/60-a.conf": f"{FIN} = 60\n"})
    (tmp_path / "etc").chmod(0o777)
    (found,) = by_rule(audit(tmp_path).json())["TT504"]
    assert found["location"]["path"] == "/etc/sysctl.d"


def test_odd_files_are_a_line_each_and_the_rest_is_done(tmp_path: Path) -> None:
    write(tmp_path, {"etc/60-a.conf": f"{FIN} = 60\n"})
    etc = tmp_path / "etc"
    (etc / "61-long.conf").write_bytes(b"x" * (50 << 20))
    (etc / "62-folder.conf").mkdir()
    os.mkfifo(etc / "63-fifo.conf")
    (etc / "64-dangling.conf").symlink_to("nowhere")
    (etc / "65-loop.conf").symlink_to("65-loop.conf")
    (etc / "66-binary.conf").write_bytes(bytes(range(256)) * 16)
    done = audit(tmp_path)
    assert done.status == 0
    limits = done.json()["host"]["limits"]
    for name in ("61-long", "62-folder", "63-fifo", "64-dangling", "65-loop", "66-binary"):
        assert any(f"/etc/sysctl.d/{name}.conf" in line for line in limits), name
    assert parameter(done.json(), FIN)["origin"]["path"] == "/etc/sysctl.d/60-a.conf"
    assert "Traceback" not in done.err


def test_a_value_that_no_file_explains_was_set_at_run_time(tmp_path: Path) -> None:
    """Judged in a saved form: nothing is ever written in the machine's own namespace."""
    from dataclasses import replace

    from tcptune.audit.rows import rows
    from tcptune.model.origin import Origins, Source
    from tcptune.model.setting import Setting
    from tests.support.views import host

    settings = {FIN: Setting(FIN, "20", 20)}
    origins = Origins({FIN: Source(FIN, candidates=("cloud-init",))})
    (row,) = rows(settings, host(), (), origins)
    assert row.note == "at run time (cloud-init?); 60 at boot"
    (row,) = rows(settings, host(), (), replace(origins, applies=False))
    assert row.note == ""


def test_lines_that_set_nothing_are_named_with_their_reason_and_their_place(tmp_path: Path) -> None:
    lines = (
        "net.ipv4.tcp_tw_recycle = 1\nnet.ipv4.tcp_tw_reuse = 7\nnet.ipv4.tcp_fin_timout = 5\n-net.ipv4.tcp_sack = x\n"
    )
    found = by_rule(audit(write(tmp_path, {"etc/60-a.conf": lines})).json())
    for code, line in (("TT102", 1), ("TT202", 2), ("TT101", 3)):
        (one,) = found[code]
        assert (one["location"]["path"], one["location"]["line"]) == ("/etc/sysctl.d/60-a.conf", line)
    other = audit(tmp_path, network=True).json()
    assert not {"TT101", "TT102", "TT202"} & set(by_rule(other))


def test_a_default_that_only_sysctl_conf_would_change_is_no_drift(tmp_path: Path) -> None:
    """systemd-sysctl does not read the file: the boot gave the default, as it should; another rule speaks."""
    document = audit(write(tmp_path, {"main": "net.ipv4.tcp_orphan_retries = 9\n"})).json()
    assert "TT503" in by_rule(document)
    assert "TT502" not in by_rule(document)


def test_in_a_container_on_the_hosts_network_its_files_are_not_the_hosts(tmp_path: Path) -> None:
    write(tmp_path, {"etc/60-a.conf": f"{FIN} = 77\nnet.ipv4.tcp_tw_reuse = 7\n"})
    before = [*bound(tmp_path), "unshare", "--pid", "--fork", "--mount-proc"]
    done = tcptune("audit", "-f", "json", "--fail-on", "never", before=before)
    document = done.json()
    assert document["host"]["initial"] is True
    assert not {"TT502", "TT202", "TT105", "TT505"} & set(by_rule(document))
    assert parameter(document, FIN)["persisted"] == {"systemd": 77, "procps": 77}
    assert any("not those that the host boots with" in line for line in document["host"]["limits"])
    assert "TT502" in by_rule(audit(tmp_path).json())
    changes = tcptune("diff", "--netns", "/proc/self/ns/net", "outbound-heavy", "-f", "json", before=before)
    assert "Traceback" not in changes.err
