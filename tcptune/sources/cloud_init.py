"""cloud-init: commands at boot (`runcmd`, `bootcmd`) and files that it writes."""

from __future__ import annotations

import re

from tcptune.sources import shell, sysctl_conf
from tcptune.sources.yaml_nodes import Node
from tcptune.sources.yaml_walk import Around, Walk, is_key

NAME = "cloud-init"


class CloudInit:
    """Reads the parts of a cloud-config that set something."""

    def around(self, node: Node, around: Around) -> Around:
        """Change nothing."""
        return around

    def take(self, node: Node, around: Around, walk: Walk) -> frozenset[str]:
        """Take `runcmd`, `bootcmd` and the files under `write_files`."""
        for name in ("runcmd", "bootcmd", "preRunCmd", "postRunCmd", "preKubeadmCommands", "postKubeadmCommands"):
            commands = node.get(name)
            for command in commands.items if commands is not None else []:
                self._command(command, around, walk)
        path, content = node.scalar("path"), node.get("content")
        if path is not None and content is not None and content.kind == "scalar" and not node.get("encoding"):
            if "modules-load.d" in path or path == "/etc/modules":
                walk.reading.modules |= set(re.findall(r"^\s*(\w+)", content.value, re.MULTILINE))
            elif "sysctl" in path and not path.endswith((".sh", ".service")):
                walk.embedded(content, sysctl_conf.read, around.below("content", group=path))
            elif path.endswith(".sh") or content.value.startswith("#!"):
                walk.embedded(content, shell.read, around.below("content", group=path))
        return frozenset()

    def _command(self, command: Node, around: Around, walk: Walk) -> None:
        if command.kind == "scalar":
            walk.embedded(command, shell.read, around)
            return
        words = [word for word in command.items if word.kind == "scalar"]
        if words and words[0].value.rsplit("/", 1)[-1] == "sysctl":
            for word in words[1:]:
                spelled, equals, raw = word.value.partition("=")
                if equals and is_key(spelled.strip()):
                    key_at = walk.place(word, 0, len(spelled))
                    value_at = walk.place(word, len(spelled) + 1, len(raw))
                    walk.put(spelled.strip(), raw.strip(), key_at, value_at, around, kind=NAME, line=word.line)
        elif words:
            for word in words[1:]:
                walk.embedded(word, shell.read, around)
