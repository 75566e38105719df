"""Files of other formats that tools write from a text: units, scripts, cron, udev, hooks, by where they go."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.marks import check

SETS = "sysctl -w net.ipv4.tcp_fin_timeout=«TT404»5"
FILES = [
    ("/etc/systemd/system/a.service", f"[Service]\nExecStartPre=/sbin/{SETS}"),
    ("/etc/systemd/system/a.service.d/9.conf", f"[Service]\nExecStart=/sbin/{SETS}"),
    ("/etc/cron.d/a", f"@reboot root /sbin/{SETS}"),
    ("/etc/udev/rules.d/9.rules", f'ACTION=="add", SUBSYSTEM=="module", RUN+="/sbin/{SETS}"'),
    ("/etc/network/interfaces.d/a", f"iface a inet dhcp\n  post-up {SETS}"),
    ("/etc/network/if-up.d/a", SETS),
    ("/etc/NetworkManager/dispatcher.d/9-a", SETS),
    ("/etc/rc.local", f"{SETS}\nexit 0"),
    ("/usr/local/sbin/a.sh", SETS),
    ("/usr/local/sbin/a", f"#!/bin/sh\n{SETS}"),
    ("/etc/modprobe.d/a.conf", f"install a /sbin/modprobe -i a && /sbin/{SETS}"),
    ("/etc/tmpfiles.d/a.conf", "w /proc/sys/net/ipv4/tcp_fin_timeout - - - - «TT404»5"),
    ("/etc/containers/systemd/a.container", "[Container]\nSysctl=net.ipv4.tcp_fin_timeout=«TT404»5"),
    ("/opt/docker-compose.yml", "services:\n  a:\n    sysctls:\n      - net.ipv4.tcp_fin_timeout=«TT404»5"),
    ("/etc/sysctl.d/9.conf", "net.ipv4.tcp_fin_timeout = «TT404»5"),
    ("/root/notes.txt", "run sysctl -w net.ipv4.tcp_fin_timeout=5"),
    ("/etc/motd", "sysctl -w net.ipv4.tcp_fin_timeout=5"),
]
WRITERS = [
    ("tasks/a.yml", "- ansible.builtin.copy:\n    dest: {path}\n    content: |\n{text}", 6),
    ("tasks/b.yml", "- blockinfile:\n    path: {path}\n    block: |\n{text}", 6),
    ("a.yaml", "#cloud-config\nwrite_files:\n- path: {path}\n  content: |\n{text}", 4),
    ("a.bu", "files:\n- path: {path}\n  contents:\n    inline: |\n{text}", 6),
    ("a.sls", "{path}:\n  file.managed:\n    - contents: |\n{text}", 8),
    ("a.sh", "#!/bin/sh\ncat > {path} <<'E'\n{text}E\n", 0),
    ("a.pp", "file {{ '{path}':\n  ensure  => file,\n  content => @(END)\n{text}    | END\n}}\n", 4),
    ("a.rb", "file '{path}' do\n  content <<~END\n{text}  END\nend\n", 4),
    ("a.tf", 'resource "a" "b" {{\n  filename = "{path}"\n  content = <<-END\n{text}  END\n}}\n', 4),
]


def written(form: str, path: str, text: str, indent: int) -> str:
    """Return a tool's text that writes the file."""
    return form.format(path=path, text="".join(f"{' ' * indent}{row}\n" for row in text.split("\n")))


@pytest.mark.parametrize(("name", "form", "indent"), WRITERS)
@pytest.mark.parametrize(("path", "text"), FILES)
def test_each_is_read_as_what_it_is(tmp_path: Path, name: str, form: str, indent: int, path: str, text: str) -> None:
    check(tmp_path, name, written(form, path, text, indent))


@pytest.mark.parametrize(
    "text",
    [
        f"- lineinfile:\n    path: /etc/rc.local\n    line: {SETS}\n",
        f"- lineinfile: {{path: /etc/crontab, line: '@reboot root {SETS}'}}\n",
        f"- copy:\n    dest: '{{{{ units }}}}/a.service'\n    content: |\n      [Service]\n      ExecStart={SETS}\n",
        f"- cron:\n    name: a\n    special_time: reboot\n    job: {SETS}\n",
        "- cron:\n    name: a\n    state: absent\n    job: sysctl -w net.ipv4.tcp_fin_timeout=5\n",
        "- lineinfile:\n    path: /etc/rc.local\n    state: absent\n    line: sysctl -w net.ipv4.tcp_fin_timeout=5\n",
        "- lineinfile:\n    path: /usr/local/bin/x\n    line: sysctl -w net.ipv4.tcp_fin_timeout=5\n",
    ],
)
def test_tasks_write_lines_and_tables(tmp_path: Path, text: str) -> None:
    check(tmp_path, "tasks/a.yml", text)


@pytest.mark.parametrize(("path", "text"), FILES)
def test_nix_has_files_below_etc(tmp_path: Path, path: str, text: str) -> None:
    name = path.removeprefix("/etc/")
    if name != path:
        check(
            tmp_path, "a.nix", written("{{\n  environment.etc.\"{path}\".text = ''\n{text}  '';\n}}\n", name, text, 4)
        )


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.nix", '{ services.udev.extraRules = \'\'\n    ACTION=="add", RUN+="/bin/' + SETS + "\"\n  ''; }\n"),
        ("a.nix", "{ x = pkgs.writeText \"a.service\" ''\n  [Service]\n  ExecStart=/bin/" + SETS + "\n''; }\n"),
        ("a.nix", "{ x = pkgs.writeText \"notes.txt\" ''\n  run sysctl -w net.ipv4.tcp_fin_timeout=5\n''; }\n"),
        ("a.pp", f"file {{ '/etc/systemd/system/a.service':\n  content => \"[Service]\\nExecStart={SETS}\\n\",\n}}\n"),
        (
            "a.pp",
            f"file {{ '/etc/rc.local': }}\nfile {{ '/etc/x':\n  content => \"{SETS}\\n\",\n}}\n".replace("«TT404»", ""),
        ),
        ("a.rb", f'file \'/etc/udev/rules.d/9.rules\' do\n  content "KERNEL==\\"a\\", RUN+=\\"{SETS}\\"\\n"\nend\n'),
    ],
)
def test_texts_in_quotes_go_into_files_as_well(tmp_path: Path, name: str, text: str) -> None:
    check(tmp_path, name, text)
