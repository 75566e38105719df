"""Values that the kernel refuses, takes without meaning, or reads otherwise than they look: TT201 to TT205."""

from __future__ import annotations

import errno

import pytest

from tcptune.model.finding import Finding
from tcptune.model.value import Value
from tests.support.netns import in_namespace, write_sysctl
from tests.support.views import file_view, found, live_view

TIMEOUT, REUSE, BUCKETS = "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_tw_reuse", "net.ipv4.tcp_max_tw_buckets"
RANGE, RESERVED = "net.ipv4.ip_local_port_range", "net.ipv4.ip_local_reserved_ports"
START, RMEM = "net.ipv4.ip_unprivileged_port_start", "net.ipv4.tcp_rmem"


def told(code: str, text: str, *kernels: str) -> list[Finding]:
    return found(file_view(text, *kernels), code)


def one(findings: list[Finding]) -> Finding:
    assert len(findings) == 1, findings
    return findings[0]


@pytest.mark.parametrize(
    ("key", "raw"),
    [
        (TIMEOUT, "1.0"),
        (TIMEOUT, "60s"),
        (TIMEOUT, "+60"),
        (TIMEOUT, "08"),
        (REUSE, "true"),
        (REUSE, "on"),
        (REUSE, "= 1"),
        (RANGE, "20000"),
        (RANGE, "20000-60999"),
        (RANGE, "20000,60999"),
        (RMEM, "4096 87380"),
        (RESERVED, "8080, 9000"),
        (RESERVED, "9000-8000"),
        (RESERVED, "70000"),
    ],
)
def test_a_text_that_is_no_value_of_the_parameter_is_an_error(key: str, raw: str) -> None:
    finding = one(told("TT201", f"{key} = {raw}\n"))
    assert finding.severity == "error"
    assert finding.key == key
    assert repr(raw) in finding.message
    assert finding.fix is not None


@pytest.mark.parametrize(
    ("key", "raw"),
    [
        (TIMEOUT, "60"),
        (TIMEOUT, "-5"),
        (TIMEOUT, "0x1e"),
        (RANGE, "20000\t60999"),
        (RMEM, "4096 131072 6291456"),
        (RESERVED, "8080,9000-9010"),
        ("net.ipv4.tcp_congestion_control", "bbr"),
        ("net.ipv4.no_such_key", "anything"),
    ],
)
def test_what_the_kernel_reads_is_no_wrong_type(key: str, raw: str) -> None:
    assert told("TT201", f"{key} = {raw}\n") == []


def test_a_text_that_is_filled_in_later_is_not_judged() -> None:
    view = file_view(f"{TIMEOUT} = 60s\n")
    setting = view.settings[TIMEOUT]
    from dataclasses import replace

    later = replace(view, settings={TIMEOUT: replace(setting, raw="{{ timeout }}", templated=True)})
    assert len(found(view, "TT201")) == 1
    assert found(later, "TT201") == []


def test_a_refused_value_is_an_error_for_the_kernels_that_refuse_it() -> None:
    finding = one(told("TT202", "net.ipv4.tcp_retries2 = 300\n", "5.10", "5.12", "5.13", "6.1"))
    assert finding.severity == "error"
    assert finding.kernels == ("5.13", "6.1")
    assert finding.message == "The kernel refuses net.ipv4.tcp_retries2 = 300: it takes 0 to 255."
    assert told("TT202", "net.ipv4.tcp_retries2 = 300\n", "5.10") == []


def test_reuse_of_2_came_with_4_18_and_meant_1_before() -> None:
    finding = one(told("TT202", f"{REUSE} = 2\n", "3.10"))
    assert "Any number but 0 means 1 on these kernels, 2 included." in finding.why
    assert told("TT202", f"{REUSE} = 2\n", "4.18", "6.1") == []
    assert one(told("TT202", f"{REUSE} = 2\n", "4.17", "4.18")).kernels == ("4.17",)


@pytest.mark.parametrize("value", [-5, 0])
def test_a_value_without_meaning_is_an_error_in_a_file_and_on_a_host(value: int) -> None:
    written = one(told("TT202", f"{TIMEOUT} = {value}\n"))
    assert written.severity == "error"
    assert written.message.startswith(f"The kernel takes {TIMEOUT} = {value}, but")
    live = one(found(live_view({TIMEOUT: value}), "TT202"))
    assert live.fix is not None
    assert live.fix.title.endswith(f"sysctl -w {TIMEOUT}=60 restores the default")


@pytest.mark.parametrize(
    "line", [f"{TIMEOUT} = 1", f"{TIMEOUT} = 60", f"{REUSE} = 2", f"{BUCKETS} = -1", f"{RANGE} = 1 2"]
)
def test_values_in_range_and_values_that_other_rules_judge_are_fine(line: str) -> None:
    assert told("TT202", f"{line}\n") == []


@pytest.mark.parametrize(
    ("line", "right"),
    [
        (f"{RANGE} = 60999 32768", "32768 60999"),
        (f"{RMEM} = 6291456 131072 4096", "4096 131072 6291456"),
        ("net.ipv4.tcp_wmem = 4096 16 1048576", "16 4096 1048576"),
    ],
)
def test_numbers_that_do_not_ascend_are_an_error(line: str, right: str) -> None:
    finding = one(told("TT203", f"{line}\n"))
    assert finding.severity == "error"
    assert finding.fix is not None
    assert finding.fix.title == f"write {right}"


@pytest.mark.parametrize("line", [f"{RANGE} = 32768 60999", f"{RANGE} = 40000 40000", f"{RMEM} = 4096 4096 4096"])
def test_numbers_that_ascend_are_fine(line: str) -> None:
    assert told("TT203", f"{line}\n") == []


@pytest.mark.parametrize(
    ("text", "key", "wanted"),
    [
        (f"{RANGE} = 1023 65535\n", RANGE, "begin at 1024 or above"),
        (f"{START} = 8080\n{RANGE} = 8000 65535\n", RANGE, "begin at 8080 or above"),
        (f"{START} = 40000\n", START, "set 32768 or less, or a higher ip_local_port_range in the line before"),
    ],
)
def test_privileged_ports_are_no_ephemeral_ones(text: str, key: str, wanted: str) -> None:
    finding = one(told("TT203", text, "4.9", "6.1"))
    assert finding.key == key
    assert finding.kernels == ("6.1",)
    assert finding.fix is not None
    assert finding.fix.title == wanted


@pytest.mark.parametrize(
    "text",
    [
        f"{RANGE} = 1024 65535\n",
        f"{START} = 0\n{RANGE} = 500 65535\n",
        f"{START} = 80\n",
        f"{START} = 32768\n",
        f"{START} = 40000\n{RANGE} = 40000 60999\n",
    ],
)
def test_ranges_above_the_privileged_ports_are_fine(text: str) -> None:
    assert told("TT203", text) == []


def test_before_4_11_a_range_may_begin_anywhere() -> None:
    assert told("TT203", f"{RANGE} = 500 65535\n", "4.9") == []


@pytest.mark.root
@pytest.mark.parametrize(
    ("key", "value", "taken"),
    [
        (RANGE, "1023 65535", False),
        (RANGE, "1024 65535", True),
        (RANGE, "60999 32768", False),
        (START, "40000", False),
        (START, "32768", True),
        (RMEM, "6291456 131072 4096", True),
    ],
)
def test_the_running_kernel_refuses_what_is_said_to_be_refused(key: str, value: str, taken: bool) -> None:
    def inside() -> int:
        try:
            write_sysctl(key, value)
        except OSError as error:
            return error.errno or -1
        return 0

    assert in_namespace(inside) == (0 if taken else errno.EINVAL)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (f"{TIMEOUT} = 010", "010 is octal: the kernel sets 8."),
        (f"{TIMEOUT} = 0x10", "0x10 is hexadecimal: the kernel sets 16."),
        (f"{RANGE} = 32768 0xffff", "32768 0xffff is hexadecimal: the kernel sets 32768 65535."),
        (f"{BUCKETS} = -010", "-010 is octal: the kernel sets -8."),
    ],
)
def test_a_number_in_another_base_says_what_is_set(line: str, said: str) -> None:
    finding = one(told("TT204", f"{line}\n"))
    assert finding.severity == "warning"
    assert finding.message == said


@pytest.mark.parametrize("line", [f"{TIMEOUT} = 10", f"{TIMEOUT} = 0", f"{REUSE} = 08", f"{RANGE} = 10240 60000"])
def test_a_decimal_number_is_what_it_looks_like(line: str) -> None:
    assert told("TT204", f"{line}\n") == []


def test_a_default_is_a_note_where_it_is_the_default_of_every_kernel() -> None:
    finding = one(told("TT205", f"{TIMEOUT} = 60\n", "4.18", "6.18"))
    assert finding.severity == "note"
    assert finding.kernels is None
    somaxconn = "net.core.somaxconn = 4096\n"
    assert len(told("TT205", somaxconn, "5.4", "6.1")) == 1
    assert told("TT205", somaxconn, "5.3", "6.1") == []
    assert told("TT205", f"{TIMEOUT} = 59\n") == []


def test_a_default_that_depends_on_memory_is_not_known_for_a_file() -> None:
    assert told("TT205", f"{BUCKETS} = 131072\n") == []


def test_a_host_is_not_told_its_defaults() -> None:
    values: dict[str, Value] = {TIMEOUT: 60}
    assert found(live_view(values), "TT205") == []
