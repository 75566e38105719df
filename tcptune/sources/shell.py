"""Shell scripts: `sysctl -w`, writes below /proc/sys, text put into sysctl.conf and sysctl.d, `docker run --sysctl`.

What only looks like a setting sets nothing: text in `sed`, `grep` and messages, values that are read. Branches of one
`if` or `case` and the bodies of functions are groups of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from tcptune.catalog.names import numeric
from tcptune.model.late import late
from tcptune.sources import sysctl_conf
from tcptune.sources.base import Comment, Problem, Reading, Text, dotted, is_filled
from tcptune.sources.shell_adds import ASSIGNED, Adds
from tcptune.sources.shell_blocks import asked
from tcptune.sources.shell_calls import Calls, Handed
from tcptune.sources.shell_constants import Constants
from tcptune.sources.shell_edits import by_name, taken_out
from tcptune.sources.shell_files import NOWHERE, SHOWS, given_out, is_line, is_program, lines, manifest, told_by_content
from tcptune.sources.shell_flows import into_files
from tcptune.sources.shell_lexer import Command, Heredoc, Script, Word, lex
from tcptune.sources.shell_modules import Modules, loaded_at_boot, needs_loaded
from tcptune.sources.shell_names import is_script
from tcptune.sources.shell_presence import Presence, presence_tests
from tcptune.sources.shell_scripts import (
    SHELLS,
    behind_a_shell,
    fed,
    run_later,
    runners,
    script_for,
    scripts_in,
    worth_reading,
)
from tcptune.sources.shell_stores import as_tee, reads_into_files
from tcptune.sources.shell_targets import JOINED, Variables, below, folder_of, held_texts, joined
from tcptune.sources.shell_words import (
    DIVIDED,
    EMPTY,
    NUMBERED,
    PRINTERS,
    UNASSIGNED,
    captured,
    carries_on,
    divided,
    in_a_variable,
    meant_to_fail,
    only_assigns,
    printed_words,
    program,
    strip_prefixes,
    teed,
    unassigned,
    unescaped,
)

NAME = "shell"

_PROC = late(r"/proc/sys/+(.+)")
_TALKERS = frozenset(
    {"echo", "printf", "print", "grep", "egrep", "sed", "awk", "logger", "cat", "test", "[", "[[", "trap"}
)
_WRITERS = PRINTERS | {"tee", "cat", "write", "sysctl"}
_FORGIVES = re.compile(r"-[a-zA-Z]*e[a-zA-Z]*")
_HOLDERS = frozenset({"read", "mapfile", "readarray"})
_FORMATS = late(r"%[-\d.]*[sdiubfxXoqc]")
_DEPTH = 4
_MEANWHILE = frozenset({"sleep", "iptables-restore", "ip6tables-restore", "iperf", "iperf3", "netperf", "ping"})
"""Commands for whose time a script sets something, and then back: no duplicate."""


def claims(text: Text) -> bool:
    """Claim scripts by their first line, by name, and anything else that plainly runs sysctl."""
    return is_script(text)


def read(text: Text, *, facts: frozenset[str] = frozenset(), group: tuple[str, ...] = ()) -> Reading:
    """Read the settings of a script; `facts` and `group` are those of what it is embedded in."""
    reading = Reading(NAME)
    _Reader(text, reading, facts, group, depth=0).run(lex(text.text))
    return Reading(NAME) if sysctl_conf.of_bsd(reading) else reading


class _Reader(Adds):
    """One pass over a script's commands."""

    def __init__(self, text: Text, reading: Reading, facts: frozenset[str], group: tuple[str, ...], depth: int) -> None:
        super().__init__(text, reading, group)
        self.facts = facts
        self.depth = depth
        self.blocks.tests = presence_tests(text.text)
        self.calls = Calls(text.text, self.blocks.tests)
        self.variables = Variables()
        self.modules = Modules(reading)
        self.running = runners(text.text)
        self.constants = Constants(text.text)
        self.folder = ""
        self.goes: list[Word] = []
        self.sink: list[Word] = []
        self.asked: frozenset[str] = frozenset()
        self.taken_out: set[str] = set()
        self.negated = False
        self.certain = True

    def run(self, script: Script) -> None:
        for offset, body, alone in script.comments:
            line, column = self.text.offset(offset)
            self.reading.comments.append(Comment(self.text.at(line, column, column + len(body)), body, alone))
            self.comments[line] = body
        printed: list[Word] = []
        if "modules-load.d" in self.text.text or "/etc/modules" in self.text.text:
            self.reading.modules |= loaded_at_boot(script)
        named = "sysctl" in self.text.text
        flags = "--sysctl" in self.text.text
        if named and reads_into_files(self.text.text):
            as_tee(script, self.text.text)
        caught = into_files(script, self.calls.facts_of, named=named or "/proc/sys/" in self.text.text)
        quick = not (flags or self.calls.hands_on)
        presence = Presence(self.text.text, script, self.blocks.tests, caught)
        for number, command in enumerate(script.commands):
            following = script.commands[number + 1] if number + 1 < len(script.commands) else None
            before = script.commands[number - 1].operator if number else "\n"
            words = self.blocks.feed(command)
            self.variables.feed(command, self.text)
            presence.feed(command, words, self.blocks.depth)
            begun = len(self.reading.settings)
            if before not in ("&&", "||"):
                self.constants.feed(words, self.blocks.group)
            if quick and before == "\n" and only_assigns(command):
                self.certain, self.negated, self.asked, self.tried, printed = True, False, frozenset(), set(), []
                continue
            if flags and in_a_variable(command.words):
                self.given(command.words, self.facts | self.blocks.facts)
            for word in held_texts(command) if named else ():
                part = self.part(word)
                if sysctl_conf.looks(part):
                    self.take(lines(part), self.facts | self.blocks.facts, word.expands, "variable")
            for word in captured(command) if named else ():
                self.nested(self.part(word), self.facts | self.blocks.facts)
            self.goes = caught.into.get(number, self.sink)
            self.folder = "" if before == ")" else self.folder
            if not words and not command.heredocs:
                continue
            known = len(self.reading.settings)
            self.command(command, words, printed, before, following)
            self.set_apart()
            self.fallback(known, before)
            if len(self.reading.settings) > known:
                added = [self.constants.put_in(setting) for setting in self.reading.settings[known:]]
                turns = [self.variables.turns(one) if "$" in one.key else [one] for one in added]
                self.reading.settings[known:] = [setting for each in turns for setting in each]
            if len(self.reading.settings) > begun:
                self.reading.settings[begun:] = map(presence.told, self.reading.settings[begun:])
            printed = printed_words(words, printed) if command.operator in ("|", "|&") else []
        if named:
            self.as_a_whole(script, self.facts, outermost=not self.depth)

    def command(
        self, command: Command, words: list[Word], printed: list[Word], before: str, after: Command | None
    ) -> None:
        whole, known = words, len(self.reading.settings)
        words, facts = strip_prefixes(self.variables.program(words))
        if "container" in facts:
            self.apart = (" ".join(word.text for word in whole[: len(whole) - len(words)]), known)
        chosen = before in ("&&", "||") and not (before == "&&" and self.certain)
        self.certain = before != "||" and (self.certain or before not in ("&&", "|", "|&"))
        self.certain = self.certain and carries_on(words, command)
        if not words and not command.heredocs and not self.calls.hands_on:  # Variables are assigned, no more.
            self.asked = self.asked if before == "&&" else frozenset()
            return
        if before not in ("|", "|&"):
            self.negated = bool(whole) and whole[0].text == "!"
        if self.negated and meant_to_fail(command, after):
            return
        facts |= self.facts | self.blocks.facts
        if chosen:
            facts |= {"conditional"} | self.asked
        self.asked = (self.asked if before == "&&" else frozenset()) | asked(words, self.blocks.tests)
        if command.operator == "||" or (command.redirects and any(op.startswith("2") for op, _ in command.redirects)):
            facts |= {"ignore-errors"}
        name = program(words)
        self.modules.feed(name, words, self.variables)
        if name == "sysctl":
            handed_in = printed if any(word.text == "xargs" for word in whole) else []
            self.sysctl([*words, *(word for word in handed_in if not re.search(r"\s", word.text))], facts)
        elif name in _MEANWHILE:
            self.pauses += 1
        elif name in ("cd", "pushd", "popd"):
            self.folder = folder_of(self.variables.told(words[1])) if len(words) > 1 else ""
        elif name in ("docker", "podman", "nerdctl"):
            self.container(words, facts)
        elif name == "sed":
            self.taken_out |= taken_out(words)
        elif self.depth < _DEPTH and name not in _TALKERS:
            self.inner(whole if whole and whole[0].text in self.running else scripts_in(words, name), facts)
            handed_on = list(self.calls.of(command, self.variables.paths(words)))
            for handed in handed_on:
                if self.calls.sets(name):
                    self.handed(handed, facts, name)
                else:
                    self.handed(self.calls.into_files(handed), facts)
            if not handed_on and len(words) > 2:
                self.edited(by_name(words, self.variables.target), facts, name)
        if name in _WRITERS or printed:
            self.writes(name, command, words, printed, facts)
        for heredoc in command.heredocs:
            self.heredoc(heredoc, name, command, words, after, facts)

    def sysctl(self, words: list[Word], facts: frozenset[str]) -> None:
        skip = False
        if (apart := divided(words)) is not None:
            at = self.text.span(words[apart].start, max(words[-1].end, words[apart].start + 1))
            self.reading.problems.append(Problem("TT001", "error", at, *DIVIDED))
            return
        for bare in unassigned(words):
            at = self.text.span(bare.start, bare.end)
            self.reading.problems.append(Problem("TT001", "error", at, *UNASSIGNED))
        reads = any(re.fullmatch(r"-\w*[nNaApFfr]\w*", word.text) and "w" not in word.text for word in words[1:])
        for word in words[1:]:
            if skip:
                skip = False
                continue
            if word.text.startswith("-"):
                if word.text == "--ignore" or _FORGIVES.fullmatch(word.text):
                    facts |= {"ignore-errors"}
                skip = word.text in ("-p", "-f", "-r", "--pattern", "--load")
                continue
            match = ASSIGNED.match(word.text)
            if match and not (match[2] or reads or word.expands) and numeric(dotted(match[1])):
                self.reading.problems.append(Problem("TT001", "error", self.text.span(word.start, word.end), *EMPTY))
            if match and not (reads and not match[2]):
                back = {"undo"} if match[1] in self.taken_out else set()
                self.assignment(word, match, facts | {"shell"} | back)
            elif word.expands:
                told = [*self.calls.looped(word)] or [*self.constants.names(word, self.blocks.group)]
                for handed in told or self.variables.named(word, self.text):
                    self.handed(handed, facts)

    def container(self, words: list[Word], facts: frozenset[str]) -> None:
        """Read what an engine sets in a container that it starts: `docker run --sysctl key=value`."""
        network = self.given(words, facts)
        self.inner(behind_a_shell(words), facts | network | {"container", "command"})

    def edited(self, lines: Iterable[Handed], facts: frozenset[str], by: str) -> None:
        """Add the lines that a script's own helpers leave in a file."""
        for line in lines:
            self.handed(replace(line, facts=line.facts | {"loader"}), facts, by)

    def inner(self, words: list[Word], facts: frozenset[str]) -> None:
        """Read a script that is an argument: `sh -c '…'`, `ssh host '…'`."""
        for word in words:
            if word.quoted and worth_reading(word.text):
                self.nested(self.part(word), facts)

    def nested(self, part: Text, facts: frozenset[str], *group: str, sink: Iterable[Word] = ()) -> None:
        """Read a script within this one; what its commands print goes to the files of `sink`."""
        if self.depth < _DEPTH:
            reader = _Reader(part, self.reading, facts, (*self.blocks.group, *group), self.depth + 1)
            reader.sink, reader.variables, reader.constants = list(sink), self.variables, self.constants
            reader.blocks.tests |= self.blocks.tests
            reader.run(lex(part.text))

    def writes(
        self, name: str, command: Command, words: list[Word], printed: list[Word], facts: frozenset[str]
    ) -> None:
        """Follow text into files: `echo 1 > /proc/sys/…`, `echo 'k = v' >> /etc/sysctl.conf`, `… | tee FILE`."""
        targets = [word for op, word in command.redirects if op.removeprefix("1").startswith((">", "&>"))]
        if not targets and command.operator not in ("|", "|&"):
            targets = self.goes
        content = printed_words(words) if name in PRINTERS else []
        if name in PRINTERS and (len(words) == 1 or words[-1].text.endswith("=")):
            self.numbered(command)
        strings = [word for op, word in command.redirects if op.endswith("<<<")]
        if name == "tee":
            targets, content = [word for word in words[1:] if not word.text.startswith("-")], printed or strings
        elif name == "cat":
            content = strings or printed
        elif name == "write" and len(words) > 2:  # Android's init
            targets, content = [words[1]], words[2:3]
        elif name == "sysctl":
            targets, content = ([words[0]], strings) if strings else ([], [])
        elif name not in _WRITERS:
            targets, content = fed(words), printed
        for word in targets:
            target = word if _PROC.search(word.text) else self.variables.target(word)
            target = below(self.folder, target) if self.folder else target
            if not content or NOWHERE.search(target.text):
                continue
            match = _PROC.search(target.text)
            if match:
                self.proc(target, match, content, facts)
            else:
                formats = name == "printf" and _FORMATS.search(content[0].text) is not None
                self.appended(target, content, facts, formats=formats)

    def numbered(self, command: Command) -> None:
        """Tell of a value that is taken for the number of a descriptor, since no blank follows it: `echo 1> FILE`."""
        for operator, word in command.redirects:
            match = _PROC.search(word.text)
            told = operator != "1>" and sysctl_conf.named(self.variables.told(word))  # Else the value is just missing.
            if (match or told) and operator[:-1].isdecimal() and word.offsets:
                at = self.place(word, *((match.start(1), len(match[1])) if match else (0, len(word.text))))
                self.reading.problems.append(Problem("TT001", "error", at, *(said % operator for said in NUMBERED)))

    def appended(self, target: Word, content: list[Word], facts: frozenset[str], *, formats: bool) -> None:
        """Read what is put into a file; with `formats` the first word is the format of printf, the others fill it."""
        for word in content[:1] if formats else self.variables.printed(content, self.text):
            if sysctl_conf.named(target.text) and joined(word, self.text.text, self.variables):
                at = self.place(word, 0, len(word.text))
                self.reading.problems.append(Problem("TT003", "warning", at, *JOINED))
            if not word.offsets:
                continue
            part = self.text.part(unescaped(self.text, word)) if "\\n" in word.text else self.part(word)
            if run_later(target.text, part.text):
                self.nested(part, facts, f"script {target.text}")
                continue
            if not is_line(word.text, target.text):
                continue
            found = lines(part, target.text)
            if not sysctl_conf.named(target.text) and not sysctl_conf.sets_known(found):
                continue
            found.settings = [replace(s, templated=s.templated or (formats and "%" in s.raw)) for s in found.settings]
            said = self.beside(self.text.offset(word.offsets[0])[0])
            found.settings[:1] = [replace(one, comment=one.comment or said) for one in found.settings[:1]]
            self.take(found, facts, word.expands or formats, target.text)

    def heredoc(
        self,
        heredoc: Heredoc,
        name: str,
        command: Command,
        words: list[Word],
        after: Command | None,
        facts: frozenset[str],
    ) -> None:
        if not heredoc.lines or name in PRINTERS or not (command.words or self.text.origin):
            return  # What prints its arguments does not read what is handed to it, and without a command nothing does.
        part = self.text.part([(*self.text.offset(offset), line) for offset, line in heredoc.lines])
        into = [word for op, word in command.redirects if ">" in op]
        handed_in = fed(words)
        into += teed(words) or handed_in
        if command.operator == "|" and after is not None:
            into += [*(teed(strip_prefixes(after.words)[0]) or after.words), *given_out(after)]
        targets = [self.variables.told(word) for word in into or self.goes]
        found = manifest(part, name, targets, words, embedded=self.text.origin is not None)
        if found is not None:
            group = (*self.blocks.group, f"file{part.at(0).line}")
            found.settings = [replace(one, group=(*group, *one.group)) for one in found.settings]
            self.reading.extend(found)
            return
        if command.words and command.words[0].text == "done":
            for handed in self.calls.rows(heredoc.lines):
                self.handed(self.calls.into_files(handed), facts)
            return
        nowhere = all(map(NOWHERE.search, targets))
        if not handed_in and (name in SHELLS or not name or (nowhere and script_for(name, part.text))):
            self.nested(part, facts)
            return
        if name == "sysctl" or (any(map(sysctl_conf.named, targets)) and not is_program(part)):
            kept = heredoc.literal()
            rows = [(*self.text.offset(offset), line) for offset, line in kept]
            self.take(sysctl_conf.read(self.text.part(rows)), facts, heredoc.expands, " ".join(targets))
            if len(kept) < len(heredoc.lines):
                self.substituted(heredoc, into or self.goes, facts)
        elif any(run_later(target, part.text) for target in targets):
            self.nested(part, facts, f"script {' '.join(targets)}")
        elif name in _HOLDERS and not self.calls.hands_on:
            return  # What is only compared
        elif not any(map(NOWHERE.search, targets)) and (targets or name not in SHOWS):
            found = told_by_content(part, targets)
            if found is not None:
                self.take(found, facts, heredoc.expands, " ".join(targets))

    def substituted(self, heredoc: Heredoc, into: list[Word], facts: frozenset[str]) -> None:
        """Read the commands of each `$(…)` that fills lines of a file with what it prints."""
        for rows in heredoc.commands():
            part = self.text.part([(*self.text.offset(offset), line) for offset, line in rows])
            self.nested(part, facts, sink=into)

    def take(self, found: Reading, facts: frozenset[str], expands: bool, store: str) -> None:
        """Take over lines that go into a loader's file; what the shell expands there is a template."""
        self.unread(found, store)
        for setting in found.settings:
            templated = setting.templated and (expands or "tuned" in setting.facts or is_filled(setting.raw))
            loaded = {"module-loaded"} if needs_loaded(setting.key, self.reading.modules) else set()
            self.reading.settings.append(
                replace(
                    setting,
                    source=NAME,
                    templated=templated,
                    group=(*self.blocks.group, *setting.group),
                    store=self.variables.version(store),
                    facts=setting.facts | (facts - {"shell"}) | loaded,
                )
            )
        self.reading.problems += found.problems
        self.reading.comments += found.comments
