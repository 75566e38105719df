"""What every format is asked of any text: it is read without an exception, and every place lies in the file.

The texts are the fuzzer's: those it begins with, and those that it once found something with (tests/data/fuzz).
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.fuzz.targets import TARGETS
from tools.fuzz.trial import trial

KEPT = sorted((Path(__file__).parents[1] / "data" / "fuzz").iterdir())


@pytest.mark.parametrize("name", TARGETS)
def test_texts_that_the_fuzzer_begins_with(name: str) -> None:
    for seed in TARGETS[name].seeds:
        trial(TARGETS[name], seed)


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.name)
def test_texts_that_once_failed(path: Path) -> None:
    trial(TARGETS[path.name.rpartition("-")[0]], path.read_bytes())


@pytest.mark.parametrize("name", TARGETS)
def test_texts_cut_off_anywhere(name: str) -> None:
    target = TARGETS[name]
    seed = target.seeds[0]
    for end in range(1, len(seed), 40 if target.whole or target.profile else 1):
        trial(TARGETS[name], seed[:end])
