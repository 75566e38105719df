"""TT001 to TT007: lines that are no assignments, bytes, comments behind values, duplicates, quotes, paths, formats."""

from __future__ import annotations

from pathlib import Path

import pytest

from tcptune.model.finding import Finding
from tests.support.lint import run, told

CONF = "etc/sysctl.d/90-a.conf"
FIN, SACK = "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_sack"


def findings(folder: Path, content: str | bytes, code: str, name: str = CONF) -> list[Finding]:
    return [finding for finding in run(folder, {name: content}).findings if finding.rule == code]


@pytest.mark.parametrize(
    ("line", "column"),
    [
        (f"{FIN} 30", 1),
        (f"  {FIN}", 3),
        (f"{FIN}: 30", 1),
        (f"{FIN} =", 1),
        (f"{FIN} =   ", 1),
        ("= 30", 1),
        (f"sysctl -w {FIN}=30", 1),
        (f"export {FIN}=30", 1),
        ("cat >> /etc/sysctl.conf <<EOF", 1),
        ("some prose", 1),
    ],
)
def test_a_line_that_is_no_assignment_is_an_error(tmp_path: Path, line: str, column: int) -> None:
    (finding,) = findings(tmp_path, f"{SACK} = 0\n{line}\n", "TT001")
    assert finding.severity == "error"
    assert finding.at is not None
    assert (finding.at.line, finding.at.column) == (2, column)


@pytest.mark.parametrize("line", ["", "   ", "# c", "  ; c", f"-{FIN}", f"-{FIN} = 30", f"{FIN}=30", "{% if a %}"])
def test_comments_blanks_exclusions_and_templates_are_no_errors(tmp_path: Path, line: str) -> None:
    assert findings(tmp_path, f"{line}\n", "TT001") == []


def test_blanks_around_the_sign_of_a_command_are_an_error(tmp_path: Path) -> None:
    (finding,) = findings(tmp_path, f"sysctl -w {FIN} = 30\nsysctl -w {FIN}=30\n", "TT001", "a.sh")
    assert finding.fix is not None and "`key=value` without blanks" in finding.fix.title
    assert finding.at is not None
    assert finding.at.line == 1


@pytest.mark.parametrize(
    ("content", "severity", "line", "column"),
    [
        (b"\xef\xbb\xbfnet.ipv4.tcp_sack = 0\n", "error", 1, 1),
        (b"net.ipv4.tcp_sack = 0\0\n", "error", 1, 22),
        (b"# caf\xe9\nnet.ipv4.tcp_sack = 0\n", "warning", 1, 6),
        (b"net.ipv4.tcp_sack = \xe9\n", "error", 1, 21),
        ("net.ipv4.tcp\u200b_sack = 0\n".encode(), "error", 1, 13),
        ("net.ipv4.tcp_sack\u00a0= 0\n".encode(), "error", 1, 18),
        ("net.ipv4.tcp_sack = \u00a00\n".encode(), "error", 1, 21),
        (b"net.ipv4.tcp_sack = 0\r\n", "note", 1, 1),
    ],
)
def test_bytes_that_are_not_what_they_look_like(
    tmp_path: Path, content: bytes, severity: str, line: int, column: int
) -> None:
    (finding,) = findings(tmp_path, content, "TT002")
    assert finding.at is not None
    assert (finding.severity, finding.at.line, finding.at.column) == (severity, line, column)


@pytest.mark.parametrize(
    ("line", "column", "what"),
    [
        ("\u200b", 1, "in this empty line"),
        ("  \u00a0\u200b ", 3, "in this empty line"),
        ("\u200b# c", 1, "before this comment"),
        (" \u200b ; c = 1 2", 2, "before this comment"),
    ],
)
def test_what_hides_in_a_comment_or_an_empty_line_is_told_and_taken_out(
    tmp_path: Path, line: str, column: int, what: str
) -> None:
    assert findings(tmp_path, f"vm.swappiness = 10\n{line}\n", "TT001") == []
    (finding,) = findings(tmp_path, f"vm.swappiness = 10\n{line}\n", "TT002")
    assert finding.at is not None and (finding.at.line, finding.at.column) == (2, column)
    assert finding.severity == "error" and what in finding.message
    assert finding.fix is not None and finding.fix.safe
    (edit,) = finding.fix.edits
    assert edit.text == "" and (edit.column, edit.end_column) == (column, finding.at.end_column)
    assert line[edit.column - 1 : (edit.end_column or 0) - 1].strip("\u200b\u00a0") == ""


def test_words_behind_what_hides_are_still_no_assignment(tmp_path: Path) -> None:
    assert len(findings(tmp_path, "\u200bsome words\nvm.swappiness = 10\n", "TT001")) == 1


def test_plain_utf8_is_fine(tmp_path: Path) -> None:
    assert findings(tmp_path, "# Größe, 大小\nnet.ipv4.tcp_sack = 0\n", "TT002") == []


@pytest.mark.parametrize(
    ("line", "severity"),
    [
        (f"{FIN} = 30 # fast", "warning"),
        (f"{FIN} = 30 ; fast", "warning"),
        (f"{FIN} = 30# fast", "error"),
        ("net.ipv4.tcp_congestion_control = bbr # fast", "error"),
        ("net.ipv4.ip_local_reserved_ports = 8080 # web", "error"),
        ("net.ipv4.ip_local_port_range = 20000 60999 # wide", "warning"),
        ("vm.swappiness = 1 # low", "warning"),
        ("vm.swappiness = 1 (low)", "warning"),
        ("net.ipv4.ip_forward = 1 0", "warning"),
        ("net.ipv4.conf.all.rp_filter = 1 2", "warning"),
        (f"{FIN} = {{{{ fin }}}} # fast", "warning"),
        (f"{FIN} = {{{{ fin }}}}# fast", "error"),
        ("net.ipv4.ip_local_reserved_ports = {{ ports }} # web", "error"),
    ],
)
def test_text_behind_a_value_goes_to_the_kernel(tmp_path: Path, line: str, severity: str) -> None:
    (finding,) = findings(tmp_path, f"{line}\n", "TT003")
    assert finding.severity == severity


def test_a_second_setting_behind_a_semicolon_is_no_comment(tmp_path: Path) -> None:
    (finding,) = findings(tmp_path, f"  {FIN} = 30; net.ipv4.tcp_sack = 0;\n", "TT003")
    assert finding.fix is not None
    assert (finding.severity, finding.fix.safe) == ("error", False)
    above, cut = finding.fix.edits
    assert (above.text, cut.text, cut.column) == ("net.ipv4.tcp_sack = 0\n  ", "", len(f"  {FIN} = 30") + 1)
    (other,) = findings(tmp_path, f"{FIN} = 30; was net.ipv4.tcp_sack = 0\n", "TT003")
    assert other.fix is not None
    assert other.fix.safe


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (CONF, f"# fast\n{FIN} = 30\n"),
        ("a.sh", f"sysctl -w {FIN}=30 # fast\n"),
        ("a.yml", f"limits:\n  {FIN}: 30 # fast\n"),
        ("tuned.conf", f"[sysctl]\n{FIN}=30 # fast\n"),
        ("tuned.conf", "[sysctl]\nnet.ipv4.tcp_congestion_control=bbr # fast\n"),
        ("a.yml", "net.ipv4.tcp_congestion_control: bbr # fast\n"),
    ],
)
def test_where_comments_may_follow_a_value_they_do_no_harm(tmp_path: Path, name: str, content: str) -> None:
    assert findings(tmp_path, content, "TT003", name) == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.nix", '{ boot.kernel.sysctl."net.ipv4.tcp_congestion_control" = "bbr # fast"; }\n'),
        ("a.yml", "net.core.default_qdisc: 'fq # fair'\n"),
        ("a.sh", "sysctl -w net.core.default_qdisc='fq # fair'\n"),
    ],
)
def test_a_comment_within_the_quotes_of_a_name_is_part_of_it(tmp_path: Path, name: str, content: str) -> None:
    (finding,) = findings(tmp_path, content, "TT003", name)
    assert finding.severity == "error"


def test_a_heredoc_has_no_comments_behind_values_either(tmp_path: Path) -> None:
    script = f"cat > /etc/sysctl.d/9.conf <<EOF\n{FIN} = 30 # fast\nEOF\n"
    (finding,) = findings(tmp_path, script, "TT003", "a.sh")
    assert finding.at is not None
    assert finding.at.line == 2


@pytest.mark.parametrize(
    ("name", "content", "severity"),
    [
        (CONF, f"{FIN} = 30\n{FIN} = 45\n", "warning"),
        (CONF, f"{FIN} = 30\nnet/ipv4/tcp_fin_timeout = 45\n", "warning"),
        (CONF, f"{FIN} = 30\n{FIN} = 30\n", "note"),
        (CONF, f"{FIN} = 30\n{FIN} = 036\n", "note"),
        ("a.sh", f"sysctl -w {FIN}=30\nsysctl -w {FIN}=45\n", "warning"),
        ("a.yml", f"limits:\n  {FIN}: 30\n  {FIN}: 45\n", "warning"),
        (CONF, "kernel.yama.ptrace_scope = 1\nkernel.yama.ptrace_scope = 1 2 3\n", "note"),
        (CONF, "kernel.yama.ptrace_scope = 1\nkernel.yama.ptrace_scope = 2 1 3\n", "warning"),
        (CONF, "kernel.sem = 250 32000 100 128\nkernel.sem = 250 32000 100 128 9\n", "note"),
        (CONF, "kernel.printk = 4\nkernel.printk = 4 4 1 7\n", "warning"),
    ],
)
def test_a_second_value_stands_on_the_later_line(tmp_path: Path, name: str, content: str, severity: str) -> None:
    (finding,) = findings(tmp_path, content, "TT004", name)
    assert finding.severity == severity
    assert finding.at is not None
    assert finding.related[0].at.line < finding.at.line


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        (CONF, f"{FIN} = 30\n{FIN} = 45\n", "The last value wins under both loaders"),
        ("a.sh", f"cat <<E > /etc/sysctl.conf\n{FIN} = 30\n{FIN} = 45\nE\n", "The last value wins under both loaders"),
        ("a.sh", f"sysctl -w {FIN}=30\nsysctl -w {FIN}=45\n", "The later command wins"),
        ("a.sh", "echo 0 > /proc/sys/vm/overcommit_memory\nsysctl vm.overcommit_memory=1\n", "The later command wins"),
        ("a.yml", f"limits:\n  {FIN}: 30\n  {FIN}: 45\n", "The later entry wins"),
        (
            "a.yml",
            f"- sysctl: {{name: {FIN}, value: 30}}\n- sysctl: {{name: {FIN}, value: 45}}\n",
            "The later entry wins",
        ),
    ],
)
def test_the_reason_says_what_decides_between_two_values(tmp_path: Path, name: str, content: str, why: str) -> None:
    (finding,) = findings(tmp_path, content, "TT004", name)
    assert finding.why.startswith(why)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.sh", f"if $a; then sysctl -w {FIN}=30; else sysctl -w {FIN}=45; fi\n"),
        ("a.sh", f"case $a in x) sysctl -w {FIN}=30;; y) sysctl -w {FIN}=45;; esac\n"),
        ("a.sh", f"sysctl -w {FIN}=30\necho '{FIN} = 30' >> /etc/sysctl.conf\n"),
        ("a.sh", f"docker run --sysctl {FIN}=30 a\ndocker run --sysctl {FIN}=45 b\n"),
        ("a.yml", f"a:\n  {FIN}: 30\n---\na:\n  {FIN}: 45\n"),
        (
            "a.yml",
            f"- sysctl: {{name: {FIN}, value: 30}}\n  when: a\n- sysctl: {{name: {FIN}, value: 45}}\n  when: b\n",
        ),
        ("docker-compose.yml", f"services:\n  a: {{sysctls: ['{FIN}=30']}}\n  b: {{sysctls: ['{FIN}=45']}}\n"),
        ("sysctl.conf.j2", f"{{% if a %}}\n{FIN} = 30\n{{% else %}}\n{FIN} = 45\n{{% endif %}}\n"),
        ("sysctl.conf.j2", f"{FIN} = {{{{ a }}}}\n{FIN} = {{{{ b }}}}\n"),
    ],
)
def test_branches_documents_services_and_files_are_no_duplicates(tmp_path: Path, name: str, content: str) -> None:
    assert findings(tmp_path, content, "TT004", name) == []


def test_quotes_are_part_of_a_value_where_no_shell_reads_it(tmp_path: Path) -> None:
    (finding,) = findings(tmp_path, f'{FIN} = "30"\n', "TT005")
    assert finding.fix is not None
    assert finding.fix.safe
    assert [edit.text for edit in finding.fix.edits] == ["30"]
    assert len(findings(tmp_path, "net.core.default_qdisc = 'fq'\n", "TT005")) == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.sh", f'sysctl -w {FIN}="30"\n'),
        ("a.yml", f'limits:\n  {FIN}: "30"\n'),
        ("a.nix", f'{{ boot.kernel.sysctl = {{ "{FIN}" = "30"; }}; }}\n'),
        ("sysctl.conf.j2", f'{FIN} = "{{{{ seconds }}}}"\n'),
    ],
)
def test_quotes_of_other_formats_are_their_own(tmp_path: Path, name: str, content: str) -> None:
    assert findings(tmp_path, content, "TT005", name) == []


@pytest.mark.parametrize(
    ("key", "path", "remedy"),
    [
        ("/sys/kernel/mm/ksm/run", "it", "`w /sys/kernel/mm/ksm/run - - - - 1` into a file of /etc/tmpfiles.d"),
        ("sys/block/sda/queue/nr_requests", "/sys/block/sda/queue/nr_requests", "/etc/tmpfiles.d"),
        ("sys.kernel.mm.ksm.run", "/sys/kernel/mm/ksm/run", "w /sys/kernel/mm/ksm/run - - - - 1"),
        ("/sys/module/tcp_bbr/parameters/a", "it", "`options tcp_bbr a=1` into a file of /etc/modprobe.d"),
        ("-/proc/irq/default_smp_affinity", "it", "/etc/tmpfiles.d"),
    ],
)
def test_a_file_that_is_none_of_proc_sys_is_no_sysctl(tmp_path: Path, key: str, path: str, remedy: str) -> None:
    (finding,) = run(tmp_path, {"sysctl.d/a.conf": f"{key} = 1\n"}).findings
    assert finding.rule == "TT006"
    assert finding.message == f"{key.lstrip('-')} is no sysctl: {path} does not lie below /proc/sys."
    assert finding.fix is not None and remedy in finding.fix.title


def test_below_sys_no_sysctl_has_its_file(tmp_path: Path) -> None:
    (finding,) = run(tmp_path, {"sysctl.d/a.conf": "/sys/net/ipv4/ip_forward = 1\n"}).findings
    assert finding.rule == "TT006" and finding.message.endswith("is no sysctl: the name is net.ipv4.ip_forward.")


@pytest.mark.parametrize("line", ["/kernel/sysrq = 1", "system.name = x", "/dev/cdrom/lock = 0", "/sys/{{ a }}/b = 1"])
def test_other_paths_are_names_or_unknown(tmp_path: Path, line: str) -> None:
    assert [one.rule for one in run(tmp_path, {"sysctl.d/a.conf": f"{line}\n"}).findings] == []


@pytest.mark.parametrize("key", ["/proc/sys/net/ipv4/tcp_sack", "net/../../etc/passwd"])
def test_a_key_is_no_path(tmp_path: Path, key: str) -> None:
    (finding,) = run(tmp_path, {CONF: f"{key} = 0\n"}).findings
    assert (finding.rule, finding.severity) == ("TT006", "error")


def test_a_path_behind_sysctl_is_no_name(tmp_path: Path) -> None:
    (finding,) = run(tmp_path, {"a.sh": "sysctl -w /proc/sys/net/ipv4/tcp_fin_timeout=5\n"}).findings
    assert (finding.rule, finding.severity) == ("TT006", "error")
    assert "sysctl looks for" in finding.message
    assert finding.fix is not None
    assert finding.fix.edits[0].text == FIN


@pytest.mark.parametrize("script", [f"echo 30 > /proc/sys/{FIN.replace('.', '/')}\n", f"sysctl -w {FIN}=30\n"])
def test_a_path_that_is_written_to_and_a_name_behind_sysctl_are_right(tmp_path: Path, script: str) -> None:
    assert findings(tmp_path, script, "TT006", "a.sh") == []


@pytest.mark.parametrize("key", [SACK, "net/ipv4/tcp_sack", "net/ipv4/conf/eth0.1/rp_filter"])
def test_names_in_both_spellings_are_no_paths(tmp_path: Path, key: str) -> None:
    assert findings(tmp_path, f"{key} = 0\n", "TT006") == []


def test_a_file_that_does_not_parse_is_told_with_the_parsers_place_and_the_others_are_judged(tmp_path: Path) -> None:
    report = run(tmp_path, {"a.yml": f"a:\n  - {FIN}: 30\n b: [\n", CONF: f"{SACK} = 7x\n"})
    assert ("TT007", "a.yml", 3) in [place[:3] for place in told(report, tmp_path)]
    assert ("TT201", CONF, 1) in [place[:3] for place in told(report, tmp_path)]


def test_a_template_is_no_broken_file(tmp_path: Path) -> None:
    chart = f"{{{{- if .a }}}}\nlimits:\n  {FIN}: {{{{ .Values.fin }}}}\n{{{{- end }}}}\n"
    assert findings(tmp_path, chart, "TT007", "templates/a.yaml") == []


@pytest.mark.parametrize(
    ("name", "content", "column"),
    [
        (CONF, f"{FIN} = 30 seconds\n", 28),
        (CONF, "net.ipv4.tcp_rmem = 4096 87380 6291456 1\n", 21),
        ("a.sh", f"sysctl -w {FIN}='30 s'\n", 37),
        ("a.yml", f"- sysctl: {{name: {FIN}, value: 30 seconds}}\n", 51),
    ],
)
def test_words_behind_the_numbers_are_passed_over(tmp_path: Path, name: str, content: str, column: int) -> None:
    (finding,) = findings(tmp_path, content, "TT003", name)
    assert finding.severity == "warning"
    assert finding.at is not None
    assert finding.at.column == column


def test_what_stands_behind_a_nul_is_no_part_of_the_value(tmp_path: Path) -> None:
    assert {finding.rule for finding in run(tmp_path, {CONF: b"net.ipv4.tcp_sack = 0\0 junk\n"}).findings} == {"TT002"}


def test_a_value_that_is_refused_overrides_nothing(tmp_path: Path) -> None:
    files = {"sysctl.d/1.conf": f"{SACK} = 0\n", "sysctl.d/2.conf": f"{SACK} = no\n"}
    assert {item[:2] for item in told(run(tmp_path, files), tmp_path)} == {("TT201", "sysctl.d/2.conf")}


@pytest.mark.parametrize("line", ["net.ipv4.ping_group_range = 0 5", "kernel.printk = 4 4 1 7", "vm.some_list = 1 2"])
def test_several_numbers_are_no_text_behind_a_value_where_a_parameter_may_take_them(tmp_path: Path, line: str) -> None:
    assert findings(tmp_path, f"{line}\n", "TT003") == []


@pytest.mark.parametrize(
    ("name", "line", "count"),
    [
        ("a.conf", f"{FIN} = # 30", 1),
        ("a.conf", f"{FIN}=#30", 1),
        ("a.conf", f"{FIN} = ;30", 1),
        ("a.conf", f"{FIN} =// 30", 1),
        ("a.conf", "net.ipv4.tcp_congestion_control = # bbr", 1),
        ("a.conf", "net.ipv4.ip_local_reserved_ports = # none", 1),
        ("a.conf", "vm.swappiness = # 10", 1),
        ("a.conf", "kernel.core_pattern = #core", 0),
        ("a.conf", "vm.swapiness = # 10", 0),
        ("a.conf", "net.ipv4.tcp_tw_recycle = # off", 0),
        ("a.conf", f"{FIN} = # PAGE_SIZE * 2", 0),
        ("a.conf", f"{FIN} = ##fin##", 0),
        ("a.conf", f"{FIN} = #fin#", 0),
        ("a.conf", f"{FIN} = #{{fin}}", 0),
        ("a.conf.in", f"{FIN} = # fin", 0),
    ],
)
def test_a_comment_where_the_value_should_be_is_refused(tmp_path: Path, name: str, line: str, count: int) -> None:
    told = findings(tmp_path, f"{line}\n", "TT003", f"sysctl.d/{name}")
    assert [one.severity for one in told] == ["error"] * count
    assert findings(tmp_path, f"{line}\n", "TT201", f"sysctl.d/{name}") == []
