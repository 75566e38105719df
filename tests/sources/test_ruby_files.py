"""Lines that Ruby writes into files of the loaders: in recipes, and in Vagrantfiles."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.marks import check

EDIT = "file = Chef::Util::FileEdit.new('/etc/sysctl.conf')\n"
GONE = "«TT102»net.ipv4.tcp_tw_recycle=0"


@pytest.mark.parametrize("name", ["default.rb", "Vagrantfile"])
@pytest.mark.parametrize(
    "text",
    [
        f"{EDIT}file.insert_line_if_no_match(/recycle/, '{GONE}')\n",
        f'{EDIT}file.insert_line_after_match(/^# net/, "{GONE}\\n")\n',
        f"{EDIT}file.search_file_replace_line(%r{{^net/x}}, '{GONE}')\n",
        f"{EDIT}file.search_file_replace_line(/^x/,\n  '{GONE}')\n",
        f"CONF = '/etc/sysctl.d/9.conf'\nf = Chef::Util::FileEdit.new(CONF)\nf.search_file_replace(/x/, '{GONE}')\n",
        f"Chef::Util::FileEdit.new('/etc/sysctl.conf').insert_line_if_no_match(/x/, '{GONE}')\n",
        f"File.open('/etc/sysctl.conf', 'a') {{ |f| f.puts '{GONE}' }}\n",
        f'File.open("/etc/sysctl.d/9.conf", "w") do |f|\n  f << "{GONE}\\n"\nend\n',
        f"f = File.open('/etc/sysctl.conf', 'a')\nf.write('{GONE}')\nf.close\n",
        f"IO.write('/etc/sysctl.conf', \"{GONE}\\n\", mode: 'a')\n",
        f'File.write("#{{root}}/etc/sysctl.d/9.conf", "# a\\n{GONE}\\n")\n',
    ],
)
def test_what_is_put_into_a_file_of_the_loaders(tmp_path: Path, name: str, text: str) -> None:
    check(tmp_path, name, text)


def test_what_is_replaced_or_else_added_is_set_once(tmp_path: Path) -> None:
    line = GONE.replace("«TT102»", "")
    again = f"file.insert_line_if_no_match(/^x/, '{line}')\n"
    check(tmp_path, "default.rb", f"{EDIT}file.search_file_replace_line(/^x/, '{GONE}')\n{again}")


@pytest.mark.parametrize(
    "text",
    [
        "file = Chef::Util::FileEdit.new('/etc/notes')\nfile.insert_line_if_no_match(/sysctl/, '{}')\n",
        EDIT + "file = Chef::Util::FileEdit.new('/etc/notes')\nfile.insert_line_if_no_match(/x/, '{}')\n",
        EDIT + "other.insert_line_if_no_match(/x/, '{}')\n",
        EDIT + "# file.insert_line_if_no_match(/x/, '{}')\n",
        EDIT + "file.search_file_delete_line(/{}/)\n",
        "File.open('/tmp/sysctl.txt', 'w') {{ |f| f.puts '{}' }}\n",
        "File.write('/etc/notes', '{}') # not /etc/sysctl.conf\n",
    ],
)
def test_what_goes_elsewhere_is_none(tmp_path: Path, text: str) -> None:
    check(tmp_path, "default.rb", text.replace("{}", "net.ipv4.tcp_tw_recycle=0").replace("{{", "{").replace("}}", "}"))


def test_branches_are_told_apart(tmp_path: Path) -> None:
    first, second = (
        f"  file.insert_line_if_no_match(/x/, 'net.ipv4.tcp_fin_timeout = {value}')\n" for value in (20, 30)
    )
    check(tmp_path, "default.rb", f"{EDIT}if big\n{first}else\n{second}end\n")


def test_what_ruby_fills_in_is_no_value_yet(tmp_path: Path) -> None:
    check(tmp_path, "default.rb", f'{EDIT}file.insert_line_if_no_match(/x/, "net.ipv4.tcp_fin_timeout = #{{time}}")\n')
