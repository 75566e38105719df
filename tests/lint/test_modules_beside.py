"""Modules that a file loads for others which are applied with it: manifests, recipes, states, modules of NixOS."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.lint import lint, options, write

MAX = "net.netfilter.nf_conntrack_max"
PUPPET = f"class sysctl {{\n  sysctl {{ '{MAX}': value => '400000' }}\n}}\n"
CHEF = f"sysctl '{MAX}' do\n  value 400000\nend\n"
SALT = f"{MAX}:\n  sysctl.present:\n    - value: 400000\n"
NIX = f'{{ boot.kernel.sysctl."{MAX}" = 400000; }}\n'
ROLE = f"- sysctl: {{name: {MAX}, value: 400000}}\n"
PLAIN = f"{MAX} = 400000\n"

EXEC = "exec { 'l': command => '/sbin/modprobe -a nf_conntrack br_netfilter' }\n"


def told(folder: Path, monkeypatch: pytest.MonkeyPatch, *paths: str) -> list[str]:
    monkeypatch.chdir(folder)
    return [one.rule for one in lint(list(paths), options()).findings]


@pytest.mark.parametrize(
    ("path", "text", "loading", "by"),
    [
        ("manifests/sysctl.pp", PUPPET, "manifests/sysctl/mods.pp", EXEC),
        ("m/net/manifests/sysctl/set.pp", PUPPET, "m/net/manifests/init.pp", "kmod::load { 'nf_conntrack': }\n"),
        ("m/net/manifests/sysctl.pp", PUPPET, "m/net/manifests/a/b.pp", "kernel::module { 'nf_conntrack': }\n"),
        ("c/tune/recipes/sysctl.rb", CHEF, "c/tune/recipes/modules.rb", "kernel_module 'nf_conntrack'\n"),
        ("c/tune/recipes/sysctl.rb", CHEF, "c/tune/recipes/a.rb", "execute 'modprobe nf_conntrack'\n"),
        ("salt/tune/sysctl.sls", SALT, "salt/tune/init.sls", "nf_conntrack:\n  kmod.present:\n    - persist: True\n"),
        ("h/web/sysctl.nix", NIX, "h/web/default.nix", '{ boot.kernelModules = [ "tcp_bbr" "nf_conntrack" ]; }\n'),
        ("sysctl.nix", NIX, "nat.nix", "{ networking.nat.enable = true; }\n"),
    ],
)
def test_what_is_applied_with_it_may_load_the_module(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, text: str, loading: str, by: str
) -> None:
    write(tmp_path, {path: text})
    assert told(tmp_path, monkeypatch, ".") == ["TT105"]
    write(tmp_path, {f"elsewhere/{loading}": by})
    assert told(tmp_path, monkeypatch, ".") == ["TT105"], "of another module it says nothing"
    write(tmp_path, {loading: by})
    assert told(tmp_path, monkeypatch, ".") == []
    assert told(tmp_path, monkeypatch, str(tmp_path)) == []
    assert told(tmp_path, monkeypatch, path) == [], "also when the file is given by itself"


@pytest.mark.parametrize(
    ("path", "text", "loading", "by"),
    [
        ("m/net/templates/sysctl.conf.erb", PLAIN, "m/net/manifests/mods.pp", EXEC),
        ("m/net/files/sysctl.conf", PLAIN, "m/net/manifests/mods.pp", EXEC),
        ("roles/a/tasks/main.yml", ROLE, "roles/a/defaults/main.yml", "kernel_modules:\n  - nf_conntrack\n"),
        ("roles/a/tasks/main.yml", ROLE, "roles/a/tasks/m.yml", "- kernel_module: {name: nf_conntrack}\n"),
        (
            "roles/a/templates/sysctl.conf.j2",
            PLAIN,
            "roles/a/tasks/m.yml",
            "- lineinfile: {path: /etc/modules, line: nf_conntrack}\n",
        ),
    ],
)
def test_files_and_templates_of_what_loads_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, text: str, loading: str, by: str
) -> None:
    write(tmp_path, {path: text})
    assert told(tmp_path, monkeypatch, ".") == ["TT105"]
    write(tmp_path, {loading: by})
    assert told(tmp_path, monkeypatch, ".") == []


WRITES = "#!/bin/sh\ncat <<EOF > /etc/modules-load.d/net.conf\n{}\nEOF\n"
TUNED = f"[main]\nsummary=x\n[sysctl]\n{PLAIN}"


@pytest.mark.parametrize(
    ("path", "text", "script", "marked"),
    [
        ("a/tuned/tuned.conf", TUNED, "a/k8s/node.sh", ""),
        ("a/tuned/tuned.conf", TUNED, "a/node.sh", ""),
        ("a/tuned/tuned.conf", TUNED, "a/setup", ""),
        ("tuned/tuned.conf", TUNED, "cluster/node.sh", ".git"),
        ("files/etc/sysctl.d/9.conf", PLAIN, "node.sh", ""),
    ],
)
def test_a_script_of_the_same_tree_has_it_loaded_at_boot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, text: str, script: str, marked: str
) -> None:
    write(tmp_path, {path: text})
    if marked:
        (tmp_path / marked).mkdir()
    assert told(tmp_path, monkeypatch, ".") == ["TT105"]
    write(tmp_path, {script: WRITES.format("br_netfilter") + "sysctl -w vm.swappiness=1\n"})
    assert told(tmp_path, monkeypatch, ".") == ["TT105"], "another module"
    write(tmp_path, {script: "#!/bin/sh\n# /etc/modules-load.d/nf_conntrack.conf\nsysctl -w vm.swappiness=1\n"})
    assert told(tmp_path, monkeypatch, ".") == ["TT105"], "it is only spoken of"
    write(tmp_path, {script: WRITES.format("nf_conntrack") + "sysctl -w vm.swappiness=1\n"})
    assert told(tmp_path, monkeypatch, ".") == []
    write(tmp_path, {f"{script.rpartition('/')[0] or '.'}/b.sh": f"#!/bin/sh\nsysctl -w {MAX}=400000\n"})
    assert told(tmp_path, monkeypatch, ".") == ["TT105"], "another script"


@pytest.mark.parametrize("script", ["b/node.sh", "b/k8s/node.sh"])
def test_a_script_of_another_project_says_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    write(tmp_path, {"a/sysctl.conf": PLAIN, script: WRITES.format("nf_conntrack")})
    assert told(tmp_path, monkeypatch, ".") == ["TT105"]


@pytest.mark.parametrize(
    ("path", "text", "beside", "by"),
    [
        ("manifests/sysctl.pp", PUPPET, "manifests/mods.pp", "exec { '/sbin/modprobe br_netfilter': }\n"),
        ("manifests/sysctl.pp", PUPPET, "manifests/mods.pp", "package { 'nf_conntrack': }\n"),
        ("manifests/sysctl.pp", PUPPET, "manifests/mods.pp", "file { '/etc/modprobe.d/nf_conntrack.conf': }\n"),
        ("c/recipes/sysctl.rb", CHEF, "c/libraries/mods.rb", "x = 'modprobe nf_conntrack'\n"),
        ("salt/a/sysctl.sls", SALT, "salt/b/init.sls", "nf_conntrack:\n  kmod.present\n"),
        ("h/a/sysctl.nix", NIX, "h/b/default.nix", '{ boot.kernelModules = [ "nf_conntrack" ]; }\n'),
        ("h/a/sysctl.nix", NIX, "h/a/default.nix", '{ boot.kernelModules = [ "kvm-intel" ]; }\n'),
        ("a.conf", PLAIN, "manifests/mods.pp", EXEC),
    ],
)
def test_what_loads_another_module_or_is_for_something_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, text: str, beside: str, by: str
) -> None:
    write(tmp_path, {path: text, beside: by})
    assert told(tmp_path, monkeypatch, ".") == ["TT105"]
    assert told(tmp_path, monkeypatch, path) == ["TT105"]
