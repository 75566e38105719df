"""The capacity of this host's settings, or of a profile's on this host."""

from __future__ import annotations

from pathlib import Path

from tcptune.audit.policy import running
from tcptune.live.host import live_host
from tcptune.live.namespaces import Namespace, netns_by_name, netns_of_pid, run_in
from tcptune.live.procsys import read_all
from tcptune.model.capacity import ALSO, Capacity, Wanted, capacity
from tcptune.model.host import Host
from tcptune.model.ports import KEYS
from tcptune.model.record import dataclass
from tcptune.model.setting import Setting
from tcptune.profiles.compare import compare
from tcptune.profiles.policy import Policy


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: where (as in `audit`), under which profile's settings, and for which rate.

    `rto` is the first retransmission timeout of a closing connection in seconds (None: one within a data centre's),
    `timestamps` tells whether the far ends use them.
    """

    netns: str | None = None
    pid: int | None = None
    policy: Policy | None = None
    wanted: Wanted | None = None
    rto: float | None = None
    timestamps: bool = True


def answer(question: Question) -> tuple[Host, Capacity]:
    """Return the host and what its settings sustain. Raises `TcptuneError` when the namespace cannot be entered."""
    place: Namespace | None = None
    if question.pid is not None:
        place = netns_of_pid(question.pid)
    elif question.netns is not None:
        place = netns_by_name(question.netns)
    host, settings = _read() if place is None else run_in(place, _read)
    values = {key: setting.value for key, setting in settings.items()}
    if question.policy is not None:
        changes = compare(question.policy, running(host, settings, None), (*KEYS, *ALSO))
        values |= {each.key: each.wanted for each in changes if each.action == "set"}
    more = {"rto": question.rto} if question.rto is not None else {}
    found = capacity(
        values, question.wanted, timestamps=question.timestamps, bytes_each=_bytes_of_a_waiting_socket(), **more
    )
    return host, found


def _read() -> tuple[Host, dict[str, Setting]]:
    host = live_host()
    return host, read_all((*KEYS, *ALSO), host=host).settings


def _bytes_of_a_waiting_socket() -> int | None:
    """Return the size of the kernel's object for a socket in TIME_WAIT, which root alone may see."""
    try:
        for line in Path("/proc/slabinfo").read_text().splitlines():
            words = line.split()
            if words and words[0] == "tw_sock_TCP":
                return int(words[3])
    except (OSError, ValueError, IndexError):
        return None
    return None
