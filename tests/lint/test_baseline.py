"""A baseline: what was found before does not count, what is new does."""

from __future__ import annotations

from pathlib import Path

import pytest

from tcptune.errors import TcptuneError
from tcptune.formats import json_, lint_json
from tcptune.lint import baseline
from tests.support.lint import run


def test_only_what_is_new_is_left(tmp_path: Path) -> None:
    old = run(tmp_path, {"sysctl.conf": "net.ipv4.tcp_timestamps = 0\n"})
    saved = tmp_path / "baseline.json"
    saved.write_text(json_.dump(lint_json.lint(old)))
    assert [finding.rule for finding in old.findings] == ["TT402"]
    new = run(tmp_path, {"sysctl.conf": "# shifted\nnet.ipv4.tcp_timestamps = 0\nnet.ipv4.tcp_syncookies = 0\n"})
    left = baseline.only_new(new, baseline.load(str(saved)))
    assert [finding.rule for finding in left.findings] == ["TT407"]


@pytest.mark.parametrize(
    ("content", "said"),
    [("{", "baseline.json:1:2"), ("[]", "is no report"), ('{"schema": "x"}', "is no report"), ("\xff", "is no UTF-8")],
)
def test_what_is_no_report_is_refused(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "baseline.json"
    path.write_bytes(content.encode("latin-1"))
    with pytest.raises(TcptuneError, match=said):
        baseline.load(str(path))
