"""TT203 where the ephemeral range meets the privileged ports, told beforehand and then asked of the running kernel."""

from __future__ import annotations

import errno

import pytest

from tcptune.model.finding import Finding
from tests.support.netns import in_namespace, write_sysctl
from tests.support.views import file_view, found

RANGE, START = "net.ipv4.ip_local_port_range", "net.ipv4.ip_unprivileged_port_start"
RMEM = "net.ipv4.tcp_rmem"


def told(text: str, *kernels: str) -> list[Finding]:
    return found(file_view(text, *kernels), "TT203")


@pytest.mark.parametrize(
    ("text", "key", "wanted"),
    [
        (f"{RANGE} = 1023 65535\n", RANGE, "begin at 1024 or above"),
        (f"{START} = 8080\n{RANGE} = 8000 65535\n", RANGE, "begin at 8080 or above"),
        (f"{START} = 32769\n", START, "set 32768 or less, or a higher ip_local_port_range in the line before"),
    ],
)
def test_privileged_ports_are_no_ephemeral_ones(text: str, key: str, wanted: str) -> None:
    (finding,) = told(text, "4.10", "4.11", "6.1")
    assert finding.key == key
    assert finding.kernels == ("4.11", "6.1")
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
def test_a_range_above_the_privileged_ports_is_fine(text: str) -> None:
    assert told(text) == []


def test_before_4_11_a_range_may_begin_anywhere() -> None:
    assert told(f"{RANGE} = 500 65535\n", "4.10") == []


def test_a_range_that_descends_is_told_once() -> None:
    (finding,) = told(f"{RANGE} = 900 500\n")
    assert finding.message.endswith("the numbers do not ascend.")
    assert finding.fix is not None
    assert finding.fix.title == "write two ascending numbers from 1024 on"
    (other,) = told(f"{RANGE} = 65000 2000\n")
    assert other.fix is not None
    assert other.fix.title == "write 2000 65000"


@pytest.mark.root
@pytest.mark.parametrize(
    ("key", "value", "taken"),
    [
        (RANGE, "1023 65535", False),
        (RANGE, "1024 65535", True),
        (RANGE, "60999 32768", False),
        (START, "32769", False),
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
