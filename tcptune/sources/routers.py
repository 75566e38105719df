"""VyOS: `set system sysctl parameter NAME value V` among other commands, and the same in a saved configuration."""

from __future__ import annotations

import re

from tcptune.model.late import late
from tcptune.model.setting import Setting
from tcptune.sources import shell
from tcptune.sources.base import Comment, Reading, Text, dotted
from tcptune.sources.yaml_walk import is_key

NAME = "vyos"

COMMAND = late(r"^[ \t]*set[ \t]+system[ \t]+sysctl[ \t]+(?:parameter|custom|all)[ \t]", re.MULTILINE)
"""How a command that sets a parameter begins."""

_BLOCK = late(r"^[ \t]+sysctl[ \t]*\{[ \t]*\r?$", re.MULTILINE)
_NAME = late(r"\s*(?:parameter|custom|all)\s+\"?(?P<key>[\w./-]+)\"?\s*\{")
_VALUE = late(r"""\s*value\s+(?P<quote>["']?)(?P<value>[^"'\n]*)(?P=quote)$""")
_DATA = frozenset({".yml", ".yaml", ".json", ".sls", ".tf", ".pp", ".rb", ".nix", ".md", ".rst"})


def claims(text: Text) -> bool:
    """Claim lists of such commands and saved configurations; a script is left to the shell's reader."""
    if "sysctl" not in text.text or text.rendered.suffix in _DATA or text.text.startswith("#!"):
        return False
    return ("system sysctl" in text.text and COMMAND.search(text.text) is not None) or (
        text.text.lstrip("\n").startswith(("system {", "interfaces {", "firewall {")) and bool(_BLOCK.search(text.text))
    )


def read(text: Text) -> Reading:
    """Read the commands, or the block of the configuration."""
    reading = Reading(NAME)
    inside, name = 0, None
    for number, line in enumerate(text.lines):
        bare = line.strip()
        if bare[:1] == "#" or bare[:2] == "/*":
            reading.comments.append(Comment(text.at(number, line.index(bare)), bare, alone=True))
        elif COMMAND.match(line):
            reading.extend(shell.read(text.part([(number, 0, line)])))
        elif _BLOCK.match(line):
            inside, name = 1, None
        elif inside:
            inside += bare.endswith("{") - (bare == "}")
            if match := _NAME.match(line):
                name = (match["key"], text.at(number, match.start("key"), match.end("key")))
            elif name is not None and (match := _VALUE.match(line.rstrip())) and is_key(name[0]):
                at = text.at(number, match.start("value"), match.end("value"))
                facts = frozenset({"shell", "module-loaded"})
                reading.settings.append(
                    Setting(
                        dotted(name[0]),
                        match["value"],
                        spelled=name[0],
                        key_at=name[1],
                        value_at=at,
                        source=NAME,
                        facts=facts,
                    )
                )
    return reading
