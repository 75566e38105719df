"""The formats that are fuzzed: the names their files have, and texts to begin with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

SEEDS = Path(__file__).parent / "seeds"


@dataclass(frozen=True, slots=True)
class Target:
    """One format: the paths its files have, and the files of `seeds/` to begin with.

    With several paths the first byte of an input chooses one; `whole` asks for a whole run of lint, `profile` for a
    profile of ours: read, judged, rendered and read back.
    """

    paths: tuple[str, ...]
    files: tuple[str, ...]
    whole: bool = False
    profile: bool = False

    @property
    def seeds(self) -> tuple[bytes, ...]:
        """The inputs to begin with: every file under every path."""
        texts = [(SEEDS / name).read_bytes() for name in self.files]
        if len(self.paths) == 1:
            return tuple(texts)
        return tuple(bytes([number]) + text for number in range(len(self.paths)) for text in texts)


_PATHS = (
    "etc/sysctl.d/a.conf",
    "sysctl.conf.j2",
    "a.sh",
    "a.yaml",
    "a.json",
    "tuned.conf",
    "a.nix",
    "a.pp",
    "a.rb",
    "a.tf",
    "a.sls",
    "Dockerfile",
    "Makefile",
    "a.service",
    "Jenkinsfile",
    "a.container",
    "a.toml",
    "wg0.conf",
    "etc/cron.d/a",
    "a.spec",
    "config.boot",
    "Vagrantfile",
    "a",
    "values.yaml.j2",
)
_ALL = tuple(sorted(path.name for path in SEEDS.iterdir()))

TARGETS = {
    "sysctl_conf": Target(("etc/sysctl.d/a.conf",), ("sysctl.conf",)),
    "templates": Target(("sysctl.conf.j2",), ("sysctl.conf", "sysctl.conf.j2")),
    "shell": Target(("a.sh",), ("script.sh",)),
    "commands": Target(("Dockerfile", "Makefile", "a.service", "Jenkinsfile"), ("Dockerfile", "commands")),
    "yaml_maps": Target(("a.yaml",), ("maps.yaml",)),
    "ansible": Target(("tasks/main.yml",), ("ansible.yml",)),
    "kubernetes": Target(("pod.yaml",), ("kubernetes.yaml",)),
    "compose": Target(("docker-compose.yml",), ("compose.yml",)),
    "cloud_init": Target(("user-data.yaml",), ("cloud-init.yaml",)),
    "yaml_template": Target(("templates/a.yaml.j2", "a.tpl"), ("template.yaml.j2",)),
    "json": Target(("a.json",), ("data.json",)),
    "nix": Target(("a.nix",), ("module.nix",)),
    "tuned": Target(("tuned.conf",), ("tuned.conf",)),
    "keyfile": Target(("a.container", "a.toml"), ("keyfile",)),
    "resources": Target(("a.pp", "a.rb"), ("puppet.pp", "chef.rb")),
    "terraform": Target(("a.tf", "a.tfvars"), ("terraform.tf",)),
    "salt": Target(("a.sls",), ("salt.sls",)),
    "hooks": Target(("wg0.conf", "cron.d/a", "a.rules", "modprobe.d/a.conf", "Procfile"), ("hooks",)),
    "scriptlets": Target(("a.spec", "a.upstart"), ("a.spec",)),
    "routers": Target(("config.boot",), ("vyos",)),
    "powershell": Target(("a.ps1",), ("a.ps1",)),
    "prefixed": Target(("lxc.conf", "grub", "usr/lib/tmpfiles.d/a.conf"), ("prefixed",)),
    "vagrant": Target(("Vagrantfile",), ("Vagrantfile",)),
    "detect": Target(_PATHS, _ALL),
    "lint": Target(_PATHS, _ALL, whole=True),
    "profile": Target(("a.yaml",), ("profile.yaml",), profile=True),
}
"""Every target by name."""
