"""Shell scripts: what sets a parameter is read with its exact place, what only looks like it is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcptune.sources import shell
from tcptune.sources.base import Reading, Text
from tcptune.sources.shell_lexer import lex


def read(script: str) -> Reading:
    return shell.read(Text("setup.sh", script))


def pairs(script: str) -> list[tuple[str, str]]:
    return [(setting.key, setting.raw) for setting in read(script).settings]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("sysctl -w net.core.somaxconn=4096", [("net.core.somaxconn", "4096")]),
        (
            "/sbin/sysctl -qw net.core.somaxconn=4096 vm.swappiness=1",
            [("net.core.somaxconn", "4096"), ("vm.swappiness", "1")],
        ),
        ("sudo sysctl -w 'net.ipv4.ip_local_port_range=1024 65535'", [("net.ipv4.ip_local_port_range", "1024 65535")]),
        ("echo 1 > /proc/sys/net/ipv4/tcp_tw_reuse", [("net.ipv4.tcp_tw_reuse", "1")]),
        ("echo 9 > /proc/sys/net/ipv4/tcp_retries2", [("net.ipv4.tcp_retries2", "9")]),
        ("echo 1 | sudo tee /proc/sys/net/ipv4/tcp_tw_reuse", [("net.ipv4.tcp_tw_reuse", "1")]),
        ("echo 'net.core.rmem_max = 1' >> /etc/sysctl.conf", [("net.core.rmem_max", "1")]),
        ("echo -e 'a.b=1\\nnet.core.rmem_max=2' >> /etc/sysctl.conf", [("a.b", "1"), ("net.core.rmem_max", "2")]),
        ("cat > /etc/sysctl.d/9.conf <<EOF\nnet.core.rmem_max = 2\nEOF\n", [("net.core.rmem_max", "2")]),
        ("cat <<'EOF' | sudo tee /etc/sysctl.d/9.conf\nnet.core.rmem_max = 2\nEOF\n", [("net.core.rmem_max", "2")]),
        ('M="# mine"\necho "vm.swappiness=1 $M" >> /etc/sysctl.conf', [("vm.swappiness", "1 # mine")]),
        ('M="# mine"\nN=$1\necho "vm.swappiness=$N" >> /etc/sysctl.conf', [("vm.swappiness", "$N")]),
        ("echo ' a.b=2' | sed -e 's/^\\s\\+//g' | sort | sudo tee /etc/sysctl.conf", [("a.b", "2")]),
        ("echo net.core.rmem_max = 2 >> /etc/sysctl.conf", [("net.core.rmem_max", "2")]),
        ("tee /etc/sysctl.d/9.conf <<< 'net.core.rmem_max=2'", [("net.core.rmem_max", "2")]),
        ("sysctl -p /dev/stdin <<< 'net.core.rmem_max=2'", [("net.core.rmem_max", "2")]),
        ("sysctl -e -p <(cat <<EOF\nnet.core.rmem_max = 2\nEOF\n)\n", [("net.core.rmem_max", "2")]),
        ("sysctl -p <(echo net.core.rmem_max=2)\necho vm.swappiness=1", [("net.core.rmem_max", "2")]),
        ("find . -exec sysctl -w net.core.rmem_max=2 \\;", [("net.core.rmem_max", "2")]),
        ("timeout 5 sudo -u root sysctl -w net.core.rmem_max=2", [("net.core.rmem_max", "2")]),
        ("sh -c 'sysctl -w net.core.rmem_max=2'", [("net.core.rmem_max", "2")]),
        ('ssh host "sysctl -w net.core.rmem_max=2"', [("net.core.rmem_max", "2")]),
        ("docker run --sysctl net.core.somaxconn=9 nginx", [("net.core.somaxconn", "9")]),
        ("sysctl -w net/ipv4/conf/eth0.1/rp_filter=1", [("net.ipv4.conf.eth0/1.rp_filter", "1")]),
    ],
)
def test_what_sets_a_parameter_is_read(script: str, expected: list[tuple[str, str]]) -> None:
    assert pairs(script) == expected


@pytest.mark.parametrize(
    "script",
    [
        "sysctl net.ipv4.tcp_fin_timeout",
        "sysctl -n net.ipv4.tcp_fin_timeout",
        "echo 'net.ipv4.tcp_tw_reuse = 1'",
        "echo 'set net.ipv4.tcp_tw_reuse=1 by hand' >&2",
        "grep -q 'net.ipv4.tcp_tw_reuse = 1' /etc/sysctl.conf",
        "sed -i 's/net.ipv4.ip_forward = 0/net.ipv4.ip_forward = 1/' /etc/sysctl.conf",
        "# sysctl -w net.ipv4.tcp_tw_reuse=1",
        "echo net.ipv4.tcp_tw_reuse=1 | sed 's/=1/=0/' | tee /etc/sysctl.d/a.conf",
        "cat /proc/sys/net/ipv4/tcp_tw_reuse",
        "echo 'sysctl -w net.ipv4.tcp_tw_reuse=1' > /dev/null",
        "cat <<EOF\nnet.ipv4.tcp_tw_reuse = 1\nEOF\n",
    ],
)
def test_what_only_looks_like_a_setting_is_none(script: str) -> None:
    assert pairs(script) == []


def test_places_are_those_of_the_file() -> None:
    script = "#!/bin/sh\nif true; then\n  sysctl -w net.core.somaxconn=4096  # more\nfi\n"
    (setting,) = read(script).settings
    assert setting.key_at is not None
    assert setting.value_at is not None
    assert (setting.key_at.line, setting.key_at.column) == (3, 13)
    assert (setting.value_at.line, setting.value_at.column, setting.value_at.end_column) == (3, 32, 36)
    assert setting.comment == "# more"


def test_heredoc_lines_keep_their_places() -> None:
    script = "tee -a /etc/sysctl.conf <<-EOF\n\t# why\n\tnet.core.rmem_max = 2\n\tEOF\n"
    (setting,) = read(script).settings
    assert setting.key_at is not None
    assert (setting.key_at.line, setting.key_at.column) == (3, 2)


def test_branches_of_an_if_and_functions_are_groups_of_their_own() -> None:
    script = (
        "if [ $(uname -r) = 3 ]; then sysctl -w vm.swappiness=1\nelse sysctl -w vm.swappiness=2\nfi\n"
        "function tune() {\n sysctl -w vm.swappiness=3\n}\nsysctl -w vm.swappiness=4\n"
    )
    settings = read(script).settings
    assert len({setting.group for setting in settings}) == 4
    assert settings[-1].group == ()
    assert "kernel-condition" in settings[0].facts


def test_a_variable_is_a_template_and_a_quoted_dollar_is_none() -> None:
    assert read('sysctl -w net.core.somaxconn="$MAX"').settings[0].templated
    assert read("cat > /etc/sysctl.d/a.conf <<EOF\nnet.core.somaxconn = $MAX\nEOF\n").settings[0].templated


def test_a_module_loaded_before_counts() -> None:
    script = "modprobe nf_conntrack\nsysctl -w net.netfilter.nf_conntrack_max=9\n"
    assert "module-loaded" in read(script).settings[0].facts
    assert "module-loaded" not in read("sysctl -w net.netfilter.nf_conntrack_max=9\n").settings[0].facts


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
def test_any_text_is_read_without_an_error(script: str) -> None:
    lex(script)
    shell.read(Text("any.sh", script))


@given(st.text(alphabet="'\"\\$`<>|&;(){}#\n =sysctl-w./ ", max_size=120))
def test_any_punctuation_is_read_and_places_lie_in_the_text(script: str) -> None:
    text = Text("any.sh", script)
    for setting in shell.read(text).settings:
        for place in (setting.key_at, setting.value_at):
            assert place is not None
            assert 1 <= place.line <= len(text.lines)
            assert 1 <= place.column <= len(text.lines[place.line - 1]) + 1


def test_time_is_linear_in_brackets_and_quotes_that_never_close() -> None:
    for piece in ("$(", "${", "'", '"', "`", "{ ", "( ", "if ", "<<E\n", "\\"):
        shell.read(Text("big.sh", piece * 50_000))


def test_what_printf_fills_in_is_not_judged() -> None:
    (setting,) = read("printf 'net.core.rmem_max = %s\\n' $N >> /etc/sysctl.conf\n").settings
    assert setting.templated


def test_a_namespace_of_its_own_is_a_containers() -> None:
    (setting,) = read("unshare -n sysctl -w net.core.rmem_max=5\n").settings
    assert "container" in setting.facts


@pytest.mark.parametrize(
    "told",
    [
        '$(test -e /proc/x && echo "net.core.optmem_max = $SIZE" || echo "# none")',
        '$(if test -e /proc/x; then\n    echo "net.core.optmem_max = 1"\nelse\n    echo "# :)"\nfi)',
    ],
)
def test_lines_that_a_substitution_replaces_are_no_lines_of_the_file(told: str) -> None:
    """The shell runs what stands in `$(…)`; the loader sees what it prints, and what stands around it."""
    script = f"cat > /etc/sysctl.d/9.conf <<{{end}}\nnet.core.rmem_max = 2\n{told}\nnet.core.wmem_max = 3\nEOF\n"
    found = read(script.format(end="EOF"))
    lines = [(one.key, one.raw) for one in found.settings if "conditional" not in one.facts]
    assert lines == [("net.core.rmem_max", "2"), ("net.core.wmem_max", "3")]
    (printed,) = (one for one in found.settings if "conditional" in one.facts)
    assert printed.key == "net.core.optmem_max"
    assert printed.templated == (printed.raw == "$SIZE")
    assert not found.problems
    literal = read(script.format(end="'EOF'"))
    assert literal.problems or len(literal.settings) > 2, "a quoted delimiter: the loader sees the command"


def test_what_opens_a_substitution_and_never_closes_it_leaves_the_lines() -> None:
    found = pairs("cat > /etc/sysctl.d/9.conf <<EOF\n$(date\nnet.core.rmem_max = 2\nEOF\n")
    assert ("net.core.rmem_max", "2") in found


@pytest.mark.parametrize("value", ["$[1024*32]", "$[ 1024 * 32 ]", '"$[1024 * 32]"'])
def test_the_old_spelling_of_arithmetic_is_computed_by_the_shell(value: str) -> None:
    found = read(f"sysctl -w net.core.rmem_max={value} net.core.wmem_max=3")
    assert [(one.key, one.templated) for one in found.settings] == [
        ("net.core.rmem_max", True),
        ("net.core.wmem_max", False),
    ]


@pytest.mark.parametrize("given", ["for m in overlay nf_conntrack", 'mods="overlay nf_conntrack"\nfor m in ${mods}'])
def test_a_module_that_a_loop_loads_is_loaded(given: str) -> None:
    script = given + "; do\n  modprobe $m\ndone\nsysctl -w net.netfilter.nf_conntrack_max=400000\n"
    assert "module-loaded" in read(script).settings[0].facts
    assert (
        "module-loaded"
        not in read(script.replace("nf_conntrack;", "dummy;").replace('nf_conntrack"', 'dummy"')).settings[0].facts
    )


@pytest.mark.parametrize(
    ("command", "problem"),
    [
        ("sysctl -w net.core.somaxconn 4096", True),
        ("sysctl --write net.core.somaxconn 4096", True),
        ("sysctl net.core.somaxconn 4096", True),
        ("sysctl -w net.core.somaxconn = 4096", True),
        ("sysctl -n net.core.somaxconn 4096", False),
        ("sysctl net.core.somaxconn 2>/dev/null", False),
        ("sysctl net.core.somaxconn kernel.sysrq", False),
        ("sysctl -p /etc/sysctl.d/9.conf 1", False),
        ("sysctl -w net.ipv4.tcp_rmem=4096 87380 6291456", False),
    ],
)
def test_a_name_with_its_value_in_a_word_of_its_own_is_no_assignment(command: str, problem: bool) -> None:
    assert [one.rule for one in read(f"{command}\n").problems] == ["TT001"] * problem
