"""Spellings beside the usual ones: names in arrays, in hashes, in loops, by path; files that only their lines tell."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.lint import run
from tests.support.marks import check

FIN, R2 = "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_retries2"
VALUE = f"{FIN}=«TT404»5"
TUNED = "net.core.somaxconn = 4444\nvm.swappiness = 10\n"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("sysctl.conf", "«TT101»net.ipv4.ip forward=1\nvm.swappiness = 1\n"),
        ("sysctl.conf", "«TT101»net.ipv4 tcp_sack = 0\n«TT001»sysctl -w net.ipv4.tcp_sack=1\n«TT001»a b = 1\n"),
        ("a.sh", "for v in 4 6; do\n  sysctl -w «TT101»net.ipv$v.tcp_fin_timeout=«TT404»10\ndone\n"),
        ("a.sh", "for k in tcp_sack «TT101»tcp_fin_timout; do\n  echo 44 > /proc/sys/net/ipv4/$k\ndone\n"),
        ("a.sh", "for i in eth0 eth1; do sysctl -w net.ipv4.conf.${i}.rp_filter=«TT201»yes; done\n"),
        ("a.sh", "for i in $(ls); do sysctl -w net.ipv4.tcp_$i=7 net.ipv4.conf.$i.rp_filter=7; done\n"),
        (
            "a.sh",
            f'r() {{\n  eval "$@"\n}}\nF=/etc/sysctl.d/a.conf\nr "cat > $F <<E\n# sysctl\n{FIN} = «TT404»5\nE"\n',
        ),
        ("a.sh", f"there() {{ ssh -o a=b $H \"$1\"; }}\nthere '\nmodprobe x\nsysctl -w {VALUE}\n'\n"),
        ("a.sh", f"log() {{ echo \"$1\"; }}\nlog '\nmodprobe x\nsysctl -w {FIN}=5\n'\n"),
        (
            "tasks/main.yml",
            '- sysctl: name="{{ x }}" value=1\n  loop:\n    - «TT007»{ name: a.b, value: 5\n    - { a: 1 }\n',
        ),
        ("templates/a.yml", "sysctl: {{ x }}\n  with_items:\n    - { name: vm.swappiness, value: 5\n    - b\n"),
        ("tasks/main.yml", 'a:\n  sysctl: {name: vm.swappiness, value: 9}\n  msg: «TT007»"never closed\n  b: c\n'),
        ("a.pp", '  $x = @("X"/L)\n    «TT006»/proc/sys/kernel/randomize_va_space = 2\n    |X\n'),
        ("a.sh", f"S='/sbin/sysctl -e -q -w'\n$S {VALUE} 2>/dev/null\n$T {FIN}=6\n"),
        ("etc/network/interfaces", f"iface a inet dhcp\n  post-up sysctl -w {VALUE}\n  pre-down sysctl -w {FIN}=60\n"),
        ("a.sh", f"cat <<E | sudo tee -a /etc/network/interfaces\niface a\n  up sysctl -w {VALUE}\nE\n"),
        ("a.sh", "sysctl -w net.core.somaxconn=44 2>/dev/null || \\\nsysctl -w net.core.somaxconn=45\n"),
        ("a.sh", "sysctl -w net.core.somaxconn=44 || true\nsysctl -w net.core.somaxconn=«TT004»45\n"),
        (
            "a.sh",
            "sysctl -w net.ipv4.tcp_timestamps=«TT402»0\ngrep -q x y || sysctl -w net.ipv4.tcp_tw_reuse=«TT301»1\n",
        ),
        (
            "a.sh",
            (
                "F=/etc/modules-load.d/a.conf\nM=(\n  x\n  nf_conntrack\n)\n{\n  for m in ${M[@]}; do echo $m; done\n"
                "} > $F\necho net.netfilter.nf_conntrack_max=99 > /etc/sysctl.d/a.conf\n"
            ),
        ),
        (
            "a.sh",
            "M=(nf_conntrack)\nfor m in ${M[@]}; do modprobe $m; done\nsysctl -w net.netfilter.nf_conntrack_max=9\n",
        ),
        ("a.sh", "M=(x)\nfor m in ${M[@]}; do modprobe $m; done\nsysctl -w «TT105»net.netfilter.nf_conntrack_max=9\n"),
        ("a.pp", "sysctl {\n  [ '«TT101»net.core.somaxcon',\n    'vm.swappiness' ]:\n  value => 44,\n}\n"),
        ("a.sh", f"echo {FIN} = 0>«TT001»/etc/sysctl.d/a.conf\necho {FIN}=5 0>/etc/sysctl.d/b.conf\n"),
        ("a.sh", f"! echo 0 | lxc exec c -- tee /proc/sys/fs/file-max || false\n! sysctl -w {FIN}=5 || exit 1\n"),
        ("a.sh", f"if ! sysctl -w {VALUE}; then\n  exit 1\nfi\n! true || false\nsysctl -w {R2}=«TT409»3\n"),
        ("a.sh", f"cat > a.conf\n<<E\nsysctl -w {FIN}=5\nE\n"),
        ("sysctl.conf", "«TT101»ner.ipv4.tcp_keepalive_time = 600\nold.ipv4.tcp_sack = 1\n"),
        ("a.nix", '{ networking.nat.enable = true; boot.kernel.sysctl."net.netfilter.nf_conntrack_max" = 9; }\n'),
        ("a.nix", '{ boot.kernelModules = [ "nf_nat_ftp" ]; boot.kernel.sysctl."net.nf_conntrack_max" = 9; }\n'),
        (
            "a.nix",
            '{ networking.nat.enable = false; boot.kernel.sysctl."«TT105»net.netfilter.nf_conntrack_max" = 9; }\n',
        ),
        ("a.pp", "sysctl { ['net.core.somaxconn', '«TT101»net.ipv4.tcp_fin_timout']: value => '4444' }\n"),
        ("a.pp", "sysctl::value { [\n  '«TT101»net.core.somaxcon',\n  'vm.swappiness',\n]:\n  value => 44,\n}\n"),
        ("a.pp", "sysctl { ['net.ipv4.tcp_tw_recycle']: ensure => absent, value => 1 }\n"),
        ("a.pp", "service { ['net.ipv4.tcp_tw_recycle']: ensure => running }\n"),
        (
            "sysctl.conf.erb",
            f"<%-\n  # {FIN} => 5\n  all = {{\n    '{FIN}' => «TT404»5,\n    'vm.swappiness' => @w,\n  }}\n-%>\n",
        ),
        ("sysctl.conf.erb", f'<% {{ "{FIN}" => "«TT404»5" }}.each do |k, v| %>\n<%= k %> = <%= v %>\n<% end %>\n'),
        ("sysctl.conf.erb", f"# '{FIN}' => 5\nvm.swappiness = <%= @w %>\n"),
        ("a.sls", f"{FIN}: {{sysctl.present: [{{value: «TT404»5}}]}}\n"),
        ("a.sls", "a:\n  sysctl.present: [{name: «TT101»net.ipv4.tcp_fin_timout}, {value: '30'}]\n"),
        ("a.sls", f"{FIN}:\n  sysctl.present: [{{value: «TT404»5}}]\nnet.ipv4.tcp_tw_recycle: sysctl.absent\n"),
        (
            "a.sls",
            (
                f"{{% for k, v in {{'{FIN}': «TT404»5, '{R2}': '«TT409»3'}}.items() %}}\n{{{{ k }}}}:\n"
                "  sysctl.present:\n"
                "    - value: {{ v }}\n{% endfor %}\n"
            ),
        ),
        (
            "a.sls",
            (
                f"{{% for k, v in [('{FIN}', «TT404»5), ('{R2}', 14)] %}}\n{{{{ k }}}}:\n  sysctl.present:\n"
                "    - value: {{ v }}\n{% endfor %}\n"
            ),
        ),
        (
            "a.sls",
            (
                f"{{% for k in ['net.ipv4.tcp_tw_recycle', '{FIN}'] %}}\n{{{{ k }}}}:\n  sysctl.present:\n"
                "    - value: 9\n{% endfor %}\n"
            ),
        ),
        ("a.sls", f"sysctl -w {VALUE}:\n  cmd.run\n"),
        ("a.sls", f'"sysctl -w {VALUE}":\n  cmd.run:\n    - unless: test -e /x\n'),
        ("a.sls", f"sysctl -w {FIN}=5:\n  cmd.run:\n    - name: sysctl -w {R2}=«TT409»3\n"),
        ("a.sls", f"{FIN}:\n  sysctl.present:\n    - value: «TT201»yes\n"),
        ("a.sls", f"{FIN}:\n  sysctl.present:\n    - value: '«TT404»5'\n"),
        ("a.yml", "sysctl:\n  /proc/sys/net/ipv4/tcp_fin_timeout: «TT404»5\n"),
        ("a.yml", "- name: /proc/sys/net/ipv4/tcp_fin_timeout\n  value: «TT404»5\n"),
        ("a.yml", "file:\n  /proc/sys/net/ipv4/tcp_fin_timeout:\n    exists: true\n"),
        ("a.yml", "volumes:\n  /proc/sys/net: 1\n  /proc/sys/net/ipv4/tcp_fin_timeout: rw\n"),
        ("a.nix", f"{{ boot.kernel.sysctl.{FIN} = «TT404»5; }}\n"),
        ("a.nix", '{ boot.kernel.sysctl = { "net/ipv4/tcp_fin_timeout" = «TT404»5; }; }\n'),
        ("a.nix", f"{{ x.script = ''\n  ${{lib.getExe' pkgs.procps \"sysctl\"}} -w {VALUE}\n''; }}\n"),
        ("a.nix", f"{{ x.script = ''\n  ${{pkgs.procps}}/bin/sysctl -w {VALUE}\n''; }}\n"),
        ("a.tf", f'user_data = base64encode("#!/bin/bash\\nsysctl -w {VALUE}\\n")\n'),
        ("a.tf", f"user_data = base64encode(<<EOT\n#!/bin/bash\nsysctl -w {VALUE}\nEOT\n)\n"),
        ("a.tftpl", f"#!/bin/bash\nsysctl -w {VALUE}\n"),
        ("a.sh", f'#!/bin/sh\ncat > "$OUT" <<EOF\n[x]\n{FIN} = «TT404»5\n{TUNED}EOF\n'),
        ("a.sh", f'#!/bin/sh\ncat <<EOF | sudo tee "$1" >/dev/null\n{FIN} = «TT404»5\n{TUNED}a b\nEOF\n'),
        ("a.sh", f'#!/bin/sh\ncat > "$OUT" <<EOF\n[x]\nhello\n{FIN} = 5\nvm.swappiness = 10\nEOF\n'),
        ("a.sh", f"#!/bin/sh\ncat > notes <<EOF\n[x]\n{FIN} = 5\n{TUNED}EOF\n"),
        ("a.sh", f"#!/bin/sh\necho '«TT001»{FIN} 30' >> /etc/sysctl.conf\n"),
        ("a.sh", f'#!/bin/sh\necho "  «TT001»{FIN}: 30" | sudo tee -a /etc/sysctl.d/9.conf\n'),
        ("a.sh", f"#!/bin/sh\necho '# {FIN} 30' >> /etc/sysctl.conf\necho '{FIN} 30' >> out.txt\n"),
        ("a.sh", f'#!/bin/sh\necho "\n[variables]\na=5\n[sysctl]\n{FIN} = \\${{a}}\n" >> "$P/tuned.conf"\n'),
        ("a.yml", f"sysctl:\n  {FIN}: |-\n    {{%- if a %}}\n      {{{{ b }}}}\n    {{%- endif %}}\n"),
        ("Vagrantfile", f"c.vm.provision :shell, inline: %q(sysctl -w {VALUE})\n"),
        ("Vagrantfile", f"c.vm.provision :shell, inline: %Q{{\n  sysctl -w {VALUE}\n  sysctl -p\n}}\n"),
        ("Vagrantfile", f"# inline: %q(sysctl -w {FIN}=5)\nputs %(run sysctl -w {FIN}=5)\n"),
        ("recipes/a.rb", f"execute %q[sysctl -w {VALUE}]\n"),
        ("justfile", f"tune:\n    @sudo sysctl -w {VALUE}\n"),
        ("justfile", f"x := 'sysctl -w {FIN}=5'\n# sysctl -w {FIN}=5\nlist:\n  sysctl -n {FIN}\n"),
        ("a.just", f"tune N='5':\n    #!/usr/bin/env bash\n    if true; then\n      sysctl -w {VALUE}\n    fi\n"),
        ("a.just", f"tune:\n    #!/usr/bin/env python3\n    sysctl -w {FIN}=5\n"),
        ("justfile", f"a:\n  sysctl -w {FIN}=30\nb:\n  sysctl -w {FIN}=40\n"),
        ("Taskfile.yml", f"tasks:\n  a:\n    - sysctl -w {VALUE}\n  b: sysctl -w {R2}=«TT409»3\n"),
        ("Taskfile.yml", f"tasks:\n  a:\n    cmds:\n      - sysctl -p\n      - cmd: sysctl -w {VALUE}\n"),
        ("package.json", f'{{"scripts": {{"tune": "sudo sysctl -w {VALUE}"}}}}\n'),
        ("package.json", f'{{"description": {{"tune": "sudo sysctl -w {FIN}=5"}}}}\n'),
    ],
)
def test_what_is_set_in_other_words_is_read_at_its_place(tmp_path: Path, name: str, text: str) -> None:
    check(tmp_path, name, text)


@pytest.mark.parametrize(
    "task",
    [
        "name: net.ipv6.{{ item }}, value: 4096 87380 6291456}\n  loop: [«TT101»tcp_rmem]",
        'name: "net.ipv4.{{ item }}", value: 1}\n  loop:\n  - tcp_mtu_probing\n  - «TT102»tcp_tw_recycle',
        'name: "net.ipv4.conf.{{ item }}.rp_filtr", value: 1}\n  with_items: [«TT101»eth7, "{{ other }}"]',
        'name: "net.ipv4.{{ item.n }}", value: "{{ item.v }}"}\n  loop:\n  - {n: tcp_fin_timeout, v: «TT404»5}',
        "name: \"net.ipv4.{{ item['k'] }}\", value: «TT409»3}\n  loop:\n  - {k: tcp_retries2}",
        'name: "net.ipv4.{{ item.key }}", value: "{{ item.value }}"}\n  with_dict: {tcp_fin_timeout: «TT404»5}',
        'name: "net.ipv4.{{ p }}", value: 5}\n  loop: [«TT102»tcp_tw_recycle]\n  loop_control: {loop_var: p}',
        'name: "net.ipv4.{{ p }}", value: 1}\n  loop: [tcp_tw_recycle]',
        'name: "net.ipv4.{{ item }}", value: 1, state: absent}\n  loop: [tcp_tw_recycle]',
    ],
)
def test_a_loop_says_the_rest_of_a_name(tmp_path: Path, task: str) -> None:
    check(tmp_path, "tasks/a.yml", f"- sysctl: {{{task}\n")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.sh", "#!/bin/sh\nfor i in all eth0; do\n  echo 0 > /proc/sys/«TT101»net/ipv4/conf/$i/rp_filtr\ndone\n"),
        ("a.sh", "#!/bin/sh\nfor i in all eth0; do\n  sysctl -w «TT101»net.ipv4.conf.${i}.rp_filtr=0\ndone\n"),
        ("sysctl.conf", "«TT101»net.ipv4.conf.*.rp_filtr = 2\nnet.ipv4.conf.*.rp_filter = 2\n-net.ipv6.conf.*.x\n"),
        ("sysctl.conf.j2", "net.ipv4.conf.{{ i }}.{{ p }} = 1\n«TT101»net.ipv6.neigh.{{ i }}.gc_stale_tim = 1\n"),
        ("a.sh", '#!/bin/sh\nsysctl -w "net.ipv4.conf.$i.$p=0" "net.ipv4.conf.$i.log_martians=1"\n'),
        ("a.sh", "#!/bin/sh\necho 1 > /proc/sys/net/ipv6/conf/$IFNAME/sendrs\n"),
    ],
)
def test_a_name_is_judged_whatever_interface_it_is_for(tmp_path: Path, name: str, text: str) -> None:
    check(tmp_path, name, text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.sh", "V=$(uname -r | cut -d. -f1)\nif [ $V -lt 4 ]; then\n  sysctl -w net.ipv4.tcp_tw_recycle=1\nfi\n"),
        ("a.sh", 'V="$(uname -r)"\ncase "${V%%.*}" in 3) sysctl -w net.ipv4.tcp_tw_recycle=1 ;; esac\n'),
        ("a.sh", "V=$(id)\nif [ $V -lt 4 ]; then\n  sysctl -w «TT102»net.ipv4.tcp_tw_recycle=1\nfi\n"),
        ("a.sh", f"ip netns exec a sysctl -w {FIN}=30\nip netns exec b sysctl -w {FIN}=40\nsysctl -w {FIN}=50\n"),
        ("a.sh", f"ip netns exec a sysctl -w {FIN}=30\nip netns exec a sysctl -w {FIN}=«TT004»40\n"),
        (
            "a.tf",
            (
                'spec {\n  security_context {\n    sysctl {\n      name  = "«TT107»net.core.somaxconn"\n'
                '      value = "1024"\n    }\n  }\n}\n'
            ),
        ),
        (
            "a.tf",
            (
                'spec {\n  host_network = true\n  security_context {\n    sysctl {\n      name = "net.core.somaxconn"\n'
                '      value = "1024"\n    }\n  }\n}\n'
            ),
        ),
        ("a.json", '{"targets": [{"name": "net.ipv4.tcp_fin_timout", "legend": "1"}]}\n'),
        ("a.tf", 'resource "docker_container" "a" {\n  sysctls = {\n    "«TT106»vm.swappiness" = "1"\n  }\n}\n'),
        (
            "a.tf",
            (
                'resource "docker_container" "a" {\n  network_mode = "host"\n  sysctls = {\n'
                '    "vm.swappiness" = "1"\n  }\n}\n'
            ),
        ),
        ("a.tf", "p = {\n  sysctl_configs = [\n    {\n      net_ipv4_tcp_fin_timeout = «TT404»5\n    }\n  ]\n}\n"),
    ],
)
def test_where_and_for_which_kernels_it_is_set(tmp_path: Path, name: str, text: str) -> None:
    check(tmp_path, name, text)


@pytest.mark.parametrize(
    ("mark", "condition"),
    [
        ("", 'lib.versionOlder config.boot.kernelPackages.kernel.version "4.12"'),
        ("", 'cfg.kernel == "4.9"'),
        ("«TT102»", "(cfg.enable && cfg.kernel)"),
        ("«TT102»", "cfg.kernel.enable"),
        ("«TT102»", "cfg.tuneKernel"),
    ],
)
def test_a_switch_that_is_named_after_the_kernel_does_not_ask_for_its_release(
    tmp_path: Path, mark: str, condition: str
) -> None:
    text = f'{{\n boot.kernel.sysctl = lib.mkIf {condition} {{\n  "{mark}net.ipv4.tcp_tw_recycle" = 1;\n }};\n}}\n'
    check(tmp_path, "a.nix", text)


@pytest.mark.parametrize(
    ("mark", "condition"),
    [
        ("", "ansible_kernel is version('4.12', '<')"),
        ("", "ansible_facts['kernel'] is version('4.12', '<')"),
        ("", "(ansible_kernel | regex_search('^3'))"),
        ("", "kernel_older_than_4_12"),
        ("«TT102»", "tune_kernel | bool"),
        ("«TT102»", "sysctl_kernel is defined"),
        ("«TT102»", "not skip_kernel"),
    ],
)
def test_a_task_for_a_release_of_the_kernel_says_which(tmp_path: Path, mark: str, condition: str) -> None:
    check(
        tmp_path, "tasks/a.yml", f"- sysctl: {{name: {mark}net.ipv4.tcp_tw_recycle, value: 1}}\n  when: {condition}\n"
    )


@pytest.mark.parametrize(
    "entry",
    [
        "{regexp: '^net.ipv4.tcp_tw_recycle', line: '«TT102»net.ipv4.tcp_tw_recycle = 1'}",
        "{regexp: '^x', line: 'net.ipv4.tcp_fin_timeout=«TT404»5'}",
        "{regexp: '^x', line: 'server.port = 1 # one'}",
        "{regexp: '^x', line: 'net.ipv4.tcp_tw_recycle = 1', state: absent}",
    ],
)
def test_a_line_that_a_task_elsewhere_puts_into_a_file_is_read(tmp_path: Path, entry: str) -> None:
    check(tmp_path, "roles/a/defaults/main.yml", f"host_sysctl_lines:\n  - {entry}\n")


def test_lines_of_a_loop_are_read_once(tmp_path: Path) -> None:
    task = "- lineinfile: {path: /etc/sysctl.conf, regexp: '{{ item.regexp }}', line: '{{ item.line }}'}\n  loop:\n"
    check(tmp_path, "tasks/a.yml", f"{task}  - {{regexp: a, line: 'net.ipv4.tcp_fin_timeout = «TT404»5'}}\n")


@pytest.mark.parametrize(
    "text",
    [
        "# shellcheck shell=bash\necho 5 > /proc/sys/net/ipv4/tcp_fin_timeout\n",
        "# shellcheck disable=SC2034 shell=sh\nif [ $A = 1 ]; then\n echo 5 > /proc/sys/net/ipv4/tcp_fin_timeout\nfi\n",
    ],
)
def test_a_part_of_a_script_says_its_shell_to_shellcheck(tmp_path: Path, text: str) -> None:
    check(tmp_path, "files/a.rules", text.replace("echo 5", "echo «TT404»5"))


@pytest.mark.parametrize(
    ("mark", "before"),
    [
        ("«TT205»", "echo 'vm.swappiness=20' >> /etc/sysctl.conf"),
        ("«TT205»", "apt-get update && apt-get install -y procps && mkdir -p /etc/sysctl.d && cd /tmp"),
        ("«TT205»", "echo a | sudo tee /etc/motd"),
        ("«TT205»", "sysctl -qw net.core.rmem_max=8388608 >/dev/null && sysctl -p /etc/sysctl.d/9.conf"),
        ("", "sysctl -w net.core.rmem_max=8388608 2>/dev/null"),
        ("", "sysctl -n net.core.rmem_max"),
        ("", "[ -e /etc/motd ]"),
        ("", "[ -e /etc/motd ] && echo a"),
        ("", "[ -e /etc/motd ] || echo a"),
        ("", "cat /etc/motd | grep -q a"),
        ("", "dnf list installed nginx"),
        ("", "is_wanted"),
    ],
)
def test_what_only_does_something_before_it_is_no_condition(tmp_path: Path, mark: str, before: str) -> None:
    line = f"RUN {before} && echo 'net.ipv4.tcp_sack={mark}1' >> /etc/sysctl.conf\n"
    check(tmp_path, "Dockerfile", f"FROM debian\n{line}")


@pytest.mark.parametrize(("mark", "name"), [("«TT205»", "remove_old_sysctl"), ("", "remove_sysctl")])
def test_a_function_that_removes_what_is_old_takes_nothing_back(tmp_path: Path, mark: str, name: str) -> None:
    check(tmp_path, "a.sh", f"#!/bin/sh\n{name}() {{\n  sysctl -w net.ipv4.tcp_syncookies={mark}1\n}}\n{name}\n")


@pytest.mark.parametrize(
    "task",
    [
        'section: sysctl, option: vm.min_free_kbytes, value: ">135168"}',
        'section: sysctl, option: net.ipv4.tcp_fin_timeout, value: "< «TT404»5"}',
        "section: sysctl, option: «TT102»net.ipv4.tcp_tw_recycle, value: 1}",
        "section: sysctl, option: net.ipv4.tcp_tw_recycle, value: 1, state: absent}",
    ],
)
def test_an_option_of_a_profile_of_tuned_is_read_as_tuned_does(tmp_path: Path, task: str) -> None:
    check(tmp_path, "tasks/a.yml", f"- community.general.ini_file: {{path: /etc/tuned/a/tuned.conf, {task}\n")


def test_what_a_loop_says_is_not_rewritten_to_a_whole_name(tmp_path: Path) -> None:
    task = "- sysctl: {name: 'net.ipv6.{{ item }}', value: 4096 87380 6291456}\n  loop: [tcp_rmem]\n"
    (finding,) = run(tmp_path, {"tasks/a.yml": task}).findings
    assert finding.fix is None or not finding.fix.edits


@pytest.mark.parametrize(
    "task",
    [
        "lineinfile: {path: /etc/sysctl.conf, line: «TT001»net.ipv4.tcp_sack 0}",
        "copy: {dest: /etc/sysctl.d/9-a.conf, content: '# by hand'}",
        "copy: {dest: /etc/sysctl.d/9-a.conf, content: \"{{ lookup('file', 'a') }}\"}",
        "lineinfile: {path: /etc/sysctl.conf, regexp: '(sack).*', line: '\\1', backrefs: true}",
        "lineinfile: {path: /etc/sysctl.d/README, line: see the wiki}",
        "lineinfile: {path: /etc/sysctl.conf, line: net.ipv4.tcp_sack, state: absent}",
        "blockinfile:\n    path: /etc/sysctl.conf\n    block: |\n      # limits\n      «TT001»hbase soft nofile 32768",
    ],
)
def test_a_file_for_the_loaders_that_assigns_nothing_is_read_for_what_is_no_assignment(
    tmp_path: Path, task: str
) -> None:
    check(tmp_path, "tasks/a.yml", f"- {task}\n")
