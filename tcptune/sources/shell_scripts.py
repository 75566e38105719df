"""Scripts that a script hands on as text: `sh -c '…'`, `ssh HOST '…'`, a heredoc for a function, lines of rc.local."""

from __future__ import annotations

import re
from itertools import islice

from tcptune.model.late import late
from tcptune.sources.shell_lexer import Word
from tcptune.sources.shell_names import SHEBANG, functions, plainly_sets
from tcptune.sources.shell_words import talks

SHELLS = frozenset({"sh", "bash", "dash", "ash", "ksh", "zsh", "su", "eval", "ssh", "chroot"})
"""Commands whose words in quotes are scripts, and that read one from their standard input."""

_LONGEST = 100
"""Characters of a command's name at most."""

_TALKERS = frozenset({"trap", "egrep", "zgrep", "rg"})
_TELLS = re.compile(
    r"\w*(?:fail|alert|hint|help|title|header|record|check|verdict|recommend|suggest|result|status|dialog|whiptail)\w*"
    r"|(?:assert|expect|test|ok|pass|skip)\w*",
    re.IGNORECASE,
)
"""Commands that tell somebody of a command, or compare it with something."""

_RUNS = late(r"\s*(?:sudo\s+)?(?:ip\s+netns\s+exec\s+\S+\s+)?(?:/\S*/)?sysctl\s+(?:-\S+\s+)*[\"']?[\w./-]+\s?=")
_WRITES = late(
    r"\s*[{(]?\s*(?:sudo\s+)?(?:echo|printf|cat|tee)\b[^\n]{0,2000}?(?:>|\btee\b)[^\n]{0,40}?/(?:proc/sys|etc/sysctl)"
    r"|\s*(?:sudo\s+)?echo\s+(?:-\w+\s+)?[\"'\\]*(?:net|vm|kernel|fs)[./][\w./-]+\s*="
    r"[^\n>|]{0,200}(?:>|\|\s*(?:sudo\s+)?tee\s)"
)
"""What begins with a command that sets a parameter."""

_LEADS_IN = late(
    r"\s*(?:#[^\n]{0,200}\n\s*){0,9}(?:[{(]\s|set[ \t]+-|test[ \t]+-|\[[ \t]|for[ \t]+\w+[ \t]+in\b"
    r"|(?:if|while|until)[ \t]+(?:!|\[|test|grep|command|sysctl|modprobe|true\b)"
    r"|export[ \t]+\w+=|[A-Z_]+=\S*;|cd[ \t]+[/\"$]|(?:sudo[ \t]+)?(?:(?:cat|tee|echo|printf)[ \t]"
    r"|(?:mkdir|touch|rm|mv|cp|install|chmod|chown|sed|sleep|mount|swapoff|ulimit|modprobe|systemctl|service|hostnamectl"
    r"|apt|apt-get|yum|dnf|apk|zypper|pacman|update-\w+)[ \t]+[-/\w\"'$]))"
)
"""What a script begins with, and a message hardly ever."""

_NEXT = late(r"(?:[;\n{(]|&&|\|\||\b(?:then|do|else)\b)[ \t]*(?=\S)")
"""What another command follows."""

_BLOCK = late(
    r"(?:^|[;\n])[ \t]*(?:[})]|done\b|fi\b)[ \t]*(?:>>?|\|[ \t]*(?:sudo[ \t]+)?tee\b(?:[ \t]+-\w+)?)[ \t]*"
    r"[\"']?[^\s\"';|&]{0,40}?/(?:proc/sys/|etc/sysctl)"
    r"|[)\"'][ \t]*>>?[ \t]*[\"']?/etc/sysctl"
)
"""The end of a block, or of a text, whose output goes into a file of the loaders."""

_COMMANDS = 60
"""Commands of a text that are looked at."""

_LANGUAGES = late(
    r"(?:python|perl|ruby|node|php|lua|psql|mysql|sqlite|mongo|expect|tclsh|awk|gawk|mail|sendmail|mutt|patch|ed|ex|vim?|"
    r"base64|gpg|openssl|curl|wget|jq|yq|git|tee|dd|install|cp|read|mapfile|readarray|column|sort|less|more)[\d.]*"
)
"""Commands that make something else of what they read than a shell does."""

_LATER = late(
    r"(?:^|/)rc\.local$|\.(?:sh|start)$|/(?:init|rc\d?|profile|local|dispatcher|boot|if-(?:pre-)?up)\.d/[^/]+$"
    r"|/cron\.(?:hourly|daily|weekly|monthly)/[^/]+$|/etc/(?:profile|rc|bash\.bashrc)$"
)
_FED = late(
    r"(?:^|[;&|]|\bsudo(?: +-\w+)*)[ \t]*(?:tee +(?:-a +)?|cat *>>? *)"
    r"(?P<file>[^\s;&|>]*(?:sysctl|/proc/sys/)[^\s;&|>]*)"
)

_RUNS_GIVEN = late(
    r"(?:\beval|\b(?:ba|da|k|z)?sh[ \t]+-\w*c|\bssh[ \t][^\n]{0,200})[ \t]+[\"']*\$\{?(?:[@*1-3]|cmd\b|command\b)"
)


def runners(text: str) -> frozenset[str]:
    """Return the functions of a script that run what they are given: by eval, by a shell, on another host."""
    if "eval" not in text and "ssh" not in text and "sh -" not in text:
        return frozenset()
    return frozenset(name for name, body in functions(text) if _RUNS_GIVEN.search(body))


def scripts_in(words: list[Word], name: str) -> list[Word]:
    """Return the words in which the scripts stand that a command runs: behind a shell all, else what plainly is one."""
    if name in SHELLS:
        return words
    if _tells(name):
        return []
    return [word for word in words if word.quoted and sets(word.text)] or behind_a_shell(words)


def sets(text: str) -> bool:
    """Tell whether a text is a script that sets a parameter: by its first command, or by one behind others."""
    if _RUNS.match(text) is not None or _WRITES.match(text) is not None:
        return True
    if "sysctl" not in text and "/proc/sys/" not in text:
        return False
    if _LEADS_IN.match(text) is None:
        return False
    follows = (match.end() for match in islice(_NEXT.finditer(text), _COMMANDS))
    return _BLOCK.search(text) is not None or any(_RUNS.match(text, at) or _WRITES.match(text, at) for at in follows)


def worth_reading(text: str) -> bool:
    """Tell whether a script in quotes may set something."""
    return "sysctl" in text.lower() or "/proc/sys" in text or _WRITES.match(text) is not None


def behind_a_shell(words: list[Word]) -> list[Word]:
    """Return the script of `docker exec NAME sh -c '…'`, `in_namespace sh -c '…'`."""
    for index in range(len(words) - 2):
        if words[index].text.rsplit("/", 1)[-1] in SHELLS and re.fullmatch(r"-\w*c", words[index + 1].text):
            return [words[index + 2]] if words[index + 2].quoted else []
    return []


def script_for(name: str, text: str) -> bool:
    """Tell whether a heredoc for a command that nothing is known of is a script: it plainly sets a parameter."""
    return plainly_sets(text) and _LANGUAGES.fullmatch(name) is None and not _tells(name)


def _tells(name: str) -> bool:
    return len(name) > _LONGEST or name in _TALKERS or talks(name) or _TELLS.fullmatch(name) is not None


def run_later(target: str, text: str) -> bool:
    """Tell whether what is put into a file is a script, by its first line or by where it stands: rc.local, if-up.d."""
    return SHEBANG.match(text) is not None or _LATER.search(target.strip("\"'")) is not None


def fed(words: list[Word]) -> list[Word]:
    """Return the files that a command in another one is fed into: `ssh HOST 'sudo tee FILE'`, `sh -c 'cat > FILE'`."""
    found = []
    for index, word in enumerate(words):
        match = _FED.search(word.text) if word.quoted else None
        if match and len(word.offsets) == len(word.text):
            begin, end = match.span("file")
            offsets = word.offsets[begin:end]
            found.append(Word(match["file"], offsets, offsets[0], offsets[-1] + 1, quoted=True, expands=word.expands))
        elif index and word.text == "tee" and not word.quoted:
            found += [file for file in words[index + 1 :] if not file.text.startswith("-")]
    return found
