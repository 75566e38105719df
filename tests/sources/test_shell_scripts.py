"""Scripts within scripts: as texts in quotes, as here-documents, as lines of a file that is run later."""

from __future__ import annotations

import pytest

from tcptune.sources import shell
from tcptune.sources.base import Text

WRITE = "echo 5 > /proc/sys/net/ipv4/tcp_fin_timeout"


def pairs(script: str) -> list[tuple[str, str]]:
    return [(setting.key, setting.raw) for setting in shell.read(Text("a.sh", script)).settings]


@pytest.mark.parametrize(
    "script",
    [
        f"netns sh -c '{WRITE}'\n",
        f"run_as_root '{WRITE}'\n",
        f"ansible web -m shell -a '{WRITE}' --become\n",
        "in_target '{ echo net.ipv4.tcp_fin_timeout=5; } > /etc/sysctl.d/9.conf'\n",
        "EXEC eval 'echo '\\''net.ipv4.tcp_fin_timeout=5'\\'' > /etc/sysctl.d/9.conf'\n",
        'docker exec "$node" sh -c "sysctl net.ipv4.tcp_fin_timeout=5"\n',
        f"$SUDO bash -c '{WRITE}'\n",
        f"on_host <<'EOF'\n{WRITE}\nEOF\n",
        f"on_host <<'EOF' > /dev/null\n{WRITE}\nEOF\n",
        f'echo "{WRITE}" >> /etc/rc.local\n',
        f"printf '{WRITE}\\n' >> /etc/init.d/tune\n",
        f"cat >> /etc/rc.local <<EOF\n{WRITE}\nEOF\n",
        f"cat > /root/tune.sh <<EOF\n{WRITE}\nEOF\n",
    ],
)
def test_a_script_that_is_handed_on_is_read(script: str) -> None:
    assert pairs(script) == [("net.ipv4.tcp_fin_timeout", "5")]


@pytest.mark.parametrize("runs", ["in_target", "run_remote web", "in_chroot /mnt", "runuser -u root -- sh -c", "su -c"])
@pytest.mark.parametrize(
    "script",
    [
        "mkdir -p /etc/sysctl.d; { echo net.ipv4.tcp_fin_timeout=5; } > /etc/sysctl.d/9.conf",
        "mkdir -p /etc/sysctl.d && echo net.ipv4.tcp_fin_timeout=5 > /etc/sysctl.d/9.conf",
        "apt-get install -y procps; sysctl -w net.ipv4.tcp_fin_timeout=5",
        "modprobe tcp_bbr && sudo sysctl -w net.ipv4.tcp_fin_timeout=5",
        "if [ -d /etc/sysctl.d ]; then echo net.ipv4.tcp_fin_timeout=5 > /etc/sysctl.d/9.conf; fi",
        "for i in 1; do echo net.ipv4.tcp_fin_timeout=5; done >> /etc/sysctl.conf",
        "set -e\n{\n  echo net.ipv4.tcp_fin_timeout=5\n} > /etc/sysctl.d/9.conf\n",
        "\n# for the upstreams\n(\n  echo net.ipv4.tcp_fin_timeout=5\n) | sudo tee /etc/sysctl.d/9.conf\n",
        "cd /etc; cat > /etc/sysctl.d/9.conf <<EOF\nnet.ipv4.tcp_fin_timeout=5\nEOF\n",
    ],
)
def test_a_script_in_quotes_may_begin_with_any_command(runs: str, script: str) -> None:
    assert pairs(f"{runs} '{script}'\n") == [("net.ipv4.tcp_fin_timeout", "5")]


@pytest.mark.parametrize(
    "words",
    [
        "say 'mkdir -p /etc/sysctl.d; sysctl -w net.ipv4.tcp_fin_timeout=5'",
        "ask 'Run these: sysctl -w net.ipv4.tcp_fin_timeout=5'",
        "step 'if it is slow; sysctl -w net.ipv4.tcp_fin_timeout=5'",
        "check 'cd /; sysctl -w net.ipv4.tcp_fin_timeout=5'",
        "step 'cat /etc/sysctl.conf; sysctl net.ipv4.tcp_fin_timeout'",
        "step 'grep -c net.ipv4.tcp_fin_timeout=5 /etc/sysctl.conf; echo done > /tmp/sysctl'",
    ],
)
def test_a_message_that_has_commands_in_it_runs_none(words: str) -> None:
    assert pairs(f"{words}\n") == []


@pytest.mark.parametrize(
    "script",
    [
        "echo net.ipv4.tcp_fin_timeout=5 | $SUDO tee -a /etc/sysctl.conf\n",
        'echo net.ipv4.tcp_fin_timeout=5 | "${SUDO[@]}" tee -a /etc/sysctl.conf\n',
        "cat <<EOF | ${SUDO} tee /etc/sysctl.d/9.conf\nnet.ipv4.tcp_fin_timeout=5\nEOF\n",
        "$SYSCTL -w net.ipv4.tcp_fin_timeout=5\n",
        '"${SYSCTL_CMD}" net.ipv4.tcp_fin_timeout=5\n',
        "postprocess -warn $SYSCTL -w net.ipv4.tcp_fin_timeout=5\n",
        "/bin/echo 5 > /proc/sys/net/ipv4/tcp_fin_timeout\n",
        "echo net.ipv4.tcp_fin_timeout=5 | cat >> /etc/sysctl.conf\n",
        "echo net.ipv4.tcp_fin_timeout=5 | ssh host 'sudo tee -a /etc/sysctl.conf'\n",
        "ssh host sudo tee /etc/sysctl.d/9.conf <<EOF\nnet.ipv4.tcp_fin_timeout=5\nEOF\n",
        "ssh host 'cat > /etc/sysctl.d/9.conf' <<EOF\nnet.ipv4.tcp_fin_timeout=5\nEOF\n",
        'A+="net.ipv4.tcp_fin_timeout=5\n"\necho "$A" > /etc/sysctl.d/9.conf\n',
        "overwrite /proc/sys/net/ipv4/tcp_fin_timeout 5\n",
        "echo 'net.ipv4.tcp_fin_timeout=5' | xargs -n1 sudo sysctl -w\n",
        "printf '%s\\n' net.ipv4.tcp_fin_timeout=5 | xargs -I{} sysctl -w {}\n",
        'P=\'net.ipv4.tcp_fin_timeout=5\'\nfor p in $P; do\n  set_sysctl_parameter "${p%=*}" "${p#*=}"\ndone\n',
    ],
)
def test_what_a_program_in_a_variable_or_of_another_file_sets_is_read(script: str) -> None:
    assert pairs(script) == [("net.ipv4.tcp_fin_timeout", "5")]


@pytest.mark.parametrize(
    "script",
    [
        f"fail '{WRITE} did not work'\n",
        f"say '{WRITE}'\n",
        f"record_action '{WRITE}'\n",
        f"log sh -c '{WRITE}'\n",
        f"usage <<EOF\n{WRITE}\nEOF\n",
        f"python3 - <<EOF\n{WRITE}\nEOF\n",
        f"on_host <<EOF > notes.txt\n{WRITE}\nEOF\n",
        f'echo "{WRITE}"\n',
        f'echo "{WRITE}" >> /root/notes.txt\n',
        "check /proc/sys/net/ipv4/tcp_fin_timeout 5\n",
        "save_and_restore /proc/sys/net/ipv4/tcp_fin_timeout 5\n",
        "$SYSCTL -n net.ipv4.tcp_fin_timeout\n",
        "echo net.ipv4.tcp_fin_timeout=5 | ssh host 'cat > /tmp/notes'\n",
        "diff - /root/sysctls <<EOF\nnet.ipv4.tcp_fin_timeout = 5\nEOF\n",
        "cat > /tmp/expected.txt <<EOF\nnet.ipv4.tcp_fin_timeout = 5\nEOF\n",
        "cat > /root/notes.txt <<EOF\nnet.ipv4.tcp_fin_timeout = 5\nEOF\n",
        'echo "net.ipv4.tcp_fin_timeout = 5" >> "$LOG"\n',
        'echo "net.ipv4.tcp_fin_timeout = 5" >> ${MY_LOG_FILE}\n',
        "cat > /etc/sysctl.conf.bak <<EOF\nnet.ipv4.tcp_fin_timeout = 5\nEOF\n",
        'echo net.ipv4.tcp_fin_timeout=5 > "$DOCS/sysctl.conf.example"\n',
    ],
)
def test_what_is_told_compared_or_written_elsewhere_sets_nothing(script: str) -> None:
    assert pairs(script) == []


@pytest.mark.parametrize(
    ("path", "lines"),
    [
        ("/tmp/com.sysctl.plist", '<?xml version="1.0"?>\n<dict>'),
        ("sysctl.json", '{\n "a": 1\n}'),
        ("/etc/systemd/system/systemd-sysctl.service.d/a.conf", "[Unit]\nAfter=a.service"),
        ("/etc/modules-load.d/sysctl.conf", "nf_conntrack"),
        ("/etc/udev/rules.d/99-sysctl.rules", 'ACTION=="add", RUN+="/lib/systemd/systemd-sysctl"'),
        ("/etc/sudoers.d/sysctl", "joe ALL=(ALL) NOPASSWD: /sbin/sysctl"),
        ("/usr/local/bin/sysctl-tune", "set -e"),
        ("/opt/sysctl-tune", "#!/usr/bin/python3\nimport os"),
    ],
)
def test_a_file_of_another_kind_is_none_for_the_loaders_whatever_its_name(path: str, lines: str) -> None:
    for script in (f"cat > {path} <<'EOF'\n{lines}\nEOF\n", f"echo '{lines}' > {path}\n"):
        found = shell.read(Text("a.sh", script))
        assert (found.settings, found.problems) == ([], [])


@pytest.mark.parametrize("path", ["/usr/local/bin/apply-sysctl", "/etc/init.d/sysctl", "/etc/cron.d/sysctl"])
def test_a_script_that_has_sysctl_in_its_name_is_read_as_one(path: str) -> None:
    start = "@reboot root " if "cron" in path else "#!/bin/sh\nset -e\n"
    assert pairs(f"cat > {path} <<'EOF'\n{start}sysctl -w net.ipv4.tcp_fin_timeout=5\nEOF\n") == [
        ("net.ipv4.tcp_fin_timeout", "5")
    ]


def test_a_drop_in_of_a_unit_runs_commands() -> None:
    script = "cat > /etc/systemd/system/a.service.d/b.conf <<EOF\n[Service]\nExecStartPre=/sbin/sysctl -w a.b=5\nEOF\n"
    assert pairs(script) == [("a.b", "5")]


def test_places_in_a_script_that_is_handed_on_are_those_of_the_file() -> None:
    script = f"#!/bin/sh\non_host <<'EOF'\n  {WRITE}\nEOF\n"
    (setting,) = shell.read(Text("a.sh", script)).settings
    assert setting.key_at is not None
    assert (setting.key_at.line, setting.key_at.column) == (3, 22)


def test_a_command_in_a_container_is_known_as_one() -> None:
    (setting,) = shell.read(Text("a.sh", f"docker exec web sh -c '{WRITE}'\n")).settings
    assert {"container", "command"} <= setting.facts


@pytest.mark.parametrize(
    ("path", "function"),
    [("board.conf", "function tune() {"), ("board.conf", "tune() {"), ("a.inc", "function tune {")],
)
def test_a_file_with_functions_is_a_script_whatever_its_name(path: str, function: str) -> None:
    script = f'{function}\n\tcat <<- EOF > "$R"/etc/sysctl.d/9.conf\n\t\tvm.swappiness=1\n\tEOF\n}}\n'
    assert shell.claims(Text(path, script))


@pytest.mark.parametrize(
    "script",
    [
        "ARGS+=(--sysctl net.ipv4.tcp_fin_timeout=5)\n",
        "ARGS=(\n  --rm\n  --sysctl=net.ipv4.tcp_fin_timeout=5\n)\n",
        'ARGS="--rm --sysctl net.ipv4.tcp_fin_timeout=5"\n',
        'ARGS+=" --sysctl=net.ipv4.tcp_fin_timeout=5"\n',
        'ARGS="$ARGS --sysctl net.ipv4.tcp_fin_timeout=5"\n',
    ],
)
def test_the_flags_of_an_engine_in_a_variable_are_read(script: str) -> None:
    (setting,) = shell.read(Text("a.sh", script)).settings
    assert (setting.key, setting.raw) == ("net.ipv4.tcp_fin_timeout", "5")
    assert "container" in setting.facts


def test_flags_that_a_message_tells_of_are_not() -> None:
    assert pairs('HELP="give --sysctl net.ipv4.tcp_fin_timeout=5"\necho "use --sysctl net.core.somaxconn=1"\n') == []


def test_a_file_that_a_variable_names_is_known_in_a_script_in_quotes() -> None:
    script = "F=/etc/sysctl.conf\nrun \"echo 'net.ipv4.tcp_fin_timeout = 5' >> $F\"\n"
    (setting,) = shell.read(Text("a.sh", script)).settings
    assert (setting.key, setting.store) == ("net.ipv4.tcp_fin_timeout", "/etc/sysctl.conf")
