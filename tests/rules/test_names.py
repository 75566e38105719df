"""TT101 to TT108: unknown, gone, new and old names; modules; what a container cannot set; what does nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tcptune.model.finding import Finding
from tests.support.lint import lint, options, run, write
from tests.support.views import file_view, found

CONF = "etc/sysctl.d/90-a.conf"
CONNTRACK, BRIDGE = "net.netfilter.nf_conntrack_max", "net.bridge.bridge-nf-call-iptables"
RECYCLE = "net.ipv4.tcp_tw_recycle"


def in_conf(code: str, line: str, *kernels: str) -> list[Finding]:
    return found(file_view(f"{line}\n", *kernels), code)


def in_files(folder: Path, code: str, files: dict[str, str], *kernels: str) -> list[Finding]:
    return [finding for finding in run(folder, files, *kernels).findings if finding.rule == code]


def pod(*pairs: tuple[str, str], more: str = "") -> str:
    rows = "".join(f'    - {{name: {name}, value: "{value}"}}\n' for name, value in pairs)
    return f"apiVersion: v1\nkind: Pod\nspec:\n{more}  securityContext:\n    sysctls:\n{rows}"


@pytest.mark.parametrize(
    ("key", "severity", "meant"),
    [
        ("net.ipv4.tcp_fin_timout", "error", "net.ipv4.tcp_fin_timeout"),
        ("net.ipv4/tcp_sack", "error", "net.ipv4.tcp_sack"),
        ("net.ipv4.somaxconn", "error", "net.core.somaxconn"),
        ("net.ipv6.tcp_rmem", "warning", "net.ipv4.tcp_rmem"),
        ("net_ipv4_tcp_sack", "warning", "net.ipv4.tcp_sack"),
        ("NET.IPV4.TCP_SACK", "error", "net.ipv4.tcp_sack"),
        ("tcp_fin_timeout", "warning", "net.ipv4.tcp_fin_timeout"),
        ("vm.swapiness", "warning", "vm.swappiness"),
        ("net.ipv4.forward", "error", "net.ipv4.ip_forward"),
        ("net.ipv4.conf.eth0.rp_filtr", "error", "net.ipv4.conf.eth0.rp_filter"),
        ("net.ipv6.conf.all.rp_filter", "warning", "net.ipv4.conf.all.rp_filter"),
        ("net.ipv4.conf.default.accept_ra", "error", "net.ipv6.conf.default.accept_ra"),
    ],
)
def test_an_unknown_name_is_told_with_the_meant_one(key: str, severity: str, meant: str) -> None:
    (finding,) = in_conf("TT101", f"{key} = 1")
    assert finding.severity == severity
    assert finding.fix is not None
    assert meant in finding.fix.title
    assert finding.at is not None
    assert finding.at.column == 1


@pytest.mark.parametrize("key", ["net.ipv4.foo_bar", "net.core.foo_bar", "net.netfilter.nf_conntrack_foo_bar"])
def test_in_a_complete_family_a_name_without_a_neighbour_is_an_error(key: str) -> None:
    (finding,) = in_conf("TT101", f"{key} = 1")
    assert finding.severity == "error"


@pytest.mark.parametrize(
    ("key", "word"),
    [
        ("net.ipv4.tcp_tw_timeout", "alibaba"),
        ("net.ipv4.tcp_tw_len", "60 s"),
        ("net.ipv4.tcp_nodelay", "socket"),
        ("net.inet.tcp.msl", "bsd"),
        ("net.ipv4.route.src_check", "openvz"),
    ],
)
def test_an_invention_is_said_to_be_what_it_is(key: str, word: str) -> None:
    (finding,) = in_conf("TT101", f"net.ipv4.ip_forward = 1\n{key} = 1")
    assert word in finding.why.lower()


@pytest.mark.parametrize(
    "key",
    [
        "my.own.thing",
        "vm.quite_another_thing",
        "kernel.vendor_switch_of_ours",
        "net.mptcp.some_new_thing",
        "net.ipv4.conf.eth0.rp_filter",
        "net.ipv4.conf.wg0/1.rp_filter",
        "net.ipv4.neigh.br-lan.gc_stale_time",
        "net.ipv4.tcp_{{ item }}",
        "net.ipv4.tcp_*",
        "net.ipv4.route.flush",
    ],
)
def test_what_may_be_there_is_left_alone(key: str) -> None:
    assert in_conf("TT101", f"{key} = 1") == []


def test_a_templated_value_leaves_the_name_to_be_judged() -> None:
    assert len(in_conf("TT101", "net.ipv4.tcp_timestmaps = {{ x }}")) == 1


def test_a_name_with_something_invisible_is_told_once() -> None:
    assert in_conf("TT101", "net.ipv4.tcp\u200b_sack = 1") == []


def test_a_gone_name_is_told_for_the_kernels_without_it() -> None:
    (finding,) = in_conf("TT102", f"{RECYCLE} = 1", "4.11", "4.12")
    assert (finding.severity, finding.kernels) == ("error", ("4.12",))
    assert in_conf("TT102", f"{RECYCLE} = 1", "4.11") == []
    assert in_conf("TT102", "net.ipv4.tcp_tw_reuse = 1") == []
    assert len(in_conf("TT102", "kernel.sched_latency_ns = 1", "6.1")) == 1
    assert in_conf("TT102", "kernel.sched_latency_ns = 1", "5.10") == []


def test_what_was_gone_long_before_is_gone_from_a_distributions_kernel_too(tmp_path: Path) -> None:
    line = "kernel.maps_protect = 1\nkernel.sched_latency_ns = 1\n"
    for kernel, keys in (("2.6.32", []), ("rhel9", ["kernel.maps_protect"])):
        assert [finding.key for finding in in_files(tmp_path, "TT102", {CONF: line}, kernel)] == keys
    assert len(in_files(tmp_path, "TT102", {CONF: line}, "5.14")) == 2
    assert in_files(tmp_path, "TT101", {CONF: line}) == []


def test_a_new_name_is_told_for_the_kernels_before_it() -> None:
    (finding,) = in_conf("TT103", "net.ipv4.tcp_tw_reuse_delay = 500", "6.1", "6.18")
    assert (finding.severity, finding.kernels) == ("warning", ("6.1",))
    assert in_conf("TT103", "net.ipv4.tcp_tw_reuse_delay = 500", "6.18") == []
    assert in_conf("TT103", "-net.ipv4.tcp_tw_reuse_delay = 500", "6.1") == []
    # Of a name without a page it is known which kernels lack it, not with which release it came.
    (finding,) = in_conf("TT103", "vm.hugetlb_optimize_vmemmap = 1", "5.10", "6.1")
    assert finding.message == "5.10 does not have vm.hugetlb_optimize_vmemmap yet."


def test_stable_releases_that_were_given_a_parameter_later_are_named() -> None:
    line = "net.ipv4.tcp_min_snd_mss = 536"
    (finding,) = in_conf("TT103", line, "4.19", "5.0")
    assert finding.message.endswith("do not have it, but for the stable 4.19.52 and later ones of their series.")
    (finding,) = in_conf("TT103", line, "5.0")
    assert finding.message.endswith("5.0 does not have it.")
    assert in_conf("TT103", line, "4.19.52") == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.sh", f'if [ "$(uname -r)" = 4.4 ]; then sysctl -w {RECYCLE}=1; fi\n'),
        ("a.sh", f'if [[ "$CENTOS_SIX" = 6 ]]; then\n  x\nelse\n  sysctl -w {RECYCLE}=1\nfi\n'),
        ("a.sh", f'case "$ID" in\n  centos) sysctl -w {RECYCLE}=1 ;;\nesac\n'),
        ("a.yml", f"- sysctl: {{name: {RECYCLE}, value: 1}}\n  when: is_centos\n"),
        ("a.yml", f"- sysctl: {{name: {RECYCLE}, value: 1}}\n  when: ansible_kernel is version('4.12', '<')\n"),
        ("a.yml", f"- sysctl: {{name: {RECYCLE}, value: 1}}\n  when: ansible_distribution_major_version == '7'\n"),
        ("sysctl.conf.j2", f"{{% if ansible_kernel is version('4.12', '<') %}}\n{RECYCLE} = 1\n{{% endif %}}\n"),
    ],
)
def test_a_condition_on_the_kernel_covers_what_is_gone(tmp_path: Path, name: str, content: str) -> None:
    assert in_files(tmp_path, "TT102", {name: content}) == []
    other = content.replace("uname -r", "hostname").replace("ansible_kernel", "x").replace("ansible_distribution", "y")
    other = other.replace("CENTOS_SIX", "ACCENTOS").replace("is_centos", "is_accent").replace("$ID", "$RAPID")
    assert len(in_files(tmp_path, "TT102", {name: other})) == 1


@pytest.mark.parametrize(
    ("name", "count"),
    [("vars/CentOS-6", 0), ("tasks/CentOS/7/main", 0), ("vars/Debian", 1), ("rhel7/vars/main", 1), ("vars/main-2", 1)],
)
def test_a_part_of_a_role_for_one_release_is_a_condition(tmp_path: Path, name: str, count: int) -> None:
    assert len(in_files(tmp_path, "TT102", {f"roles/x/{name}.yml": f"sysctls:\n  {RECYCLE}: 1\n"})) == count


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.yml", f"- sysctl: name={RECYCLE} state=absent\n"),
        ("a.yml", f"- sysctl: {{name: {RECYCLE}, value: 1, state: absent}}\n"),
        ("a.sh", f"sed -i 's/{RECYCLE} = 0/{RECYCLE} = 1/' /etc/sysctl.conf\n"),
        ("a.sh", f"grep -q '{RECYCLE} = 1' /etc/sysctl.conf\necho '{RECYCLE} = 1 is set'\n"),
        ("a.pp", f"sysctl {{ '{RECYCLE}': ensure => absent }}\n"),
        (CONF, f"# {RECYCLE} = 1\n"),
    ],
)
def test_what_takes_away_or_only_talks_sets_nothing(tmp_path: Path, name: str, content: str) -> None:
    assert run(tmp_path, {name: content}).findings == ()


def test_an_old_name_is_told_with_the_new_one() -> None:
    (finding,) = in_conf("TT104", "net.ipv4.netfilter.ip_conntrack_max = 9")
    assert finding.severity == "error"
    assert finding.fix is not None
    assert [edit.text for edit in finding.fix.edits] == [CONNTRACK]
    assert in_conf("TT104", f"{CONNTRACK} = 9") == []


@pytest.mark.parametrize(
    ("key", "module"), [(CONNTRACK, "nf_conntrack"), (BRIDGE, "br_netfilter"), ("net.nf_conntrack_max", "nf_conntrack")]
)
def test_a_modules_parameter_is_told_where_nothing_loads_it(key: str, module: str) -> None:
    (finding,) = in_conf("TT105", f"{key} = 1")
    assert finding.severity == "warning"
    assert module in finding.message


@pytest.mark.parametrize(
    ("name", "text", "fix"),
    [
        ("a.nix", f'{{ boot.kernel.sysctl."{CONNTRACK}" = 9; }}\n', 'add "nf_conntrack" to boot.kernelModules'),
        (CONF, f"{CONNTRACK} = 9\n", "write nf_conntrack into a file of /etc/modules-load.d"),
    ],
)
def test_a_module_is_named_where_the_system_names_its_modules(tmp_path: Path, name: str, text: str, fix: str) -> None:
    (finding,) = [one for one in run(tmp_path, {name: text}).findings if one.rule == "TT105"]
    assert finding.fix is not None
    assert finding.fix.title == fix


@pytest.mark.parametrize("key", ["net.ipv4.tcp_sack", "net.netfilter.nf_conntrack_maxx", "net.netfilter.nf_log_all"])
def test_what_is_always_there_or_unknown_needs_no_module(key: str) -> None:
    assert in_conf("TT105", f"{key} = 1") == []


@pytest.mark.parametrize(
    "files",
    [
        {"a.sh": f"modprobe nf_conntrack\nsysctl -w {CONNTRACK}=9\n"},
        {"a.sh": f"modprobe -a br_netfilter overlay\nsysctl -w {BRIDGE}=1\n"},
        {"a.sh": f"echo '{BRIDGE}=1' > /etc/sysctl.d/k.conf\necho br_netfilter > /etc/modules-load.d/k.conf\n"},
        {"a.sh": f"cat > /etc/modules-load.d/k.conf <<E\nbr_netfilter\nE\nsysctl -w {BRIDGE}=1\n"},
        {"a.sh": f"sysctl -w {BRIDGE}=1\nsudo bash -c 'cat > /etc/modules-load.d/k.conf <<E\nbr_netfilter\nE\n'\n"},
        {CONF: f"{CONNTRACK} = 9\n", "etc/modules-load.d/c.conf": "# c\nnf_conntrack\n"},
        {
            "roles/a/defaults/main.yml": f"s: {{{CONNTRACK}: 9}}\n",
            "roles/a/tasks/main.yml": "- modprobe: name=nf_conntrack\n",
        },
        {"a.yml": f"- modprobe: {{name: nf_conntrack}}\n- sysctl: {{name: {CONNTRACK}, value: 9}}\n"},
        {"a.yml": f"machine: {{kernel: {{modules: [{{name: nf_conntrack}}]}}, sysctls: {{{CONNTRACK}: 9}}}}\n"},
        {"a.nix": f'{{\n boot.kernelModules = [ "nf_conntrack" ];\n boot.kernel.sysctl."{CONNTRACK}" = 9;\n}}\n'},
        {"docker-compose.yml": "services: {a: {sysctls: [net.netfilter.nf_conntrack_tcp_timeout_time_wait=90]}}\n"},
    ],
)
def test_a_module_that_is_loaded_before_is_no_concern(tmp_path: Path, files: dict[str, str]) -> None:
    assert in_files(tmp_path, "TT105", files) == []


@pytest.mark.parametrize(
    "files",
    [
        {"a.sh": f"sysctl -w {CONNTRACK}=9\nmodprobe nf_conntrack\n"},
        {"a.sh": f"modprobe overlay\nsysctl -w {CONNTRACK}=9\n"},
        {"a.sh": f"sysctl -w {CONNTRACK}=9\n", "b.sh": "modprobe nf_conntrack\n"},
        {CONF: f"{CONNTRACK} = 9\n", "other/modules-load.d/c.conf": "nf_conntrack\n"},
        {
            "roles/a/defaults/main.yml": f"s: {{{CONNTRACK}: 9}}\n",
            "roles/b/tasks/main.yml": "- modprobe: name=nf_conntrack\n",
        },
    ],
)
def test_a_module_that_is_loaded_later_or_elsewhere_is_not_loaded(tmp_path: Path, files: dict[str, str]) -> None:
    assert len(in_files(tmp_path, "TT105", files)) == 1


def test_a_saved_list_of_all_parameters_is_no_choice(tmp_path: Path) -> None:
    lines = f"{CONNTRACK} = 9\nnet.ipv4.tcp_sack = 1\nnet.ipv4.tcp_max_tw_buckets = 8192\n"
    saved = "kernel.ostype = Linux\nkernel.osrelease = 6.1\nfs.file-nr = 1 0 9\nkernel.random.uuid = a\n"
    assert {"TT105", "TT205"} <= {finding.rule for finding in run(tmp_path, {CONF: lines}).findings}
    assert run(tmp_path, {CONF: saved + lines}).findings == ()
    changed = run(tmp_path, {CONF: saved + lines.replace("8192", "5000")}).findings
    assert {finding.rule for finding in changed} == {"TT403"}


WITHOUT_PAGE = ["net.ipv4.route.gc_timeout", "net.ipv4.inet_peer_threshold", "net.ipv6.neigh.default.gc_thresh3"]
"""Parameters of the host that no network namespace but the first one has."""


@pytest.mark.parametrize(
    "key", ["vm.swappiness", "kernel.pid_max", "fs.file-max", "net.core.rmem_max", CONNTRACK, *WITHOUT_PAGE]
)
def test_a_container_cannot_set_what_belongs_to_the_host(tmp_path: Path, key: str) -> None:
    compose = f"services:\n  a:\n    sysctls: ['{key}=9999']\n"
    for name, content in (("pod.yaml", pod((key, "9999"))), ("docker-compose.yml", compose)):
        (finding,) = in_files(tmp_path, "TT106", {name: content})
        assert finding.severity == "error"
        (tmp_path / name).unlink()
    assert len(in_files(tmp_path, "TT106", {"a.sh": f"docker run --sysctl {key}=9999 a\n"})) == 1


@pytest.mark.parametrize(
    "key",
    [
        *("net.core.somaxconn", "net.ipv4.tcp_fin_timeout", "kernel.shmmax", "fs.mqueue.msg_max"),
        *("net.ipv4.route.min_pmtu", "net.ipv6.route.gc_thresh", "net.ipv4.neigh.eth0.gc_stale_time"),
        *("net.ipv4.route.secret_interval", "net.ipv4.vs.conntrack"),
    ],
)
def test_a_container_has_its_own_of_these(tmp_path: Path, key: str) -> None:
    assert in_files(tmp_path, "TT106", {"docker-compose.yml": f"services: {{a: {{sysctls: {{{key}: 30}}}}}}\n"}) == []


@pytest.mark.parametrize(
    "spec",
    [
        "  hostNetwork: true\n  containers: [{command: [sysctl, -w, net.core.rmem_max=9999]}]\n",
        "  initContainers: [{command: [sysctl, -w, vm.max_map_count=262144], securityContext: {privileged: true}}]\n",
    ],
)
def test_what_reaches_the_host_on_purpose_is_left_alone(tmp_path: Path, spec: str) -> None:
    assert in_files(tmp_path, "TT106", {"pod.yaml": f"apiVersion: v1\nkind: Pod\nspec:\n{spec}"}) == []


def test_an_init_container_has_no_host_wide_network_parameter(tmp_path: Path) -> None:
    spec = "  initContainers: [{command: [sysctl, -w, net.core.rmem_max=9999], securityContext: {privileged: true}}]\n"
    assert len(in_files(tmp_path, "TT106", {"pod.yaml": f"apiVersion: v1\nkind: Pod\nspec:\n{spec}"})) == 1


def test_kubernetes_refuses_what_is_not_on_its_list(tmp_path: Path) -> None:
    (finding,) = in_files(tmp_path, "TT107", {"pod.yaml": pod(("net.core.somaxconn", "9"), ("net.ipv4.tcp_rmem", "1"))})
    assert (finding.severity, finding.key) == ("warning", "net.core.somaxconn")


@pytest.mark.parametrize(
    "key",
    ["kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_wmem"],
)
def test_what_is_on_the_list_is_fine(tmp_path: Path, key: str) -> None:
    assert in_files(tmp_path, "TT107", {"pod.yaml": pod((key, "9"))}) == []


@pytest.mark.parametrize("names", ["net.core.somaxconn", "net.core.*", "net.*"])
def test_a_kubelet_of_the_same_tree_allows_it(tmp_path: Path, names: str) -> None:
    kubelet = f"kind: KubeletConfiguration\nallowedUnsafeSysctls: ['{names}']\n"
    pods = pod(("net.core.somaxconn", "9"))
    assert in_files(tmp_path, "TT107", {"pod.yaml": pods, "kubelet.yaml": kubelet}) == []
    assert len(in_files(tmp_path, "TT107", {"pod.yaml": pods, "kubelet.yaml": kubelet.replace("net.", "vm.")})) == 1


def test_containers_of_an_engine_are_no_pods(tmp_path: Path) -> None:
    assert (
        in_files(tmp_path, "TT107", {"docker-compose.yml": "services: {a: {sysctls: [net.core.somaxconn=9]}}\n"}) == []
    )


@pytest.mark.parametrize("key", ["net.ipv4.tcp_low_latency", "net.ipv4.tcp_fack"])
def test_what_does_nothing_any_more_is_a_note(key: str) -> None:
    (finding,) = in_conf("TT108", f"{key} = 1")
    assert finding.severity == "note"
    assert in_conf("TT108", f"{key} = 1", "4.9") == []


def test_what_older_kernels_still_read_is_not_simply_deleted() -> None:
    line = "net.ipv4.tcp_adv_win_scale = 3"
    (some,) = in_conf("TT108", line, "5.14", "6.12")
    (all_of_them,) = in_conf("TT108", line, "6.6", "6.12")
    assert some.kernels == ("6.12",) and some.fix is not None and "before 6.6" in some.fix.title
    assert all_of_them.kernels is None and all_of_them.fix is not None and all_of_them.fix.title == "delete the line"


def test_without_a_kernel_every_release_since_4_18_is_meant(tmp_path: Path) -> None:
    write(tmp_path, {CONF: f"{RECYCLE} = 1\nnet.ipv4.tcp_tw_reuse_delay = 500\n"})
    chosen = options()
    from tcptune.lint.kernels import targets

    report = lint([str(tmp_path)], type(chosen)(targets(()), chosen.rules))
    by_rule = {finding.rule: finding for finding in report.findings}
    assert by_rule["TT102"].kernels is None
    kernels = by_rule["TT103"].kernels
    assert kernels is not None
    assert kernels[0] == "4.18"


@pytest.mark.parametrize("key", ["net.mpls.default_ttl", "net.sctp.rto_max", "net.rds.tcp.rds_tcp_rcvbuf"])
def test_a_name_of_another_protocol_is_not_taken_for_one_of_ip(key: str) -> None:
    assert in_conf("TT101", f"{key} = 1") == []


def test_a_dot_in_an_interfaces_name_divides_a_key_written_with_dots() -> None:
    (finding,) = in_conf("TT101", "net.ipv4.conf.eth0.100.rp_filter = 1")
    assert finding.severity == "error"
    assert finding.fix is not None
    assert finding.fix.title == "write net/ipv4/conf/eth0.100/rp_filter"
    assert in_conf("TT101", "net/ipv4/conf/eth0.100/rp_filter = 1") == []
    assert in_conf("TT101", "net.ipv4.conf.eth0/100.rp_filter = 1") == []
