"""Where a script's text goes: files named by variables, redirections of whole blocks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from tcptune.model.late import late
from tcptune.model.setting import Location, Setting
from tcptune.sources.base import Text, dotted, is_template
from tcptune.sources.shell_calls import Handed
from tcptune.sources.shell_lexer import Command, Script, Word
from tcptune.sources.shell_rests import divided, lines, rests, turned
from tcptune.sources.shell_words import strip_prefixes
from tcptune.sources.yaml_walk import is_key

_HOLDS = late(r"([A-Za-z_]\w*)\+?=(.*)", re.DOTALL)
_PRINTED = late(
    r"\$\(\s*cat\s*<<-?\s*(?P<quote>['\"\\]?)(?P<end>\w+)['\"]?[ \t]*\n(?P<lines>.*)\n[ \t]*(?P=end)[ \t]*\n?\s*\)\s*",
    re.DOTALL,
)
"""`$(cat <<EOF` with its lines: the lines are what the variable holds."""

_ANEW = frozenset({">", "1>", "&>", ">&", ">|"})
"""Redirections after which a file holds nothing else."""

_DECLARES = frozenset({"local", "export", "readonly", "declare", "typeset"})
_VARIABLE = late(r"\$(?:\{(\w+)\}|(\w+))")
_SHORT = 3
"""Letters of a loop's word that is a number or so, and not a name to be looked at by itself."""

_RUNS_IT = late(
    r"(?:(?:sudo|doas|env|command|nice|ionice|nsenter|unshare|chroot|busybox|toybox|timeout|ip|docker|podman|nerdctl"
    r"|kubectl|lxc|ssh)(?:[ \t]+[^\s|;&<>]+){0,12}[ \t]+)?(?:/\S*/)?(?:sysctl|tee)(?:[ \t]+-\S+)*[ \t]*"
)
"""What a variable holds that stands for a command which sets something, with what runs it."""

_LOCATED = late(
    r"(?:\$\(|`)\s*(?:which|command[ \t]+-v|type[ \t]+-[pP]+)[ \t]+(?P<found>(?:/\S*/)?sysctl)\b[^)`]*[)`]"
    r"|\$\{\w+:?[-=][\"']?(?P<default>(?:/[^\s{}]*/)?sysctl(?:[ \t]+-\w+)*)[\"']?\}"
)
"""Where sysctl is, as a script looks for it."""

_KEYED = late(r"(?P<key>\$(?:\{\w+\}|\w+(?=\.|/))[\w./${}-]{1,150}?)[ \t]*=[ \t]*(?P<value>\S.*?)\s*", re.DOTALL)
_ALL_OF = late(r"\$\{(\w+)\[[@*]\]()\}")
_MOST = 50
"""Words of an array that are remembered."""

_PLAIN = late(r"[\w./-]+")
_PARAMETERS = late(r"/proc/sys(?:/[\w.-]+)*/?")
_RELATIVE = late(r"(?:\./)?[a-z]\w*(?:/[\w.-]+)*")
_LOADS = frozenset({"-p", "-f", "--load"})
_BEGINS = frozenset({"{", "for", "while", "until", "if", "case"})
_ENDS = frozenset({"}", "done", "fi", "esac"})
_LEADS = frozenset({"then", "do", "else"})
_DEEPEST = 50
"""Blocks within blocks whose redirections are looked at."""

_LONGEST = 400
"""Characters of a variable's value that is remembered: the name of a file has fewer."""


class Variables:
    """The variables of a script that hold a text which is written out there."""

    __slots__ = ("_arrays", "_known", "_listed", "_loops", "_open", "_versions")

    def __init__(self) -> None:
        self._known: dict[str, str] = {}
        self._versions: dict[str, int] = {}
        self._loops: dict[str, str] = {}
        self._listed: dict[str, tuple[Text, list[Word]]] = {}
        self._arrays: dict[str, tuple[Text | None, list[Word]]] = {}
        self._open = ""

    def feed(self, command: Command, text: Text | None = None) -> None:
        """Take in what a command of a text assigns, and which files it writes anew."""
        if command.redirects or len(command.words) > 1:
            self._overwritten(command)
        words = command.words
        if self._open or (command.operator == "(" and words and words[-1].text[-1:] == "="):
            self._array(command, text)
            return
        if len(words) > 3 and words[0].text == "for" and words[2].text == "in":
            self._loops[words[1].text] = " ".join(one for word in words[3:] for one in self.every(word))[:_LONGEST]
            if text is not None:
                self._listed[words[1].text] = (text, words[3:])
        start = 1 if words and words[0].text in _DECLARES else 0
        for word in words[start:]:
            name, sign, value = word.text.partition("=")
            if not sign or not name.isidentifier():
                if start and word.text.startswith("-"):
                    continue
                return
            # Where a command prints a part of it, it is not known, whatever the variables hold.
            fixed = not word.expands or "$(" in word.text
            value = value if fixed else self.told(word)[len(name) + 1 :]
            if "sysctl" in value and (located := _LOCATED.fullmatch(value)):
                value = located["found"] or located["default"]
            self._known[name] = value[:_LONGEST] if "$" not in value else ""
            self._listed.pop(name, None)
            if "=" in value and word.quoted:
                self._arrays[name] = (text, divided(word, len(name) + 1)[:_MOST])

    def _array(self, command: Command, text: Text | None) -> None:
        """Take in the words of `NAME=( … )`, which stand in commands of their own up to the bracket."""
        if not self._open:
            self._open = command.words[-1].text.rstrip("+=") or "="
            if not command.words[-1].text.endswith("+=") or self._arrays.get(self._open, (None,))[0] is not text:
                self._arrays[self._open] = (text, [])
            return
        held = self._arrays[self._open][1]
        if len(held) < _MOST:
            held += command.words[:_MOST]
        if command.operator == ")":
            self._open = ""

    def told(self, word: Word) -> str:
        """Return a word's text with the variables in it that are known."""
        if not word.expands:
            return word.text
        return self.known_in(word.text)

    def known_in(self, text: str) -> str:
        """Return a text with the variables in it that are known."""
        return _VARIABLE.sub(lambda match: self._known.get(match[1] or match[2]) or match[0], text)

    def _overwritten(self, command: Command) -> None:
        """Count for each file how often it was written anew: what was in it before is gone."""
        anew = [word for operator, word in command.redirects if operator in _ANEW]
        if any(word.text == "tee" for word in command.words):
            words, _ = strip_prefixes(command.words)
            if words and words[0].text == "tee" and not any(word.text in ("-a", "--append") for word in words):
                anew += words[1:]
        for word in anew:
            name = self.told(word)
            self._versions[name] = self._versions.get(name, 0) + 1

    def version(self, store: str) -> str:
        """Return the name of a file, or of several, with the number of times that it was written anew."""
        return store + "".join(f" {self._versions[name]}" for name in store.split(" ") if name in self._versions)

    def every(self, word: Word) -> list[str]:
        """Return the words that a word becomes; of a loop's variable those that it takes in turn, of an array all."""
        array = _ALL_OF.fullmatch(word.text) if word.expands else None
        if array is not None and array[1] in self._arrays:
            return [word.text for word in self._arrays[array[1]][1]]
        match = _VARIABLE.fullmatch(word.text) if word.expands else None
        looped = self._loops.get(match[1] or match[2]) if match else None
        return (looped if looped is not None else self.told(word)).split()

    def turns(self, setting: Setting) -> list[Setting]:
        """Return what a setting becomes whose name holds a loop's variable: `net.ipv$v.…`, one for each of its words.

        What is done to several interfaces is told of the first.
        """
        if "%" in setting.spelled:
            return [*turned(setting, self.known_in, self._listed, self._words_of)] or [setting]
        match = _VARIABLE.search(setting.spelled)
        text, words = self._listed.get(match[1] or match[2], (None, [])) if match else (None, [])
        if match is None or text is None or any(_PLAIN.fullmatch(word.text) is None for word in words):
            return [setting]
        if re.search(r"[./](?:conf|neigh)[./]$", setting.spelled[: match.start()]):
            words = words[:1]
        found = []
        for word in words:
            at = text.span(word.start, word.end) if len(word.text) > _SHORT and len(words) > 1 else setting.key_at
            found.append(_turn(setting, setting.spelled.replace(match[0], word.text), at))
        return found

    def program(self, words: list[Word]) -> list[Word]:
        """Return a command's words with what the first one holds, where that is sysctl or tee: `S='sudo sysctl -w'`."""
        first = words[0] if words else None
        if first is None or first.text[:1] != "$" or not _RUNS_IT.fullmatch(told := self.told(first)):
            return words
        return [*(replace(first, text=text, offsets=[], expands=False) for text in told.split()), *words[1:]]

    def named(self, word: Word, text: Text) -> Iterator[Handed]:
        """Yield what `$P.tcp_syncookies=0` and `vm.$kv` set, where P and kv are variables of loops.

        The variable is left in the first name: see `turns`; the second is told of each of the loop's words.
        """
        match = _KEYED.fullmatch(word.text) if word.text[:1] == "$" else None
        if match is None:
            yield from rests(word, self.known_in, self._words_of(text))
            return
        used = _VARIABLE.match(match["key"])
        looped = self._loops.get(used[1] or used[2], "") if used else ""
        if looped and all(is_key(f"{one}.a") for one in looped.split()):
            yield Handed(word, 0, match["key"], word, match.start("value"), match["value"])

    def _words_of(self, text: Text) -> Callable[[str], list[Word]]:
        """Return what tells the words that a loop's variable takes in turn, with their places in this text."""

        def told(name: str) -> list[Word]:
            within, words = self._listed.get(name, (None, []))
            found: list[Word] = []
            for word in words if within is text else ():
                array = _ALL_OF.fullmatch(word.text) or _VARIABLE.fullmatch(word.text)
                held = self._arrays.get(array[1] or array[2]) if array else (text, [word])
                found += held[1] if held is not None and held[0] is text else []
            return found

        return told

    def paths(self, words: list[Word]) -> list[Word]:
        """Return words of which those that name a file by a known folder (`$P/somaxconn`) say it in full."""
        return [self.target(word) if word.expands and "/" in word.text else word for word in words]

    def printed(self, words: list[Word], text: Text) -> Iterator[Word]:
        """Yield printed lines as they come out, where they end in a variable.

        It may hold a comment (`"vm.swappiness=1 $MARK"`), or take each word of a loop (`"vm.$kv"`).
        """
        for word in words:
            if word.expands and (found := [*lines(word, self.known_in, self._words_of(text))]):
                yield from found
            else:
                yield self._marked(word)

    def _marked(self, word: Word) -> Word:
        match = _VARIABLE.search(word.text, word.text.rfind("$")) if word.expands else None
        if match is None or match.end() < len(word.text) or word.text.count("$") > 1:
            return word
        held = self._known.get(match[1] or match[2], "")
        return self.target(word) if held.startswith("#") and "\n" not in held else word

    def target(self, word: Word) -> Word:
        """Return the name of a file as a word in which known variables are replaced, at its old place."""
        told = self.told(word)
        if told == word.text:
            return word
        offsets = [word.offsets[min(index, len(word.offsets) - 1)] for index in range(len(told))]
        return replace(word, text=told, offsets=offsets if word.offsets else [], expands="$" in told)


_PRINTS = late(r"\becho[ \t]+(?:-\w+[ \t]+)?[\"']?$")

JOINED = (
    "echo joins the elements into one line: all behind the first is part of its value.",
    "The kernel stops at the blank behind the first value, or refuses the whole; no other element is set.",
    "write printf '%s\\n' instead of echo",
)
"""What is said of an array of settings that echo prints into a file: message, reason, remedy."""


def joined(word: Word, text: str, variables: Variables) -> bool:
    """Tell whether a word is all elements of an array, several assignments, as echo prints them."""
    if not (word.expands and _ALL_OF.fullmatch(word.text)):
        return False
    elements = variables.every(word)
    return (
        len(elements) > 1
        and "=" in elements[1]
        and _PRINTS.search(text, max(0, word.start - 20), word.start) is not None
    )


def _turn(setting: Setting, spelled: str, at: Location | None) -> Setting:
    if at is not None and at.end_column is not None and at.end_column - at.column == len(spelled):
        at = replace(at, end_column=None)  # What stands there is the variable, and not the name.
    templated = setting.templated and (is_template(spelled) or is_template(setting.raw))
    return replace(setting, key=dotted(spelled), spelled=spelled, key_at=at, templated=templated)


def folder_of(path: str) -> str:
    """Return the folder below /proc/sys that a script goes to; nothing for any other."""
    return path.rstrip("/") if _PARAMETERS.fullmatch(path) else ""


def below(folder: str, word: Word) -> Word:
    """Return the name of a file as seen from a folder: in full, where it is a parameter's."""
    if _RELATIVE.fullmatch(word.text) is None or not word.offsets:
        return word
    name = word.text.removeprefix("./")
    offsets = word.offsets[-len(name) :]
    return replace(word, text=f"{folder}/{name}", offsets=[offsets[0]] * (len(folder) + 1) + offsets)


def held_texts(command: Command) -> list[Word]:
    """Return what a command assigns to variables in several lines; the words begin behind the `=`."""
    found = []
    for word in command.words:
        match = _HOLDS.match(word.text) if "\n" in word.text else None
        if match and len(word.offsets) == len(word.text):
            printed = _PRINTED.fullmatch(word.text, match.start(2))
            at, end = printed.span("lines") if printed else match.span(2)
            expands = word.expands and not (printed and printed["quote"])
            text, offsets = word.text[at:end], word.offsets[at:end]
            found.append(replace(word, text=text, offsets=offsets, start=word.offsets[at - 1], expands=expands))
    return found


def blocks_into_files(script: Script) -> dict[int, list[Word]]:
    """Return for each command within `{ …; } > FILE`, `( … ) > FILE`, `done > FILE` the words of these files."""
    found: dict[int, list[Word]] = {}
    opened: list[int] = []
    for number, command in enumerate(script.commands):
        first = next((word.text for word in command.words if word.text not in _LEADS), "")
        if first in _BEGINS and not command.words[0].quoted:
            opened.append(number)
        elif first in _ENDS and opened:
            targets = output_of(script.commands, number)
            start = opened.pop()
            if targets and len(opened) < _DEEPEST:
                found.update((inner, targets) for inner in range(start, number) if inner not in found)
        if command.operator == "(" and not command.words:
            opened.append(number)
        elif command.operator == ")" and opened and not script.commands[opened[-1]].words:
            start = opened.pop()
            targets = output_of(script.commands, number + 1) if number + 1 < len(script.commands) else []
            if targets and len(opened) < _DEEPEST and not script.commands[number + 1].words:
                found.update((inner, targets) for inner in range(start, number + 1) if inner not in found)
    return found


def brackets_into_sysctl(script: Script) -> dict[int, list[Word]]:
    """Return for each command in the brackets of `sysctl -p <(…)` the word `sysctl`, which reads what is printed."""
    found: dict[int, list[Word]] = {}
    reads: list[Word] = []
    for number, command in enumerate(script.commands):
        if reads:
            found[number] = reads
        if command.operator == "(":
            words, _ = strip_prefixes(command.words)
            if words and words[0].text.endswith("sysctl") and any(word.text in _LOADS for word in words):
                reads = words[:1]
        elif command.operator == ")":
            reads = []
    return found


def bodies(script: Script) -> dict[str, tuple[int, int]]:
    """Return for each function of a script the numbers of the first and the last of its commands."""
    found: dict[str, tuple[int, int]] = {}
    opened: list[tuple[str, int]] = []
    named = ""
    for number, command in enumerate(script.commands):
        texts = [word.text for word in command.words[:3]]
        if command.operator == "(" and len(command.words) == 1:
            named = texts[0]
        elif texts[:1] == ["function"] and len(texts) > 1:
            named = texts[1]
        if "{" in texts and len(opened) < _DEEPEST:
            opened.append((named, number))
            named = ""
        if texts[:1] == ["}"] and opened:
            name, start = opened.pop()
            if name:
                found[name] = (start, number)
    return found


def printed_into_files(script: Script, functions: dict[str, tuple[int, int]]) -> dict[int, list[Word]]:
    """Return for each command of a function what its output is put into where the function is called."""
    found: dict[int, list[Word]] = {}
    for number, command in enumerate(script.commands):
        name = command.words[0].text if command.words else ""
        if name in functions and functions[name][0] not in found:
            start, end = functions[name]
            targets = output_of(script.commands, number)
            if targets and any("sysctl" in word.text or word.expands for word in targets):
                found.update((inner, targets) for inner in range(start, end) if inner not in found)
    return found


def output_of(commands: list[Command], number: int) -> list[Word]:
    """Return the files that the output of a command goes to, by redirection or through `tee`."""
    command = commands[number]
    found = [word for operator, word in command.redirects if operator.lstrip("1").startswith(">")]
    if command.operator == "|" and number + 1 < len(commands):
        words, _ = strip_prefixes(commands[number + 1].words)
        if words and words[0].text == "tee":
            found += [word for word in words[1:] if not word.text.startswith("-")]
    return found
