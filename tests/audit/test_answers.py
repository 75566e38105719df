"""What the kernel answers to a text is told as this kernel answers it, in a network namespace of its own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tcptune.audit.answers import accepted
from tcptune.live.host import read_host
from tests.support.netns import in_namespace

KEYS = (
    *("net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_syncookies", "net.core.somaxconn", "net.ipv4.conf.lo.rp_filter"),
    *("net.ipv4.ip_local_port_range", "net.ipv4.tcp_rmem", "net.ipv4.ip_unprivileged_port_start"),
)
NUMBERS = ("1", "08", "010", "0x1e", "-5", "20000", "+1", "1_0", "0x1G", "\u0661", "5" * 30)
BLANKS = ("", " ", "\t", "\x0b", "\x0c", "\r", "\x1c", "\x85", "\xa0", "\u2003", " \x0b", "x", "#", ",")


def ask(texts: list[str]) -> list[tuple[str, str, str, str]]:
    """Return key, text, this kernel's answer and ours, wherever they differ."""
    answers = accepted(read_host().target, 250)
    wrong = []
    for key in KEYS:
        path = Path("/proc/sys", key.replace(".", "/"))
        before = path.read_bytes()
        for text in texts:
            handle = os.open(path, os.O_WRONLY)
            try:
                os.write(handle, text.encode() + b"\n")
                real = ""
            except OSError:
                real = "EINVAL"
            finally:
                os.close(handle)
            path.write_bytes(before)
            told = accepted(read_host().target, 250)(key, text) if "ip_" in key else answers(key, text)
            if real != told:
                wrong.append((key, text, real, told))
    return wrong


@pytest.mark.root
def test_numbers_with_all_sorts_of_blanks_around_are_taken_and_refused_as_here() -> None:
    ones = [f"{before}{number}{after}" for number in NUMBERS for before in BLANKS[:8] for after in BLANKS]
    several = [f"2000{blank}30000{after}" for blank in BLANKS for after in BLANKS]
    assert (
        in_namespace(lambda: ask(ones + several + ["4096 5000 6000", "4096 5000 6000\x0b", "4096 5000\x0b6000"])) == []
    )
