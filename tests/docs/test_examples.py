"""The EXAMPLES of the manual pages: each is run on a host of its own, and ends as it should."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

import pytest

from tests.support import stages
from tests.support.commands import bash, with_program
from tests.support.inside import inside
from tests.support.netns import in_namespace
from tests.support.program import Result, tcptune
from tools.manual import source

PAGES = sorted(path.stem for path in source.FOLDER.glob("tcptune*.txt") if "." not in path.stem)
SHORTER = (
    (r"--sample \d+", "--sample 0.1"),
    (r"--trace \d+", "--trace 0.2"),
    (r"^tcptune watch$", "tcptune watch --interval 0.1 --count 1"),
    (r"\| ssh HOST sh", "| sh"),
    (r"--pid (\$\$|4711)", "--pid self"),
    (r" -$", " - < /dev/null"),
    (r"^(.*) &$", r"timeout 30 \1 > serve.txt 2>&1 & until [ -s serve.txt ]; do sleep 0.05; done"),
    (r"rollback ID$", "rollback 20260101T000000-000000-1"),
    (r"--remove$", "--remove --file /etc/sysctl.d/80-tcptune.conf"),
)
"""The same with less waiting, and without another host."""


def run(example: str, folder: Path, env: dict[str, str]) -> Result:
    for pattern, shorter in SHORTER:
        example = re.sub(pattern, shorter, example)
    example = example.replace("--pid self", f"--pid {os.getpid()}")
    words = shlex.split(example, comments=True)
    return bash(example, folder, env) if {"|", ">", "<"} & set(words) else inside(*words[1:])


def walk(page: str, folder: Path) -> list[str]:
    """Run the examples of a page in turn; return those that went wrong, with what they said."""
    stages.host()
    env = with_program(folder / "bin")
    os.chdir(stages.files(folder / "work", {**stages.FILES, **stages.IMAGE, "reverse-proxy.yaml": PROFILE}))
    wrong = []
    for example in source.examples(page):
        done = run(example, folder / "work", env)
        nothing_there = "nothing" in done.err or "no change" in done.err
        if done.status not in (0, 1) and not nothing_there:
            wrong.append(f"{example}: {done.status} {done.err}")
    return wrong


def test_the_example_of_a_profile_is_read_and_harmless(tmp_path: Path) -> None:
    lines = source.sections("tcptune-profile.5")["EXAMPLES"].split("\n")
    shown = "\n".join(line[4:] for line in lines if line.startswith("    "))
    (tmp_path / "shown.yaml").write_text(shown)
    done = tcptune("profile", "check", "./shown.yaml", cwd=tmp_path)
    assert (done.status, done.err) == (0, ""), done.out


PROFILE = "schema: tcptune/profile/1\nname: reverse-proxy\nsummary: Proxies\nextends: [base]\n"


@pytest.mark.root
@pytest.mark.parametrize("page", PAGES)
def test_the_examples_of_a_page_run(page: str, tmp_path: Path) -> None:
    assert in_namespace(lambda: walk(page, tmp_path), mounts=True) == []
