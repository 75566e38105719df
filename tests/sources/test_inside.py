"""Scripts and files that stand inside of other files, and what templates of several lines leave out."""

from __future__ import annotations

from pathlib import Path

import pytest

from tcptune.model.setting import Setting
from tcptune.sources import detect
from tcptune.sources.base import Reading, Text
from tests.support.marks import check

FIN = "net.ipv4.tcp_fin_timeout"
SYSCTL_D = "/etc/sysctl.d/50-fin.conf"


def read(name: str, text: str) -> Reading:
    reading = detect.read(Text(name, text))
    assert reading is not None, name
    return reading


def placed(setting: Setting, text: str) -> str:
    at = setting.value_at
    assert at is not None
    assert at.end_column is not None
    return text.split("\n")[at.line - 1][at.column - 1 : at.end_column - 1]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.tf", f"x {{\n  user_data = <<-END\n    #!/bin/sh\n    sysctl -w {FIN}=41\n  END\n}}\n"),
        ("a.tf", f"x {{\n  user_data = <<-END\n    cat > {SYSCTL_D} <<EOF\n    {FIN} = 41\n    EOF\n  END\n}}\n"),
        ("a.tf", f'x {{\n  inline = [\n    "sudo sysctl -w {FIN}=41",\n  ]\n}}\n'),
        ("a.pkr.hcl", f'x {{\n  inline = ["echo {FIN}=41 | sudo tee -a /etc/sysctl.conf"]\n}}\n'),
        ("a.hcl", f'contents = <<EOF2\nlocals {{\n  run = [\n    "sysctl -w {FIN}=41",\n  ]\n}}\nEOF2\n'),
        ("a.hcl", f'contents = <<EOF2\n  run = [\n    "set -e",\n    "sysctl -w {FIN}=41 >/dev/null",\n  ]\nEOF2\n'),
        ("a.hcl", f"contents = <<E\nlocals {{\n  run = [\"cat > {SYSCTL_D} <<'S'\\n{FIN} = 41\\nS\"]\n}}\nE\n"),
        ("a.tf", f"x = <<EOT\n#cloud-config\nruncmd:\n  - sysctl -w {FIN}=41\nEOT\n"),
        ("a.tf", f"x = <<E\n# files\n- path: {SYSCTL_D}\n  content: |\n    {FIN}=41\nE\n"),
        (
            "a.tf",
            f"x {{\n  y = <<-E\n%{{ if a }}\n   - content: |\n        {FIN} = 41\n      path: {SYSCTL_D}\n  E\n}}\n",
        ),
        ("a.tf", f"x = <<E\n# for all\nruncmd:\n- [sysctl, -w, {FIN}=41]\nE\n"),
        ("a.pp", f"exec {{ 'x': command => '/sbin/sysctl -w {FIN}=41' }}\n"),
        ("a.pp", f"file {{ '{SYSCTL_D}':\n  content => \"# fin\\n{FIN} = 41\\n\",\n}}\n"),
        ("a.pp", f"file {{ '{SYSCTL_D}':\n  content => @(END)\n    {FIN} = 41\n    | END\n}}\n"),
        ("a.rb", f"execute 'sysctl -w {FIN}=41'\n"),
        ("a.rb", f"file '{SYSCTL_D}' do\n  content <<~END\n    {FIN} = 41\n  END\nend\n"),
        ("a.nix", f"{{ script = ''\n  ${{pkgs.procps}}/bin/sysctl -w {FIN}=41\n''; }}\n"),
        ("a.nix", f'{{ postSetup = "${{pkgs.procps}}/bin/sysctl -w {FIN}=41"; }}\n'),
        ("a.sls", f"x:\n  cmd.run:\n    - name: sysctl -w {FIN}=41\n"),
        ("a.sls", f"y:\n  sysctl.present:\n    - value: 1\nx:\n  cmd.run:\n    - name: sysctl -w {FIN}=41\n"),
        ("a.sls", f"{SYSCTL_D}:\n  file.managed:\n    - contents: |\n        {FIN} = 41\n"),
        ("tasks/a.yml", f'- lineinfile: dest=/etc/sysctl.conf line="{FIN} = 41"\n'),
        ("tasks/a.yml", f"- sysctl:\n    name: '{{{{ item }}}}'\n    value: 41\n  loop:\n    - {FIN}\n"),
        ("user-data", f"#cloud-config\nruncmd:\n  - sysctl -w {FIN}=41\n"),
        ("fin.service.j2", f"[Service]\nExecStartPre=/sbin/sysctl -w {FIN}=41\n"),
        ("a.sh", f"ssh host sysctl -w {FIN}=41\n"),
        ("a.sh", f"kubectl exec web -- sysctl -w {FIN}=41\n"),
        ("a.sh", f'{{\n  echo "# fin"\n  echo "{FIN} = 41"\n}} >> /etc/sysctl.conf\n'),
        ("a.sh", f'(\n  echo "{FIN} = 41"\n) > {SYSCTL_D}\n'),
        ("a.sh", f'for x in 1; do\n  echo "{FIN} = 41"\ndone | sudo tee {SYSCTL_D}\n'),
        ("a.sh", f'for pair in {FIN}=41; do sysctl -w "$pair"; done\n'),
        ("a.sh", f"cat > fin.service <<END\n[Service]\nExecStart=/sbin/sysctl -w {FIN}=41\nEND\n"),
        ("a.json", f'// for all\n{{"sysctls": {{"{FIN}": "41"}}, /* more */}}\n'.replace(", /* more */", "")),
        ("fin.conf.j2", f"# {{{{ managed }}}}\n{{{{ banner }}}}\n{FIN} = 41\n"),
        ("50-fin.conf.tftpl", f"%{{ if fast ~}}\n{FIN} = 41\n%{{ endif ~}}\n"),
        ("sysctl.conf.tpl", f"%{{ if fast ~}}\n{FIN} = 41\n%{{ endif ~}}\n"),
    ],
)
def test_what_stands_inside_is_read_with_its_place_in_the_file(name: str, text: str) -> None:
    (setting,) = [one for one in read(name, text).settings if one.key == FIN]
    assert setting.raw == "41"
    assert placed(setting, text) == "41"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.tf", f'variable "x" {{\n  description = "run sysctl -w {FIN}=41"\n}}\n'),
        ("a.tf", f"x = <<E\n- path: /etc/motd\n  content: |\n    {FIN}=41\nE\n"),
        ("spec/a_spec.rb", f"expect(run).to execute('sysctl -w {FIN}=41')\n"),
        ("a.sh", f"log_step sysctl -w {FIN}=41\n"),
        ("a.sh", f'want=("{FIN}=41")\nfor one in "${{want[@]}}"; do now=$(sysctl "${{one%=*}}"); done\n'),
        ("sysctl.conf.j2", f"{{#\n{FIN} = 41\n#}}\n"),
        ("sysctl.conf.tmpl", f"{{{{/*\n{FIN} = 41\n*/}}}}\n"),
    ],
)
def test_what_is_only_told_or_asked_sets_nothing(name: str, text: str) -> None:
    reading = read(name, text)
    assert reading.settings == []
    assert reading.problems == []


@pytest.mark.parametrize(
    "raw", ["%(fin)s", "__FIN__", "<FIN_TIMEOUT>", "@FIN@", "{{ fin }}", "${FIN}", "<%= @fin %>", "%{fin}"]
)
def test_a_placeholder_is_no_value(raw: str) -> None:
    (setting,) = read("sysctl.d/a.conf", f"{FIN} = {raw}\n").settings
    assert setting.templated


@pytest.mark.parametrize("text", ["64 * 1024", "node['x'] + 1", "2 << 4", "8.to_i"])
def test_a_computed_number_is_no_value(text: str) -> None:
    (setting,) = read("a.rb", f"default['sysctl']['params'] = {{ '{FIN}' => {text} }}\n").settings
    assert setting.templated


@pytest.mark.parametrize(
    "text",
    [
        f"if [ -e /proc/sys/net/ipv4/tcp_fin_timeout ]; then\n  sysctl -w {FIN}=41\nfi\n",
        f"[ -w /proc/sys/net/ipv4/tcp_fin_timeout ] && sysctl -w {FIN}=41\n",
        f"if sysctl -n {FIN} >/dev/null; then\n  sysctl -w {FIN}=41\nfi\n",
    ],
)
def test_a_test_whether_it_is_there_speaks_for_kernel_and_module(text: str) -> None:
    (setting,) = read("a.sh", text).settings
    assert "exists" in setting.facts


def test_a_file_for_modules_is_known_by_its_variable() -> None:
    text = 'f=/etc/modules-load.d/a.conf\ncat > "$f" <<END\nbr_netfilter\nEND\n'
    assert "br_netfilter" in read("a.sh", text).modules


def test_what_is_set_again_after_a_pause_is_no_duplicate() -> None:
    first, second = read("a.sh", f"sysctl -w {FIN}=41\nsleep 9\nsysctl -w {FIN}=42\n").settings
    assert first.store != second.store


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.tf", f'x = {{\n  a = {{\n    "{FIN}" = 41\n  }}\n  b = {{\n    "{FIN}" = 42\n  }}\n}}\n'),
        (
            "a.rb",
            f"default['a']['sysctl'] = {{\n  '{FIN}' => 41\n}}\ndefault['b']['sysctl'] = {{\n  '{FIN}' => 42\n}}\n",
        ),
    ],
)
def test_two_maps_with_one_key_are_two_groups(name: str, text: str) -> None:
    first, second = read(name, text).settings
    assert first.group != second.group


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.sh", f"""x=$(echo a | sed -e 's/ (.*//')\nsysctl -w {FIN}=41\n"""),
        ("a.sh", f"""x=$(echo ")" | cat)\nsysctl -w {FIN}=41\n"""),
        ("a.sh", f'TEXT="# made\n{FIN} = 41\n"\necho "$TEXT" > {SYSCTL_D}\n'),
        ("a.pp", "sysctl { 'net/ipv4/tcp_fin_timeout': value => '41' }\n"),
    ],
)
def test_quotes_and_spellings_hide_nothing(name: str, text: str) -> None:
    (setting,) = [one for one in read(name, text).settings if one.key == FIN]
    assert placed(setting, text) == "41"


def test_erb_in_a_script_is_no_value() -> None:
    (setting,) = read("a.sh.erb", '#!/bin/sh\necho "<%= @fin %>" > /proc/sys/net/ipv4/tcp_fin_timeout\n').settings
    assert setting.templated


def test_a_task_in_check_mode_sets_nothing() -> None:
    task = f"- sysctl:\n    name: {FIN}\n    value: 41\n  check_mode: true\n"
    assert read("tasks/a.yml", task).settings == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.rb", f"default['sysctl']['params'] = {{ '{FIN}' => 4.5 }}\n"),
        ("a.nix", f'{{ boot.kernel.sysctl."{FIN}" = 4.5; }}\n'),
    ],
)
def test_a_fraction_is_a_value_that_is_wrong(name: str, text: str) -> None:
    (setting,) = read(name, text).settings
    assert (setting.raw, setting.templated) == ("4.5", False)


def test_a_charts_helper_is_yaml_whatever_dots_its_name_has() -> None:
    text = f"- command: [sysctl, -w, {FIN}=41]\n"
    (setting,) = read("a.b.c/chart__v1.2__helpers.tpl", text).settings
    assert setting.key == FIN


def test_a_line_for_sysctl_is_known_without_a_name_that_tells_by_itself(tmp_path: Path) -> None:
    line = "file { '/etc/sysctl.d/9-a.conf':\n  content => \"kernel.dmesg_restrict = «TT201»yes\\n\",\n}\n"
    check(tmp_path, "a.pp", line + "notify { 'kernel.dmesg_restrict = yes': }\n")


def test_code_that_terragrunt_writes_is_a_file_of_its_own_far_below(tmp_path: Path) -> None:
    above = 'inputs = { "net.core.somaxconn" = "8192" }\n' + "\n" * 40
    code = (
        '  pool = {\n    "net.core.somaxconn" = "8191"\n  }\n  other = {\n    "net.core.somaxconn" = "8190"\n  }\n'
        "  run = [\n    \"cat > /etc/sysctl.d/9.conf <<'E'\\nnet.ipv4.ip_forward=«TT003»1 # routes\\nE\",\n"
        '    "sysctl -w net.ipv4.tcp_retries2=«TT409»3",\n  ]\n'
    )
    check(tmp_path, "terragrunt.hcl", f'{above}generate "x" {{\n  contents = <<EOF\nlocals {{\n{code}}}\nEOF\n}}\n')


def test_code_in_code_in_code_ends() -> None:
    deep = "".join(f"x = <<E{number}\nlocals {{\n" for number in range(2_000))
    ends = "".join(f"}}\nE{number}\n" for number in reversed(range(2_000)))
    read("a.hcl", deep + "# sysctl\n" + ends)
