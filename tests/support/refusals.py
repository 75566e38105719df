"""What a task of the collection can be given that is wrong, and what it has to say to it, whichever way it comes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

FIN: dict[str, Any] = {"net.ipv4.tcp_fin_timeout": 30}
INSTALLS = "the role tcptune.tcptune.tcptune installs it"

PROGRAMS = {
    "too old for the options": ('echo "tcptune 0.0.9"; echo "Error: No such option: --format" >&2; exit 2', "0.1.0"),
    "of another schema": ('test "$1" = --version && echo "tcptune 3.0.0" || echo "{}"', "3.0.0 does not answer"),
    "something else altogether": ("echo hello", "is no tcptune that answers"),
    "something else that fails": ("exit 1", "is no tcptune that answers"),
    "killed": ("kill -9 $$", "was ended by signal 9"),
}
"""Programs that stand for tcptune, by what is wrong with them: the body of a script, and what is told."""

WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "nothing wanted": ({}, "all of the following are missing: name, settings, definition"),
    "an unknown profile": ({"name": "nope"}, "there is no profile 'nope'"),
    "an unknown parameter": (
        {"settings": {"net.ipv4.tcp_fin_timout": 30}},
        "the task: there is no parameter 'net.ipv4.tcp_fin_timout'; did you mean 'net.ipv4.tcp_fin_timeout'?",
    ),
    "a fraction": ({"settings": {"net.ipv4.tcp_fin_timeout": 30.5}}, "the task: net.ipv4.tcp_fin_timeout does not"),
    "no value": ({"settings": {"net.ipv4.tcp_fin_timeout": None}}, "a setting needs value"),
    "a truth value": ({"settings": {"net.ipv4.tcp_timestamps": True}}, "write 1 or 0"),
    "a word of no profile": ({"definition": {"settings": {"net.ipv4.tcp_fin_timeout": {"valu": 3}}}}, "'valu'"),
    "an unknown rule": ({"settings": FIN, "allow": ["NOPE"]}, "there is no rule 'NOPE'"),
    "no time to confirm": ({"settings": FIN, "confirm_within": 0}, "confirm_within takes 1 to 86400 seconds, not 0"),
    "a removal that undoes itself": (
        {"state": "absent", "confirm_within": 9},
        "confirm_within goes with state: present, not absent",
    ),
    "a removal of some": ({"state": "absent", "only": ["a"]}, "only goes with state: present, not absent"),
    "a change that is not named to be made": (
        {"settings": FIN, "journal_id": "x"},
        "journal_id goes with state: confirmed or rolled_back, not present",
    ),
    "a file that is not to be kept": ({"settings": FIN, "persist": False, "file": "/a"}, "file and persist: false"),
    "nowhere to keep it": ({"settings": FIN, "persist": True}, "persist: true needs file outside the initial"),
    "nothing to take away": ({"state": "absent"}, "state: absent needs file outside the initial"),
    "a path that is not there": (
        {"name": "./web.yaml"},
        "./web.yaml: No such file or directory; a name with a slash is a path on the managed host",
    ),
    "two findings": (
        {"settings": {"net.ipv4.ip_local_port_range": [100, 200]}},
        "ip_unprivileged_port_start (1024); TT410 port-range-low",
    ),
    "a relative file": ({"settings": FIN, "file": "a.conf"}, "file takes an absolute path, not 'a.conf'"),
    "an unknown namespace": (
        {"settings": FIN, "netns": "blue"},
        "there is no network namespace named blue; none has a name here",
    ),
    "no configuration": ({"settings": FIN, "config": "/nowhere.yaml"}, "/nowhere.yaml: No such file"),
    "an unknown change": ({"state": "rolled_back", "journal_id": "x"}, "the journal has no entry x"),
    "a range upside down": (
        {"settings": {"net.ipv4.ip_local_port_range": [60000, 2000]}},
        "refused, and nothing was changed: TT203 bad-order: net.ipv4.ip_local_port_range = 60000 2000",
    ),
    "a documented risk": ({"settings": {"net.ipv4.tcp_fin_timeout": 10}}, "refused, and nothing was changed: TT404"),
}
"""Options of `profile` that are wrong, and what is told."""


def refusal(answer: dict[str, Any]) -> str:
    """Return what a module failed with: one line."""
    assert answer["failed"] is True, answer
    message = answer["msg"]
    assert isinstance(message, str) and "\n" not in message and "Traceback" not in message
    return message


def script(folder: Path, text: str) -> str:
    """Write a program that stands for tcptune and return its path."""
    path = folder / "tcptune"
    path.write_text(text)
    path.chmod(0o755)
    return str(path)
