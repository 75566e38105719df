"""`audit --root`: the files of an image answer as a host's do, and nothing outside of it is read."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from tcptune.cli.schema import document_schema
from tests.support.dropins import by_rule, parameter, write
from tests.support.program import Result, tcptune

FIN = "net.ipv4.tcp_fin_timeout"
MAX = "net.netfilter.nf_conntrack_max"
DEBIAN = 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n'


def audit(root: Path, *arguments: str) -> Result:
    return tcptune("audit", "--root", root, "-f", "json", "--fail-on", "never", *arguments)


@pytest.fixture
def image(tmp_path: Path) -> Path:
    return write(tmp_path / "image", {"etc/os-release": DEBIAN, "etc/sysctl.d/60-a.conf": f"{FIN} = 5\n"})


def test_the_files_are_judged_with_their_places_and_no_value_is_live(image: Path) -> None:
    done = audit(image)
    document = done.json()
    jsonschema.Draft202012Validator(document_schema("audit")).validate(document)
    (low,) = by_rule(document)["TT404"]
    assert low["location"]["path"] == "/etc/sysctl.d/60-a.conf"
    row = parameter(document, FIN)
    assert row["value"] is None
    assert row["default"] == 60
    assert row["origin"] == {"path": "/etc/sysctl.d/60-a.conf", "line": 1, "loader": "systemd"}
    assert row["persisted"] == {"systemd": 5, "procps": 5}
    assert tcptune("audit", "--root", image).status == 1
    assert "60-a.conf says 5" in " ".join(tcptune("audit", "--root", image).out.split())


def test_the_kernel_is_the_named_one_else_the_installed_one_else_the_distributions(image: Path) -> None:
    assert audit(image).json()["host"]["kernel"].startswith("6.1")
    (image / "lib/modules/5.10.0-21-amd64").mkdir(parents=True)
    assert audit(image).json()["host"]["kernel"].startswith("5.10")
    assert audit(image, "--kernel", "4.4").json()["host"]["kernel"] == "4.4"
    (image / "etc/os-release").unlink()
    (image / "lib/modules/5.10.0-21-amd64").rmdir()
    assert any("no kernel is known here" in line for line in audit(image).json()["host"]["limits"])


def test_a_removed_parameter_is_judged_for_the_images_kernel(image: Path) -> None:
    write(image, {"etc/sysctl.d/70-b.conf": "net.ipv4.tcp_tw_recycle = 1\n"})
    assert "TT102" in by_rule(audit(image).json())
    assert "TT102" not in by_rule(audit(image, "--kernel", "4.4").json())


def test_connection_tracking_that_nothing_loads_before_is_not_set_at_boot(image: Path) -> None:
    write(image, {"etc/sysctl.d/70-b.conf": f"{MAX} = 1000000\n"})
    (late,) = by_rule(audit(image).json())["TT105"]
    assert late["location"]["path"] == "/etc/sysctl.d/70-b.conf"
    write(image, {"etc/modules-load.d/ct.conf": "# comment\nnf-conntrack\n"})
    assert "TT105" not in by_rule(audit(image).json())
    (image / "etc/modules-load.d/ct.conf").unlink()
    write(image, {"lib/modules/6.1.0/modules.builtin": "kernel/net/netfilter/nf_conntrack.ko\n"})
    assert "TT105" not in by_rule(audit(image).json())


def test_links_are_followed_inside_and_never_out(image: Path, tmp_path: Path) -> None:
    write(tmp_path, {"outside.conf": f"{FIN} = 99\n"})
    write(image, {"opt/inside.conf": "net.ipv4.tcp_keepalive_time = 600\n"})
    (image / "etc/sysctl.d/70-abs.conf").symlink_to("/opt/inside.conf")
    (image / "etc/sysctl.d/80-out.conf").symlink_to("../../../outside.conf")
    (image / "etc/sysctl.d/81-out.conf").symlink_to(tmp_path / "outside.conf")
    (image / "etc/sysctl.d/90-loop.conf").symlink_to("91-loop.conf")
    (image / "etc/sysctl.d/91-loop.conf").symlink_to("90-loop.conf")
    document = audit(image).json()
    assert parameter(document, FIN)["persisted"]["systemd"] == 5
    assert parameter(document, "net.ipv4.tcp_keepalive_time")["persisted"]["systemd"] == 600
    limits = document["host"]["limits"]
    for name in ("80-out", "81-out", "90-loop", "91-loop"):
        assert any(f"/etc/sysctl.d/{name}.conf" in line for line in limits), name


def test_a_hostile_image_takes_bounded_time_and_memory(image: Path) -> None:
    folder = image / "etc/sysctl.d"
    os.mkfifo(folder / "70-fifo.conf")
    with (folder / "71-huge.conf").open("wb") as huge:
        huge.truncate(8 << 30)
    (folder / "72-line.conf").write_bytes(b"net.ipv4.tcp_syncookies = " + b"1" * (50 << 20))
    limited = ["sh", "-c", 'ulimit -v 1000000; ulimit -t 20; exec "$@"', "sh"]
    done = tcptune("audit", "--root", image, "-f", "json", "--fail-on", "never", before=limited)
    assert done.status == 0, done.err
    assert parameter(done.json(), FIN)["persisted"]["systemd"] == 5
    limits = [line for line in done.json()["host"]["limits"] if "/7" in line]
    assert [("larger than what is read" in line, "a mebibyte or more" in line.lower()) for line in limits] == [
        (False, False),
        (True, False),
        (False, False),
        (False, True),
    ]


def test_ufw_contradicts_a_drop_in(image: Path) -> None:
    files = {
        "etc/ufw/ufw.conf": "ENABLED=yes\n",
        "etc/default/ufw": "IPT_SYSCTL=/etc/ufw/sysctl.conf\n",
        "etc/ufw/sysctl.conf": "net/ipv4/tcp_fin_timeout=60\n",
    }
    (found,) = by_rule(audit(write(image, files)).json())["TT505"]
    assert found["location"]["path"] == "/etc/sysctl.d/60-a.conf"
    assert found["related"][0]["path"] == "/etc/ufw/sysctl.conf"


@pytest.mark.parametrize(
    "arguments",
    [
        ("--root", "/nonexistent"),
        ("--root", "/", "--snapshot", "x"),
        ("--root", "/", "--pid", "1"),
        ("--root", "/", "--kernel", "nonsense"),
        ("--kernel", "6.1"),
    ],
)
def test_wrong_usage_is_2(arguments: tuple[str, ...]) -> None:
    done = tcptune("audit", *arguments)
    assert done.status == 2
    assert done.err.startswith("tcptune: ")
    assert "Traceback" not in done.err


def test_a_removed_and_an_unknown_key_are_lines_that_set_nothing(image: Path) -> None:
    write(image, {"etc/sysctl.d/70-b.conf": "net.ipv4.tcp_tw_recycle = 1\nnet.ipv4.tcp_fin_timout = 1\n"})
    done = audit(image)
    assert {one["location"]["line"] for code in ("TT101", "TT102") for one in by_rule(done.json())[code]} == {1, 2}
    assert "set 1 parameter;" in " ".join(tcptune("audit", "--root", image).out.split())


def test_a_managers_value_is_the_one_in_force(image: Path) -> None:
    files = {
        "etc/ufw/ufw.conf": "ENABLED=yes\n",
        "etc/default/ufw": "IPT_SYSCTL=/etc/ufw/sysctl.conf\n",
        "etc/ufw/sysctl.conf": f"net/ipv4/tcp_syncookies=0\n{FIN} = 60\n",
    }
    document = audit(write(image, files)).json()
    (off,) = by_rule(document)["TT407"]
    assert off["location"]["path"] == "/etc/ufw/sysctl.conf"
    assert parameter(document, "net.ipv4.tcp_syncookies")["origin"]["loader"] == "ufw"
    assert not {"TT404", "TT205"} & set(by_rule(document))
    assert "ufw, sysctl.conf says 0" in " ".join(tcptune("audit", "--root", image).out.split())


def test_a_manager_that_may_set_it_later_is_named_beside_the_module(image: Path) -> None:
    write(image, {"etc/sysctl.d/70-b.conf": f"{MAX} = 1000\n", "etc/kubernetes/kubelet.conf": ""})
    (late,) = by_rule(audit(image).json())["TT105"]
    assert "kube-proxy is here and may set it then" in late["why"]


@pytest.mark.root
def test_the_root_of_a_process_is_that_of_the_process(image: Path) -> None:
    """/proc/PID/root says `/` or a path of another mount namespace; what it leads to counts, not what it says."""
    (image / "mnt").mkdir()
    script = (
        f'mount --make-rprivate / && mount -t tmpfs none "{image}/mnt" && cp -a "{image}/etc" "{image}/mnt/" && exec '
    )
    guest = "import os, time; os.chroot(os.environ['PLACE']); os.chdir('/'); print(flush=True); time.sleep(60)"
    command = ["unshare", "-m", "sh", "-c", f"{script} {sys.executable} -c '{guest.replace(chr(39), chr(34))}'"]
    with subprocess.Popen(command, env={"PLACE": f"{image}/mnt", "PATH": os.environ["PATH"]}, stdout=-1) as process:
        try:
            assert process.stdout is not None
            process.stdout.readline()
            document = audit(Path(f"/proc/{process.pid}/root")).json()
        finally:
            process.kill()
    assert document["host"]["distro"].startswith("Debian GNU/Linux 12")
    assert parameter(document, FIN)["persisted"] == {"systemd": 5, "procps": 5}
