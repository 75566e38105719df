"""Mistakes as formats beside the loaders' files hold them: paths for names, quotes within quotes, nothing at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.lint import run
from tests.support.marks import check

KEY = "net.netfilter.nf_conntrack_max"
POD = "kind: Pod\nspec:\n  securityContext:\n    sysctls:\n    - name: {}\n      value: {}\n"
SERVICE = "services:\n  a:\n    sysctls:\n{}"
TUNED = "[main]\nsummary=x\n{}[sysctl]\nnet.ipv4.tcp_timestamps={}1\n"
RAISED = "[main]\nsummary=x\n[sysctl]\n{}"
SETTER = 'put() {{\n  local key=$1\n  shift\n  local value=$*\n  echo "$key = $value" >> /etc/sysctl.conf\n}}\nput {}\n'
ASKER = '{}() {{\n  a=$(sysctl -n $1)\n  ok "sysctl $1 = $2"\n}}\n{} net.ipv4.tcp_max_tw_buckets 5000\n'
ARRAY = "l=(\n  'net.ipv4.tcp_rfc1337=1'\n  'net.ipv4.tcp_retries2={}'\n)\n{} \"{}\" | sudo tee -a /etc/sysctl.conf\n"
JOIN = (
    '{{"UserData": {{"Fn::Join": ["{}", ["#!/bin/sh{}", "cat <<E > /etc/sysctl.d/a.conf{}",'
    ' "{}vm.swapiness = 1{}", "E{}"]]}}}}\n'
)
REVIEW = "kind: AdmissionReview\nrequest:\n  object:\n    " + POD.format("net.ipv4.tcp_tw_recycle", 1).replace(
    "\n", "\n    "
)
MANY = 'printf "%s\\n" ' + " ".join(f"net.ipv4.conf.eth{number}.rp_filter=1" for number in range(20))
CHEF = "file '/etc/sysctl.d/9.conf' do\n  c = ['# x']\n  c << {}\n  content c.join\nend\n"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("docker-compose.yml", SERVICE.format("      - «TT006»/proc/sys/net/ipv4/ip_forward=1\n")),
        ("docker-compose.yml", SERVICE.format("      «TT006»/proc/sys/net/ipv4/ip_forward: 1\n")),
        ("docker-compose.yml", SERVICE.format("      - net.ipv4.tcp_retries2=«TT005»'8'\n")),
        ("docker-compose.yml", SERVICE.format("      - net.ipv4.tcp_retries2=«TT001»\n")),
        ("a.yaml", POD.format("«TT006»/proc/sys/net/ipv4/ip_local_port_range", "30000 60999")),
        ("a.yaml", POD.format("net.ipv4.tcp_fin_timeout", '"«TT001»"')),
        ("tasks/a.yml", "- sysctl: name=«TT006»/proc/sys/net/ipv4/ip_forward value=1\n"),
        ("tasks/a.yml", "- sysctl: {name: «TT006»/proc/sys/net/ipv4/ip_forward, value: 1}\n"),
        ("tasks/a.yml", "- sysctl: {name: net.ipv4.tcp_rmem, value: '«TT005»\"4096 87380 6291456\"'}\n"),
        ("a.nix", '{ boot.kernel.sysctl = {\n  "«TT006»/proc/sys/net/ipv4/ip_forward" = 1;\n}; }\n'),
        ("a.yaml", 'machine:\n  sysctls:\n    net.core.wmem_max: "«TT001»"\n    kernel.core_pattern: ""\n'),
        ("tuned.conf", TUNED.format("", "«TT205»")),
        ("tuned.conf", TUNED.format("include=parent\n", "")),
        ("a.rb", CHEF.format('"net.ipv4.tcp_retries2=«TT409»3"')),
        ("a.rb", CHEF.format('"net.ipv4.tcp_retries2 = «TT409»3\\n" if node["x"]')),
        ("a.rb", CHEF.format('"net.ipv4.tcp_retries2=#{node["x"]}"')),
        ("templates/99-bbr.conf.j2", "«TT001»net.core.default_qdisc fq\nnet.ipv4.tcp_congestion_control=bbr\n"),
        ("a.conf", "vm.swappiness = 10\nfs.file-max = «TT202»0\n"),
        ("a.conf", "vm.resolution = 10\nfs.defaultFS = x\n"),
        ("etc/ufw/sysctl.conf", f"{KEY} = 400000\n"),
        ("etc/other/sysctl.conf", f"«TT105»{KEY} = 400000\n"),
        ("etc/ufw/sysctl.conf", "«TT105»net.bridge.bridge-nf-call-iptables = 1\n"),
        ("a.sh", 'cat > /etc/cni/net.d/x/sysctltwiddle.conf <<E\n{\n  "type": "tuning"\n}\nE\n'),
        ("sysctl.conf", "echo now\ncat << E > /etc/sysctl.conf\nnet.ipv4.tcp_retries2 = «TT409»3\nE\nsysctl -p -q\n"),
        ("sysctl.conf", "«TT001»cat << E\nnet.ipv4.tcp_retries2 = «TT409»3\n"),
        ("sysctl.conf", "# On a server with a lot of timewait.\nnet.ipv4.tcp_tw_reuse = 1\n"),
        ("etc/ufw/sysctl.conf", f"net.nf_conntrack_max = 250000\n{KEY} = «TT004»400000\n"),
        ("etc/ufw/sysctl.conf", f"net.nf_conntrack_max = 400000\n{KEY} = 400000\n"),
        ("a.sh", "sysctl -w net.ipv4.ip_forward=0\niptables-restore < a\nsysctl -w net.ipv4.ip_forward=1\n"),
        ("a.sh", "sysctl -w net.ipv4.ip_forward=0\ncat a\nsysctl -w net.ipv4.ip_forward=«TT004»1\n"),
        ("docker-compose.yml", SERVICE.format("      - «TT001»net.ipv4.ip_forward:1\n      - net.ipv4.tcp_sack=0\n")),
        ("docker-compose.yml", SERVICE.format("      - «TT001»net.ipv4.ip_forward 1\n      - $ALL\n")),
        ("docker-compose.yml", SERVICE.format('      net.ipv4.ip_forward: "«TT003»1 # for clients"\n')),
        (
            "docker-compose.yml",
            SERVICE.format('      kernel.sem: "250 32000 100 128"\n      net.ipv4.ip_forward: "1 "\n'),
        ),
        ("tuned.conf", "[main]\n«TT007»[sysctl\n# x\nnet.ipv4.tcp_sack=0\n"),
        ("tuned.conf", RAISED.format("kernel.pid_max=>«TT202»41943040\nnet.core.rmem_max=>212992\nvm.swappiness=<5\n")),
        (
            "tuned.conf",
            RAISED.format("net.core.rmem_max=>«TT201»16M\nnet.core.wmem_max=>${size}\nnet.core.optmem_max=>«TT001»\n"),
        ),
        (
            "tuned.conf",
            RAISED.format("net.ipv4.tcp_rmem=>«TT201»4096 87380 6291456\nnet.core.somaxconn= >«TT201»=5000\n"),
        ),
        ("tuned.conf", RAISED.format("«TT001»net.core.somaxconn>=5000\n«TT001»vm.swappiness 5\n  kernel.sysrq 5\n")),
        ("tuned.conf", RAISED.format("«TT001»net.core.somaxconn: 5000\n«TT006»net/ipv4/tcp_sack=0\n${name} 5\n")),
        ("tuned/net.conf", "[sysctl]\nnet.core.somaxcon: 5\nvm.swappiness: 5\n".replace("net.", "«TT101»net.")),
        ("tuned.conf", RAISED.format("/proc/sys/net/ipv4/tcp_sack=0\n").replace("main", "version")),
        ("Dockerfile", f"RUN guestfish --remote sh '{MANY} «TT101»net.ipv4.ip_forwad=1 | tee /etc/sysctl.d/k.conf'\n"),
        ("a.sh", SETTER.format("net.ipv4.tcp_rmem 4096 87380 16777216")),
        ("a.sh", SETTER.format("net.ipv4.tcp_rmem «TT203»87380 4096 16777216")),
        ("a.sh", ASKER.format("check_sysctl_value", "check_sysctl_value")),
        ("a.sh", ARRAY.format("3", "echo", "«TT003»${l[@]}")),
        ("a.sh", ARRAY.format("«TT409»3", "printf '%s\\n'", "${l[@]}")),
        ("a.json", JOIN.format("\\n", "", "", "«TT101»", "", "")),
        ("a.yaml", REVIEW),
        ("a.sh", "sysctl -w «TT001»net.ipv4.tcp_sack=\nsysctl -w net.ipv4.tcp_sack=$X\nsysctl -n net.ipv4.tcp_sack=\n"),
        ("a.sh", "cat <<E | sudo tee /etc/sysctl.d/k8s\n«TT503»net.ipv4.ip_forward = 1\nE\n"),
        ("a.sh", "echo «TT503»net.ipv4.ip_forward=1 >> /etc/sysctl.d/10-k8s.cnf\n"),
        ("a.sh", "for f in a.conf $B; do echo net.ipv4.ip_forward=1 > /etc/sysctl.d/$f; done\n"),
        (
            "a.sh",
            "echo net.ipv4.ip_forward=1 > /etc/sysctl.d/k8s.conf\necho vm.swappiness=1 > '/etc/sysctl.d/a.conf'\n",
        ),
        ("a.sh", "sysctl -w kernel.hung_task_timeout_secs=«TT204»0600 net.ipv4.ip_default_ttl=«TT202»300\n"),
        ("docker-compose.yml", SERVICE.format("      - net.ipv4.ip_forward=«TT003»1# needed\n")),
        ("docker-compose.yml", SERVICE.format("      - net.ipv4.tcp_fin_timeout=«TT003»30;\n")),
        ("sysctl.conf", "vm.dirty_bytes = «TT202»0\nkernel.core_pattern = /var/a#%p\n"),
        ("a.yaml", "sysctls:\n  kernel.core_pattern: /var/a#%p\n  net.ipv4.tcp_sack: 1x\n".replace("1x", "«TT201»1x")),
        ("a.json", JOIN.format("", "\\n", "\\n", "«TT101»", "\\n", "\\n")),
        ("a.sh", "cat > /etc/a.d/sysctl.d/x.conf <<E\n«TT001»{\nE\n"),
    ],
)
def test_what_is_wrong_is_said_where_it_stands(tmp_path: Path, name: str, text: str) -> None:
    check(tmp_path, name, text)


def test_a_path_in_another_format_is_not_rewritten(tmp_path: Path) -> None:
    (finding,) = run(
        tmp_path, {"docker-compose.yml": SERVICE.format("      - /proc/sys/net/ipv4/ip_forward=1\n")}
    ).findings
    assert finding.fix is not None and finding.fix.title == "write net.ipv4.ip_forward" and not finding.fix.edits


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.sh", "sysctl -w «TT001»net.core.somaxconn\uff1d5000\nsysctl «TT001»net.core.somaxconn\uff1a5000\n"),
        ("a.sh", "echo '«TT001»net.core.somaxconn\uff1d5000' >> /etc/sysctl.conf\n"),
        ("a.sh", "# net.core.somaxconn\uff1a5000\necho 'net.core.somaxconn\uff1a5000'\n"),
        ("docker-compose.yml", SERVICE.format("      - «TT001»net.core.somaxconn\uff1d5000\n")),
        ("docker-compose.yml", SERVICE.format("      - «TT001»net.core.somaxconn\uff1a 5000\n")),
        ("docker-compose.yml", SERVICE.format("      «TT001»net.core.somaxconn\uff1a5000\n")),
        ("docker-compose.yml", SERVICE.format("      «TT001»net.core.somaxconn:5000\n")),
        ("docker-compose.yml", SERVICE.format("      net.core.somaxconn: «TT201»\uff1d5000\n")),
        ("tasks/a.yml", "- lineinfile: {path: /etc/sysctl.conf, line: «TT001»net.core.somaxconn\uff1d5000}\n"),
        ("vars/a.yml", "my_sysctls:\n  - «TT001»net.core.somaxconn\uff1d5000\n  - vm.swappiness=10\n"),
        ("tuned.conf", "[main]\nsummary=x\n[sysctl]\n«TT001»net.core.somaxconn\uff1d5000\n"),
    ],
)
def test_a_wide_sign_assigns_nothing(tmp_path: Path, name: str, text: str) -> None:
    check(tmp_path, name, text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("sysctl/a.conf", "fs.inotify.max_user_watches = 4194304\n«TT001»fs.inotify.max_user_instances =\n"),
        ("etc/n.conf", "net.ipv4.ip_forward = 1\n«TT001»net.ipv6.conf.all.forwarding\n"),
        ("etc/n.conf", "net.core.rmem_max = 7500000\n«TT001»net.core.wmem_max: 7500000\n"),
        ("etc/n.conf", "net.core.rmem_max = 7500000\n«TT001»net/core/wmem_max:7500000\n"),
        ("etc/n.conf", "net.core.rmem_max = 7500000\n«TT001»net.ipv4.tcp_rmem 4096 87380 6291456\n"),
        ("etc/n.conf", "net.core.rmem_max = 7500000\n«TT001»net.core.wmem_max \uff1d 7500000\n"),
        ("etc/n.conf", "net.core.rmem_max = 7500000\n«TT001»net.core.wmem_max\uff1a7500000\n"),
        ("etc/n.conf", "kernel.org: see there\nnet.core.wmem_max: 7500000\n"),
        ("etc/n.conf", "a.b = c\nd.e = f\nnet.core.wmem_max: 7500000\n"),
        ("etc/n.conf", "«TT101»vm.map_max_count = 262144\n"),
        ("etc/99-a.conf", "«TT002»\ufeff# buffers\nnet.core.rmem_max = 7500000\n"),
        ("etc/99-a.conf", "«TT002»\ufeffvm.max_map_count = 262144\n"),
        ("etc/vm.conf", "vm.args = -Xmx512m\nvm.path = /opt\n"),
        ("Dockerfile", "FROM a\nRUN a \\ \n  && echo «TT101»net.ipv4.somaxconn=511 >> /etc/sysctl.conf\n"),
        ("a.mk", "all:\n\ta \\ \n\tsysctl -w «TT101»net.ipv4.somaxconn=511\n"),
        (
            "a.tf",
            'x = {\n  path = "/etc/sysctl.d/a.conf"\n  inline = <<-E\n    fs.file-max=«TT005»"524288"\n    E\n}\n',
        ),
    ],
)
def test_small_files_that_a_mistake_makes_unlike_others_are_known(tmp_path: Path, name: str, text: str) -> None:
    check(tmp_path, name, text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "tasks/a.yml",
            "- raw: a {{ b }}\n- sysctl: {name: vm.page-cluster, value: 0}\n  loop:\n    - c: d\n«TT007»\t  e: 0\n",
        ),
        ("group_vars/all", 'a: "{{ b }}"\nsysctls:\n  - «TT007»{ option: net.core.somaxconn, value: "0"\nc: true\n'),
        ("tasks/a.yml", "{% if a %}\n- sysctl: {name: net.core.somaxconn, value: 5\n{% endif %}\n"),
        ("tasks/a.yml", "- sysctl: {name: net.core.somaxconn, value: {{ b: c }}\n- debug: {}\n"),
        ("chart/templates/a.yml", "a: {{ .b }}\nc: d\nsysctl:\n  - {name: net.core.somaxconn\ne: f\n"),
    ],
)
def test_templates_elsewhere_in_a_file_do_not_hide_that_it_does_not_parse(tmp_path: Path, name: str, text: str) -> None:
    check(tmp_path, name, text)


def test_a_byte_that_is_no_utf8_keeps_yaml_from_being_read(tmp_path: Path) -> None:
    text = "# d\u00e9but\nservices: {a: {sysctls: {net.core.somaxconn: 5000}}}\n"
    (finding,) = run(tmp_path, {"a.yml": text.encode("latin-1"), "b.yml": text}).findings
    assert (finding.rule, finding.at and finding.at.line, finding.at and finding.at.column) == ("TT007", 1, 4)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a/tuned.conf", "[sysctl]\nnet.core.somaxconn=5000\n«TT007»>>>>>>> upstream/master\n"),
        ("a.sh", "#!/bin/sh\n«TT007»<<<<<<< HEAD\nsysctl -w net.core.somaxconn=5000\n"),
        ("a.sh", "#!/bin/sh\nsysctl -w net.core.somaxconn=5000\necho '>>>>>>> upstream'\n"),
        ("sysctl.conf", "net.core.somaxconn = 5000\n«TT001»>>>>>>> upstream/master\n"),
        ("a.sh", '#!/bin/sh\nprintf "\\n«TT001»net.ipv4.tcp_sack 1\\n" >> /etc/sysctl.conf\n'),
    ],
)
def test_what_a_merge_left_and_lines_without_a_sign(tmp_path: Path, name: str, text: str) -> None:
    check(tmp_path, name, text)
