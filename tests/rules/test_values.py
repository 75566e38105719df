"""TT201 to TT205: texts that are no value, values that are refused, order, bases of numbers, defaults."""

from __future__ import annotations

from pathlib import Path

import pytest

from tcptune.catalog import parameters
from tcptune.catalog.names import all_names
from tcptune.catalog.read_only import read_only
from tcptune.model.finding import Finding
from tests.support.lint import run
from tests.support.views import file_view, found, live_view

CONF = "etc/sysctl.d/90-a.conf"
RANGE, START = "net.ipv4.ip_local_port_range", "net.ipv4.ip_unprivileged_port_start"
FIN = "net.ipv4.tcp_fin_timeout"


def read_only_names() -> set[str]:
    told = {name.replace("*", "lo") for name in all_names()} | set(parameters())
    return {name for name in told if read_only(name)}


def in_conf(code: str, text: str, *kernels: str) -> list[Finding]:
    return found(file_view(f"{text}\n", *kernels), code)


def in_files(folder: Path, code: str, files: dict[str, str]) -> list[Finding]:
    return [finding for finding in run(folder, files).findings if finding.rule == code]


@pytest.mark.parametrize(
    "line",
    [
        f"{FIN} = 1.0",
        f"{FIN} = 30s",
        f"{FIN} = true",
        f"{FIN} = 08",
        f"{FIN} = = 3",
        f"{FIN} = 1,440",
        f"{FIN} = 99999999999999999999999",
        "net.core.rmem_max = 16M",
        f"{RANGE} = 20000",
        f"{RANGE} = 20000-60999",
        "net.ipv4.tcp_mem = 1 2",
        "net.ipv4.ip_local_reserved_ports = 8080, 9090",
        "kernel.sysrq == 1",
    ],
)
def test_a_text_that_the_parameter_does_not_take_is_an_error(line: str) -> None:
    (finding,) = in_conf("TT201", line)
    assert finding.severity == "error"
    assert finding.key == line.split()[0]


@pytest.mark.parametrize(
    "line",
    [
        f"{FIN} = 30",
        f"{FIN} = 0x1e",
        f"{FIN} = 30 # the inline comment's own rule",
        f'{FIN} = "30"',
        f"{FIN} = {{{{ seconds }}}}",
        f"{FIN} = ${{SECONDS}}",
        f"{RANGE} = 20000\t60999",
        "net.ipv4.ip_local_reserved_ports = 8080,9000-9010",
        "net.ipv4.tcp_congestion_control = bbr",
        "my.own.thing = true",
        f"-{FIN}",
    ],
)
def test_what_it_takes_and_what_other_rules_speak_of_is_fine(line: str) -> None:
    assert in_conf("TT201", line) == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.yml", "- ansible.posix.sysctl: {name: net.ipv4.tcp_sack, value: true}\n"),
        ("a.yml", "- sysctl: name=net.ipv4.tcp_sack value=yes\n"),
        ("a.yml", "- sysctl: name=net.ipv4.ip_forward value=yes\n"),
        ("a.tf", 'sysctls = {\n  "net.ipv4.tcp_sack" = true\n}\n'),
        (
            "a.tf",
            "linux_os_config {\n  sysctl_config {\n    net_ipv4_tcp_tw_reuse = true\n  }\n}\n",
        ),
        ("a.yml", "sysctl_config:\n  net.ipv4.tcp_sack: true\n"),
        ("a.nix", '{\n  boot.kernel.sysctl."net.ipv4.tcp_sack" = true;\n}\n'),
    ],
)
def test_booleans_are_right_where_the_tool_writes_numbers_for_them(tmp_path: Path, name: str, content: str) -> None:
    assert in_files(tmp_path, "TT201", {name: content}) == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pp", "sysctl { 'net.ipv4.tcp_sack': value => 'yes' }\n"),
        ("a.pp", "sysctl { 'net.ipv4.ip_forward': value => true }\n"),
        ("a.rb", "sysctl 'net.ipv4.tcp_sack' do\n  value true\nend\n"),
        ("a.nix", '{\n  boot.kernel.sysctl."net.ipv4.tcp_sack" = "yes";\n}\n'),
        ("a.yaml", "linuxConfig:\n  sysctl:\n    net.ipv4.tcp_sack: 'true'\n"),
        ("a.yaml", "spec:\n  nodeConfig:\n    linuxNodeConfig:\n      sysctls:\n        net.ipv4.ip_forward: 'true'\n"),
        ("pillar/a.sls", "sysctl:\n  params:\n    vm.overcommit_memory: true\n"),
        ("pillar/a.sls", "sysctl:\n  net.ipv4.tcp_sack:\n    value: yes\n"),
        ("pillar/a.sls", "sysctl:\n  net:\n    ipv4:\n      tcp_sack: on\n"),
        ("a.tf", 'x "y" {\n  linux_node_config {\n    sysctls = { "net.ipv4.tcp_sack" = true }\n  }\n}\n'),
        ("a.tf", 'resource "docker_container" "b" {\n  sysctls = { "net.ipv4.tcp_sack" = "true" }\n}\n'),
        ("a.hcl", 'driver = "docker"\nconfig {\n  sysctl = {\n    "net.ipv4.tcp_sack" = "true"\n  }\n}\n'),
        ("a.toml", '[settings.kernel.sysctl]\n"net.ipv4.tcp_sack" = "true"\n'),
    ],
)
def test_booleans_are_wrong_where_the_tool_hands_their_text_on(tmp_path: Path, name: str, content: str) -> None:
    (finding,) = in_files(tmp_path, "TT201", {name: content})
    assert finding.severity == "error"
    assert in_files(tmp_path, "TT205", {name: content}) == []


@pytest.mark.parametrize(
    "line",
    [
        "net.ipv4.ip_forward = on",
        "net.ipv4.conf.eth0.rp_filter = 1O",
        "net.ipv6.conf.all.disable_ipv6 = true",
        "net.ipv4.neigh.default.gc_thresh1 = 4.5",
    ],
)
def test_a_parameter_without_a_page_takes_numbers_all_the_same(line: str) -> None:
    (finding,) = in_conf("TT201", line)
    assert finding.severity == "error"


@pytest.mark.parametrize(
    "line",
    [
        "net.ipv4.ip_forward = 0x1",
        "net.ipv4.vs.sync_threshold = 3 50",
        "net.ipv6.conf.eth0.stable_secret = 2001:db8::1",
        "net.ipv4.conf.eth0.rp_filter = -1",
        "net.ipv4.conf.eth0.rp_filter = 1 # loose",
        "net.ipv4.conf.eth0.rp_filter = '1'",
        "net.ipv4.conf.eth0.rp_filter = {{ mode }}",
        "net.ipv4.conf.eth0.unheard_of = on",
        "-net.ipv4.conf.eth0.rp_filter",
        "kernel.core_pattern = core",
    ],
)
def test_numbers_and_what_may_be_a_text_without_a_page_are_fine(line: str) -> None:
    assert in_conf("TT201", line) == []


def test_a_host_has_no_text_where_a_number_belongs() -> None:
    assert found(live_view({"net.ipv4.ip_forward": "x"}), "TT201") == []


def test_a_shell_divides_what_is_not_quoted(tmp_path: Path) -> None:
    script = f"sysctl -w {RANGE}=20000 60999\nsysctl -w {RANGE}='20000 60999'\n"
    (finding,) = in_files(tmp_path, "TT201", {"a.sh": script})
    assert finding.at is not None
    assert finding.at.line == 1


@pytest.mark.parametrize(
    ("bad", "good"),
    [
        ("net.ipv4.tcp_tw_reuse = 7", "net.ipv4.tcp_tw_reuse = 2"),
        ("net.ipv4.tcp_syncookies = 3", "net.ipv4.tcp_syncookies = 2"),
        (f"{FIN} = -5", f"{FIN} = 5"),
        (f"{START} = 65536", f"{START} = 65535"),
        (f"{RANGE} = 20000 65536", f"{RANGE} = 20000 65535"),
        ("net.ipv4.tcp_timestamps = 3", "net.ipv4.tcp_timestamps = 2"),
    ],
)
def test_a_value_that_is_refused_or_means_nothing_is_an_error(bad: str, good: str) -> None:
    (finding,) = in_conf("TT202", bad)
    assert finding.severity == "error"
    assert in_conf("TT202", good) == []


@pytest.mark.parametrize("line", ["net.ipv4.tcp_wmem = 1024 2048 2048", "fs.file-max = 500"])
def test_a_value_that_means_what_it_says_and_hurts_is_a_warning(line: str) -> None:
    (finding,) = in_conf("TT202", line)
    assert finding.severity == "warning"
    assert finding.message == f"{line} is too small to work with."


@pytest.mark.parametrize("key", ["net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem"])
def test_what_a_socket_keeps_under_pressure_may_be_little(key: str) -> None:
    assert in_conf("TT202", f"{key} = 1024 16384 4194304", "6.0") == []
    assert len(in_conf("TT202", f"{key} = 1024 4095 4095", "6.0")) == 1


def test_a_send_buffer_may_begin_small_since_it_grows_at_the_handshake() -> None:
    assert in_conf("TT202", "net.ipv4.tcp_wmem = 2048 2048 16777216", "6.0") == []
    assert len(in_conf("TT202", "net.ipv4.tcp_rmem = 2048 2048 16777216", "6.0")) == 1


def test_what_is_accepted_depends_on_the_kernel() -> None:
    (finding,) = in_conf("TT202", "net.ipv4.tcp_tw_reuse = 2", "4.17", "4.18")
    assert finding.kernels == ("4.17",)
    (finding,) = in_conf("TT202", "net.ipv4.tcp_retries2 = 300", "5.12", "5.14")
    assert finding.kernels == ("5.14",)


@pytest.mark.parametrize(
    "line",
    [f"{RANGE} = 60999 32768", "net.ipv4.tcp_mem = 3 2 1", "net.ipv4.tcp_rmem = 4096 9000000 6000000"],
)
def test_numbers_in_the_wrong_order_are_an_error(line: str) -> None:
    (finding,) = in_conf("TT203", line)
    assert finding.severity == "error"
    assert finding.fix is not None
    right = " ".join(sorted(line.split(" = ")[1].split(), key=int))
    assert right in finding.fix.title


def test_a_range_may_not_begin_below_the_unprivileged_ports() -> None:
    assert len(in_conf("TT203", f"{RANGE} = 1000 60999")) == 1
    assert in_conf("TT203", f"{RANGE} = 1024 60999") == []
    assert in_conf("TT203", f"{RANGE} = 1000 60999\n{START} = 80") == []
    assert len(in_conf("TT203", f"{RANGE} = 20000 60999\n{START} = 30000")) == 1


@pytest.mark.parametrize(("raw", "value"), [("010", "8"), ("0x10", "16"), ("-010", "-8"), ("0XfF", "255")])
def test_a_number_of_another_base_is_told_with_its_value(raw: str, value: str) -> None:
    (finding,) = in_conf("TT204", f"net.ipv4.tcp_max_tw_buckets = {raw}")
    assert finding.severity == "warning"
    assert f"the kernel sets {value}" in finding.message


@pytest.mark.parametrize("raw", ["0", "10", "-5", "100", "08"])
def test_decimal_numbers_and_what_is_no_number_are_fine(raw: str) -> None:
    assert in_conf("TT204", f"net.ipv4.tcp_max_tw_buckets = {raw}") == []


def test_a_mask_is_no_number() -> None:
    assert in_conf("TT204", "net.ipv4.tcp_fastopen_key = 00000000-00000000-00000000-00000000") == []


def test_the_default_of_every_kernel_judged_is_a_note() -> None:
    (finding,) = in_conf("TT205", "net.ipv4.tcp_syncookies = 1")
    assert finding.severity == "note"
    assert in_conf("TT205", "net.ipv4.tcp_syncookies = 2") == []
    assert len(in_conf("TT205", "net.core.somaxconn = 4096", "5.4", "6.1")) == 1
    assert in_conf("TT205", "net.core.somaxconn = 4096", "5.3", "6.1") == []
    assert in_conf("TT205", "net.ipv4.tcp_max_tw_buckets = 262144") == []


@pytest.mark.parametrize(
    "text",
    [
        "net.ipv4.tcp_syncookies = 2\nnet.ipv4.tcp_syncookies = 1",
        "net.core.default_qdisc = pfifo_fast",
        "fs.nr_open = 1048576",
        "net.ipv4.tcp_low_latency = 0",
        "-net.ipv4.tcp_syncookies",
    ],
)
def test_a_default_that_undoes_something_is_no_idle_line(text: str) -> None:
    assert in_conf("TT205", text) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.sh", "rollback_tuning() {{\n  sysctl -w {}\n}}\n"),
        ("a.sh", "function reset-all {{\n  sysctl -w {}\n}}\n"),
        ("a.service", "[Service]\nExecStop=/sbin/sysctl -w {}\n"),
    ],
)
def test_what_takes_a_change_back_sets_defaults(tmp_path: Path, name: str, text: str) -> None:
    text = text.format("net.ipv4.tcp_sack=1")
    assert in_files(tmp_path, "TT205", {name: text}) == []
    other = text.replace("rollback", "apply").replace("reset", "set").replace("ExecStop", "ExecStart")
    assert len(in_files(tmp_path, "TT205", {name: other})) == 1


@pytest.mark.parametrize(
    "edit",
    [
        "sed -i '/net.ipv4.tcp_sack/d' /etc/sysctl.conf",
        r"ls sysctl.d/* | while read f; do sed -ri 's/^\s*(net\.ipv4\.tcp_sack\s*)(=).*$/# *REMOVED* \1/' $f; done",
        r"sed -i.bak 's|^net\.ipv4\.tcp_sack|#&|' /etc/sysctl.conf",
    ],
)
def test_sysctl_gives_a_default_back_after_sed_took_the_key_out_of_the_files(tmp_path: Path, edit: str) -> None:
    script = f"{edit}; sysctl -w net.ipv4.tcp_sack=1\n"
    assert in_files(tmp_path, "TT205", {"a.sh": script}) == []
    asked = script.replace("sed -i", "sed -n ").replace("sed -ri", "sed -rn")
    put_in = "sed -i 's/#net.ipv4.tcp_sack/net.ipv4.tcp_sack/' /etc/sysctl.conf; sysctl -w net.ipv4.tcp_sack=1\n"
    for number, other in enumerate([script.replace("tcp_sack=", "tcp_dsack="), asked, put_in]):
        assert len(in_files(tmp_path / f"{number}", "TT205", {"a.sh": other})) == 1
    written = script.replace("sysctl -w net.ipv4.tcp_sack=1", "echo net.ipv4.tcp_sack=1 >> /etc/sysctl.conf")
    assert len(in_files(tmp_path / "written", "TT205", {"a.sh": written})) == 1


def test_a_branch_or_a_later_file_may_have_to_set_the_default(tmp_path: Path) -> None:
    script = "if $a; then sysctl -w net.ipv4.tcp_sack=0; else sysctl -w net.ipv4.tcp_sack=1; fi\n"
    assert in_files(tmp_path, "TT205", {"a.sh": script}) == []
    functions = "start() {\n  sysctl -w net.ipv4.tcp_sack=1\n}\nstop() {\n  sysctl -w net.ipv4.tcp_sack=0\n}\n"
    assert in_files(tmp_path / "functions", "TT205", {"a.sh": functions}) == []
    assert len(in_files(tmp_path / "alike", "TT205", {"a.sh": functions.replace("=0", "=1")})) == 2
    early, late = {"etc/sysctl.d/10-a.conf": "net.ipv4.tcp_sack = 0\n"}, {CONF: "net.ipv4.tcp_sack = 1\n"}
    assert in_files(tmp_path / "both", "TT205", early | late) == []
    assert len(in_files(tmp_path / "one", "TT205", late)) == 1


@pytest.mark.parametrize(
    ("key", "values", "lines"),
    [
        ("net.ipv4.tcp_fin_timeout", (10, 60, 60), []),
        ("net.ipv4.tcp_fin_timeout", (10, 60, 60, 60), []),
        ("net.ipv4.tcp_fin_timeout", (60, 60, 10, 60, 60), [1, 2]),
        ("net.ipv4.tcp_fin_timeout", (60, 10, 60, 10), [1]),
        ("net.ipv4.tcp_fin_timeout", (60, 60, 60), [1, 2, 3]),
        ("net.ipv4.icmp_ratelimit", (10, 1000, 1000), []),
        ("net.ipv4.icmp_ratelimit", (1000, 1000, 10), [1, 2]),
    ],
)
def test_a_default_puts_back_what_an_earlier_line_changed(
    tmp_path: Path, key: str, values: tuple[int, ...], lines: list[int]
) -> None:
    script = "".join(f"sysctl -w {key}={value}\n" for value in values)
    assert [one.at and one.at.line for one in in_files(tmp_path, "TT205", {"a.sh": script})] == lines


def test_a_host_is_not_told_its_defaults() -> None:
    assert found(live_view(), "TT205") == []


@pytest.mark.parametrize(
    "key",
    ["fs.aio-nr", "kernel.random.uuid", "net.netfilter.nf_conntrack_count", "net.ipv4.conf.eth0.mc_forwarding"],
)
def test_what_the_kernel_only_tells_takes_no_value(key: str) -> None:
    (finding,) = in_conf("TT202", f"{key} = 1")
    assert finding.severity == "error"
    assert "can only be read" in finding.message
    assert in_conf("TT202", f"-{key}") == []


def test_a_test_whether_it_can_be_written_is_enough(tmp_path: Path) -> None:
    write = "echo 4096 > /proc/sys/kernel/random/poolsize\n"
    assert in_files(tmp_path, "TT202", {"a.sh": f"[ -w /proc/sys/kernel/random/poolsize ] && {write}"}) == []
    assert len(in_files(tmp_path / "bare", "TT202", {"a.sh": write})) == 1


def test_what_can_be_set_instead_is_named() -> None:
    (finding,) = in_conf("TT202", "net.ipv4.tcp_available_congestion_control = bbr")
    assert finding.fix is not None
    assert "net.ipv4.tcp_congestion_control" in finding.fix.title


def test_a_saved_list_of_all_values_holds_what_is_only_told(tmp_path: Path) -> None:
    told = "fs.aio-nr = 0\nfs.file-nr = 1 0 9\nkernel.ostype = Linux\n"
    assert in_files(tmp_path, "TT202", {CONF: told}) == []
    assert len(in_files(tmp_path / "two", "TT202", {CONF: told.replace("kernel.ostype = Linux\n", "")})) == 2


def test_the_modes_of_this_kernel_are_those_that_the_catalogue_has() -> None:
    """What is writable here is not called read-only; of what is there, everything else is."""
    for key in sorted(read_only_names()):
        file = Path("/proc/sys", key.replace(".", "/"))
        assert not file.exists() or file.stat().st_mode & 0o777 == 0o444, key
