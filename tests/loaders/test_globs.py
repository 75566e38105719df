"""Patterns mean what glob(3) and fnmatch(3) of the C library say; the library itself is asked."""

import ctypes
import locale
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tcptune.loaders.globs import expand, is_glob, matches

LIBC = ctypes.CDLL(None, use_errno=True)
BRACE = 1 << 10

FILES = [
    "all/rp",
    "lo/rp",
    "lo/mart",
    "a1/rp",
    "a]b/x",
    "[x/rp",
    "{a,b}/rp",
    ".hid/rp",
    "é/rp",
    "a\\b/rp",
    "plain",
    "a-c",
]


class Glob(ctypes.Structure):
    """`glob_t` of the GNU C library."""

    _fields_ = [
        ("count", ctypes.c_size_t),
        ("paths", ctypes.POINTER(ctypes.c_char_p)),
        ("offset", ctypes.c_size_t),
        ("flags", ctypes.c_int),
        ("functions", ctypes.c_void_p * 5),
    ]


def real_glob(pattern: str, flags: int) -> list[str]:
    """Ask the C library."""
    found = Glob()
    if LIBC.glob(os.fsencode(pattern), flags, None, ctypes.byref(found)) != 0:
        return []
    paths = [os.fsdecode(found.paths[index]) for index in range(found.count)]
    LIBC.globfree(ctypes.byref(found))
    return paths


@pytest.fixture(scope="module", autouse=True)
def c_locale() -> Iterator[None]:
    """Use the C locale, as loaders do at boot: there `?` is one byte."""
    before = locale.setlocale(locale.LC_ALL)
    locale.setlocale(locale.LC_ALL, "C")
    yield
    locale.setlocale(locale.LC_ALL, before)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a folder with names that patterns are made of."""
    root = tmp_path_factory.mktemp("globs")
    for name in FILES:
        place = root / name
        place.parent.mkdir(exist_ok=True)
        place.touch()
    return root


def names(place: str) -> list[str]:
    """List a folder of the disk."""
    return [entry.name for entry in os.scandir(place)] if Path(place).is_dir() else []


PATTERNS = [
    *(
        "*",
        "*/rp",
        "?o/rp",
        "[al]*/rp",
        "[!a]*/rp",
        "[^a]*/rp",
        "[[:alpha:]]?/*",
        "lo/*",
        "*/nothing",
        "l[o/rp",
        "l[]o]/rp",
    ),
    *(
        "a[]]b/*",
        "a\\]b/x",
        "[[]x/rp",
        "\\[x/rp",
        "*/",
        "lo/*/",
        "*/rp/",
        "{all,lo}/rp",
        "{all,l*}/rp",
        "{a,b}/rp",
        "{a,b",
    ),
    *(
        "\\{a,b\\}/rp",
        "{all,lo}/{rp,mart}",
        "{,a}1/rp",
        "pl{a}in",
        "pl{ai}?",
        "é/*",
        "?/rp",
        "??/rp",
        "a\\\\b/rp",
        "a?b/*",
    ),
    *(
        "lo/../*/rp",
        "lo//rp*",
        "a[+--]c",
        "a[a-]c",
        "[z-a]*",
        "[[:nothing:]]*",
        ".*/rp",
        "\\.hid/r*",
        "*\\",
        "lo",
        "nothing",
    ),
]


@pytest.mark.parametrize("braces", [False, True])
@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_pattern_finds_what_the_c_library_finds(folder: Path, pattern: str, braces: bool) -> None:
    """Names, order, doubled slashes and slashes at the end."""
    whole = f"{folder}/{pattern}"
    assert expand(whole, names, os.path.exists, braces=braces) == real_glob(whole, BRACE if braces else 0)


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="ab*?[]!^-\\{,}/.lorp", max_size=9), st.booleans())
def test_any_pattern_finds_what_the_c_library_finds(folder: Path, pattern: str, braces: bool) -> None:
    """Patterns out of signs that mean something; the order within braces is the library's."""
    assume("[." not in pattern and "\\/" not in f"{pattern}/")
    whole = f"{folder}/{pattern}"
    assert expand(whole, names, os.path.exists, braces=braces) == real_glob(whole, BRACE if braces else 0)


@settings(max_examples=500, deadline=None)
@given(st.text(alphabet="ab*?[]!^-\\/.é", max_size=8), st.text(alphabet="ab[]-/.é!\\", max_size=6))
def test_matching_is_fnmatch(pattern: str, text: str) -> None:
    """Without flags a star takes slashes and dots. (Collating symbols and half a range are nobody's key.)"""
    assume("[." not in pattern and not pattern.endswith("-"))
    assert matches(pattern, text) == (LIBC.fnmatch(pattern.encode(), text.encode(), 0) == 0)


def test_braces_alone_make_no_pattern() -> None:
    """So a key with braces and nothing else is written as it stands, and is missing."""
    assert not is_glob("net/ipv4/{a,b}")
    assert all(map(is_glob, ["a*", "a?", "a["]))
