"""Files given by themselves, as pre-commit gives them: their folder is read, and only they are reported on."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tcptune.lint.around import beside, drop_in_folder
from tests.support.lint import lint, options, write

FILES = {
    "etc/sysctl.d/10-a.conf": "net.ipv4.tcp_fin_timeout = 40\nnet.ipv4.tcp_syncookies = 0\n",
    "etc/sysctl.d/90-b.conf": "net.ipv4.tcp_fin_timeout = 30\nnet.ipv4.tcp_timestamps = 0\n",
    "etc/sysctl.d/note": "net.ipv4.tcp_sack = 0\n",
}


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write(tmp_path, FILES)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def told(*paths: str) -> list[tuple[str, str, int]]:
    report = lint(list(paths), options())
    return [(one.rule, one.at.path, one.at.line) for one in report.findings if one.at is not None]


@pytest.mark.parametrize(
    "spelled", ["etc/sysctl.d/10-a.conf", "./etc/sysctl.d/10-a.conf", "././etc/sysctl.d/10-a.conf"]
)
def test_the_neighbours_are_read_and_nothing_is_told_of_them(tree: Path, spelled: str) -> None:
    path = "etc/sysctl.d/10-a.conf"
    assert told(spelled) == [("TT501", path, 1), ("TT407", path, 2)]
    report = lint([spelled], options())
    assert (report.files, report.seen, report.unused) == (1, 1, ())
    (lost,) = (one for one in report.findings if one.rule == "TT501")
    assert [(one.at.path, one.at.line) for one in lost.related] == [("etc/sysctl.d/90-b.conf", 1)]


def test_the_file_that_wins_is_not_blamed(tree: Path) -> None:
    assert told("etc/sysctl.d/90-b.conf") == [("TT402", "etc/sysctl.d/90-b.conf", 2)]


def test_from_within_the_folder_and_by_an_absolute_path(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = str(tree / "etc/sysctl.d/10-a.conf")
    assert told(whole) == [("TT501", whole, 1), ("TT407", whole, 2)]
    monkeypatch.chdir(tree / "etc" / "sysctl.d")
    assert told("10-a.conf") == [("TT501", "10-a.conf", 1), ("TT407", "10-a.conf", 2)]
    assert told("../sysctl.d/10-a.conf") == [(r, "../sysctl.d/10-a.conf", n) for r, n in (("TT501", 1), ("TT407", 2))]


def test_through_a_link_to_the_folder(tree: Path) -> None:
    (tree / "conf").symlink_to("etc/sysctl.d")
    assert told("conf/10-a.conf") == [("TT501", "conf/10-a.conf", 1), ("TT407", "conf/10-a.conf", 2)]
    (tree / "sysctl.d").symlink_to("etc/sysctl.d")
    assert ("TT501", "sysctl.d/10-a.conf", 1) in told("sysctl.d/10-a.conf")


def test_modules_loaded_beside_the_folder_are_known(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tree, {"etc/sysctl.d/20-c.conf": "net.netfilter.nf_conntrack_max = 262145\n"})
    assert [rule for rule, *_ in told("etc/sysctl.d/20-c.conf")] == ["TT105"]
    write(tree, {"etc/modules-load.d/c.conf": "nf_conntrack\n"})
    assert told("etc/sysctl.d/20-c.conf") == []
    assert told(str(tree / "etc/sysctl.d/20-c.conf")) == []
    monkeypatch.chdir(tree / "etc" / "sysctl.d")
    assert told("20-c.conf") == []
    monkeypatch.chdir(tree)
    (tree / "conf").symlink_to("etc/sysctl.d")
    assert told("conf/20-c.conf") == []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("tasks/main.yml", "- sysctl: {name: net.netfilter.nf_conntrack_max, value: 262145}\n"),
        ("defaults/main.yml", "sysctls: {net.netfilter.nf_conntrack_max: 262145}\n"),
    ],
)
def test_a_module_that_another_task_of_the_role_loads_is_known(tree: Path, path: str, text: str) -> None:
    write(tree, {f"roles/a/{path}": text, "roles/b/tasks/modules.yml": "- modprobe: {name: nf_conntrack}\n"})
    assert [rule for rule, *_ in told(f"roles/a/{path}")] == ["TT105"]
    written = "- name: nf_conntrack options\n  copy: {src: n.conf, dest: /etc/modprobe.d/n.conf}\n"
    write(tree, {"roles/a/tasks/options.yml": written})
    assert [rule for rule, *_ in told(f"roles/a/{path}")] == ["TT105"], "options load nothing"
    write(tree, {"roles/a/tasks/modules.yml": "- modprobe: {name: nf_conntrack}\n- sysctl: {name: a, value: }\n"})
    assert told(f"roles/a/{path}") == []
    assert told(str(tree / "roles/a" / path)) == []


CONNTRACK = "net.netfilter.nf_conntrack_max"


@pytest.mark.parametrize(
    ("path", "text", "rules"),
    [
        ("package/base-files/files/etc/sysctl.conf", f"{CONNTRACK}=262145\n", []),
        ("openwrt-x86/files/etc/sysctl.d/30-a.conf", f"{CONNTRACK}=262145\n", []),
        ("diy.sh", f"#!/bin/bash\necho {CONNTRACK}=262145 >> package/base-files/files/etc/sysctl.conf\n", []),
        ("router.sh", f"#!/bin/sh\nuci set a.b.c=1\nuci commit a\nsysctl -w {CONNTRACK}=262145\n", []),
        ("a.conf", f"# for OpenWrt\n{CONNTRACK}=262145\n", []),
        ("etc/init.d/tune", f"#!/bin/sh /etc/rc.common\nSTART=99\nboot() {{ sysctl -w {CONNTRACK}=262145; }}\n", []),
        ("both.sh", f"#!/bin/sh\nuci set a.b.c=1 || apt-get install x\nsysctl -w {CONNTRACK}=262145\n", ["TT105"]),
        ("files/etc/sysctl.d/30-a.conf", f"{CONNTRACK}=262145\n", ["TT105"]),
    ],
)
def test_a_router_s_firmware_loads_its_modules_before_sysctl(
    tree: Path, path: str, text: str, rules: list[str]
) -> None:
    write(tree, {path: text})
    assert [rule for rule, *_ in told(path)] == rules


def test_files_elsewhere_have_no_neighbours(tree: Path) -> None:
    write(tree, {"a/x.conf": FILES["etc/sysctl.d/10-a.conf"], "a/y.conf": FILES["etc/sysctl.d/90-b.conf"]})
    assert [rule for rule, *_ in told("a/x.conf")] == ["TT407"]
    assert beside(["a/x.conf"], []) == []


def test_a_file_given_twice_is_told_of_once(tree: Path) -> None:
    path = "etc/sysctl.d/90-b.conf"
    assert told(path, f"./{path}", "./etc", "etc") == told("etc")
    assert len([one for one in told(path, f"./{path}") if one[1] == path]) == 1


def test_standard_input_is_in_its_folder(tree: Path) -> None:
    report = lint(["-"], options(), stdin=("etc/sysctl.d/10-a.conf", b"net.ipv4.tcp_fin_timeout = 50\n"))
    assert [(one.rule, one.value) for one in report.findings] == [("TT501", 50)]


def test_a_folder_that_is_not_there_is_no_context(tree: Path) -> None:
    report = lint(["-"], options(), stdin=("no/sysctl.d/10-a.conf", b"net.ipv4.tcp_timestamps = 0\n"))
    assert [one.rule for one in report.findings] == ["TT402"]


@pytest.mark.parametrize(
    ("path", "folder"),
    [
        ("etc/sysctl.d/a.conf", "etc/sysctl.d"),
        ("./etc//sysctl.d/a.conf", "etc/sysctl.d"),
        ("etc/sysctl.d/sub/a.conf", None),
        ("sysctl.d", None),
        ("etc/sysctl.conf", None),
    ],
)
def test_which_folder_it_is(tree: Path, path: str, folder: str | None) -> None:
    assert drop_in_folder(path) == (folder.replace("/", os.sep) if folder else None)


REUSE, TIMESTAMPS = "net.ipv4.tcp_tw_reuse", "net.ipv4.tcp_timestamps"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"10-a.conf": f"{REUSE} = 1\n", "50-b.conf": f"{TIMESTAMPS} = 0\n"}, [("TT301", "10-a.conf", 1)]),
        ({"10-a.conf": f"{TIMESTAMPS} = 0\n", "50-b.conf": f"{REUSE} = 1\n"}, [("TT301", "50-b.conf", 1)]),
        ({"10-a.conf": f"{REUSE} = 1\n{TIMESTAMPS} = 0\n", "50-b.conf": f"{TIMESTAMPS} = 2\n"}, []),
        ({"10-a.conf": f"{REUSE} = 1\n{TIMESTAMPS} = 0\n", "50-b.conf": f"{REUSE} = 0\n"}, []),
        ({"10-a.conf": f"{REUSE} = 1\n", "50-b.conf.bak": f"{TIMESTAMPS} = 0\n"}, []),
        ({"10-a.conf": f"{REUSE} = 1\n", ".50-b.conf": f"{TIMESTAMPS} = 0\n"}, []),
        ({"10-a.conf": f"{REUSE} = 1\n{TIMESTAMPS} = 0\n", "50-b": f"{TIMESTAMPS} = 2\n"}, [("TT301", "10-a.conf", 1)]),
    ],
)
def test_what_the_other_drop_ins_of_a_folder_set_counts_in_relations(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, str], expected: list[tuple[str, str, int]]
) -> None:
    write(tmp_path, {f"sysctl.d/{name}": text for name, text in files.items()})
    monkeypatch.chdir(tmp_path)
    found = [(rule, path.rpartition("/")[2], line) for rule, path, line in told("sysctl.d")]
    assert [one for one in found if one[0] == "TT301"] == expected
    alone = [one for name in files for one in told(f"sysctl.d/{name}") if one[0] == "TT301"]
    assert [(rule, path.rpartition("/")[2], line) for rule, path, line in alone] == expected
