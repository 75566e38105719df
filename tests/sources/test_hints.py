"""The quick look: what it passes over sets nothing, by its name and by its bytes."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tcptune.sources import detect, hints
from tcptune.sources.base import TEMPLATES, Text

STEMS = ["a", "Dockerfile", "containerfile", "Jenkinsfile", "ci.Jenkinsfile", "Makefile", "setup", "tuned", "99-sysctl"]
FOLDERS = ["", "roles/x/templates/", "etc/sysctl.d/", "tuned/p/", "src.c/"]
ENDINGS = ["", ".conf", ".dockerfile", ".mk", ".service", ".rb", ".pp", ".nix", ".tf", ".toml", ".sh", ".yml", ".txt"]
TEXTS = [
    "",
    "a: b\n",
    "net.core.somaxconn = 1\n",
    "sysctl -w net.core.somaxconn=1\n",
    "net.core.somaxconn:\n  sysctl.present:\n",
    "default_sysctls = [\n",
]
NEUTRAL = "file.unknown"
"""A name that no format knows: what is claimed under it is claimed for its content."""


def claimed(path: str, text: str) -> bool:
    return any(module.claims(Text(path, text)) for module in detect.formats())


@given(
    st.sampled_from(FOLDERS),
    st.sampled_from(STEMS),
    st.sampled_from(ENDINGS),
    st.sampled_from(sorted(f".{suffix}" for suffix in hints.FOREIGN)),
    st.sampled_from(["", *sorted(TEMPLATES)]),
    st.sampled_from(TEXTS),
)
@example("", "Dockerfile", "", ".go", "", "")
@example("", "ci.Jenkinsfile", "", ".ts", "", "")
def test_what_a_format_claims_by_name_is_looked_into(
    folder: str, stem: str, ending: str, foreign: str, template: str, text: str
) -> None:
    path = f"{folder}{stem}{ending}{foreign}{template}"
    assert not hints.foreign(path) or claimed(NEUTRAL, text) or not claimed(path, text)


@pytest.mark.parametrize("ending", ENDINGS)
def test_no_ending_that_a_format_knows_is_that_of_source_code(ending: str) -> None:
    assert not hints.foreign(f"a{ending}")


def test_source_code_is_passed_over_whatever_its_folder() -> None:
    assert hints.foreign("src/main.go")
    assert hints.foreign("conf.d/x.py")
    assert not hints.foreign("src.py/README")
    assert not hints.foreign("py")


PIECES = st.sampled_from(
    [b"net", b".", b"/", b"ipv", b"core", b"c", b"n", b"ysctl", b"tcp", b"_", b"-nf", b"\n", b"\0"]
)


@given(st.lists(st.one_of(PIECES, st.sampled_from(hints.HINTS), st.binary(max_size=3)), max_size=12))
def test_a_hint_is_found_wherever_it_stands_and_nothing_else(parts: list[bytes]) -> None:
    data = b"".join(parts)
    assert hints.worth("x", data) == any(hint in data for hint in hints.HINTS)


@pytest.mark.parametrize("hint", hints.HINTS)
@pytest.mark.parametrize("around", [b"%b", b"nc%bnc", b"\xff\n%b", b"nnccnetc%b"])
def test_every_hint_is_found(hint: bytes, around: bytes) -> None:
    assert hints.worth("x", around % hint)
