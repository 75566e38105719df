"""Files that something else makes of a template: m4, a build's `@VAR@`, suffixes of other languages, CNI's JSON."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.marks import check

POD = """apiVersion: v1
kind: Pod
spec:
  containers:
  - image: {0}
  securityContext:
    sysctls:
    - name: «TT107»net.core.somaxconn
      value: {0}
    - name: net.ipv4.tcp_fin_timeout
      value: "«TT404»5"
"""


@pytest.mark.parametrize(
    ("name", "filled"),
    [
        ("a.yaml.in", "@SOME_1@"),
        ("a.yaml.in", "@some@"),
        ("a.yml.template", '"${SOME}"'),
        ("a.yaml.envsubst", "${SOME}"),
        ("a.yaml.hbs", "{{some}}"),
        ("a.yml.gotpl", "{{ .Some }}"),
        ("pod.template", "@SOME@"),
        ("pod.tmpl", "{{ .Some }}"),
    ],
)
def test_manifests_are_read_under_the_suffix_of_any_template(tmp_path: Path, name: str, filled: str) -> None:
    check(tmp_path, name, POD.format(filled))


def test_what_a_build_puts_between_the_lines_of_a_manifest_is_none_of_them(tmp_path: Path) -> None:
    check(tmp_path, "a.yaml.in", POD.format("@A@").replace("spec:\n", "spec:\n  @MORE@\n"))


def test_a_template_that_is_no_yaml_is_read_by_line(tmp_path: Path) -> None:
    check(tmp_path, "a.yaml.in", "@BEGIN: [\nnet.ipv4.tcp_fin_timeout: «TT404»5\nnet.ipv4.tcp_retries2: @N@\n")


def test_a_file_of_a_build_goes_to_the_loaders(tmp_path: Path) -> None:
    text = "net.ipv4.tcp_fin_timeout = «TT404»5\nnet.ipv4.tcp_retries2 = @retries2@\n"
    check(tmp_path, "tuning.conf.in", text)


def test_a_stack_needs_no_name_of_yaml(tmp_path: Path) -> None:
    stack = "# Hosts\nAWSTemplateFormatVersion: '2010-09-09'\nResources:\n  A:\n    Properties:\n      UserData: |\n"
    check(tmp_path, "a.template", f"{stack}        #!/bin/sh\n        sysctl -w net.ipv4.tcp_fin_timeout=«TT404»5\n")


M4 = """dnl net.ipv4.tcp_syncookies = 0
define(`N', `5')dnl
include(`more.m4')
net.ipv4.tcp_fin_timeout = «TT404»5 dnl seconds
net.ipv4.tcp_retries2 = N
net.ipv4.tcp_orphan_retries = eval(1 + 1)
ifdef(`SMALL', `net.ipv4.tcp_max_tw_buckets = «TT403»100')
ifelse(KIND, `old',
`net.ipv4.tcp_timestamps = «TT402»0
', `
net.ipv4.tcp_timestamps = «TT402»0
')dnl
MORE(`of it')
net.core.rmem_max = «TT201»lots
"""


@pytest.mark.parametrize("name", ["sysctl.conf.m4", "tuning.conf.m4"])
def test_lines_of_m4_are_none_of_the_file(tmp_path: Path, name: str) -> None:
    check(tmp_path, name, M4)


def test_a_manifest_of_m4_keeps_its_places(tmp_path: Path) -> None:
    pod = POD.format("IMAGE").replace("value: IMAGE", "value: `N'")
    pod = pod.replace("    - name: net.ipv4", "ifdef(`F', `    - name: net.ipv4").replace(
        '«TT404»5"\n', "«TT404»5\"')\n"
    )
    more = '    - name: «TT106»net.core.netdev_max_backlog\n      value: "2000"\n'
    check(tmp_path, "a.yaml.m4", f"define(`N', 5)\n{pod}{more}")


PLUGIN = '"type": "tuning", "sysctl": {{"net.core.somaxconn": "9000", "«TT106»{0}": "1000"}}'
WIDE = PLUGIN.format("net.core.netdev_budget").replace("1000", "400")


@pytest.mark.parametrize("name", ["10-a.conflist", "10-a.conf", "a.json", "10-a.conflist.j2", "10-a.conf.template"])
def test_a_plugin_of_a_network_sets_what_is_a_pods(tmp_path: Path, name: str) -> None:
    check(tmp_path, name, f'{{"name": "a", "plugins": [{{"type": "bridge"}}, {{{WIDE}}}]}}\n')


@pytest.mark.parametrize("name", ["/etc/cni/net.d/10-a.conflist", "/etc/cni/net.d/10-a.conf", "$D/10-a"])
@pytest.mark.parametrize("into", ["cat > {0} <<EOF", "cat <<'EOF' | sudo tee {0}"])
def test_a_script_writes_such_a_file(tmp_path: Path, name: str, into: str) -> None:
    check(tmp_path, "a.sh", f'{into.format(name)}\n{{\n  "plugins": [{{{WIDE}}}]\n}}\nEOF\n')


def test_a_machine_is_given_such_a_file(tmp_path: Path) -> None:
    entry = "write_files:\n- path: /etc/cni/net.d/10-a.conflist\n  content: |\n    "
    check(tmp_path, "a.yaml", f'#cloud-config\n{entry}{{"plugins": [{{{WIDE}}}]}}\n')


@pytest.mark.parametrize("begin", ["'", "|\n    "])
def test_an_attachment_to_a_network_has_it_in_a_text(tmp_path: Path, begin: str) -> None:
    head = "apiVersion: k8s.cni.cncf.io/v1\nkind: NetworkAttachmentDefinition\nspec:\n  config: "
    check(tmp_path, "a.yaml", f"{head}{begin}{{{WIDE}}}{begin.strip('|').strip()}\n")


@pytest.mark.parametrize("name", ["10-a.conflist.j2", "10-a.conf.j2"])
def test_a_network_that_is_no_json_yet_is_read_by_line(tmp_path: Path, name: str) -> None:
    plugin = '"type": "tuning",\n  {% if a %}\n  "mtu": 1\n  {% else %}\n  "mtu": 2\n  {% endif %}\n  "sysctl": {\n'
    more = '    "«TT106»net.core.netdev_budget": "{{ n }}",\n    "net.ipv4.tcp_timestamps": "«TT402»0"\n'
    check(tmp_path, name, f"{{\n  {plugin}{more}  }}\n}}\n")


def test_an_object_that_is_no_json_is_nothing_broken(tmp_path: Path) -> None:
    check(tmp_path, "a.conf", '{ "sysctl": [\n')


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("a.sh.j2", "sysctl -w «TT101»net.ipv4.conf.{{ iface }}.rp_fliter=1"),
        (
            "a.sh.j2",
            "sysctl -w «TT101»net.core.somaxcon={{ backlog | default('1024') }} net.ipv4.tcp_syncookies=«TT407»0",
        ),
        ("a.sh.j2", "echo 1 > /proc/sys/«TT101»net/ipv4/conf/{{ iface }}/rp_fliter"),
        ("a.sh.j2", "echo {{ x }} > /proc/sys/«TT101»net/ipv4/tcp_fin_timeot"),
        ("a.sh.j2", "sysctl -w net.ipv4.tcp_syncookies=«TT407»0 {{ more"),
        ("a.service.j2", "[Service]\nExecStart=/sbin/sysctl -q -w net.ipv4.conf.{{ a.name }}.rp_filter=«TT201»loose"),
    ],
)
def test_what_is_filled_in_with_blanks_around_it_is_a_part_of_a_word(tmp_path: Path, name: str, line: str) -> None:
    check(tmp_path, name, f"#!/bin/sh\n{line}\n" if ".sh" in name else f"{line}\n")


def test_what_is_encrypted_is_no_value_yet(tmp_path: Path) -> None:
    text = (
        "net.ipv4.tcp_sack: ENC[AES256_GCM,data:IA==,tag:nq==,type:str]\n    «TT101»net.ipv4.tcp_sak: ENC[A,type:str]"
    )
    check(tmp_path, "a.yaml", f"machine:\n  sysctls:\n    {text}\nsops: {{version: 3}}\n")
