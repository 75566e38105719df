"""The real program against real namespaces: wrong values are named, and everything is said in the promised form."""

from __future__ import annotations

import contextlib
import io
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tcptune.cli.schema import document_schema
from tests.support.netns import Held, as_nobody, fork_and_run, held_namespace, write_sysctl
from tests.support.program import clean_environment, tcptune

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="audits the running Linux")

WRONG = {
    "net.ipv4.tcp_timestamps": "0",
    "net.ipv4.tcp_fin_timeout": "5",
    "net.ipv4.ip_local_port_range": "1024 5001",
}


def _set_wrong() -> None:
    for key, value in WRONG.items():
        write_sysctl(key, value)


@contextmanager
def wrong() -> Iterator[Held]:
    with held_namespace(_set_wrong) as held:
        yield held


def validated(document: Any) -> Any:
    """Return the document, once it is what `tcptune schema audit` promises."""
    jsonschema.Draft202012Validator(document_schema("audit")).validate(document)
    return document


def rules(document: Any) -> set[str]:
    return {finding["rule"] for finding in document["findings"]}


def test_an_audit_of_this_host_ends_in_a_verdict_and_a_table() -> None:
    done = tcptune("audit", "--fail-on", "never")
    assert done.status == 0
    first = done.out.splitlines()[0]
    assert "TIME_WAIT" in first
    assert "tcp_fin_timeout" in done.out
    assert "Traceback" not in done.err


def test_the_json_is_what_its_schema_says() -> None:
    done = tcptune("audit", "--fail-on", "never", "-f", "json")
    document = validated(done.json())
    assert document["schema"] == "tcptune/audit/1"
    assert document["namespaces"] is None
    keys = [parameter["key"] for parameter in document["parameters"]]
    assert "net.ipv4.tcp_fin_timeout" in keys
    assert len(keys) == len(set(keys))


def test_the_schema_refuses_what_is_not_promised() -> None:
    document = tcptune("audit", "--fail-on", "never", "-f", "json").json()
    for change in ({"surprise": 1}, {"findings": None}, {"summary": {"error": 0}}):
        with pytest.raises(jsonschema.ValidationError):
            validated({**document, **change})


def test_text_is_at_most_eighty_columns_wide_when_piped_but_for_long_words() -> None:
    done = tcptune("audit", "--fail-on", "never")
    assert [line for line in done.out.splitlines() if len(line) > 80] == []


@pytest.mark.root
def test_wrong_values_in_a_namespace_are_named_with_reason_and_fix() -> None:
    with wrong() as held:
        done = tcptune("audit", "--pid", str(held.pid), "-f", "json")
    document = validated(done.json())
    assert done.status == 1
    assert {"TT402", "TT404", "TT410", "TT411"} <= rules(document)
    for finding in document["findings"]:
        assert finding["why"]
        if finding["severity"] != "note":
            assert finding["fix"] is not None, finding["rule"]
    status = {row["key"]: row["status"] for row in document["parameters"]}
    assert {status[key] for key in WRONG} == {"changed"}


@pytest.mark.root
def test_the_same_is_seen_by_a_program_that_runs_inside() -> None:
    ours = str(Path("/proc/self/ns/net").readlink())
    guard = f'[ "$(readlink /proc/self/ns/net)" != "{ours}" ] || exit 99; '
    script = guard + 'echo 5 > /proc/sys/net/ipv4/tcp_fin_timeout; exec "$@"'
    done = tcptune("audit", "--select", "TT404", before=["unshare", "-n", "sh", "-c", script, "sh"])
    assert done.status == 1
    assert "TT404" in done.out
    assert "tcp_fin_timeout" in done.out


@pytest.mark.root
def test_the_exit_status_follows_fail_on_and_the_selected_rules() -> None:
    with wrong() as held:
        place = ("--pid", str(held.pid), "-q")
        assert tcptune("audit", *place).status == 1
        assert tcptune("audit", *place, "--fail-on", "never").status == 0
        assert tcptune("audit", *place, "--fail-on", "error", "--select", "TT404").status == 0
        assert tcptune("audit", *place, "--select", "fin-timeout-low").status == 1
        assert tcptune("audit", *place, "--select", "TT404", "--ignore", "TT4").status == 0


@pytest.mark.root
def test_a_fresh_namespace_is_quiet() -> None:
    with held_namespace() as held:
        done = tcptune("audit", "--pid", str(held.pid), "-f", "json")
    assert done.status == 0, done.out
    assert {finding["severity"] for finding in done.json()["findings"]} <= {"note"}


@pytest.mark.root
def test_all_namespaces_are_looked_at_and_each_finding_names_its_own() -> None:
    with wrong() as held:
        document = validated(tcptune("audit", "--all-netns", "--fail-on", "never", "-f", "json").json())
        # Others on this machine may have such a namespace, too.
        named = [f["netns"] for f in document["findings"] if f["rule"] == "TT404" and f["value"] == 5]
        (name,) = (each for each in named if str(held.pid) in each)
        assert name in {part["host"]["netns"] for part in document["namespaces"]}
        text = tcptune("audit", "--all-netns", "--fail-on", "never", "-q").out
        assert f"in namespace: {name}" in text


@pytest.mark.root
def test_a_named_namespace_is_found_by_name_and_by_path(tmp_path: Path) -> None:
    with wrong() as held:
        by_path = tcptune("audit", "--netns", held.path, "--select", "TT404")
        assert by_path.status == 1
        unknown = tcptune("audit", "--netns", "no-such-namespace")
        assert unknown.status == 2
        assert "no-such-namespace" in unknown.err


@pytest.mark.root
def test_a_namespace_that_vanished_is_one_line() -> None:
    with held_namespace() as held:
        held.end()
        done = tcptune("audit", "--pid", str(held.pid))
    assert done.status == 2
    assert done.err.startswith(f"tcptune: there is no process {held.pid}")
    assert len(done.err.splitlines()) <= 2


def _inside() -> tuple[int, str, str]:
    """Run an audit in this process and return its status and what it printed."""
    from tcptune.__main__ import main

    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = main(["audit", "--fail-on", "never"])
    return status, out.getvalue(), err.getvalue()


@pytest.mark.root
def test_an_ordinary_user_sees_what_can_be_seen() -> None:
    def first_as_root() -> tuple[int, str, str]:
        # Everything is imported by now: the interpreter's own files may be root's alone.
        _inside()
        return as_nobody(_inside)

    status, out, err = fork_and_run(first_as_root)
    assert status == 0, err
    assert "TIME_WAIT" in out
    assert "tcp_fin_timeout" in out
    assert "Traceback" not in err


@pytest.mark.root
def test_another_namespace_needs_root_and_says_so() -> None:
    def refused(pid: int) -> tuple[int, str]:
        from tcptune.__main__ import main

        err = io.StringIO()
        with contextlib.redirect_stderr(err):
            return main(["audit", "--pid", str(pid)]), err.getvalue()

    with held_namespace() as held:

        def first_as_root() -> tuple[int, str]:
            _inside()
            refused(1)
            return as_nobody(lambda: refused(held.pid))

        status, err = fork_and_run(first_as_root)
    assert status == 2
    assert "root" in err
    assert len(err.splitlines()) <= 2


def _many_closed(number: int) -> None:
    """Close connections over loopback from the client's side: each leaves a socket in TIME_WAIT."""
    write_sysctl("net.ipv4.tcp_fin_timeout", 10)
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        for _ in range(number):
            client = socket.create_connection(server.getsockname())
            accepted, _ = server.accept()
            client.close()
            accepted.close()


@pytest.mark.root
def test_many_time_wait_sockets_beside_a_lowered_fin_timeout_are_told_apart() -> None:
    with held_namespace(lambda: _many_closed(1_100)) as held:
        done = tcptune("audit", "--pid", str(held.pid), "--fail-on", "never", "-q")
    text = " ".join(done.out.split())
    assert "1,100 sockets" in text
    assert "which has nothing to do with TIME_WAIT" in text


@pytest.mark.root
def test_growth_is_judged_since_a_saved_audit(tmp_path: Path) -> None:
    saved = tmp_path / "before.json"
    with held_namespace() as held:
        place = ("audit", "--pid", str(held.pid), "--fail-on", "never", "-f", "json")
        assert tcptune(*place, "--output", saved).status == 0
        document = validated(tcptune(*place, "--since", saved).json())
        assert document["pressure"]["growth"] is not None
        assert document["pressure"]["sample_seconds"] > 0
        assert tcptune(*place).json()["pressure"]["growth"] is None


def test_a_sample_turns_counters_into_growth() -> None:
    document = validated(tcptune("audit", "--sample", "0.2", "--fail-on", "never", "-f", "json").json())
    assert 0.2 <= document["pressure"]["sample_seconds"] < 5
    assert document["pressure"]["growth"] is not None


@pytest.mark.parametrize(
    "arguments",
    [
        ("--sample", "0"),
        ("--sample", "nan"),
        ("--sample", "1", "--since", "x"),
        ("--pid", "1", "--all-netns"),
        ("--select", "TT9999"),
        ("--since", "/nonexistent"),
        ("--config", "/nonexistent"),
        ("--output", "/nonexistent/file"),
    ],
)
def test_wrong_usage_is_2_and_says_so_in_a_line_or_two(arguments: tuple[str, ...]) -> None:
    done = tcptune("audit", *arguments)
    assert done.status == 2
    assert done.out == ""
    assert [line for line in done.err.splitlines() if line.startswith("tcptune: ")][-1:] != []
    assert "Traceback" not in done.err


def test_a_reader_that_stops_early_leaves_no_trace() -> None:
    script = f"{sys.executable} -m tcptune audit -f json | head -n 1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", script], capture_output=True, text=True, env=clean_environment(), check=False, timeout=60
    )
    assert done.stdout == "{\n"
    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr


def test_colour_comes_only_when_asked_for_or_on_a_terminal() -> None:
    assert "\x1b[" not in tcptune("audit", "--fail-on", "never").out
    assert "\x1b[" in tcptune("audit", "--fail-on", "never", "--color", "always").out
    assert "\x1b[" not in _on_a_terminal({"NO_COLOR": "1", "TERM": "xterm"})
    assert "\x1b[" in _on_a_terminal({"TERM": "xterm"})


def _on_a_terminal(env: dict[str, str]) -> str:
    """Run an audit with a pseudo-terminal as its standard output and return what it wrote there."""
    master, terminal = os.openpty()
    command = [sys.executable, "-m", "tcptune", "audit", "-q", "--fail-on", "never"]
    process = subprocess.Popen(command, stdout=terminal, stderr=subprocess.DEVNULL, env=clean_environment(env))
    os.close(terminal)
    parts = []
    try:
        while part := os.read(master, 65536):
            parts.append(part)
    except OSError:
        pass
    os.close(master)
    assert process.wait(60) == 0
    return b"".join(parts).decode()


@pytest.mark.root
def test_a_secret_value_is_never_printed_or_saved() -> None:
    secret = "01234567-89abcdef-00112233-44556677"
    with held_namespace(lambda: write_sysctl("net.ipv4.tcp_fastopen_key", secret)) as held:
        for more in (("-f", "json"), ("-v",)):
            done = tcptune("audit", "--pid", str(held.pid), "--fail-on", "never", *more)
            assert "tcp_fastopen_key" in done.out
            assert "01234567" not in done.out
