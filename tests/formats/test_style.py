"""Text that a host or a file has a part in, spelled out for a terminal."""

from __future__ import annotations

import subprocess
import sys

from tests.support.program import clean_environment

NOTHING_OPENS = """
import resource
from tcptune.formats.style import visible

resource.setrlimit(resource.RLIMIT_NOFILE, (3, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
print(visible("a\\tb\\r\\n\\x1b\\x9f\\u202e\\udcff\\xfc"))
"""


def test_control_characters_are_spelled_out_when_no_file_can_be_opened_any_more() -> None:
    """A codec of Python's is a file that is loaded when it is needed first; what is told last must need none."""
    environment = clean_environment({"PYTHONIOENCODING": "utf-8"})
    done = subprocess.run(
        [sys.executable, "-c", NOTHING_OPENS], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.stdout, done.stderr) == ("a\\tb\\r\\n\\x1b\\x9f\\u202e\\xff\u00fc\n", "")
