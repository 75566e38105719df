"""sysctl.conf and the files of sysctl.d, as systemd-sysctl and procps read them.

A comment stands alone on its line; what stands behind a value goes to the kernel. The first `=` divides key and value,
the first `.` or `/` of the key decides what the other ones mean, a `-` before the key forgives a failure, and `-key`
without a value takes the key out of globs.
"""

from __future__ import annotations

import re
from dataclasses import replace

from tcptune.model.late import late
from tcptune.model.setting import Location, Setting
from tcptune.sources import heredocs
from tcptune.sources.base import FAMILIES, TEMPLATES, Comment, Problem, Reading, Text, dotted, is_template, pure
from tcptune.sources.beside import Beside
from tcptune.sources.templates import Branches, only_template, without_tags

NAME = "sysctl.d"

_FOLDER = "sysctl.d"
_FILE = re.compile(r"(?:^|[-_.])sysctl(?:[-_.].*)?\.conf(?:$|[._-])|^sysctl\.(?:conf|cfg|j2|erb|tmpl|mustache)")
_OTHERS = frozenset(
    {".md", ".rst", ".py", ".go", ".c", ".yml", ".yaml", ".sh", ".bash", ".json", ".nix", ".tf", ".pp", ".rb", ".sls"}
)
_ASSIGNMENT = re.compile(r"^\s*-?\s*(?:/proc/sys/)?(?P<key>[A-Za-z][\w-]*[./][\w./*?\[\]:@-]+)\s*=\s*\S", re.MULTILINE)
_PLAIN = frozenset({".conf", ".txt", ".cfg", ".j2", ".erb", ".tmpl", ".tpl", ".tftpl", ".mustache", ""})
_PLAIN |= {".in", ".m4", ".template", ".hbs", ".gotpl", ".envsubst"}
_NOTES = frozenset(
    {".md", ".rst", ".adoc", ".tex", ".html", ".log", ".out", ".csv", ".diff", ".patch", ".pdf", ".org"}
    | {".old", ".bak", ".orig", ".save", ".disabled", ".off"}
)
"""How the names of texts for people end, of what programs printed, and of copies that nothing reads."""

_SIGNS = ("#", ";", "//")
_PLACE = late(r"^#+\w+#|^#\{|\b[A-Z]+_[A-Z_]*[A-Z]\b")
"""What a build looks for in a file to put a value there: names between marks, or in capitals."""

_OTHER_KIND = late(
    r"\.(?:sh|bash|py|pl|rb|service|timer|socket|target|path|plist|xml|json|ya?ml|ini|toml|rules|adoc"
    r"|bak|orig|old|save|example|sample|disabled|off|diff|patch)$"
    r"|\.(?:service|timer|socket|target)\.d/|/(?:s?bin|libexec)/[^/]+$|(?:^|/)(?![^/]*sysctl)[^/]*\.d/(?!.*sysctl[^/]*/)"
)
"""Files of other kinds, and copies that nothing reads, whatever their names have in them: by endings and folders."""

_DIVIDED = re.compile(
    r"(?:net|vm|kernel|fs)(?:(?:\.[\w-]+)+[ \t]+|(?:[./][\w-]+)+[ \t]*[:\uff1a\uff1d][ \t]*)[\w.-]+(?:[ \t]+\d+){0,3}"
)
"""A name and its value without the sign between them, or with another one, some of which only look like it."""

_UNFINISHED = re.compile(r"(?:net|vm|kernel|fs)(?:[./][\w-]+)+[ \t]*=?")
"""A name without a value, behind which the sign may be missing too."""

_MANUAL = late(r"^(?:\.(?:TH|Dd|so)[ \t]|'\\\"|\.\\\")", re.MULTILINE)
"""What the pages of the manual have at their beginning."""

_HEAD = 4_000
"""Characters that a page's notices may take before it begins."""

_FILLED = late(r"\{\{[^{}]*\}\}|<%=[^%]*%>")
"""What is filled in, which may be a part of a name."""

_NAMELESS = re.compile(r"x\s*=")
"""An assignment whose whole name is filled in says nothing of the file."""

_BLANK = " \t\r\f\v"


def claims(text: Text) -> bool:
    """Claim what is named like such a file, and a text whose lines are mostly assignments of kernel parameters."""
    path = pure(text.path)
    if path.suffix[1:].isdecimal() and _MANUAL.search(text.text, 0, _HEAD):
        return False
    if _FOLDER in path.parts[:-1] and path.suffix not in _OTHERS:
        # What stands there beside the drop-ins may be a text for people: no loader reads it.
        return (".conf" in text.name or looks(text)) and not _script(text)
    if _FILE.search(text.name) and path.suffix not in _OTHERS:
        return not (_script(text) or _feeds(text))
    if path.suffix in _PLAIN:
        return looks(text)
    return path.suffix not in _NOTES and _begins(text) and looks(text, wholly=True)


def _begins(text: Text) -> bool:
    """Tell whether the first line that is no comment is an assignment."""
    first = next((line for line in text.lines if line.strip() and line.lstrip()[0] not in "#;"), "")
    return not text.text.startswith("#!") and _ASSIGNMENT.match(first) is not None


def looks(text: Text, *, wholly: bool = False) -> bool:
    """Tell whether the lines of a text are mostly assignments of kernel parameters; those of templates do not count.

    With `wholly` all have to be, and at least two.
    """
    told = [row.strip() for row in text.lines[:400]]
    told[0] = told[0].lstrip("\ufeff")
    rows = [row for row in told if row and row[0] not in "#;" and not only_template(row)]
    rows = [_FILLED.sub("x", without_tags(row)[0]).strip() if "{" in row or "<%" in row else row for row in rows]
    rows = [row for row in rows if not _NAMELESS.match(row)]
    keys = [match["key"] for match in map(_ASSIGNMENT.match, rows) if match]
    sysctls = [key for key in keys if re.split("[./]", key)[0] in FAMILIES]
    if sysctls:
        sysctls += [row for row in rows if _DIVIDED.fullmatch(row)]
        sysctls += [row for row in rows if _UNFINISHED.fullmatch(row)][: len(keys)]
    enough = len(rows) == len(sysctls) > 1 if wholly else bool(sysctls) and len(sysctls) * 10 >= len(rows) * 7
    return enough and not _script(text) and not _feeds(text)


def _feeds(text: Text) -> bool:
    """Tell whether a text puts lines into a file by a here-document that ends, as only a script does."""
    found = heredocs.LINE.search(text.text) if "<<" in text.text else None
    return (
        found is not None
        and re.search(rf"^[ \t]*{found['mark']}[ \t]*$", text.text[found.end() :], re.MULTILINE) is not None
    )


def _script(text: Text) -> bool:
    """Tell whether a text is a program, and not one of these files whose first line hands it to `sysctl -p`."""
    return re.match(r"#!\s*/", text.text) is not None and "sysctl" not in text.lines[0]


def named(path: str) -> bool:
    """Tell whether a file that something else writes is one for the loaders by its name."""
    return "sysctl" in path and _OTHER_KIND.search(path.strip("\"'")) is None


def sets_known(found: Reading) -> bool:
    """Tell whether every line is an assignment of a name that begins as sysctls do."""
    keys = [setting.key.split(".", 1)[0] for setting in found.settings]
    return bool(keys) and all(key in FAMILIES for key in keys) and not found.problems


def read(text: Text) -> Reading:
    """Read the settings of such a file. Lines that are no assignment become problems of TT001."""
    reading = Reading(NAME)
    if "<%" in text.text and "=>" in text.text:
        from tcptune.sources import literals

        reading.settings += literals.of_erb(text)
    branches = Branches()
    beside = Beside()
    for number, line in enumerate(text.lines):
        if branches.feed(line):
            continue
        line, within = without_tags(line) if "{%" in line or "<%" in line else (line, False)
        bare = line.strip(_BLANK).lstrip("\ufeff")
        if not bare:
            beside.blank()
            continue
        if bare[0] in "#;":
            start = len(line) - len(line.lstrip(_BLANK))
            reading.comments.append(Comment(text.at(number, start), bare, alone=True))
            beside.comment(bare, len(reading.settings))
            continue
        setting = _line(text, number, line, branches, beside.above, reading)
        beside.setting()
        if setting is not None and within:
            setting = replace(setting, group=(*setting.group, f"line{number}"), facts=setting.facts | {"conditional"})
        if setting is not None:
            reading.settings.append(setting)
    reading.settings = beside.settled(reading.settings)
    return Reading(NAME) if of_bsd(reading) else reading


_BSD = ("kern.", "hw.", "machdep.", "net.inet.", "net.inet6.", "net.link.", "net.local.", "security.bsd.", "vfs.")


def of_bsd(reading: Reading) -> bool:
    """Tell whether a file is one for a BSD or for macOS: their sysctl has the same grammar and other names."""
    theirs = sum(setting.key.startswith(_BSD) for setting in reading.settings)
    return theirs > min(2, len(reading.settings) - 1) and theirs * 2 > len(reading.settings)


def _to_fill(text: Text, raw: str) -> bool:
    """Tell of a comment where a value should be whether a build puts one in its place."""
    return pure(text.path).suffix in TEMPLATES or _PLACE.search(raw) is not None


def _line(text: Text, number: int, line: str, branches: Branches, comment: str, reading: Reading) -> Setting | None:
    start = _first(line)
    facts = {"loader"}
    facts |= branches.facts
    if line[start] == "-":
        start = _first(line, start + 1)
        facts.add("ignore-errors")
    key_text, equals, value_text = line[start:].partition("=")
    value_text = value_text.partition("\0")[0]  # Both loaders end the value there.
    spelled = key_text.rstrip(_BLANK)
    key_at = text.at(number, start, min(start + max(len(spelled), 1), len(line)))
    if not equals:
        if is_template(key_text):
            return None  # Whatever is filled in there may be an assignment.
        if "ignore-errors" not in facts or not spelled:
            reading.problems.append(_no_assignment(key_at))
            return None
        facts |= {"exclude"}
    raw = value_text.strip(_BLANK)
    if equals and (not spelled or not raw):
        missing = "key" if not spelled else "value"
        reading.problems.append(
            Problem("TT001", "error", key_at, f"This line has no {missing}: both loaders refuse it.")
        )
        return None
    if re.search(r"[ \t\f\v]", spelled) and not is_template(spelled) and not _torn(spelled):
        reading.problems.append(_several_words(key_at, spelled))
        return None
    if any(sign in spelled for sign in "*?["):
        facts.add("glob")
    at = start + len(key_text) + 1 + len(value_text) - len(value_text.lstrip(_BLANK))
    return Setting(
        key=dotted(spelled),
        raw=raw,
        spelled=spelled,
        key_at=key_at,
        value_at=text.at(number, at, at + len(raw)) if equals else None,
        source=NAME,
        comment=comment,
        templated=is_template(raw) or is_template(spelled) or (raw.startswith(_SIGNS) and _to_fill(text, raw)),
        group=branches.group,
        facts=frozenset(facts),
    )


def _first(line: str, start: int = 0) -> int:
    while start < len(line) and line[start] in _BLANK + "\ufeff":
        start += 1
    return start


def _torn(spelled: str) -> bool:
    """Tell whether a blank parts a name, where `_`, a dot or nothing belongs: `net.ipv4.ip forward`."""
    from tcptune.catalog.names import known

    return any(known(dotted(re.sub(r"[ \t\f\v]+", sign, spelled))) is not None for sign in ("_", ".", ""))


def _several_words(at: Location, spelled: str) -> Problem:
    why = "The loaders run no commands and take everything before the = sign as the name: nothing is set."
    return Problem("TT001", "error", at, f"{spelled!r} is no name of a parameter.", why)


def _no_assignment(at: Location) -> Problem:
    return Problem(
        "TT001",
        "error",
        at,
        "This line is no assignment.",
        "systemd-sysctl reports an error and exits with 1; procps warns and goes on. Nothing is set.",
    )
