"""Every other format: claimed by name or content, read with exact places, quiet about what sets nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcptune.sources import detect
from tcptune.sources.base import Text

WRITES = "A=1\nf()\n{{\n  cat <<E > /mnt/etc/sysctl.d/a.conf\nnet.core.somaxconn = 4096\nE\n  cat <<E > /mnt/{}\n"
CASES = [
    ("a.nix", 'boot.kernel.sysctl."net.core.somaxconn" = 4096;\n', "nix"),
    ("a.nix", 'boot.kernel.sysctl = {\n  "net.core.somaxconn" = mkDefault 4096; # why\n};\n', "nix"),
    ("a.pp", "sysctl { 'net.core.somaxconn': value => '4096' }\n", "resource"),
    ("a.pp", "sysctl::value { 'net.core.somaxconn':\n  ensure => present,\n  value  => '4096',\n}\n", "resource"),
    ("a.rb", "sysctl 'net.core.somaxconn' do\n  value 4096\nend\n", "resource"),
    ("a.rb", "default['sysctl']['net.core.somaxconn'] = 4096\n", "resource"),
    ("a.tf", 'sysctl_config = {\n  "net.core.somaxconn" = "4096"\n}\n', "resource"),
    ("a.sls", "net.core.somaxconn:\n  sysctl.present:\n    - value: 4096\n", "salt"),
    ("a.sls", "raise:\n  sysctl.present:\n    - name: net.core.somaxconn\n    - value: 4096\n", "salt"),
    ("tuned.conf", "[main]\nsummary=x\n[sysctl]\nnet.core.somaxconn = >4096  # more\n", "tuned"),
    ("tuned.conf", "[sysctl]\nnet.core.somaxconn=>4096\n", "tuned"),
    ("Dockerfile", "FROM x\nRUN sysctl -w \\\n    net.core.somaxconn=4096\n", "commands"),
    ("Dockerfile", "RUN <<EOF\nsysctl -w net.core.somaxconn=4096\nEOF\n", "commands"),
    ("Makefile", "up:\n\t@sysctl -w net.core.somaxconn=4096\n", "commands"),
    ("x.service", "[Service]\nExecStartPre=-/sbin/sysctl -w net.core.somaxconn=4096\n", "commands"),
    ("Jenkinsfile", 'sh """\nsysctl -w net.core.somaxconn=4096\n"""\n', "commands"),
    ("setup.ps1", "wsl sysctl -w net.core.somaxconn=4096\n", "powershell"),
    ("setup", "#!/usr/bin/env bash\nsysctl -w net.core.somaxconn=4096\n", "shell"),
    (
        "a.conf",
        "\n# x\n; x\n{{ managed }}\n[Unit]\n[Service]\nExecStart=/sbin/sysctl -w net.core.somaxconn=4096\n",
        "commands",
    ),
    ("a.conf", WRITES.format("root/unit") + "      [Service]\nE\n}\n", "shell"),
    ("a.conf", WRITES.format("root/a") + "[main]\n[sysctl]\n# none\nE\n}\n", "shell"),
    ("a", "#!/bin/sh\n" + WRITES.format("root/a") + "[main]\n[sysctl]\n# none\nE\n}\n", "shell"),
    ("a", "#!/bin/sh\n" + WRITES.format("root/a") + "default_sysctls = [\n]\nE\n}\n", "shell"),
    ("a.conf.j2", "{% if a %}\n# x\n[sysctl]\nnet.core.somaxconn = 4096\n{% endif %}\n", "tuned"),
    ("sysctl.conf", "net.core.somaxconn = 4096\n", "sysctl.d"),
    ("sysctl.conf.5", "net.core.somaxconn = 4096\n", "sysctl.d"),
    ("roles/x/templates/sysctl.conf.j2", "net.core.somaxconn = 4096\n", "sysctl.d"),
]


@pytest.mark.parametrize(("name", "text", "kind"), CASES)
def test_each_format_is_known_and_read_with_its_place(name: str, text: str, kind: str) -> None:
    reading = detect.read(Text(name, text))
    assert reading is not None
    assert reading.kind == kind
    (setting,) = reading.settings
    assert (setting.key, setting.raw) == ("net.core.somaxconn", "4096")
    rows = text.split("\n")
    for place, expected in ((setting.key_at, "net.core.somaxconn"), (setting.value_at, "4096")):
        assert place is not None
        assert place.end_column is not None
        assert rows[place.line - 1][place.column - 1 : place.end_column - 1] == expected


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.nix", '# boot.kernel.sysctl."net.core.somaxconn" = 1;\n'),
        ("a.pp", "sysctl { 'net.core.somaxconn': ensure => absent, value => '1' }\n"),
        ("a.rb", "sysctl 'net.core.somaxconn' do\n  value 1\n  action :remove\nend\n"),
        ("a.sls", "net.core.somaxconn:\n  sysctl.absent: []\n"),
        ("tuned.conf", "[vm]\nnet.core.somaxconn = 1\n"),
        ("a.nix", "boot = {\n  kernel.sysctl = mkIf a {\n  };\n};\n"),
        ("a.nix", "boot = {\n  kernel.sysctl = cfg.all;\n};\n"),
        ("a.rb", "default['sysctl']['net']['ipv4']['conf']['default'] = {\n}\n"),
        ("Makefile", "help:\n\t@echo 'sysctl -w net.core.somaxconn=1'\n"),
        ("x.service", "[Unit]\nDescription=sysctl -w net.core.somaxconn=1\n"),
    ],
)
def test_what_sets_nothing_is_no_setting(name: str, text: str) -> None:
    reading = detect.read(Text(name, text))
    assert reading is not None
    assert reading.settings == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.py", "x = 1\n"),
        ("README.md", "sysctl\n"),
        ("chart/templates/NOTES.txt", "Run on the node:\n  sysctl -w net.core.somaxconn=4096\n"),
        ("README", "Run it:\n  sysctl -w net.core.somaxconn=4096\n"),
        ("docs/install.txt", "Run it:\n  sysctl -w net.core.somaxconn=4096\n"),
        ("a.conf", "port = 80\n"),
        ("sysctl.conf.5", '.\\" A page\n.TH SYSCTL.CONF 5\n.SH NAME\nnet.core.somaxconn = 4096\n'),
        ("tuned_sysctl.py", '"""A plug-in\n\n[sysctl]\n"""\nself.value = 1\n'),
        ("tuned.rst", "A profile::\n\n  [sysctl]\n  net.core.somaxconn = 4096\n"),
    ],
)
def test_what_is_no_such_file_is_claimed_by_nobody(name: str, text: str) -> None:
    assert detect.read(Text(name, text)) is None


def test_variables_and_interpolations_are_templates() -> None:
    for name, text in (
        ("a.nix", 'boot.kernel.sysctl."net.core.somaxconn" = cfg.max;\n'),
        ("a.pp", "sysctl { 'net.core.somaxconn': value => $max }\n"),
        ("a.rb", "sysctl 'net.core.somaxconn' do\n  value node['max']\nend\n"),
        ("a.tf", '"net.core.somaxconn" = var.max\n'),
    ):
        reading = detect.read(Text(name, text))
        assert reading is not None
        assert [setting.templated for setting in reading.settings] == [True], name


NAMES = sorted({name for name, _, _ in CASES} | {"a.json", "a.yaml", "a.tpl"})


@given(st.sampled_from(NAMES), st.text(max_size=150))
def test_any_text_under_any_name_is_read_without_an_error(name: str, text: str) -> None:
    detect.read(Text(name, text))


@given(st.sampled_from(NAMES), st.lists(st.sampled_from([case[1] for case in CASES]), max_size=4))
def test_mixtures_of_formats_are_read_and_places_lie_in_the_text(name: str, parts: list[str]) -> None:
    text = Text(name, "\n".join(parts))
    reading = detect.read(text)
    for setting in reading.settings if reading else ():
        assert setting.key_at is not None
        assert 1 <= setting.key_at.line <= len(text.lines)
        assert 1 <= setting.key_at.column <= len(text.lines[setting.key_at.line - 1]) + 1


@pytest.mark.parametrize("piece", ["{{", "{%", "<%", "'", '"', "[", "net.core.a = 1\n", "$(", "# ", "value => ", "do "])
@pytest.mark.parametrize("name", NAMES)
def test_no_text_costs_more_than_its_length(name: str, piece: str) -> None:
    detect.read(Text(name, piece * 3_000))
