"""Modules that a script loads, now or at the next boot, and which of its settings need them."""

from __future__ import annotations

import re
from dataclasses import replace

from tcptune.model.setting import Setting
from tcptune.sources.base import Reading
from tcptune.sources.shell_lexer import Script, Word, lex
from tcptune.sources.shell_scripts import SHELLS
from tcptune.sources.shell_targets import Variables, blocks_into_files
from tcptune.sources.shell_words import printed_words, program, strip_prefixes

_APPLIES = re.compile(r"-[a-z]*[pf]|--(?:load|system)(?:=.*)?|.*(?:sysctl|procps).*")
"""What makes `sysctl`, or a manager of services, read the files: an option, or the name of the loader."""


class Modules:
    """What a script has loaded up to a place, and which lines of its files nothing has read there yet."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self._read = 0

    def feed(self, name: str, words: list[Word], variables: Variables) -> None:
        """Take note of a command that loads modules or reads sysctl's files.

        A line that stands in a file already when its module comes is in time for what reads the file later.
        """
        if name == "modprobe":
            found = {told for word in words[1:] for told in variables.every(word) if told[0] != "-"}
            self.reading.modules |= found
            for place, setting in enumerate(self.reading.settings[self._read :], self._read):
                if "shell" not in setting.facts:
                    self.reading.settings[place] = loaded(setting, found)
        elif name == "ipvsadm":  # It loads what it works on.
            self.reading.modules.add("ip_vs")
        elif name in ("sysctl", "systemctl", "service") and any(_APPLIES.fullmatch(word.text) for word in words[1:]):
            self._read = len(self.reading.settings)


def loaded_at_boot(script: Script, deeper: int = 2) -> set[str]:
    """Return the modules that a script writes into /etc/modules-load.d: their parameters are there at the next boot.

    It is looked `deeper` into scripts of scripts: `sudo sh -c 'cat > /etc/modules-load.d/…'`.
    """
    found: set[str] = set()
    variables = Variables()
    blocks = blocks_into_files(script)
    for number, command in enumerate(script.commands):
        variables.feed(command)
        after = script.commands[number + 1] if number + 1 < len(script.commands) else None
        targets = [variables.told(word) for op, word in command.redirects if ">" in op]
        words, _ = strip_prefixes(command.words)
        targets += [variables.told(word) for word in (*words, *blocks.get(number, ()))]
        if command.operator == "|" and after is not None:
            targets += [variables.told(word) for word in after.words]
        inner = [word for word in words[1:] if word.quoted and "modules-load.d" in word.text]
        if inner and deeper and program(words) in SHELLS:
            found = found.union(*(loaded_at_boot(lex(word.text), deeper - 1) for word in inner))
        elif any("modules-load.d" in target or target == "/etc/modules" for target in targets):
            lines = [line for heredoc in command.heredocs for _, line in heredoc.lines]
            lines += [one for word in printed_words(words) for one in (variables.every(word) or [word.text])]
            found |= set(re.findall(r"\w+", " ".join(line for line in lines if not line.lstrip().startswith("#"))))
    return found


def needs_loaded(key: str, modules: set[str]) -> bool:
    """Tell whether the module of a key is among those loaded before it."""
    if "bridge" in key:
        return "br_netfilter" in modules or "bridge" in modules
    if "ipv4.vs." in key or "ipv4/vs/" in key:
        return any(module.startswith("ip_vs") or module == "xt_ipvs" for module in modules)
    if "conntrack" in key and modules:
        from tcptune.catalog.modules import NEEDS_CONNTRACK

        return any("conntrack" in module or NEEDS_CONNTRACK.fullmatch(module) for module in modules)
    return False


def loaded(setting: Setting, modules: set[str]) -> Setting:
    """Return the setting, told that its module is loaded when it is one of these."""
    if not needs_loaded(setting.key, modules):
        return setting
    return replace(setting, facts=setting.facts | {"module-loaded"})
