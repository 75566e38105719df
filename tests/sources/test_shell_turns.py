"""Functions of a script that set one parameter, one after another: a duplicate only where that is certain."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.marks import check

ONE = "tune_net() {\n  sysctl -w net.core.somaxconn=1024\n}\n"
OTHER = "tune_web() {\n  sysctl -w net.core.somaxconn=«TT004»2048\n}\n"
MAIN = 'main() {\n  tune_net\n  tune_web\n}\nmain "$@"\n'


@pytest.mark.parametrize(
    "script",
    [
        ONE + OTHER + MAIN,
        ONE + OTHER + "tune_net\ntune_web\n",
        ONE + OTHER + "tune_net; tune_web\n",
        MAIN.replace('main "$@"\n', "") + ONE + OTHER + "main\n",
        ONE + "other() {\n  echo x\n}\n" + OTHER + "tune_net\necho and now\nother\ntune_web\n",
        "# tune_net and tune_web\n" + ONE.replace("() {", " ()\n{") + OTHER + MAIN,
        (
            "put() {\n  echo net.core.somaxconn=1024 >> /etc/sysctl.conf\n}\n"
            "more() {\n  echo net.core.somaxconn=«TT004»2048 >> /etc/sysctl.conf\n}\nput\nmore\n"
        ),
    ],
)
def test_functions_that_run_one_after_another_are_one_block(tmp_path: Path, script: str) -> None:
    check(tmp_path, "a.sh", "#!/bin/bash\n" + script)


@pytest.mark.parametrize(
    "script",
    [
        ONE + OTHER,
        ONE + OTHER + 'case "$1" in\n  net) tune_net ;;\n  web) tune_web ;;\nesac\n',
        ONE + OTHER + 'tune_net\nif [ -n "$WEB" ]; then\n  tune_web\nfi\n',
        ONE + OTHER + "tune_net\nis_web && tune_web\n",
        ONE + OTHER + "tune_net || tune_web\n",
        ONE + OTHER + "tune_web\ntune_net\n",
        ONE + OTHER + "tune_net\ntune_web\ntune_net\n",
        ONE + OTHER + "tune_net\n./run.sh\ntune_web\n",
        ONE + OTHER + "tune_net\nfor i in 1 2; do\n  echo $i\n  tune_web\ndone\n",
        ONE + OTHER + 'tune_net\n"$1"\ntune_web\n',
        ONE + OTHER + 'main() {\n  tune_net\n  tune_web\n}\n[ "$1" = -y ] && main\n',
        ONE + OTHER.replace("{\n", "{\n  is_web || return\n") + MAIN,
        ONE.replace("{\n", '{\n  if [ -n "$X" ]; then\n    exit 0\n  fi\n') + OTHER + MAIN,
        ONE.replace("sysctl", "is_net && sysctl") + OTHER + MAIN,
        (ONE + OTHER + MAIN).replace("tune_net", "before_it"),
        (ONE + OTHER + MAIN).replace("tune_web", "restore"),
        ONE + OTHER.replace("2048\n", "2048\n  sleep 60\n") + MAIN,
        ONE + "g() {\n  tune_net\n}\n" + OTHER + "g\ntune_web\n",
    ],
)
def test_what_may_be_a_choice_is_none(tmp_path: Path, script: str) -> None:
    """Branches, calls at several places, another order, a way out, something that runs in between."""
    check(tmp_path, "a.sh", "#!/bin/bash\n" + script.replace("«TT004»", ""))
