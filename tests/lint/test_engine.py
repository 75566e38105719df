"""A lint run over files: findings with their places, groups that do not mix, suppressions, folders as a whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from tcptune.errors import TcptuneError
from tests.support.lint import lint, options, run, told, write

BAD = "net.ipv4.tcp_timestamps = 0\nnet.ipv4.tcp_tw_reuse = 1\n"


def test_a_relation_is_found_and_stands_on_the_setting_that_does_nothing(tmp_path: Path) -> None:
    report = run(tmp_path, {"sysctl.conf": BAD})
    assert ("TT301", "sysctl.conf", 2, 25) in told(report, tmp_path)
    assert ("TT402", "sysctl.conf", 1, 27) in told(report, tmp_path)


def test_branches_documents_and_services_do_not_mix(tmp_path: Path) -> None:
    files = {
        "a.sh": "#!/bin/sh\nif x; then sysctl -w net.ipv4.tcp_timestamps=0\n"
        "else sysctl -w net.ipv4.tcp_tw_reuse=1\nfi\n",
        "b.yaml": "net.ipv4.tcp_timestamps: 0\n---\nnet.ipv4.tcp_tw_reuse: 1\n",
        "c.yml": "services:\n  a:\n    sysctls: [net.ipv4.tcp_timestamps=0]\n"
        "  b:\n    sysctls: [net.ipv4.tcp_tw_reuse=1]\n",
    }
    assert "TT301" not in {rule for rule, *_ in told(run(tmp_path, files), tmp_path)}


def test_what_stands_outside_a_branch_is_in_force_inside_it(tmp_path: Path) -> None:
    script = "sysctl -w net.ipv4.tcp_timestamps=0\nif x; then sysctl -w net.ipv4.tcp_tw_reuse=1; fi\n"
    assert ("TT301", "a.sh", 2, 44) in told(run(tmp_path, {"a.sh": script}), tmp_path)


def test_a_value_that_a_later_line_replaces_is_judged_too(tmp_path: Path) -> None:
    found = told(
        run(tmp_path, {"sysctl.conf": "net.ipv4.tcp_fin_timeout = 5\nnet.ipv4.tcp_fin_timeout = 30\n"}), tmp_path
    )
    assert ("TT404", "sysctl.conf", 1, 28) in found
    assert ("TT004", "sysctl.conf", 2, 28) in found


@pytest.mark.parametrize(("other", "again", "related"), [("2", 128, False), ("2", 65536, True), ("1", 128, True)])
def test_a_value_that_another_file_replaces_stands_beside_nothing_of_that_file(
    tmp_path: Path, other: str, again: int, related: bool
) -> None:
    backlog, limit = "net.ipv4.tcp_max_syn_backlog", "net.core.somaxconn"
    script = (
        f"cat > /etc/sysctl.d/1.conf <<E\n{backlog} = 65536\n{limit} = 65536\nE\n"
        f"cat >> /etc/sysctl.d/{other}.conf <<E\n{backlog} = {again}\n{limit} = 4096\nE\n"
    )
    found = told(run(tmp_path, {"a.sh": script}), tmp_path)
    assert (("TT302", "a.sh", 2, 32) in found) is related


@pytest.mark.parametrize(
    "text",
    [
        "# tcptune: ignore[TT402] measured\nnet.ipv4.tcp_timestamps = 0\n",
        "# tcptune: ignore[timestamps-off]\nnet.ipv4.tcp_timestamps = 0\n",
        "# tcptune: ignore[TT4]\n# why\nnet.ipv4.tcp_timestamps = 0\n",
        "# tcptune: ignore-file[TT402]\n\n\nnet.ipv4.tcp_timestamps = 0\n",
    ],
)
def test_a_suppression_silences_its_line_or_file(tmp_path: Path, text: str) -> None:
    report = run(tmp_path, {"sysctl.conf": text})
    assert report.findings == ()
    assert report.suppressed == 1
    assert report.unused == ()


def test_a_suppression_behind_a_sysctl_value_is_part_of_it(tmp_path: Path) -> None:
    report = run(tmp_path, {"sysctl.conf": "net.ipv4.tcp_timestamps = 0 # tcptune: ignore[TT402]\n"})
    assert {finding.rule for finding in report.findings} == {"TT003", "TT402"}


def test_a_trailing_suppression_works_where_comments_are_real(tmp_path: Path) -> None:
    report = run(tmp_path, {"a.yml": "net.ipv4.tcp_timestamps: 0  # tcptune: ignore[TT402]\n"})
    assert report.findings == ()


def test_a_suppression_that_hits_nothing_is_told(tmp_path: Path) -> None:
    report = run(tmp_path, {"sysctl.conf": "# tcptune: ignore[TT407]\nnet.ipv4.tcp_timestamps = 0\n"})
    assert len(report.unused) == 1
    assert [finding.rule for finding in report.findings] == ["TT402"]


def test_per_file_ignores_of_the_configuration(tmp_path: Path) -> None:
    write(tmp_path, {"old/sysctl.conf": "net.ipv4.tcp_timestamps = 0\n"})
    assert lint([str(tmp_path)], options(per_file={"old/*": ("TT402",)}, base=tmp_path)).findings == ()
    assert lint([str(tmp_path)], options(per_file={"new/*": ("TT402",)}, base=tmp_path)).findings != ()


def test_a_later_file_of_the_folder_wins(tmp_path: Path) -> None:
    files = {
        "sysctl.d/10-a.conf": "net.core.somaxconn = 1000\n",
        "sysctl.d/20-b.conf": "net.core.somaxconn = 2000\n",
        "sysctl.d/30-c.conf": "net.core.somaxconn = 2000\n",
        "sysctl.d/notes": "net.core.somaxconn = 9\n",
    }
    found = told(run(tmp_path, files), tmp_path)
    assert ("TT501", "sysctl.d/10-a.conf", 1, 22) in found
    assert ("TT503", "sysctl.d/notes", 1, 1) in found
    assert not any(path in ("sysctl.d/20-b.conf", "sysctl.d/30-c.conf") for rule, path, *_ in found if rule == "TT501")


@pytest.mark.parametrize(
    ("name", "ignored"),
    [
        ("10-a", True),
        ("10-a.conf.bak", True),
        ("10-a.old", True),
        ("10-a.conf.in", False),
        ("10-a.conf.jinja2", False),
        ("10-a.conf.dpkg-dist", False),
        ("10-a.conf.rpmnew", False),
        ("10-a.conf#package", False),
        ("10-a.conf##os.Linux", False),
    ],
)
def test_a_name_that_no_loader_takes_is_told_unless_it_is_made_into_one(
    tmp_path: Path, name: str, ignored: bool
) -> None:
    found = told(run(tmp_path, {f"sysctl.d/{name}": "net.core.somaxconn = 1000\n"}), tmp_path)
    assert (("TT503", f"sysctl.d/{name}", 1, 1) in found) is ignored


@pytest.mark.parametrize(("beside", "says"), [("20-b.conf", "rename it to 10-a.conf"), ("10-a.conf", "another name")])
def test_a_file_that_no_loader_takes_is_not_to_replace_another(tmp_path: Path, beside: str, says: str) -> None:
    report = run(tmp_path, {f"sysctl.d/{name}": "net.core.somaxconn = 1000\n" for name in ("10-a.old", beside)})
    (fix,) = (one.fix for one in report.findings if one.rule == "TT503")
    assert fix is not None
    assert says in fix.title


def test_kernels_that_a_finding_does_not_concern_are_left_out(tmp_path: Path) -> None:
    text = {"sysctl.conf": "net.ipv4.tcp_tw_recycle = 1\n"}
    (removed,) = (f for f in run(tmp_path, text, "rhel7", "rhel9").findings if f.rule == "TT102")
    (risk,) = (f for f in run(tmp_path, text, "rhel7", "rhel9").findings if f.rule == "TT401")
    assert removed.kernels == ("rhel9",)
    assert risk.kernels == ("rhel7",)
    assert [f.rule for f in run(tmp_path, text, "6.1").findings] == ["TT102"]


def test_what_the_kubelet_of_the_tree_allows_is_no_finding(tmp_path: Path) -> None:
    pod = "spec:\n  securityContext:\n    sysctls:\n    - {name: net.core.somaxconn, value: '1024'}\n"
    assert "TT107" in {f.rule for f in run(tmp_path, {"pod.yaml": pod}).findings}
    kubelet = "kind: KubeletConfiguration\nallowedUnsafeSysctls:\n- net.core.*\n"
    assert "TT107" not in {f.rule for f in run(tmp_path, {"kubelet.yaml": kubelet}).findings}


def test_a_missing_path_is_an_error_and_a_broken_file_a_finding(tmp_path: Path) -> None:
    with pytest.raises(TcptuneError, match="No such file"):
        lint([str(tmp_path / "no")], options())
    report = run(tmp_path, {"a.yml": "net.core.somaxconn: [\n", "sysctl.conf": "net.ipv4.tcp_timestamps = 0\n"})
    assert {f.rule for f in report.findings} == {"TT007", "TT402"}


def test_binaries_and_files_without_settings_are_passed_over(tmp_path: Path) -> None:
    report = run(tmp_path, {"x.bin": b"\x00\x01sysctl", "main.py": "print('sysctl')\n", "README.md": "sysctl\n"})
    assert report.findings == ()
    assert report.files == 0
    assert report.seen == 3


def test_fingerprints_survive_a_shifted_line(tmp_path: Path) -> None:
    before = run(tmp_path, {"sysctl.conf": BAD})
    after = run(tmp_path, {"sysctl.conf": "# a line\n\n" + BAD})
    assert [f.fingerprint for f in before.findings] == [f.fingerprint for f in after.findings]
    assert [f.at.line + 2 for f in before.findings if f.at] == [f.at.line for f in after.findings if f.at]


def test_standard_input_has_the_name_that_it_is_given(tmp_path: Path) -> None:
    report = lint(["-"], options(), stdin=("etc/sysctl.conf", b"net.ipv4.tcp_timestamps = 0\n"))
    assert [finding.at.path for finding in report.findings if finding.at] == ["etc/sysctl.conf"]


def test_a_file_in_utf_16_is_one_finding(tmp_path: Path) -> None:
    path = tmp_path / "sysctl.d" / "a.conf"
    path.parent.mkdir()
    path.write_bytes("net.ipv4.tcp_tw_recycle = 1\n".encode("utf-16"))
    assert [finding.rule for finding in lint([str(path)], options()).findings] == ["TT002"]


DUMP = "".join(f"{key} = {value}\n" for key, value in {
    "fs.aio-nr": 0, "fs.file-nr": 1, "kernel.osrelease": 2, "dev.cdrom.info": "\ndev.cdrom.info = ",
    "net.ipv4.tcp_fack": 0, "net.ipv4.tcp_rto_min_us": 200000, "net.ipv4.tcp_timestamps": 0,
}.items())  # fmt: skip


def test_a_saved_list_is_judged_by_its_values_alone(tmp_path: Path) -> None:
    assert {f.rule for f in run(tmp_path, {"sysctl-a.txt": DUMP}).findings} == {"TT402"}


def test_what_has_its_comments_was_written_by_somebody(tmp_path: Path) -> None:
    text = DUMP.replace("net.ipv4.tcp_fack", "# why\nnet.ipv4.tcp_fack")
    assert {"TT001", "TT103", "TT108", "TT202"} <= {f.rule for f in run(tmp_path, {"sysctl.conf": text}).findings}


@pytest.mark.parametrize(
    ("line", "severity"),
    [
        ("echo vm.swappiness=1 >> /etc/sysctl.conf", "error"),
        ("echo vm.swappiness=1 | sudo tee -a '/etc/sysctl.d/9-a.conf'", "error"),
        ("cat <<E > /etc/sysctl.d/9-a.conf\r\nvm.swappiness=1\r\nE", "error"),
        ("sysctl -w vm.swappiness=1\r\nsysctl -p /etc/sysctl.d/9-a.conf", "error"),
        ("echo 1 > /proc/sys/vm/swappiness", "error"),
        ("echo vm.swappiness=1 >> /etc/sysctl.conf && sysctl -p", "note"),
        ("sysctl -w vm.swappiness=1\r\n# sysctl -p /etc/sysctl.conf", "note"),
        ("sysctl -w vm.swappiness=1 && cat /etc/sysctl.conf", "note"),
    ],
)
def test_a_carriage_return_in_the_name_of_a_file_is_told_where_it_is(tmp_path: Path, line: str, severity: str) -> None:
    text = f"#!/bin/sh\r\n{line}\r\n"
    (finding,) = (one for one in run(tmp_path, {"a.sh": text.encode()}).findings if one.rule == "TT002")
    assert finding.severity == severity
    assert ("carriage return" in finding.message) == (severity == "error")
    assert finding.fix is not None
    assert finding.fix.title == "save the file with the line ends of Unix"


@pytest.mark.parametrize("name", ["sysctl.conf", "a.sh"])
def test_line_ends_of_windows_are_mended_by_those_of_unix(tmp_path: Path, name: str) -> None:
    command = "#!/bin/sh\r\nsysctl -w " if name == "a.sh" else ""
    (finding,) = run(tmp_path, {name: f"{command}vm.swappiness = 1\r\n".replace(" = ", "=")}).findings
    assert (finding.rule, finding.severity) == ("TT002", "note")
    assert finding.fix is not None
    assert finding.fix.title == "save the file with the line ends of Unix"
