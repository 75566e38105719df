"""Twelve hosts for the tests of this folder, booted once."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.hosts import Fleet
from tests.support.hosts import fleet as boot


@pytest.fixture(scope="package")
def fleet() -> Iterator[Fleet]:
    """Twelve hosts; the folder's path is short, since ssh's sockets lie in it."""
    with tempfile.TemporaryDirectory(prefix="tcptune-fleet-") as folder, boot(12, Path(folder)) as booted:
        yield booted
