"""Connection tracking's statistics without /proc: the same numbers, and no bytes are an exception."""

from __future__ import annotations

import struct
from contextlib import suppress
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tcptune.live.counters import parse_conntrack
from tcptune.live.ctnetlink import read_stats, take


def message(*numbers: tuple[int, int]) -> bytes:
    body = b"".join(struct.pack("=HH", 8, kind) + number.to_bytes(4, "big") for kind, number in numbers)
    return struct.pack("=IHHIIBBH", 20 + len(body), 260, 2, 1, 0, 0, 0, 0) + body


def test_the_processors_numbers_are_summed_and_the_last_message_ends_it() -> None:
    found: dict[str, int] = {}
    assert not take(message((9, 3), (10, 1), (99, 7)) + message((9, 4)), found)
    assert found == {"insert_failed": 7, "drop": 1}
    assert take(struct.pack("=IHHIIi", 20, 3, 2, 1, 0, 0), found)


@given(st.binary(max_size=200))
def test_no_bytes_are_another_exception_than_a_refusal(data: bytes) -> None:
    with suppress(OSError):
        take(data, {})


def test_what_the_kernel_gives_is_what_its_file_says() -> None:
    """Where the kernel has ctnetlink; one that has not gives nothing, and that is no error."""
    told = read_stats()
    file = Path("/proc/net/stat/nf_conntrack")
    if told and file.exists():
        there = parse_conntrack(file.read_text())
        assert {name: told[name] for name in ("insert_failed", "drop")} == {
            name: there[name] for name in ("insert_failed", "drop")
        }
