"""Files of other programs in which a command or a word sets a parameter: each is found at its exact place."""

from __future__ import annotations

import pytest

from tcptune.model.setting import Setting
from tcptune.sources import detect
from tcptune.sources.base import Text
from tcptune.sources.hints import foreign, worth

KEY = "net.ipv4.tcp_fin_timout"
"""A slip of the keyboard; in the texts a `§` stands before each place where it is to be found."""

COMPARED = """
declare -A wanted=(
  ["{}"]="30"
)
for key in "${{!wanted[@]}}"; do
  [ "$(sysctl -n "$key")" = "${{wanted[$key]}}" ] || echo "$key"
done
"""
POD = """kind: Pod
spec:
  containers:
  - command: [sh]
    args:
    - -c
    - |
      %{{~ for i in range(2) ~}}
      sysctl -w §{}=30
      %{{~ endfor ~}}
"""
VAGRANT = 'Vagrant.configure("2") do |config|\n  {}\nend\n'
TEXTS = [
    ("Vagrantfile", VAGRANT.format('c.vm.provision "shell", inline: <<-SHELL\n    sysctl -w §{}=30\n  SHELL')),
    ("Vagrantfile", "$script = <<~END\n  tee /etc/sysctl.d/9.conf <<EOF\n  §{} = 30\n  EOF\nEND\n"),
    ("Vagrantfile", VAGRANT.format("names << first\n  c.vm.provision :shell, inline: 'sysctl -qw §{}=30'")),
    ("Vagrantfile", VAGRANT.format('c.vm.provision "shell", inline: <<-E, run: "always"\n  sysctl §{}=30\n  E')),
    ("env/Vagrantfile.local", VAGRANT.format('s.inline = "echo 30 > /proc/sys/§net/ipv4/tcp_fin_timout"')),
    ("wg0.conf", "[Interface]\nPostUp = sysctl -w §{}=30; iptables -A FORWARD -i %i -j ACCEPT\n"),
    ("wg0.conf.j2", "[Interface]\nPrivateKey = {{{{ key }}}}\nPreUp = echo 30 > /proc/sys/§net/ipv4/tcp_fin_timout\n"),
    ("etc/cron.d/tune", "SHELL=/bin/sh\n@reboot root /sbin/sysctl -w §{}=30\n"),
    ("etc/crontab", "*/5 * * * * root sysctl -w §{}=30 >/dev/null 2>&1\n"),
    ("crontabs/root", "0 3 * * * echo 30 > /proc/sys/§net/ipv4/tcp_fin_timout\n"),
    ("99-net.rules", 'ACTION=="add", SUBSYSTEM=="net", RUN+="/sbin/sysctl -w §{}=30"\n'),
    ("supervisord.conf", '[program:x]\ncommand=/bin/sh -c "sysctl -w §{}=30 && exec x"\n'),
    ("modprobe.d/a.conf", "install dummy /sbin/modprobe -i dummy && /sbin/sysctl -w §{}=30\n"),
    ("Procfile", "web: sysctl -w §{}=30 && exec web\n"),
    ("etc/inittab", "id:3:initdefault:\n::shutdown:sysctl -w vm.swap=3\nsi::sysinit:/sbin/sysctl -w §{}=30\n"),
    ("Earthfile", 'VERSION 0.8\na:\n  FROM alpine\n  RUN echo "§{}=30" >> /etc/sysctl.conf\n'),
    ("PKGBUILD", 'package() {{\n  echo "§{} = 30" > "$pkgdir/usr/lib/sysctl.d/9.conf"\n}}\n'),
    ("a-1.ebuild", 'src_install() {{\n\techo "§{} = 30" > "${{D}}/etc/sysctl.d/9.conf"\n}}\n'),
    ("a.install", "post_install() {{\n  sysctl -w §{}=30\n}}\n"),
    ("a.service.d/override.conf", "[Service]\nExecStartPre=/sbin/sysctl -w §{}=30\n"),
    ("a.spec", "Name: a\n%description\nx\n%post\nsysctl -w §{}=30\n%files\n/x\n"),
    (
        "a.spec",
        "Name: a\n%install\n%if 1\ncat > %{{buildroot}}/etc/sysctl.d/9.conf <<EOF\n§{} = 30\nEOF\n%endif\n%files\n",
    ),
    ("etc/init/a.conf", "pre-start script\n  sysctl -w §{}=30\nend script\nexec /x\n"),
    ("tmpfiles.d/net.conf", "# more\nw /proc/sys/§net/ipv4/tcp_fin_timout - - - - 30\n"),
    ("lxc/a/config", "lxc.uts.name = a\nlxc.sysctl.§{} = 30\n"),
    ("pve/lxc/100.conf", "arch: amd64\nlxc.sysctl.§{}: 30\n"),
    ("etc/default/grub", 'GRUB_CMDLINE_LINUX="quiet sysctl.§{}=30 sysctl.vm.swappiness=1"\n'),
    ("lxd.yaml", "config:\n  linux.sysctl.§{}: '30'\n"),
    ("config.cmds", "set system host-name r\nset system sysctl parameter §{} value '30'\n"),
    ("a.sh", "#!/bin/vbash\nconfigure\nset system sysctl custom §{} value 30\ncommit\n"),
    (
        "config.boot",
        "system {{\n    sysctl {{\n        parameter §{} {{\n            value 30\n        }}\n    }}\n}}\n",
    ),
    ("a.yml", "- vyos.vyos.vyos_config:\n    lines:\n      - set system sysctl parameter §{} value 30\n"),
    ("etc/rc.local", "# local\necho 30 > /proc/sys/§net/ipv4/tcp_fin_timout\n"),
    ("etc/uci-defaults/99-a", "uci commit\ncat >> /etc/sysctl.conf <<EOF\n§{}=30\nEOF\n"),
    ("a.fish", "#!/usr/bin/fish\nsysctl -w §{}=30\n"),
    ("preseed.cfg", "d-i preseed/late_command string \\\n  in-target sh -c 'echo \"§{}=30\" >> /etc/sysctl.conf'\n"),
    (
        "user-data",
        "#cloud-config\nautoinstall:\n  late-commands:\n    - curtin in-target -- sh -c 'sysctl -w §{}=30'\n",
    ),
    ("Taskfile.yml", "tasks:\n  tune:\n    cmds:\n      - cmd: sudo sysctl -w §{}=30\n        silent: true\n"),
    ("packer.json", '{{"provisioners":[{{"type":"shell","inline":["sudo sysctl -w §{}=30"]}}]}}\n'),
    ("Jenkinsfile", "// it's\n/* isn't */\nsh 'sysctl -w §{}=30'\n"),
    (".buildkite/a.yml", "steps:\n  - label: x\n    command: sysctl -w §{}=30\n"),
    (".ebextensions/a.config", "commands:\n  01_a:\n    command: sysctl -w §{}=30\n"),
    (".ebextensions/a.config", "files:\n  /etc/sysctl.d/9.conf:\n    content: |\n      §{} = 30\n"),
    ("a.nomad", 'config {{\n  sysctl = {{\n    "§{}" = "30"\n  }}\n}}\n'),
    ("a.pp", "ensure_resource('sysctl', '§{}', {{\n  ensure => present,\n  value  => '30',\n}})\n"),
    ("a.pp", "ensure_resource('sysctl::value', '§{}', {{ 'value' => '30' }})\n"),
    ("a.pp", "create_resources(sysctl, {{\n  '§{}' => {{\n    ensure => present,\n    value => 30,\n  }},\n}})\n"),
    ("a.sh", "cat > /etc/wireguard/wg0.conf <<EOF\n[Interface]\nPostUp = sysctl -w §{}=30\nEOF\n"),
    ("group_vars/all/sysctl", "---\nparameters:\n  - {{ name: §{}, value: 30 }}\n"),
    ("boards/a.conf", 'tweak() {{\n\techo "§{}=30" > "${{D}}/etc/sysctl.d/9.conf"\n}}\n'),
    ("a.yml.sample", "sysctl:\n  §{}: 30\n"),
    ("optimize.conf", "sudo tee /etc/sysctl.d/9.conf << 'EOF'\n§{}=30\nnet.core.somaxconn=9\nEOF\n"),
    ("pods.yaml.tftpl", POD),
    ("network-functions", "up() {{\n  /sbin/sysctl -e -w §{}=30\n}}\n"),
    ("a.sh", "cat > /etc/tuned/mine/tuned.conf <<EOF\n[main]\ninclude=balanced\n[sysctl]\n§{} = 30\nEOF\n"),
    ("a.sh", 'cat <<EOF | sudo tee "$TUNED_DIR/tuned.conf"\n[sysctl]\n§{}=30\nEOF\n'),
    ("a.sh", 'echo "[main]\n[sysctl]\n§{}=30" > mine/tuned.conf\n'),
    (
        "a.sh",
        "SYSCTL='[sysctl]\n§{}=30\nvm.swappiness=9\nnet.core.somaxconn=9'\necho \"$SYSCTL\" > x/tuned.conf\n",
    ),
    ("tune.sysctl", "§{} = 30\nnet.core.somaxconn = 9\n"),
    ("tune.sh", "# for /etc/sysctl.conf\n§{} = 30\nnet.core.somaxconn = 9\n"),
]


def found(path: str, text: str) -> list[Setting]:
    reading = detect.read(Text(path, text))
    return [one for one in reading.settings if one.key == KEY] if reading is not None else []


@pytest.mark.parametrize(("path", "text"), TEXTS)
def test_what_sets_a_parameter_is_found_at_its_place(path: str, text: str) -> None:
    marked = text.format(KEY)
    at = marked.index("§")
    plain = marked.replace("§", "")
    assert worth(path, plain.encode())
    assert not foreign(path)
    (setting,) = found(path, plain)
    assert setting.key_at is not None
    assert (setting.key_at.line, setting.key_at.column) == (
        marked.count("\n", 0, at) + 1,
        at - marked.rfind("\n", 0, at),
    )
    assert (setting.raw, setting.templated) == ("30", False)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.network", "[Network]\nIPForward=yes # sysctl -w {}=30\n"),
        ("wg0.conf", "[Interface]\n#PostUp = sysctl -w {}=30\n"),
        ("cron.d/a", "# @reboot root sysctl -w {}=30\n"),
        ("a.rules", '# RUN+="/sbin/sysctl -w {}=30"\n'),
        ("a.spec", "Name: a\n%description\nIt runs sysctl -w {}=30\n%changelog\n- sysctl -w {}=30\n"),
        ("a.spec", "Name: a\n%post -p <lua>\nsysctl -w {}=30\n"),
        ("Vagrantfile", "# sysctl -w {}=30\nputs 'run sysctl -w {}=30'\n"),
        ("config.cmds", "# set system sysctl parameter {} value 30\ndelete system sysctl parameter {}\n"),
        ("Jenkinsfile", "// don't\n// sh 'sysctl -w {}=30'\n/* isn't\nsh 'sysctl -w {}=30' */\n"),
        ("a.sh", ": sysctl -w {}=30\n"),
        ("a.sh", "read -r -d '' WANTED <<'EOF'\n{}=30\nEOF\nsysctl -n $key\n"),
        ("a.sh", "cat > /etc/sysctl.d/a <<E\nE\n" + COMPARED),
        ("a.sh", 'declare -A CATEGORY=(\n  [{}]="tcp"\n)\nsysctl -p /etc/sysctl.d/a\nsysctl -w $k=$v\n'),
        ("notes.md", "{} = 30\nnet.core.somaxconn = 9\n"),
        ("run.log", "{} = 30\nnet.core.somaxconn = 9\n"),
        ("a.ini", "{} = 30\n[other]\na = b\n"),
        ("a.pp", "ensure_resource('sysctl', '{}', {{ ensure => absent, value => 1 }})\n"),
    ],
)
def test_what_only_looks_like_it_sets_nothing(path: str, text: str) -> None:
    assert not found(path, text.format(*[KEY] * text.count("{}")))


def test_an_array_that_a_loop_writes_is_set() -> None:
    text = f"sysctl --system\necho > /etc/sysctl.d/a\n{COMPARED.format(KEY)}"
    assert not found("a.sh", text)
    assert len(found("a.sh", f"units=(a b)\nrates=(\n  [{KEY}]=1\n)\n{text}")) == 1
    assert len(found("a.sh", text.replace('|| echo "$key"', '|| sysctl -w "$key=${wanted[$key]}"'))) == 1


def test_what_is_run_when_an_interface_goes_is_no_duplicate() -> None:
    text = f"[Interface]\nPostUp = sysctl -w {KEY}=1\nPostDown = sysctl -w {KEY}=0\n"
    assert len({one.group for one in found("wg0.conf", text)}) == 2


def test_scripts_of_a_vagrantfile_are_of_several_machines() -> None:
    text = f"a.inline = <<-A\nsysctl -w {KEY}=1\nA\nb.inline = <<-B\nsysctl -w {KEY}=2\nB\n"
    assert len({one.group for one in found("Vagrantfile", text)}) == 2


def test_scriptlets_of_a_package_are_apart() -> None:
    text = f"Name: a\n%post\nsysctl -w {KEY}=1\n%postun\nsysctl -w {KEY}=0\n"
    assert len({one.group for one in found("a.spec", text)}) == 2


@pytest.mark.parametrize("filled", ["#{ports}", "${ports}"])
def test_what_the_language_around_fills_in_is_no_value(filled: str) -> None:
    text = f"a.inline = <<-A\ncat > /etc/sysctl.d/9.conf <<'EOF'\n{KEY} = {filled}\nEOF\nA\n"
    assert [one.templated for one in found("Vagrantfile", text)] == [True]


@pytest.mark.parametrize(
    ("numbers", "raw"), [("[4096, 87380, 6291456]", "4096 87380 6291456"), ("[4096]", "4096"), ("[a, b]", None)]
)
def test_a_list_of_numbers_is_the_value_of_a_parameter_that_has_several(numbers: str, raw: str | None) -> None:
    reading = detect.read(Text("a.yml", f"sysctl:\n  net.ipv4.tcp_rmem: {numbers}\n"))
    assert reading is not None
    assert [one.raw for one in reading.settings] == ([raw] if raw is not None else [])


def test_a_list_of_numbers_for_a_parameter_that_has_one_is_a_choice() -> None:
    reading = detect.read(
        Text("a.yml", "sysctl:\n  net.ipv4.conf.all.rp_filter: [1, 2]\n  net.core.rmem_max: [1, 2]\n")
    )
    assert reading is not None
    assert not reading.settings


@pytest.mark.parametrize("options", ["-e", "-eqw", "-qe -w", "--ignore"])
def test_sysctl_forgives_an_unknown_name_whatever_stands_beside_the_e(options: str) -> None:
    assert [one.facts & {"ignore-errors"} for one in found("a.sh", f"sysctl {options} {KEY}=1\n")] == [
        {"ignore-errors"}
    ]
