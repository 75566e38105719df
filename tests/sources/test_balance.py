"""Code of Terraform, Nix and Puppet that does not parse: TT007 with the place, and silence where it does."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.marks import check

TF = 'resource "pool" "a" {{\n  sysctls = {{\n    "net.core.somaxconn" = {}\n  }}\n}}\n'
NIX = "{{\n  boot.kernel.sysctl = {{\n    {}\n  }};\n}}\n"
PUPPET = "class a {{\n  sysctl {{ 'net.core.somaxconn':\n    {}\n  }}\n}}\n"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.tf", TF.format("«TT007»5000\n").replace("5000\n", '"5000')),
        ("a.tf", TF.format('"5000"').replace("  }\n}", "  «TT007»]\n}")),
        ("a.tf", TF.format('"5000"') + "«TT007»}\n"),
        ("a.tf", 'resource "pool" "a" «TT007»{\n  sysctls = {\n    "net.core.somaxconn" = "5000"\n  }\n'),
        ("a.tf", "resource a {\n  sysctls = «TT007»{\n    k = 1\n}\n"),
        (
            "a.tf",
            TF.format('"5000"').replace('    "net', '    «TT007»"net').replace(" = ", " ").replace("ctls ", "ctls = "),
        ),
        ("a.tf", TF.format("«TT007»'5000'")),
        ("a.tf", TF.format("«TT007»<<E\n5000\n")),
        ("a.hcl", TF.format('"${«TT007»"a}"').replace('«TT007»"', '"').replace('= "$', '= «TT007»"$')),
        ("a.nix", NIX.format('"net.core.somaxconn" = 500«TT007»0\n    "vm.swappiness" = 10;')),
        ("a.nix", NIX.format('"net.core.somaxconn" = "5000«TT007»" # more')),
        ("a.nix", NIX.format('"net.core.somaxconn" = 5000«TT007»,')),
        ("a.nix", NIX.format('"net.core.somaxconn"«TT007»: 5000;')),
        ("a.nix", NIX.format("x = 1;").replace("};", "«TT007»}")),
        ("a.nix", NIX.format("x = 1;").replace("  };", "  «TT007»);")),
        ("a.nix", NIX.format("x = «TT007»''a'; # ''${")),
        ("a.pp", PUPPET.format("ensure => present«TT007»\n    value => '5000',").replace("t«TT007»", "«TT007»t")),
        ("a.pp", PUPPET.format("value «TT007»= '5000',")),
        ("a.pp", PUPPET.format("value => '5000'").replace("':", "'").replace("'net", "«TT007»'net")),
        ("a.pp", PUPPET.format("value => «TT007»'5000,")),
        ("a.pp", PUPPET.format("value => '5000'").replace("  }\n}", "  «TT007»)\n}")),
    ],
)
def test_what_does_not_parse_is_said_where_it_stands(tmp_path: Path, name: str, text: str) -> None:
    check(tmp_path, name, text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.tf", TF.format('"5000" # it\'s {\n    // {\n    /* " */\n    "a" = "${f("{")}" ')),
        ("a.tf", TF.format('<<-E\n  it\'s ${x} { "\n  E\n    "a" = "%{ if x }{%{ endif }" ')),
        ("a.tf", TF.format('"5000"') + "{{ more }}\n}\n"),
        ("a.pkrtpl.hcl", TF.format("'5000'")),
        ("a.tf", 'x = "{"\n' + 'output a {\n  value = "it\'s $${ and \\" "\n}\n# sysctl\n'),
        ("a.nix", NIX.format("a = let b = 1; c = 2; in b + c;\n    d = { e ? 1 == 2, f }: { inherit f; };")),
        ("a.nix", NIX.format("a' = ''\n it's { ''${ ''' ${\"}\"}\n''; b = \"\\\" $${ \"; # {\n    c = foo'' 1;")),
        ("a.nix", "{ lib, x ? { a = 1; }, ... }:\nwith lib; { sysctl = f (a: { b = a; }) // { };\n/* { */ }\n"),
        ("a.nix", "let sysctl = x: y: { z = assert x == 1; y; }; in\nrec { a = if b then { c = 1; } else { }; }\n"),
        ("a.pp", PUPPET.format("value => $x ? { /a'b{/ => 1, default => 2 },\n    ensure => present;")),
        ("a.pp", PUPPET.format("value => \"a${x['b']}{\", # it's\n    notify => [A['x'], B[\"y\"]],")),
        ("a.pp", PUPPET.format("value => @(E/L)\n  it's {\n  | E\n    ,")),
        ("a.pp", "# sysctl\nif $a =~ /\\/['\"]{/ { $b = $c / 2 }\nnode /^a\"/ { }\nA <| b == 'c' |> { d => 1 }\n"),
        ("a.pp", "# sysctl\nvalue = <%= @x %>\nclass {{ a }} {\n"),
        ("a.bicep", "x: {\n  sysctls: {\n    netCoreSomaxconn: '5000'\n}\n"),
        ("a.tf", 'resource "a" "b" {\n  c = "5000\n'),
    ],
)
def test_what_parses_and_what_is_a_template_is_left_alone(tmp_path: Path, name: str, text: str) -> None:
    check(tmp_path, name, text)
