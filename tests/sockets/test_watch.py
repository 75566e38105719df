"""What is watched: histories of one length, destinations that come and go."""

from __future__ import annotations

from itertools import islice

import pytest

from tcptune.sockets.gather import Request
from tcptune.sockets.watch import KEPT, _Memory, frames
from tests.support.netns import in_namespace, loopback_up, write_sysctl
from tests.support.outage import connect_until_it_fails, prepare, server


def test_a_history_begins_with_nothing_and_ends_when_nothing_is_left_of_it() -> None:
    memory = _Memory()
    for numbers in ({"a": 1.0}, {"a": 2.0, "b": 5.0}, {"b": 6.0}):
        memory.add(numbers, memory.destinations)
        memory.moments += 1
    assert {name: list(found) for name, found in memory.destinations.items()} == {"a": [1, 2, 0], "b": [0, 5, 6]}
    for _ in range(KEPT):
        memory.add({}, memory.destinations)
    assert memory.destinations == {}


@pytest.mark.root
def test_connections_show_in_the_next_frame() -> None:
    def watched() -> tuple[list[float], list[str], list[str]]:
        loopback_up()
        prepare()
        # A FIN that a busy host sends again is answered twice, and the RST to the second answer would end a TIME_WAIT.
        write_sysctl("net.ipv4.tcp_rfc1337", 1)
        found = frames(Request(top=3, sample=0.3))
        with server() as to:
            seen = list(islice(found, 1))
            assert connect_until_it_fails(to, 50) == (50, None)
            seen += islice(found, 1)
            last = seen[-1]
            return list(last.waiting), [use.name for use in last.part.destinations], list(last.destinations)

    waiting, shown, known = in_namespace(watched)
    assert waiting == [0, 50]
    assert shown == known == ["10.9.9.1:8443"]
