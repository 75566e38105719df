"""What a written text comes to, told beforehand and then asked of the running kernel."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tcptune.catalog import parameter
from tcptune.live.host import read_host
from tcptune.model.parameter import Parameter
from tcptune.model.value import Value, parse_live
from tcptune.rules.written import interpret
from tests.support.netns import foreign, in_namespace

BUCKETS, REUSE, RETRIES = "net.ipv4.tcp_max_tw_buckets", "net.ipv4.tcp_tw_reuse", "net.ipv4.tcp_retries2"
RANGE, MEMORY = "net.ipv4.ip_local_port_range", "net.ipv4.tcp_rmem"
RESERVED, TIMEOUT = "net.ipv4.ip_local_reserved_ports", "net.ipv4.tcp_fin_timeout"


def entry(key: str) -> Parameter:
    found = parameter(key)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("key", "raw", "value"),
    [
        (BUCKETS, "1", 1),
        (BUCKETS, " \t 1", 1),
        (BUCKETS, "-5", -5),
        (BUCKETS, "0x10", 16),
        (BUCKETS, "0XfF", 255),
        (BUCKETS, "010", 8),
        (BUCKETS, "-010", -8),
        (BUCKETS, "0", 0),
        (BUCKETS, "1 # c", 1),
        (BUCKETS, "1 2 3", 1),
        (RANGE, "20000\t60999", (20000, 60999)),
        (RANGE, "20000 60999 3", (20000, 60999)),
        (RESERVED, "8080,9000-9010", "8080,9000-9010"),
        (RESERVED, "8080,", "8080"),
        (RESERVED, "010,0x10", "8,16"),
        (RESERVED, "", ""),
        ("net.ipv4.tcp_congestion_control", "cubic", "cubic"),
    ],
)
def test_numbers_are_read_as_c_reads_them_and_the_rest_is_ignored(key: str, raw: str, value: Value) -> None:
    read = interpret(entry(key), raw)
    assert read.value == value
    assert read.why == ""


@pytest.mark.parametrize(
    ("key", "raw", "why"),
    [
        (BUCKETS, "+1", "the kernel takes whole numbers, not '+1'"),
        (BUCKETS, "1# c", "the kernel takes whole numbers, not '1#'"),
        (BUCKETS, "1.0", "the kernel takes whole numbers, not '1.0'"),
        (BUCKETS, "08", "the kernel takes whole numbers, not '08'"),
        (BUCKETS, "0x", "the kernel takes whole numbers, not '0x'"),
        (BUCKETS, "true", "the kernel takes whole numbers, not 'true'"),
        (BUCKETS, "= 3", "the kernel takes whole numbers, not '='"),
        (BUCKETS, "-", "the kernel takes whole numbers, not '-'"),
        (BUCKETS, "", "an empty text changes nothing"),
        (BUCKETS, "  ", "an empty text changes nothing"),
        (BUCKETS, "7\r", "the kernel takes whole numbers, not '7\\r'"),
        (BUCKETS, "0" * 20 + "1", "the number has more digits than the kernel reads"),
        (RANGE, "20000", "2 numbers belong here: the kernel would change only the first number and keep the rest"),
        (RANGE, "20000-60999", "the kernel takes whole numbers, not '20000-60999'"),
        (MEMORY, "1 2", "3 numbers belong here: the kernel would change only the first 2 numbers and keep the rest"),
        (RESERVED, "8080;9000", "a list of ports such as 8080,9000-9010 belongs here, without blanks"),
        (RESERVED, "8080, 9000", "a list of ports such as 8080,9000-9010 belongs here, without blanks"),
        (RESERVED, ",8080", "a list of ports such as 8080,9000-9010 belongs here, without blanks"),
        (RESERVED, "1-2-3", "a list of ports such as 8080,9000-9010 belongs here, without blanks"),
        (RESERVED, "70000", "70000 is no port or range of ports"),
        (RESERVED, "9010-9000", "9010-9000 is no port or range of ports"),
    ],
)
def test_what_the_kernel_refuses_or_takes_in_part_has_no_value_and_a_reason(key: str, raw: str, why: str) -> None:
    read = interpret(entry(key), raw)
    assert read.value is None
    assert read.why == why


def test_the_base_and_the_ignored_rest_are_told() -> None:
    assert interpret(entry(BUCKETS), "010 # eight").base == "octal"
    assert interpret(entry(BUCKETS), "0x10").base == "hexadecimal"
    assert interpret(entry(BUCKETS), "16").base == "decimal"
    assert interpret(entry(BUCKETS), "010 # eight").rest == "# eight"
    assert interpret(entry(RANGE), "1024 65535").rest == ""


NUMBER = st.one_of(
    st.integers(-3, 300).map(str),
    st.integers(-(2**33), 2**33).map(str),
    st.integers(0, 2**70).map(str),
    st.integers(0, 70000).map(hex),
    st.integers(0, 70000).map(lambda number: f"0{number:o}"),
    st.integers(1, 22).map(lambda digits: "7".zfill(digits)),
    st.sampled_from(
        ["+1", "-", "--1", "08", "0x", "0xg", "1.0", "1e3", "60s", "true", "1#", "1;", "1,2", "'1'", "0b1"]
    ),
)
BLANK = st.sampled_from(["", " ", "\t", "  ", "\n", "\r", "\v", "\f"])
NUMBERS = st.lists(st.tuples(BLANK, NUMBER, BLANK).map("".join), min_size=0, max_size=4).map(" ".join)
ANYTHING = st.text(st.sampled_from("01789xXaf+-#;, \t\n\r.'\""), max_size=12)
PORT = st.one_of(
    st.integers(1, 65535).map(str),
    st.integers(65530, 70000).map(str),
    st.tuples(st.integers(1, 65535), st.integers(1, 65535)).map(lambda pair: f"{min(pair)}-{max(pair)}"),
    st.sampled_from(["", "9-3", "-5", "5-", "0", "1 2", " 7", "a", "010", "0x10", "5-6-7", "+3"]),
)
PORTS = st.lists(PORT, max_size=4).map(",".join)


def write(key: str, text: str) -> bool:
    """Write as the loaders do, with a newline, in a namespace that is not the machine's; tell whether it was taken."""
    assert foreign()
    path = Path("/proc/sys", *key.split("."))
    descriptor = os.open(path, os.O_WRONLY)
    try:
        os.write(descriptor, f"{text}\n".encode())
    except OSError as error:
        assert error.errno == errno.EINVAL, error
        return False
    finally:
        os.close(descriptor)
    return True


def read(key: str) -> Value:
    return parse_live(entry(key).kind, Path("/proc/sys", *key.split(".")).read_text())


FIRST: dict[str, Value] = {
    BUCKETS: 4711,
    REUSE: 1,
    RETRIES: 11,
    TIMEOUT: 33,
    "net.ipv4.tcp_probe_interval": 600,
    RANGE: (20001, 50000),
    MEMORY: (4096, 100000, 600000),
    RESERVED: "5",
}
"""What each parameter holds before a text is written: no value that the texts are likely to give."""


PARTLY = {RANGE, MEMORY}
"""Where the numbers before the one that is missing or refused may have been set already."""


def text_of(value: Value) -> str:
    return value if isinstance(value, str) else " ".join(map(str, value if isinstance(value, tuple) else (value,)))


def ports(text: str) -> set[int]:
    """Return the ports of a list."""
    found: set[int] = set()
    for part in filter(None, text.split(",")):
        low, _, high = part.partition("-")
        found.update(range(int(low), int(high or low) + 1))
    return found


def accepts(key: str, value: Value) -> bool:
    """Tell whether the value is one that the running kernel takes, by the catalogue and the order of a range."""
    if isinstance(value, str):
        return True
    host = read_host()
    step = entry(key).accepted_on(host.target)
    assert step is not None
    low, high = step.bounds(host.hz)
    numbers = value if isinstance(value, tuple) else (value,)
    if key == RANGE and (numbers[0] > numbers[1] or numbers[0] < 1024):
        return False
    return all((low is None or low <= number) and (high is None or number <= high) for number in numbers)


def hold(key: str, text: str) -> None:
    """Write the text over a known value and compare what the kernel does with what was told."""
    before = FIRST[key]
    assert write(key, text_of(before))
    told = interpret(entry(key), text)
    assume(told.value != 0 or "-" not in text)
    taken, after = write(key, text), read(key)
    if told.value is None:
        kept = after == before or (key in PARTLY and text_of(after).split()[-1] == text_of(before).split()[-1])
        assert kept, f"{text!r} was not to change {before}, it is {after}"
        assert not taken or "change" in told.why, f"{text!r} was taken without a word"
    elif accepts(key, told.value):
        assert taken, f"{text!r} was refused, not taken as {told.value}"
        same = ports(str(after)) == ports(str(told.value)) if key == RESERVED else after == told.value
        assert same, f"{text!r} gave {after}, not {told.value}"
    else:
        assert not taken, f"{text!r} was taken, as {after}"


@pytest.mark.root
@pytest.mark.parametrize("key", FIRST)
def test_the_running_kernel_makes_of_any_text_what_is_told(key: str) -> None:
    texts = st.one_of(PORTS, ANYTHING) if key == RESERVED else st.one_of(NUMBERS, ANYTHING)

    @settings(max_examples=300, database=None, suppress_health_check=list(HealthCheck))
    @given(texts)
    def holds(text: str) -> None:
        hold(key, text)

    in_namespace(holds)
