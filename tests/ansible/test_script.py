"""The script that starts the program on a host, in every shell that is found here."""

from __future__ import annotations

import importlib
import os
import pty
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from tests.support.refusals import script as written

Script: Any = importlib.import_module("ansible_collections.tcptune.tcptune.plugins.plugin_utils.script").Script
SHELLS = {
    "dash": ["dash"],
    "bash": ["bash", "--posix"],
    "zsh": ["zsh", "--emulate", "sh"],
    "busybox": ["busybox", "sh"],
    "ksh": ["ksh"],
}
HERE = [name for name in SHELLS if shutil.which(name)]
SHOWS = '#!/bin/sh\nprintf "%s|" "$@"\necho done >&2\n'


def run(script: Any, shell: str = "dash", **how: Any) -> Any:
    """Run a script between what login shells say, and return what came of it."""
    noisy = f"echo hello; echo there >&2; {' '.join(SHELLS[shell])}; echo bye; echo you >&2"
    done = subprocess.run(["sh", "-c", noisy], input=script.text, capture_output=True, text=True, timeout=20, **how)
    return script.read(done.stdout, done.stderr)


@pytest.mark.parametrize("shell", HERE)
def test_words_come_as_they_are_and_only_the_program_s_words_come_back(shell: str, tmp_path: Path) -> None:
    words = ["plain", "", "two words", "it's", '"', "$HOME `id` \\n", "line\nline", "é☃", "-n", "*"]
    ran = run(Script(written(tmp_path, SHOWS), words), shell)
    assert (ran.out, ran.err) == ("".join(f"{word}|" for word in words), "done\n")
    assert (ran.status, ran.trouble, ran.program) == (0, None, str(tmp_path / "tcptune"))


@pytest.mark.parametrize("shell", HERE)
def test_the_profile_is_a_file_while_the_program_runs(shell: str, tmp_path: Path) -> None:
    document = '{"why": "$HOME `id` \\\\ \'é\' @TOKEN @TEXT"}\n' * 3000
    body = '#!/bin/sh\nls -l "$2" >&2; cat "$2"\nread line || echo no input >&2\n'
    ran = run(Script(written(tmp_path, body), ["apply", None], document), shell)
    assert ran.out == document + "\n"
    assert ran.err.startswith("-rw------- ") and ran.err.endswith("\nno input\n")
    path = ran.err.splitlines()[0].split()[-1]
    assert path.endswith("/playbook.yaml") and not Path(path).parent.exists()


@pytest.mark.parametrize(
    ("ending", "status"), [("exit 3", 3), ("kill -9 $$", -9), ("kill $$", -15), ("kill -2 $$", -2)]
)
@pytest.mark.parametrize("shell", HERE)
def test_how_the_program_ended_is_known(shell: str, ending: str, status: int, tmp_path: Path) -> None:
    assert run(Script(written(tmp_path, f"#!/bin/sh\n{ending}\n"), []), shell).status == status


def test_an_interrupt_that_the_program_answers_is_its_own_status(tmp_path: Path) -> None:
    assert run(Script(written(tmp_path, "#!/bin/sh\necho interrupted >&2; exit 130\n"), [])).status == 130


@pytest.mark.parametrize("shell", HERE)
def test_the_program_is_looked_for_in_path(shell: str, tmp_path: Path) -> None:
    """The first that may be run counts; what stands in PATH is no pattern."""
    for name in ("a folder", "first", "second", "no pattern"):
        (tmp_path / name).mkdir()
    (tmp_path / "a folder" / "tcptune").mkdir()
    path = written(tmp_path / "first", SHOWS)
    for name in ("second", "no pattern"):
        written(tmp_path / name, "#!/bin/sh\n")
    folders = ("a folder", "no pat*", "first", "second")
    environment = {"PATH": ":".join([*(f"{tmp_path}/{name}" for name in folders), "", os.environ["PATH"]])}
    ran = run(Script(None, ["here"]), shell, env=environment)
    assert (ran.program, ran.out) == (path, "here|")


def test_the_script_finds_its_own_commands_whatever_path_it_is_given(tmp_path: Path) -> None:
    script = Script(written(tmp_path, "#!/bin/sh\nwhile read line; do echo $line; done <$1\n"), [None], "text")
    done = subprocess.run(
        ["/bin/sh"], input=script.text, env={"PATH": str(tmp_path)}, capture_output=True, text=True, timeout=20
    )
    assert script.read(done.stdout, done.stderr).out == "text\n"


def test_the_path_that_the_program_gets_is_the_one_that_was_given(tmp_path: Path) -> None:
    program = written(tmp_path, '#!/bin/sh\necho "$PATH|$LC_ALL|$NO_COLOR"\n')
    environment = {"PATH": "/usr/bin:/bin:/nowhere", "LC_ALL": "C"}
    assert run(Script(program, []), env=environment).out == "/usr/bin:/bin:/nowhere|C.UTF-8|1\n"


@pytest.mark.parametrize("shell", HERE)
def test_what_keeps_it_from_running_is_told(shell: str, tmp_path: Path) -> None:
    (tmp_path / "no program").touch()
    assert run(Script(str(tmp_path / "no program"), []), shell).trouble == "barred"
    assert run(Script(str(tmp_path), []), shell).trouble == "barred"
    assert run(Script("/nowhere", []), shell).trouble == "absent"
    gone = run(Script(written(tmp_path, "#!/nowhere/python\n"), []), shell)
    assert (gone.trouble, gone.err) == ("broken", "No such file or directory")
    if not any(Path(folder, "tcptune").exists() for folder in ("/opt/tcptune/bin", "/usr/local/bin")):
        assert run(Script(None, []), shell, env={"PATH": "/usr/bin:/bin"}).trouble == "missing"


def test_a_program_in_the_program_that_is_missing_is_the_program_s_own_matter(tmp_path: Path) -> None:
    ran = run(Script(written(tmp_path, "#!/bin/sh\nexec python9.9\n"), []))
    assert (ran.trouble, ran.status) == (None, 127)


@pytest.mark.root
@pytest.mark.parametrize("shell", HERE)
def test_only_root_runs_what_is_root_s(shell: str, tmp_path: Path) -> None:
    asked = Script("/bin/true", [], root=True)
    assert run(asked, shell).trouble is None
    assert run(asked, shell, user=65534, group=65534).trouble == "not root"


def test_a_path_that_env_would_misread_is_left_to_the_module(tmp_path: Path) -> None:
    (tmp_path / "a=b").mkdir()
    assert run(Script(written(tmp_path / "a=b", SHOWS), [])) is None


def test_what_is_no_shell_is_left_to_the_module() -> None:
    assert Script("/bin/true", []).read("This account is not available.\n", "") is None


@pytest.mark.parametrize("shell", HERE)
def test_on_a_terminal_it_does_nothing_and_ends(shell: str, tmp_path: Path) -> None:
    """What is typed comes back as an echo, and must not look like an answer."""
    script = Script(written(tmp_path, "#!/bin/sh\ntouch $0.ran\n"), ["apply", None], "{}")
    master, terminal = pty.openpty()
    with subprocess.Popen(
        SHELLS[shell], stdin=terminal, stdout=terminal, stderr=terminal, start_new_session=True
    ) as process:
        os.close(terminal)
        os.write(master, script.text.encode())
        try:
            process.wait(timeout=10)
        finally:
            process.kill()
    seen = b""
    try:
        while block := os.read(master, 65536):
            seen += block
    except OSError:
        pass
    os.close(master)
    assert script.read(seen.decode().replace("\r\n", "\n"), "") is None
    assert not (tmp_path / "tcptune.ran").exists()


@pytest.mark.parametrize("how", [signal.SIGHUP, signal.SIGTERM, signal.SIGINT])
def test_whoever_ends_the_shell_leaves_no_profile_behind(how: signal.Signals, tmp_path: Path) -> None:
    script = Script(written(tmp_path, '#!/bin/sh\necho "$1" >$0.file\nexec sleep 0.3\n'), [None], "{}")
    command = ["env", "--default-signal=HUP,TERM,INT", "dash"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        process.stdin.write(script.text)
        process.stdin.close()
        deadline = time.monotonic() + 10
        while not (tmp_path / "tcptune.file").exists() or not (tmp_path / "tcptune.file").read_text():
            assert time.monotonic() < deadline
            time.sleep(0.01)
        process.send_signal(how)
        process.wait(timeout=20)
        assert process.stdout is not None and process.stderr is not None
        ran = script.read(process.stdout.read(), process.stderr.read())
    assert ran.trouble == "cut off"
    assert not Path((tmp_path / "tcptune.file").read_text().strip()).parent.exists()
