"""Shapes of plain data, tasks and commands that roles, charts and machines use beside the usual ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.marks import check

FIN, R2 = "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_retries2"
RECYCLE = "«TT102»net.ipv4.tcp_tw_recycle"
FORWARD = "/proc/sys/net/ipv4/ip_forward"
TASK = "tasks/a.yml"
DAEMON = "kind: DaemonSet\nspec:\n  containers:\n  - name: a\n"


@pytest.mark.parametrize(
    "text",
    [
        f"kernel_params:\n- {FIN} = «TT404»5\n- vm.swappiness=10\n",
        f"SYS_NETWORK_PARAM:\n  - {FIN}=«TT404»5\n",
        f"query_params:\n  - x={FIN}\n  - a.b=5\n",
        f"sysctl_list:\n- {{name: «TT006»{FORWARD}, value: 1}}\n- {{name: {FIN}, value: «TT404»5}}\n",
        f"role_sysctl_entries:\n- {{parameter: «TT006»{FORWARD}, to: '1', reload: true}}\n",
        f"sysctl_lines:\n- «TT006»{FORWARD}=1\n- {FIN}=«TT404»5\n",
        f"sysctl_pairs:\n- [«TT006»{FORWARD}, 1]\n",
        "sysctl_files:\n- {path: /proc/sys/net/ipv4/tcp_fin_timeout, value: «TT404»5}\n",
        f"tuned:\n- {{sysctl_name: {FIN}, sysctl_value: «TT404»5, reload: true, state: present}}\n",
        f"tuned:\n- {{key_name: {FIN}, key_val: «TT404»5, expected_value: 7, note: a}}\n",
        f"tuned:\n  {FIN}: {{val: «TT404»5, state: present}}\n  {R2}: {{sysctl_value: «TT409»3, reload: true}}\n",
        f"sysctl_web:\n- {FIN}=«TT404»5\nsysctl_db:\n- {FIN}=«TT404»6\n",
        f"sysctl_params:\n- [{FIN}, «TT404»5]\n",
        "sysctl:\n  net:\n    ipv4:\n      tcp_fin_timeout: «TT404»5\n",
        "sysctl:\n  params:\n    net.ipv4:\n      tcp_fin_timeout: «TT404»5\n      «TT101»tcp_fin_timout: 9\n",
        f"sysctl_lines: |\n  # a\n  {FIN} = «TT404»5\n\n  {RECYCLE} = 1\n",
        f"options:\n  sysctl:\n    default: |\n      {{ {FIN} : «TT404»5,\n        {R2} : «TT409»3 }}\n",
        f'options:\n  sysctl: "{{ {FIN}: «TT404»5, vm.swappiness: 10 }}"\n',
        f'patches:\n- |-\n  machine:\n    sysctls:\n      {FIN}: "«TT404»5"\n',
        f'patches:\n- |-\n  - op: add\n    path: /machine/sysctls\n    value:\n      {FIN}: "«TT404»5"\n',
        f'extraInitContainers: |\n  - command: ["sysctl", "-w", "{FIN}=«TT404»5"]\n',
        (
            f"kind: ConfigMap\ndata:\n  a.sh: |\n    #!/bin/sh\n{{{{ if .x }}}}\n    sysctl -w {FIN}=«TT404»5\n"
            f"{{{{ end }}}}\n    sysctl -w {R2}=«TT409»3\n"
        ),
        f"kind: ConfigMap\ndata:\n  tuned.conf: |\n    [main]\n    [sysctl]\n    {FIN}=«TT404»5 # a\n",
        f'kind: ConfigMap\ndata:\n  sysctl.conf: "{FIN} = «TT404»5"\n',
        f'{DAEMON}    command: [nsenter, -t, "1", -n, --, sysctl, -w, "{FIN}=«TT404»5"]\n',
        f'{DAEMON}    command: [nsenter, -t, "1", -n, --, sh, -c, "sysctl -w {FIN}=«TT404»5"]\n',
        f'services:\n  a:\n    entrypoint: [sh, -c, "sysctl -w {FIN}=«TT404»5; exec b"]\n',
        f'inputs:\n  runCommand:\n  - "#!/bin/sh"\n  - "sysctl -w {FIN}=«TT404»5"\n  - log "{R2}=3"\n',
        f"a: {{{{ b\n}}}}}}\n- {{ name: '{FIN}', value: '«TT404»5' }}\n- {{ key: {RECYCLE}, value: 1 }}\n",
        f'kind: ClusterConfig\nnodeGroups:\n- preBootstrapCommands:\n  - "sysctl -w {FIN}=«TT404»5"\n',
        f"units:\n- name: a.service\n  contents: |\n    [Service]\n    ExecStart=/sbin/sysctl {FIN}=«TT404»5\n",
    ],
)
def test_each_shape_is_read_with_its_place(tmp_path: Path, text: str) -> None:
    check(tmp_path, "a.yaml", text)


@pytest.mark.parametrize(
    "text",
    [
        f"- action: sysctl name={FIN} value=«TT404»5\n",
        f"- local_action: sysctl name={{{{ item }}}} value=1\n  with_items: [{RECYCLE}]\n",
        f'- replace:\n    path: /etc/sysctl.conf\n    regexp: ^x\n    replace: "{FIN} = «TT404»5"\n',
        f'- command: sysctl -w "{{{{ item }}}}"\n  name: a\n  loop:\n  - {FIN}=«TT404»5\n',
        f'- shell: echo "{{{{ item }}}}" >> /etc/sysctl.conf\n  name: a\n  loop:\n  - {FIN} = «TT404»5\n',
        (
            "- copy:\n    dest: /etc/sysctl.d/9.conf\n    content: |\n"
            "      net.core.somaxconn = 4444\n      vm.swappiness = 7\n"
            "- sysctl: {name: net.core.somaxconn, value: 4444}\n- sysctl: {name: vm.swappiness, value: «TT004»8}\n"
        ),
        (
            "- copy:\n    dest: /etc/saptune/override/9\n    content: |\n"
            f"      [sysctl]\n      {FIN} = «TT404»5\n- command: x\n- command: y\n"
        ),
        "- lineinfile:\n    path: '{{ sysctl_file }}'\n    line: net.core.somaxcon={{ x }}\n".replace(
            "net", "«TT101»net"
        ),
        f"- sysctl: >\n    name={FIN}\n    value=«TT404»5\n    state=present\n",
        f"- sysctl:\n    name={FIN}\n    value=«TT404»5\n",
        f'- command: "{{{{ item }}}}"\n  name: a\n  loop:\n  - sysctl -w {FIN}=«TT404»5\n  - sysctl -p\n',
        (
            "- sysctl: {name: '{{ item.0 }}', value: '{{ item.1 }}'}\n  with_together:\n"
            f"  - [{FIN}, vm.swappiness]\n  - [«TT404»5, 6]\n"
        ),
        f'- shell: grep "{{{{ item }}}}" /etc/sysctl.conf\n  name: a\n  loop:\n  - {FIN} = 5\n',
        "- sysctl: name={{ item }} state=absent value=1\n  loop:\n  - net.ipv4.tcp_tw_recycle\n",
        "- replace:\n    path: /etc/sysctl.conf\n    regexp: ^(net.ipv4.tcp_tw_recycle.*)\n    replace: '# \\1 = 1'\n",
    ],
)
def test_tasks_of_other_spellings(tmp_path: Path, text: str) -> None:
    check(tmp_path, TASK, text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.tf", f'x = [\n  {{ namespace = "{FIN}", value = "«TT404»5" }}\n]\n'),
        ("a.tf", f'security_context {{\n  sysctl {{\n    name  = "{FIN}"\n    value = "«TT404»5"\n  }}\n}}\n'),
        (
            "a.pp",
            (
                "augeas { 'a':\n  context => '/files/etc/sysctl.conf',\n  changes => [\n"
                "    \"set net.ipv4.ip_local_port_range '«TT410»1024 65535'\",\n  ],\n}\n"
            ),
        ),
        ("a.pp", "sysctl::value { '«TT101»net.ipv4/ip_local_reserve_ports': value => $x }\n"),
        ("a.tf", f'sysctls = {{ "{FIN}" = «TT404»5, "{R2}" = «TT409»3 }}\n'),
        ("a.tf", f'x = <<EOF\n[{{"systemControls":[{{"namespace":"{FIN}","value":"«TT404»5"}}]}}]\nEOF\n'),
        ("a.toml", f'[settings.kernel]\nsysctl = {{ "{FIN}" = "«TT404»5", "{R2}" = "«TT409»3" }}\n'),
        ("a.yaml", f'{DAEMON}    command: sh\n    args: [-c, "sysctl -w {FIN}=«TT404»5"]\n'),
        ("a.tf", f'a {{\n  name = "{FIN}"\n}}\nb {{\n  value = 5\n}}\n'),
        ("a.nix", f'{{\n  extraOptions = [ "--sysctl={FIN}=«TT404»5" "--sysctl" "{R2}=«TT409»3" ];\n}}\n'),
        ("a.nix", f'{{\n  boot = {{\n    kernel.sysctl."{FIN}" = «TT404»5;\n  }};\n}}\n'),
        ("a.container", f"[Container]\nPodmanArgs=--init --sysctl {FIN}=«TT404»5\n"),
        ("a.yaml.tftpl", f"a: {{b: ${{password}}, c: d}}\nsysctls:\n  {FIN}: «TT404»5\n  {R2}: ${{r2}}\n"),
        (
            "a.sls",
            (
                "net.netfilter.nf_conntrack_max:\n  sysctl.present:\n    - value: 400000\n"
                "    - onlyif: test -e /proc/sys/net/netfilter/nf_conntrack_max\n"
            ),
        ),
        (
            "a.sls",
            f"{RECYCLE}:\n  sysctl.present:\n    - value: 1\n    - onlyif: test -e /proc/sys/net/ipv4/tcp_syncookies\n",
        ),
        ("roles/a.json", '{"sysctl": {"params": {"net": {"ipv4": {"tcp_fin_timeout": «TT404»5}}}}}\n'),
    ],
)
def test_shapes_of_other_tools(tmp_path: Path, name: str, text: str) -> None:
    check(tmp_path, name, text)


@pytest.mark.parametrize(
    "text",
    [
        "metadata:\n  labels:\n    net.core.somaxcon: a\n  annotations: {net.core.somaxcon: b}\n",
        f"tests:\n- asserts:\n  - equal:\n      value:\n        name: {FIN}\n        value: 5\n",
        "sysctl_role:\n  kernel:\n    version: 5\n    flavour: a\n  net: eth0\n",
        "sysctl::base:\n  net.ipv4.tcp_tw_recycle:\n    ensure: absent\n",
        "kernel_modprobe:\n- br_netfilter\nsysctls:\n  net.bridge.bridge-nf-call-iptables: 1\n",
        "a:\n"
        + "".join(f"  vm.x{n}: {n}\n" for n in range(50))
        + "".join(f'  net.ipv4.tcp_{n}: "4096\\t5000\\t6000000"\n' for n in ("rmem", "wmem", "mem"))
        + "  net.ipv4.tcp_sack: 1\n",
        "kernel_cmdline:\n- net.ifnames=0\n- quiet\n",
        f"sysctl_expected:\n- {{name: {FORWARD}, value: 1}}\n",
        f"a:\n- {{name: {FIN}, expected_value: 5, current_value: 6}}\n",
        f"a:\n- {{name: {FIN}, low_value: 5, high_value: 6}}\n",
        f"sysctl_files:\n- {{name: {FORWARD}, mode: 1}}\n",
        "vars:\n  sysctlvar: net.ipv6.conf.all.forwarding\n  datatype: int\n",
        "a:\n  sysctlvar: net.ipv6.conf.all.forwarding\n  form: string\n",
        "a: {kernel.ostype: '1', fs.file-nr: '1', fs.aio-nr: '1'}\nb: {net.core.somaxcon: '1', fs.nr_open: '1'}\n",
        f"sysctl_help: |\n  This is {FIN}:\n  {FIN} = 5\n",
        "network:\n  net:\n    ipv4:\n      tcp_fin_timeout: 5\n",
        f"text: |\n  Run: command\n  sysctl -w {FIN}=5\n",
    ],
)
def test_what_only_looks_like_one_is_silent(tmp_path: Path, text: str) -> None:
    check(tmp_path, "a.yaml", text)


PROFILE = "schema: tcptune/profile/1\nname: a\nsummary: b\nsettings:\n"
DELAY = "net.ipv4.tcp_tw_reuse_delay"


@pytest.mark.parametrize(
    "text",
    [
        f"  «TT103»{DELAY}:\n    value: 500\n    when: {{memory: '>=8GiB'}}\n",
        f"  {DELAY}:\n    value: 500\n    when: {{kernel: '>=6.14'}}\n",
        f"  {DELAY}:\n    value: 500\n    when: {{distro: a}}\n",
        "  «TT105»net.netfilter.nf_conntrack_max:\n    value: 1000000\n    when: {netns: initial}\n",
        "  net.netfilter.nf_conntrack_max:\n    value: 1000000\n    when: {module: nf_conntrack}\n",
        "  «TT101»net.ipv4.tcp_fin_timout:\n    at_least: 5\n  net.core.somaxconn: {one_of: [1, 2]}\n",
        "  «TT102»net.ipv4.tcp_tw_recycle:\n    one_of: [0, 1]\n    why: x\n",
    ],
)
def test_a_profile_of_ones_own_is_judged_with_its_conditions_and_bounds(tmp_path: Path, text: str) -> None:
    check(tmp_path, "a.yaml", PROFILE + text)
