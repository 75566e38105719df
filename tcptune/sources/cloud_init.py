"""cloud-init: commands at boot (`runcmd`, `bootcmd`) and files that it writes."""

from __future__ import annotations

import re

from tcptune.sources import files, shell
from tcptune.sources.base import Text, is_filled
from tcptune.sources.ignition import decoded_settings, from_base64
from tcptune.sources.kubernetes import sysctl_words
from tcptune.sources.yaml_nodes import Node
from tcptune.sources.yaml_walk import Around, Walk

NAME = "cloud-init"


_COMMANDS = (
    *("runcmd", "bootcmd", "preRunCmd", "postRunCmd", "preKubeadmCommands", "postKubeadmCommands"),
    *("early-commands", "late-commands"),
)
"""The lists of commands of cloud-init, Cluster API and Ubuntu's installer."""

_ENCODED = ("b64", "base64", "gz+b64", "gzip+b64", "gz+base64", "gzip+base64")
"""How cloud-init is told that a file's content is Base64, of what gzip made or of the text itself."""


class CloudInit:
    """Reads the parts of a cloud-config that set something."""

    def around(self, node: Node, around: Around) -> Around:
        """Change nothing."""
        return around

    def take(self, node: Node, around: Around, walk: Walk) -> frozenset[str]:
        """Take `runcmd`, `bootcmd` and the files under `write_files`."""
        for name in _COMMANDS:
            commands = node.get(name)
            for command in commands.items if commands is not None else []:
                self._command(command, around, walk)
        for key, value in node.pairs if around.path[-1:] == ("files",) else ():  # Elastic Beanstalk, CloudFormation
            text = value.get("content") if value.kind == "map" and key.value[:1] == "/" else None
            if text is not None and text.kind == "scalar":
                self._file(key.value, text, value.scalar("encoding") or "", around, walk)
        path, content = node.scalar("path"), node.get("content")
        if path is not None and content is not None and content.kind == "scalar":
            self._file(path, content, node.scalar("encoding") or "", around, walk)
        return frozenset()

    def _file(self, path: str, content: Node, encoding: str, around: Around, walk: Walk) -> None:
        """Read what is written to a path, where no more than Base64 hides it."""
        encoding = encoding.lower()
        if not encoding and "!!binary" in walk.text.lines[content.line]:
            encoding = "b64"
        hidden = encoding not in ("", "text/plain")
        text = content.value
        offsets: list[int] = []
        if encoding in _ENCODED:
            text, offsets = from_base64(content.value, packed=encoding[:1] == "g")
        if (hidden and not offsets) or is_filled(path):
            return
        if "modules-load.d" in path or path == "/etc/modules":
            walk.reading.modules |= set(re.findall(r"^\s*(\w+)", text, re.MULTILINE))
            return
        form = files.reader(path, text)
        inner = around.below("content", group=path)
        if form is not None and offsets:
            decoded_settings(form, Text(path, text), offsets, content, inner, walk)
        elif form is not None:
            walk.embedded(content, form, inner)

    def _command(self, command: Node, around: Around, walk: Walk) -> None:
        if command.kind == "scalar":
            walk.embedded(command, shell.read, around)
            return
        words = [word for word in command.items if word.kind == "scalar"]
        if words and words[0].value == "cloud-init-per":
            words = words[3:]
        if words and words[0].value.rsplit("/", 1)[-1] == "sysctl":
            sysctl_words(words[1:], around, walk, NAME)
        else:
            for word in words[1:]:
                walk.embedded(word, shell.read, around)
