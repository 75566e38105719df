"""A command's own words: what stands before its name, and what it prints."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

from tcptune.model.late import late
from tcptune.sources.base import FAMILIES, Text
from tcptune.sources.shell_lexer import Command, Word

_PREFIXES = frozenset(
    {"sudo", "exec", "command", "env", "nohup", "time", "then", "do", "else", "!", "{", "doas", "run"}
    | {"in-target", "log-output"}
)

_RUNNERS = frozenset(
    {
        "timeout",
        "xargs",
        "find",
        "nice",
        "ionice",
        "setsid",
        "busybox",
        "toybox",
        "chrt",
        "flock",
        "retry",
        "sudo",
        "doas",
    }
    | {"systemd-run", "stdbuf", "unshare", "nsenter", "chroot", "parallel", "watch"}
)
"""Commands that run another one, which follows somewhere behind their own options."""

_PLAIN_NOT = _PREFIXES | _RUNNERS | {"curtin", "ip"}
"""What may run another command, besides a variable and an assignment."""

_APART = frozenset({"unshare", "nsenter"})
"""Those of them that run it in a namespace of its own."""

_VARIABLE = re.compile(r"[A-Za-z_]\w*=")

_TALKS = re.compile(
    r":|true|false|echo|printf|print|grep|egrep|sed|awk|logger|cat|test|\[+|man|which|type|apt\S*|yum|dnf|apk|cp|ln|install|pkill|pgrep"
    r"|\w*(?:log|info|warn|msg|message|die|error|usage|note|say|debug|print|echo)\w*",
    re.IGNORECASE,
)
"""Commands behind which `sysctl` is a word among others."""

_SETS = late(r"-\w*w\w*|--write|[A-Za-z][\w./$\{\}-]*\s*=.*", re.DOTALL)
_VARIABLE_ALONE = late(r"\$(?:\w+|\{\w+(?:\[[@*]\])?\})")
_HANDED_ON = frozenset({"tee", "sh", "bash", "dash", "cat", "sysctl", "modprobe"})
"""Commands that are run by what a variable before them holds: nothing at all, sudo, a container's engine."""

_SYSCTL = late(r"(?i:\$\{?\w*sysctl(?:_?(?:bin|binary|cmd|command|path|exe|tool))?(?:\[@\])?\}?)")
"""A variable that holds where sysctl is."""

_LONGEST = 100
"""Characters of a command's name at most; what is longer is none."""

_FAR = 20
"""Words within which the command that is run has to begin."""

_INSIDE = frozenset({"docker", "podman", "nerdctl", "kubectl", "oc", "lxc", "lxc-attach", "incus", "pct", "machinectl"})
"""Commands that run another one in a container."""

_HOST = late(r"--net(?:work)?=host")


def program(words: list[Word]) -> str:
    """Return the name of the program that a command runs, without its folder; `$SYSCTL -w` runs sysctl."""
    return _program(words, 0) if words else ""


def _program(words: list[Word], at: int) -> str:
    text = words[at].text
    if (
        text[:1] == "$"
        and _SYSCTL.fullmatch(text)
        and any(_SETS.fullmatch(word.text) for word in words[at + 1 : at + 4])
    ):
        return "sysctl"
    return text.rsplit("/", 1)[-1]


def talks(name: str) -> bool:
    """Tell whether a command prints, looks for or logs what stands behind it."""
    return len(name) <= _LONGEST and _TALKS.fullmatch(name) is not None


_CARRY_ON = frozenset(
    {"echo", "printf", "cat", "tee", "mkdir", "cd", "pushd", "popd", "touch", "cp", "mv", "rm", "ln"}
) | {
    *("chmod", "chown", "install", "export", "set", "true", ":", "sleep", "useradd", "adduser", "groupadd", "addgroup"),
    *("apt-get", "apt", "aptitude", "yum", "dnf", "microdnf", "apk", "zypper", "pacman", "locale-gen", "ldconfig"),
}
"""Commands before `&&` that are no condition: nobody asks by them, and a failure is one of the whole."""

_LISTS = frozenset({"list", "info", "show", "search", "check", "check-update", "policy", "-Q", "-Qi", "-Qs"})
"""What package managers are told to do by who asks something."""


def only_assigns(command: Command) -> bool:
    """Tell whether a command assigns a variable, with nothing in it that is about sysctls, and ends with its line."""
    if len(command.words) != 1 or command.operator != "\n" or command.redirects or command.heredocs:
        return False
    text = command.words[0].text
    name, sign, _ = text.partition("=")
    return bool(sign) and name.isidentifier() and "sysctl" not in text and "\n" not in text


_LOADS = late(r"-\w*p|--load(?:=.*)?|--system")


def carries_on(words: list[Word], command: Command) -> bool:
    """Tell whether the words of a command before `&&` are no condition for what follows it.

    Who sets one parameter after another asks nothing either, unless he expects that it fails and drops the errors.
    """
    if not words:
        return True
    name = program(words)
    if name == "sysctl":
        sets = any(_SETS.fullmatch(word.text) or _LOADS.fullmatch(word.text) for word in words[1:])
        return sets and not any(operator[:1] in "2&" for operator, _ in command.redirects)
    return name in _CARRY_ON and not any(word.text in _LISTS for word in words[1:3])


def given_to_engine(words: list[Word]) -> tuple[list[tuple[Word, int]], frozenset[str]]:
    """Return the words behind an engine's `--sysctl`, with where the assignment begins, and what its network is."""
    shown = [word.text for word in words]
    hosts = [one for one, after in pairwise(shown) if after == "host"]
    network = any(map(_HOST.fullmatch, shown)) or any(one in ("--net", "--network") for one in hosts[:1])
    found = []
    for index, word in enumerate(words):
        if word.text == "--sysctl" and index + 1 < len(words):
            found.append((words[index + 1], 0))
        elif word.text.startswith("--sysctl="):
            found.append((word, len("--sysctl=")))
    return found, frozenset({"host-network"} if network else ())


_FLAGS = late(r"[A-Za-z_]\w*\+?=\s*[$-]")
"""A variable that gets flags: it begins with one, or with another variable."""

_FLAG = late(r"--sysctl[= ]\s*(?P<key>[A-Za-z][\w./-]+)=(?P<value>[^\s\"']+)")


def flagged(words: list[Word]) -> list[tuple[Word, re.Match[str]]]:
    """Return the pairs behind each `--sysctl` in a text in quotes that a variable gets."""
    return [
        (word, match)
        for word in words
        if "--sysctl" in word.text and _FLAGS.match(word.text) and len(word.offsets) == len(word.text)
        for match in _FLAG.finditer(word.text)
    ]


def in_a_variable(words: list[Word]) -> bool:
    """Tell whether the flags of an engine are put into a variable or an array: `ARGS+=(--sysctl key=value)`."""
    first = words[0].text if words else ""
    return first.startswith("--sysctl") or bool(flagged(words))


_FAILS = frozenset({"false", "exit", "return", "fail", "die", "error", "abort"})


def meant_to_fail(command: Command, after: Command | None) -> bool:
    """Tell whether the end of a negated pipeline is a test that it fails: `! sysctl -w a=1 || false`."""
    return command.operator == "||" and after is not None and bool(after.words) and after.words[0].text in _FAILS


PRINTERS = frozenset({"echo", "printf", "print"})
"""The commands that print their arguments."""


def strip_prefixes(words: list[Word]) -> tuple[list[Word], frozenset[str]]:
    """Return the words from the command's own name on, and what the prefixes say about it."""
    facts: set[str] = set()
    index = 0
    while index < len(words):
        text = words[index].text
        if text not in _PLAIN_NOT and "=" not in text and not words[index].expands:
            run = _behind(words, index)
            facts |= {"container", "command"} if run != index and text in _INSIDE else set()
            index = run
            break
        if text in _PREFIXES or _VARIABLE.match(text):
            index += 1
            while index < len(words) and words[index].text.startswith("-") and text in ("sudo", "env", "doas"):
                index += 2 if words[index].text in ("-u", "-g", "-U", "-C") else 1
        elif _leads(words, index):
            index += 1
        elif text == "curtin" and any(word.text == "--" for word in words[index : index + 5]):
            index = next(at for at in range(index, len(words)) if words[at].text == "--") + 1
        elif text == "ip" and [word.text for word in words[index : index + 3]] == ["ip", "netns", "exec"]:
            facts.add("container")
            index += 4
        elif text in _RUNNERS:
            run = next((at for at in range(index, len(words)) if words[at].text.rsplit("/", 1)[-1] == "sysctl"), index)
            if run == index:
                break
            facts |= {"container"} if text in _APART else set()
            index = run
        else:
            run = _behind(words, index)
            facts |= {"container", "command"} if run != index and text in _INSIDE else set()
            index = run
            break
    return words[index:], frozenset(facts)


def _leads(words: list[Word], index: int) -> bool:
    """Tell whether a word is a variable that runs the command behind it: `$SUDO tee FILE`."""
    word = words[index]
    if not word.expands or index + 1 >= len(words) or _VARIABLE_ALONE.fullmatch(word.text) is None:
        return False
    return not words[index + 1].quoted and words[index + 1].text.rsplit("/", 1)[-1] in _HANDED_ON


def _behind(words: list[Word], index: int) -> int:
    """Return where the `sysctl` stands that another command runs (`ssh HOST sysctl -w …`); `index` when none does."""
    for word in words[index + 1 : index + _FAR]:
        if "sysctl" in word.text.lower():
            break
    else:
        return index
    if _TALKS.fullmatch(words[index].text.rsplit("/", 1)[-1]):
        return index
    for at in range(index + 1, min(len(words), index + _FAR)):
        if not words[at].quoted and _program(words, at) == "sysctl":
            sets = any(_SETS.fullmatch(word.text) for word in words[at + 1 : at + 4])
            return at if sets else index
    return index


def teed(words: list[Word]) -> list[Word]:
    """Return the files of `tee`; none of another command."""
    return [word for word in words[1:] if word.text[:1] != "-"] if words and program(words) == "tee" else []


_ORDERS = frozenset({"sort", "uniq"})
_STRIPS = late(r"s([/|,#@])\^?(?:\\s|\[[ \\t]+\]|\[\[:(?:space|blank):\]\]| )(?:\\?\+|\*)?\$?\1\1g?")
"""A program of sed that takes blanks away at an end of each line, or wherever they are."""


def printed_words(words: list[Word], before: Iterable[Word] = ()) -> list[Word]:
    """Return what a command prints, when it is one that prints its arguments.

    A filter prints what came `before` it in the pipe, as long as it makes nothing else of the lines.
    """
    words, _ = strip_prefixes(words)
    name = program(words)
    if name not in PRINTERS:
        programs = [word.text for word in words[1:] if not word.text.startswith("-")]
        strips = name == "sed" and programs and all(map(_STRIPS.fullmatch, programs))
        return list(before) if strips or name in _ORDERS else []
    rest = words[1:]
    while rest and re.fullmatch(r"-[neE]+", rest[0].text):
        rest = rest[1:]
    if name == "printf" and rest and "%" in rest[0].text:
        if re.fullmatch(r"(?:%[sdb](?:\\n)?)+", rest[0].text):
            return rest[1:]
        from tcptune.sources.shell_formats import formatted

        made = formatted(rest)
        return rest if made is None else [made]
    return rest if name == "printf" else [_joined(rest)] if rest else []


DIVIDED = (
    "Blanks make several words of this assignment.",
    "sysctl takes every word by itself and ends with an error at each; nothing is set.",
    "write `key=value` without blanks around the = sign, and several numbers in quotes: `key='1 2'`",
)
"""What is wrong with `sysctl -w key = value` and `sysctl -w key value`, why, and what to write."""


EMPTY = (
    "This assignment has no value.",
    "sysctl ends with an error and sets nothing.",
    "write the value behind the = sign, or leave the command out",
)
"""What is wrong with `sysctl -w key=`."""

UNASSIGNED = (
    "This word assigns nothing: it has no = sign.",
    "sysctl ends with an error, and the parameter keeps its value.",
    "write `key=value`; to see a value, leave -w out",
)
"""What is wrong with `sysctl -w key` and `sysctl key:value`, why, and what to write."""

NUMBERED = (
    "The number in %s is that of a file descriptor, and no value: nothing is set.",
    "Without a blank before the sign the shell takes %s for a redirection of that descriptor, and the value is gone.",
    "put a blank between the value and the sign of %s",
)
"""What is wrong with `echo 1>/proc/sys/…`, why, and what to do."""


def divided(words: list[Word]) -> int | None:
    """Return where `sysctl -w key = value`, `key= value`, `key =value` or `key value` begins; else None."""
    for index in range(1, len(words) - 1):
        text, after = words[index].text, words[index + 1].text
        if words[index].quoted or "." not in text or text[0] == "-":
            continue
        lonely = after == "=" and index + 2 < len(words)
        value = not words[index + 1].quoted and re.fullmatch(r"=?-?\d+", after) is not None
        if "=" not in text and (lonely or (value and (after[0] == "=" or _means_to_set(words[1:index], text)))):
            return index
        if text.endswith("=") and text.count("=") == 1 and value and after[0] != "=":
            return index
    return None


_COLON = late(r"[a-z]+(?:[./][\w-]+)+[:\uff1a\uff1d]-?\d+")
_BARE = re.compile(r"[a-z]+(?:[./][\w-]+)+(?:[:\uff1a\uff1d][\w -]*)?")
"""With a colon for the sign, or a wide one of either, which a keyboard for Chinese or Japanese has."""


def assigns_nothing(text: str, *, writes: bool) -> bool:
    """Tell whether a word of sysctl names a parameter that is to be set, and has no = sign."""
    if "=" in text or not _BARE.fullmatch(text) or re.split("[./]", text)[0] not in FAMILIES:
        return False
    return writes or _COLON.fullmatch(text) is not None


def unassigned(words: list[Word]) -> list[Word]:
    """Return the words of sysctl that name a parameter to be set, and assign nothing to it."""
    found = [word for word in words[1:] if not word.expands and assigns_nothing(word.text, writes=True)]
    if not found:
        return found
    options = [word.text for word in words[1:] if word.text[:1] == "-"]
    others = any(re.fullmatch(r"-\w*[apfAXr]\w*|--(?:all|load|system|pattern)(?:=.*)?", text) for text in options)
    writes = any(re.fullmatch(r"-\w*w\w*|--write", text) for text in options)
    return [] if others else [word for word in found if assigns_nothing(word.text, writes=writes)]


_CAPTURED = late(
    r"(?:[A-Za-z_]\w*\+?=)?(?:\$\(|`)(?P<script>\s*(?:sudo\s+)?(?:/\S*/)?sysctl\s+(?:-\S+\s+)*[\"']?[\w./-]+=[^)`]*)[)`]"
)


def captured(command: Command) -> list[Word]:
    """Return the commands that set a parameter and whose output is kept: `out=$(sysctl -w key=value 2>&1)`."""
    found = []
    for word in command.words[:3]:
        match = _CAPTURED.match(word.text) if word.expands and "sysctl" in word.text else None
        if match and len(word.offsets) == len(word.text):
            begin, end = match.span("script")
            found.append(replace(word, text=match["script"], offsets=word.offsets[begin:end]))
    return found


def _means_to_set(options: list[Word], text: str) -> bool:
    """Tell whether a name that a number follows is meant to be set by sysctl, which would show both."""
    return re.fullmatch(r"[a-z]+(?:\.[\w*-]+)+", text) is not None and all("w" in word.text for word in options)


def unescaped(text: Text, word: Word) -> list[tuple[int, int, str]]:
    """Return the lines of a word whose line ends are spelled `\\n` (`echo -e`, `printf`), with where each begins."""
    rows, start = [], 0
    told = word.text.replace("\\t", " \t")
    for end in re.finditer(r"\\n|\n|\Z", told):
        offset = word.offsets[min(start, len(word.offsets) - 1)]
        rows.append((*text.offset(offset), told[start : end.start()].removesuffix("\\")))
        start = end.end()
    return rows


def _joined(words: list[Word]) -> Word:
    """Return what `echo` makes of its arguments: one text with a blank between two."""
    if len(words) == 1:
        return words[0]
    found = Word(start=words[0].start, end=words[-1].end)
    for number, word in enumerate(words):
        if number:
            found.text += " "
            found.offsets.append(words[number - 1].end)
        found.text += word.text
        found.offsets += word.offsets
    found.quoted = any(word.quoted for word in words)
    found.expands = any(word.expands for word in words)
    return found
