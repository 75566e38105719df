"""The lab's verdicts on Debian's user-mode kernels: 6.1 always, all of them with TCPTUNE_ALL_KERNELS=1."""

from __future__ import annotations

import os
import sys

import pytest

from tests.support.lab import expected
from tools.kernels import SUITES, Unavailable, kernel_path
from tools.lab import found

pytestmark = [
    pytest.mark.kernels,
    pytest.mark.root,
    pytest.mark.skipif(sys.platform != "linux", reason="boots a kernel that is a Linux program"),
]
SERIES = list(SUITES) if os.environ.get("TCPTUNE_ALL_KERNELS") == "1" else ["6.1"]


@pytest.mark.parametrize("series", SERIES)
def test_every_experiment_has_the_same_verdict_there_or_says_why_not(series: str) -> None:
    try:
        kernel_path(series)
    except Unavailable as why:
        pytest.skip(f"no kernel {series}: {why.message}")
    document = found(series)
    assert document["kernel"].startswith(f"{series}.")
    major, minor = (int(part) for part in series.split("."))
    verdicts = {each["name"]: each["verdict"] for each in document["experiments"]}
    reasons = {each["name"]: each["because"] for each in document["experiments"]}
    assert len(verdicts) > 30
    assert {
        name: (verdict, reasons[name])
        for name, verdict in verdicts.items()
        if verdict != expected(name, (major, minor))
    } == {}
    assert [
        each["name"] for each in document["experiments"] if each["verdict"] == "not-here" and not each["differs"]
    ] == []
