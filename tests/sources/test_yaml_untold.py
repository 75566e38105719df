"""Nothing as a value, and words where the kernel gets texts: in tasks of Ansible, lists of data, objects, compose."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.marks import check

LOOP = "- ansible.posix.sysctl:\n    name: '{{{{ item.name }}}}'\n    value: '{{{{ item.value{} }}}}'\n{}  loop:\n{}"
SHORT = "- sysctl: name={{{{ item.name }}}} value={{{{ item.value }}}}{}\n  with_items:\n{}"
LACKS = "  - {name: net.core.rmem_max}\n"
LACKING = "  - {name: «TT001»net.core.rmem_max}\n"
LIST = "sysctl_params:\n- name: net.ipv4.tcp_retries2\n  value: 9\n- name: net.core.rmem_max\n  value:{}\n"
OBJECT = "apiVersion: a.example/v1\nkind: NodeSettings\nspec:\n  {}\n"
SERVICE = "services:\n  a:\n    sysctls:\n{}"
DEFAULTS = "- hosts: a\n  module_defaults:\n    ansible.posix.sysctl: {value: 1}\n"
WRITTEN = "- path: /etc/sysctl.d/60.conf\n  permissions: '0644'\n  content: |\n"
LINES = "".join(f"    net.ipv4.conf.eth{number}.rp_filter = 1\n" for number in range(12))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("tasks/a.yml", "- sysctl: name=net.core.somaxconn value=«TT001» state=present\n"),
        ("tasks/a.yml", "- sysctl: name=«TT001»net.core.somaxconn state=present\n"),
        ("tasks/a.yml", "- sysctl: name=net.core.somaxconn state=absent\n"),
        ("tasks/a.yml", "- sysctl: name=net.core.somaxconn state={{ state }}\n"),
        ("tasks/a.yml", "- action: sysctl name=«TT001»net.core.somaxconn\n"),
        ("tasks/a.yml", "- sysctl: >\n    name=«TT001»net.core.somaxconn\n    state=present\n"),
        ("a.yml", "- ansible.posix.sysctl: {name: «TT001»net.core.rmem_max}\n"),
        ("a.yml", "- ansible.posix.sysctl: {name: net.core.rmem_max, state: absent}\n"),
        ("a.yml", "- ansible.posix.sysctl: {<<: *all, name: net.core.rmem_max}\n"),
        ("a.yml", "- ansible.posix.sysctl: {name: net.core.rmem_max, state: '{{ state }}'}\n"),
        ("a.yml", "sysctl: {name: net.core.rmem_max}\n"),
        ("a.yml", "- ansible.posix.sysctl:\n  args:\n    name: net.core.rmem_max\n    value: «TT201»16M\n"),
        ("a.yml", DEFAULTS + "  tasks:\n  - ansible.posix.sysctl: {name: net.ipv4.ip_forward}\n"),
        ("tasks/a.yml", LOOP.format("", "", LACKING)),
        ("tasks/a.yml", LOOP.format("", "", "  - {name: «TT001»net.core.rmem_max, vlaue: 5}\n")),
        ("tasks/a.yml", LOOP.format(" | default(omit)", "", LACKS)),
        ("tasks/a.yml", LOOP.format("", "    state: '{{ item.state }}'\n", LACKS)),
        ("tasks/a.yml", LOOP.format("", "", "  - {name: net.core.rmem_max, state: absent}\n")),
        ("tasks/a.yml", LOOP.format("", "  when: item.value is defined\n", LACKS)),
        ("tasks/a.yml", LOOP.format("", "", "  - {name: net.core.rmem_max, value: '«TT001»'}\n")),
        ("tasks/a.yml", LOOP.format("", "  when: item.value != ''\n", "  - {name: net.core.rmem_max, value: ''}\n")),
        ("tasks/a.yml", SHORT.format("", LACKING)),
        ("tasks/a.yml", SHORT.format(" state=absent", LACKS)),
        ("defaults/main.yml", LIST.format("«TT001»")),
        ("defaults/main.yml", LIST.format(" '«TT001»'")),
        ("defaults/main.yml", LIST.format("\n  state: absent")),
        ("defaults/main.yml", LIST.format(" ''\n- name: net.core.wmem_max\n  value: ''")),
        ("a.yml", LIST.format(" ''") + "used: \"{{ sysctl_params | selectattr('value') | list }}\"\n"),
        (
            "a.yml",
            'machine:\n  sysctls:\n    net.ipv4.ip_forward: "«TT201»true"\n    net.ipv4.tcp_syncookies: «TT201»yes\n',
        ),
        ("a.yml", 'apiVersion: v1alpha1\nkind: SysctlConfig\nparams:\n  net.ipv4.ip_forward: "«TT201»true"\n'),
        ("a.yml", OBJECT.format("sysctls:\n  - name: net.ipv4.ip_forward\n    value: '«TT201»on'")),
        ("a.yml", OBJECT.format("values:\n    sysctls:\n      net.ipv4.ip_forward: true")),
        ("a.yml", OBJECT.format("ansibleVars:\n    sysctls: {net.ipv4.ip_forward: true}")),
        ("a.yml", 'settings:\n  kernel:\n    sysctl:\n      net.ipv4.ip_forward: "«TT201»true"\n'),
        ("a.yml", 'config:\n  linux.sysctl.net.ipv4.ip_forward: "«TT201»true"\n'),
        ("defaults/main.yml", "sysctls:\n  net.ipv4.ip_forward: true\n"),
        ("defaults/main.yml", "sysctls:\n  net.core.rmem_max: 16_777_216\n  net.core.wmem_max: «TT201»16_777_21x\n"),
        ("a.yml", "machine:\n  sysctls:\n    net.core.rmem_max: «TT201»16_777_216\n"),
        ("defaults/main.yml", "sysctls:\n  net.core.rmem_max: «TT001»null\n  net.core.wmem_max: '«TT201»~'\n"),
        ("defaults/main.yml", LIST.format(" «TT001»~")),
        ("a.yml", LIST.format(" null") + "used: \"{{ sysctl_params | selectattr('value') | list }}\"\n"),
        ("tasks/a.yml", "- sysctl: name=«TT001»net.core.rmem_max\n- sysctl: name=net.core.rmem_max value=5000\n"),
        ("compose.yml", SERVICE.format("    - «TT001»net.ipv6.conf.all.forwarding\n")),
        ("compose.yml", SERVICE.format('    - "«TT101»net.ipv6.conf.all.forwarding = 1"\n')),
        ("compose.yml", SERVICE.format("    - $ALL\n    - net.ipv6.conf.all.forwarding= 1\n")),
        ("compose.yml", SERVICE.format('    - " «TT101»net.ipv6.conf.all.forwarding=1"\n')),
        ("a/_60.conf.tpl", '{{- define "a" -}}\n' + WRITTEN + LINES + "{{- end -}}\n"),
        ("a/60.conf.tpl", WRITTEN + LINES + "    «TT001»net.ipv4.tcp_sack\n"),
        ("a/sysctl.conf.tpl", "a.conf: |\n" + LINES + "    net.ipv4.tcp_retries2 = «TT409»3\n"),
        ("a/60.conf.tpl", "«TT001»path: a\n" + LINES.replace("    ", "")),
    ],
)
def test_nothing_and_words(tmp_path: Path, name: str, text: str) -> None:
    """What sets a parameter to nothing is told, and words where no reader makes numbers of them."""
    check(tmp_path, name, text)


@pytest.mark.parametrize(
    "text",
    [
        "kind: KubeletConfiguration\nallowedUnsafeSysctls:\n- «TT101»net.core.somaxcon\n- net.ipv4.*\n- kernel.msg*\n",
        "kind: KubeletConfiguration\nallowedUnsafeSysctls: [net.netfilter.nf_conntrack_max, net.ipv4.tcp_tw_recycle]\n",
        "kubeletExtraArgs:\n  allowed-unsafe-sysctls: net.core.somaxconn,«TT101»net.ipv4.tcp_fin_timeot\n",
        "kubelet-arg:\n- allowed-unsafe-sysctls=net.core.somaxconn,«TT101»net.ipv4.tcp_fin_timeot\n",
        "command: [kubelet, '--allowed-unsafe-sysctls=«TT101»net.ipv4.tcp_fin_timeot']\n",
        "kind: PodSecurityPolicy\nspec:\n  forbiddenSysctls: [«TT101»net.core.somaxcon, '*']\n",
    ],
)
def test_names_that_are_allowed(tmp_path: Path, text: str) -> None:
    """A name that no kernel has allows, or forbids, nothing; of others nothing is said."""
    check(tmp_path, "a.yaml", text)


def test_an_entry_of_a_list_that_is_a_mapping_is_none_for_an_engine(tmp_path: Path) -> None:
    entries = "      - net.ipv4.tcp_sack=0\n      - «TT001»net.ipv4.tcp_syncookies: «TT407»0\n"
    check(tmp_path, "docker-compose.yml", f"services:\n  a:\n    sysctls:\n{entries}")
