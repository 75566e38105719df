"""Commands whose program or parameter is filled in by the language around a script: each is read all the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.marks import check

BASH = """\
bash 'x' do
  code <<-EOH
    #{sysctl} -w «TT101»net.ipv4.tcp_fin_timeot=30
    sysctl -w «TT101»net.ipv4.conf.#{i}.arp_annouce=0
  EOH
end
"""
SCRIPT = "{{ pkgs, ... }}:\n{{\n  systemd.services.x.script = ''\n{}\n  '';\n}}\n"


@pytest.mark.parametrize(
    "line",
    [
        "    ${sysctl} -w «TT101»net.ipv6.conf.all.acept_ra=0",
        "    ${sysctlBin} -qw «TT101»net.ipv4.tcp_fin_timeot=30",
        "    sysctl -w «TT101»net.ipv4.conf.ns-${interface}.arp_annouce=0",
        '    sysctl -w "«TT101»net.ipv4.conf.${one.two}.arp_annouce"=0',
        "    ${pkgs.procps}/bin/sysctl -w «TT101»net.ipv4.tcp_fin_timeot=30",
        '    "${pkgs.procps}/bin/sysctl" -w «TT101»net.ipv4.tcp_fin_timeot=30',
        '    ${lib.getExe\' pkgs.procps "sysctl"} «TT101»net.ipv4.tcp_fin_timeot=${toString 30}',
        "    sysctl -w \\\n      «TT101»net.ipv4.tcp_fin_timeot=30",
        "    for i in a b; do\n      sysctl -w «TT101»net.ipv4.conf.$i.arp_annouce=0\n    done",
        '    printf 5 > "/proc/sys/«TT101»net/ipv4/tcp_fin_timeot"',
        "    docker run --sysctl=«TT101»net.ipv4.tcp_fin_timeot=30 x",
        "    cat > /etc/sysctl.d/a.conf <<EOF\n    «TT101»net.ipv4.tcp_fin_timeot=30\n    EOF\n    true",
        "    ${sysctl} -p ${conf}",
        "    # ${sysctl} -w net.ipv4.tcp_fin_timeot=30",
        '    echo "${sysctl} -w net.ipv4.tcp_fin_timeot=30 is wrong"',
        "    x=$(${sysctl} -n net.ipv4.conf.${interface}.arp_annouce)",
        "    ${sysctl} -w net.ipv4.conf.${interface}.${name}=${value}",
        "    ${sysctl} -w net.ipv4.conf.${interface}.forwarding=1 >/dev/null",
    ],
)
def test_a_script_in_which_each_command_is_filled_in(tmp_path: Path, line: str) -> None:
    check(tmp_path, "a.nix", SCRIPT.format(line))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.nix", '{\n  ExecStart = "${sysctl} -w «TT101»net.ipv4.tcp_fin_timeot=30";\n}\n'),
        ("a.nix", '{\n  up = "${getExe\' procps "sysctl"} -w «TT101»net.ipv4.conf.${i}.arp_annouce=0";\n}\n'),
        ("a.nix", "{\n  description = ''\n    As ${sysctl} -w net.ipv4.tcp_fin_timeot=30 does.\n  '';\n}\n"),
        ("a.pp", "exec { 'a': command => \"${sysctl} -w «TT101»net.ipv4.tcp_fin_timeot=30\" }\n"),
        ("a.pp", "exec { 'a': command => \"/sbin/sysctl -w «TT101»net.ipv4.conf.${i}.arp_annouce=0\" }\n"),
        ("a.pp", 'exec { \'a\': command => "sysctl -w \\"«TT101»net.ipv4.conf.${i}.arp_annouce=0\\"" }\n'),
        ("recipes/a.rb", 'execute "#{sysctl} -w «TT101»net.ipv4.tcp_fin_timeot=30"\n'),
        ("recipes/a.rb", 'execute "#{bin}/sysctl -w «TT101»net.ipv4.tcp_fin_timeot=30"\n'),
        ("recipes/a.rb", "execute \"sysctl -w «TT101»net.ipv4.conf.#{node['i']}.arp_annouce=0\"\n"),
        ("recipes/a.rb", "execute %Q(sysctl -w «TT101»net.ipv4.conf.#{i}.arp_annouce=0)\n"),
        ("recipes/a.rb", 'execute "sysctl -w net.ipv4.tcp_fin_timeout=#{seconds}"\n'),
        ("recipes/a.rb", 'log "#{sysctl} -w net.ipv4.tcp_fin_timeot=30"\n'),
        (
            "recipes/a.rb",
            BASH,
        ),
        (
            "a.tf",
            'p "remote-exec" {\n  inline = [\n    "${var.sysctl} -w «TT101»net.ipv4.tcp_fin_timeot=30",\n  ]\n}\n',
        ),
        ("a.tf", 'x {\n  inline = [\n    "sysctl -w «TT101»net.ipv4.conf.${var.i}.arp_annouce=0",\n  ]\n}\n'),
        ("a.tf", "user_data = <<EOF\n#!/bin/bash\n${var.sysctl} -w «TT101»net.ipv4.tcp_fin_timeot=30\nEOF\n"),
    ],
)
def test_in_quotes_and_here_documents_of_other_languages(tmp_path: Path, name: str, text: str) -> None:
    check(tmp_path, name, text)
