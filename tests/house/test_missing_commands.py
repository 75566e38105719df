"""A command that is not installed is the reason of a skip; whatever else is not found is a failure."""

from __future__ import annotations

import subprocess

import pytest

from tests.support import missing


def run(command: str) -> None:
    with missing.skipped_without_commands():
        subprocess.run([command], check=True)


def test_a_command_that_is_not_installed_skips_with_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(pytest.skip.Exception, match="needs the command ip: install iproute2"):
        run("ip")


@pytest.mark.parametrize("command", ["/usr/bin/no-such-thing", "no-such-command"])
def test_what_is_no_known_command_is_an_error(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(FileNotFoundError):
        run(command)


def test_a_file_that_is_missing_while_the_command_is_there_is_an_error() -> None:
    with pytest.raises(FileNotFoundError), missing.skipped_without_commands():
        raise FileNotFoundError(2, "No such file", "sh")


def test_the_mark_names_what_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert missing.needs("sh").args == (False,)
    monkeypatch.setenv("PATH", "/nowhere")
    mark = missing.needs("ip", "ss")
    assert mark.args == (True,)
    assert (
        mark.kwargs["reason"] == "needs commands that are not installed: ip (package iproute2), ss (package iproute2)"
    )
