"""Resources of Puppet, Chef and Salt, and Terraform's maps: a parameter's name, and its value a few lines below.

The four have the same shape, `TYPE 'net.core.somaxconn' … value … 4096`, so that one reader with a table of their words
serves them; each word list is a fact about one tool.
"""

from __future__ import annotations

import re
from dataclasses import replace

from tcptune.model.late import late
from tcptune.model.record import dataclass
from tcptune.model.setting import Setting
from tcptune.sources import chef_attributes, inside, terraform_arguments, terraform_blocks
from tcptune.sources.base import Comment, Reading, Text, dotted, is_template, joined, named_modules, pure
from tcptune.sources.code_blocks import CodeBlocks
from tcptune.sources.yaml_walk import is_key, is_name

NAME = "resource"

_PHRASE = late(r"\b[\w:]{0,40}sysctl[\w:]{0,40}\s*[({]?\s*[\"'][^\"'\n]*[\"']\s*(?:\)?\s*do\b|:(?!:))")
_STRINGS = late(r"\"[^\"]*\"|'[^']*'")

_EXPRESSION = late(r"\s*(?:[*/%?]|[-+](?!\s*$)|\.\w|<<)")
"""What goes on behind a literal: the value is computed."""

_QUOTED = r"""["'](?P<key>[A-Za-z][\w./*-]*)["']"""
_TITLE = _QUOTED.replace("(?P<key>", "(?P<key>(?:/proc/sys/)?")
_SCALAR = r"""(?P<value>"[^"]*"|'[^']*'|\[[\s\d,'"]*\]|[^\s,;#}]+)"""

_PUSHED = late(
    r"""(?:<<|\+=)\s*(?P<quote>["'])(?P<key>[a-z][\w-]*(?:[./][\w*-]+)+)[ \t]*="""
    r"""[ \t]*(?P<value>[^"'\\\n]+)(?:\\n)?(?P=quote)"""
)
"""A line that Ruby adds to those of a file."""

_GIVEN = late(r"sysctl[^\n]{0,80}\bdo\s*\|(\w+)\|")
_SET = late(
    r"""["']set\s+(?:/files/etc/sysctl[\w./-]{0,60}?/)?(?P<key>[a-z][\w-]*(?:[./][\w*-]+)+)\s+['"\\]*(?P<value>(?<=['"])[^'"\\\n]+(?=\\?['"])|[^\s"'\\]+)"""
)
"""How Puppet has Augeas change a file of the loaders."""

_HASH = late(rf"""\s*{_QUOTED}\s*=>\s*\{{(?:\s*["']?\w+["']?\s*=>\s*[^\s,{{}}]+(?:,|(?=\s)|$))*\s*$""")
"""An entry of a hash whose fields stand on the lines below."""

_NAMES = late(r"\bsysctl[\w:]*\s*\{\s*\[")
_OPENS = late(r"\bsysctl[\w:]*\s*\{\s*$")
_LIST = late(r"\s*\[")
_NAMED = late(_QUOTED)
_NAMES_END = late(r"\]\s*:(?!:)")
"""One of Puppet's resources with several names in brackets, which all get the same."""

_KEY_LINE = late(rf"\s*(?:key|variable|setting|parameter)\s*(?:=>|\()?\s*{_QUOTED}")
"""What names the parameter of a resource that has a phrase for a name."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one tool writes a resource: where its name stands, where its value, what ends it, what removes it."""

    language: str
    suffixes: tuple[str, ...]
    begins: re.Pattern[str]
    value: re.Pattern[str]
    ends: re.Pattern[str]
    absent: re.Pattern[str]
    pair: re.Pattern[str]


DIALECTS = {
    "puppet": Dialect(
        "puppet",
        (".pp",),
        late(
            rf"""(?:\b(?P<call>ensure_resources?\s*\(\s*["']?sysctl[\w:]*["']?\s*,)\s*|\bsysctl[\w:]*\s*\{{\s*|^\s*)"""
            rf"""{_TITLE}\s*(?(call),|:(?!:))"""
        ),
        late(rf"""\b(?:value|val)["']?\s*=>\s*{_SCALAR}"""),
        late(r"\}|;\s*$"),
        late(r"ensure\s*=>\s*['\"]?absent"),
        late(
            rf"""{_QUOTED}\s*=>\s*(?:\{{\s*(?:["']?(?!val)\w+["']?\s*=>\s*(?!["']?absent)[^\s,{{}}]+\s*,\s*){{0,8}}"""
            rf"""["']?val(?:ue)?["']?\s*=>\s*)?{_SCALAR}"""
        ),
    ),
    "chef": Dialect(
        "chef",
        (".rb",),
        late(rf"""\b\w{{0,40}}?sysctl\w{{0,40}}\s*\(?\s*{_TITLE}\s*\)?\s*(?:do|\{{)?"""),
        late(rf"""(?:^|\bdo\b|\{{)\s*value\s*\(?\s*{_SCALAR}"""),
        late(r"(?:^|\s)end(?:\.tap\b.*|\s*)$"),
        late(r"action\s+:(?:remove|delete|nothing)"),
        late(rf"""{_QUOTED}(?:\]\s*=|\s*=>|:)\s*{_SCALAR}"""),
    ),
    "terraform": Dialect(
        "terraform",
        (".tf", ".tfvars", ".hcl", ".bicep", ".nomad"),
        late(rf"""(?:^|[{{,])\s*["']?(?:name|namespace)["']?\s*[=:]\s*{_QUOTED}"""),
        late(rf"""(?:^|[{{,])\s*["']?value["']?\s*[=:]\s*{_SCALAR}"""),
        late(r"\}"),
        late(r"(?!)"),
        late(rf"""(?:^|[{{,])\s*["']?(?P<key>[a-z][\w-]*(?:[./][\w*-]+)+)["']?\s*[=:]\s*{_SCALAR}"""),
    ),
}


_EXPECTS = late(r"_(?:spec|test)\.rb$|(?:^|/)(?:spec|test/integration|controls)/[^\n]*\.rb$")
"""Tests, which say what is expected of a host."""


def claims(text: Text) -> bool:
    """Claim manifests, recipes and Terraform files by name."""
    return _dialect(text) is not None


def _dialect(text: Text) -> Dialect | None:
    suffix = pure(text.path).suffix
    return next((entry for entry in DIALECTS.values() if suffix in entry.suffixes), None)


def read(text: Text) -> Reading:
    """Read resources, and maps from parameter to value."""
    dialect = _dialect(text)
    if dialect is None or (dialect.language == "chef" and _EXPECTS.search(text.path)):
        return Reading(NAME)
    found, covered = inside.read(text)
    reading = _Reader(text, dialect, covered).run()
    if dialect.language == "puppet" and "$" in text.text:
        from tcptune.sources import puppet_variables

        reading.settings = puppet_variables.filled(text, reading.settings)
    if dialect.language == "terraform":
        reading.settings = terraform_blocks.settled(text, [*reading.settings, *terraform_arguments.read(text)])
    if dialect.language == "chef" and "sysctl" in text.text:
        reading.settings += chef_attributes.settings(text)
    if "sysctl" in text.text:
        from tcptune.sources import balance

        problem = balance.of_file(text)
        reading.problems += [] if problem is None else [problem]
    reading.settings = _by_hash(text, reading.settings)
    reading.extend(found)
    if dialect.language == "chef":
        from tcptune.sources import ruby_files

        inside.between_brackets(text, reading)
        ruby_files.add(text, reading)
    return reading


class _Reader:
    """One pass over the lines of a manifest or recipe."""

    def __init__(self, text: Text, dialect: Dialect, covered: set[int]) -> None:
        self.text = text
        self.covered = covered
        self.dialect = dialect
        self.reading = Reading(NAME)
        self.blocks = CodeBlocks(dialect.language)
        self.name: tuple[str, int, int] | None = None
        self.pending: list[Setting] = []
        self.names: list[tuple[str, int, int]] = []
        self.naming = self.opened = False
        self.phrase = False
        self.given = ""
        self.above = ""
        self.augeas = dialect.language == "puppet" and "/files/etc/sysctl" in text.text

    def run(self) -> Reading:
        self.reading.modules |= named_modules(self.text.text)
        beside = ""
        for number, line in enumerate(self.text.lines):
            if number in self.covered:
                continue
            code, comment = _comment(line)
            self.blocks.feed(code)
            if comment is not None:
                at = self.text.at(number, len(code))
                self.reading.comments.append(Comment(at, comment, alone=not code.strip()))
            if not code.strip():
                beside = joined(beside, comment) if comment else ""
                continue
            self.line(number, code, joined(beside, comment) if comment else beside)
            beside = ""
        return self.reading

    def line(self, number: int, code: str, beside: str) -> None:
        dialect = self.dialect
        begin = dialect.begins.search(code)
        if dialect.language == "puppet" and self.array(number, code):
            return
        if begin and is_name(begin["key"]):
            self.above = beside
            self.name, self.pending, self.names = (begin["key"], number, begin.start("key")), [], []
        elif dialect.language != "terraform":
            self.keyed(number, code)
            begin = _HASH.match(code) if self.name is None else None
            if begin is not None and is_key(begin["key"]):
                self.name, self.pending = (begin["key"], number, begin.start("key")), []
        if self.name is None:
            self.reading.settings += self.pairs(number, code, beside)
            return
        match = dialect.value.search(code)
        if match:
            self.pending = [self.setting(number, match, name, beside) for name in self.names or [self.name]]
        elif not begin:
            self.reading.settings += self.pairs(number, code, beside)
        if dialect.absent.search(code):
            self.pending, self.name = [], None
        elif dialect.ends.search(code, begin.end() if begin else 0):
            self.reading.settings += self.pending
            self.name = None

    def array(self, number: int, code: str) -> bool:
        """Collect the names of a resource that has several in brackets; tell whether they go on behind this line."""
        begin = _NAMES.search(code) or (_LIST.match(code) if self.opened else None)
        self.opened = _OPENS.search(code) is not None
        if begin is not None:
            self.names, self.naming = [], True
        if not self.naming:
            return False
        first = begin.end() if begin is not None else 0
        end = _NAMES_END.search(code, first)
        found = _NAMED.finditer(code, first, end.start() if end else len(code))
        self.names += [(match["key"], number, match.start("key")) for match in found if is_key(match["key"])]
        if end is not None:
            self.naming = False
            self.name, self.pending = self.names[0] if self.names else None, []
        return self.naming

    def keyed(self, number: int, code: str) -> None:
        """Follow a resource whose name is a phrase, and whose `key` is the parameter; and what Ruby's `tap` gives."""
        given = _GIVEN.search(code)
        self.given = given[1] if given is not None else self.given
        self.phrase = _PHRASE.search(code) is not None or (self.phrase and not self.dialect.ends.search(code))
        key = _KEY_LINE.match(code) if self.phrase else None
        if key is not None and is_key(key["key"]):
            self.name, self.pending = (key["key"], number, key.start("key")), []

    def pairs(self, number: int, code: str, beside: str) -> list[Setting]:
        """Read the entries of a map on a line, and Chef's attributes written level by level."""
        found = [
            self.setting(number, match, (match["key"], number, match.start("key")), beside)
            for match in self.dialect.pair.finditer(code)
            if is_key(match["key"])
        ]
        for match in _SET.finditer(code) if self.augeas else ():
            if is_key(match["key"]):
                found.append(self.setting(number, match, (match["key"], number, match.start("key")), beside))
        for match in _PUSHED.finditer(code) if self.dialect.language == "chef" else ():
            if is_key(match["key"]):
                found.append(self.setting(number, match, (match["key"], number, match.start("key")), beside))
        for key, match in chef_attributes.assigned(code, self.given) if self.dialect.language == "chef" else ():
            setting = self.setting(number, match, (key, number, match.start("levels")), beside)
            found.append(replace(setting, key_at=self.text.at(number, *match.span("levels"))))
        return found

    def setting(self, number: int, match: re.Match[str], name: tuple[str, int, int], beside: str) -> Setting:
        spelled, line, column = name
        raw, start, end, literal = _value(match)
        literal = literal and not _EXPRESSION.match(match.string, match.end("value"))
        group, facts = self.blocks.at(match.start("value"))
        return Setting(
            key=dotted(spelled),
            raw=raw,
            spelled=spelled,
            key_at=self.text.at(line, column, column + len(spelled)),
            value_at=self.text.at(number, start, end),
            source=NAME,
            comment=beside or ("" if line == number else self.above),
            templated=is_template(raw) or "#{" in raw or not literal,
            group=group,
            # Puppet and Chef hand the text of true and yes on, which the kernel refuses.
            facts=facts | {"typed"} if self.dialect.language == "terraform" else facts,
        )


def _value(match: re.Match[str]) -> tuple[str, int, int, bool]:
    """Return a value as the tool hands it over, where it stands, and whether it is written out here."""
    raw, start, end = match["value"], match.start("value"), match.end("value")
    if raw[0] == "[":
        return " ".join(re.findall(r"\d+", raw)), start, end, re.search(r"\d", raw) is not None
    if len(raw) > 1 and raw[0] == raw[-1] and raw[0] in "\"'":
        inner = raw[1:-1].replace("\\t", "\t").replace("\\n", "\n") if raw[0] == '"' else raw[1:-1]
        return inner, start + 1, end - 1, True
    if start and match.string[start - 1] in "\"'":
        return raw, start, end, True
    if re.fullmatch(r"-?\d[\d_]*", raw):
        return raw.replace("_", ""), start, end, True
    return raw, start, end, re.fullmatch(r"-?\d\w*(?:\.\d+)?|true|false", raw) is not None


def _by_hash(text: Text, settings: list[Setting]) -> list[Setting]:
    """Tell the maps of a file apart where two hold the same key: they are for two machines, pools or roles."""
    if len({setting.key for setting in settings}) == len(settings):
        return settings
    opens: list[int] = []
    around: list[int] = []
    for number, line in enumerate(text.lines):
        code = _STRINGS.sub("", _comment(line)[0])
        around.append(opens[-1] if opens else 0)
        for sign in code:
            if sign == "{":
                opens.append(number + 1)
            elif sign == "}" and opens:
                opens.pop()
    places = [around[one.key_at.line - 1] if one.key_at and _entry(text, one) else 0 for one in settings]
    keys: dict[str, set[int]] = {}
    for setting, place in zip(settings, places, strict=True):
        keys.setdefault(setting.key, set()).add(place)
    apart = {place for found in keys.values() if len(found) > 1 for place in found if place}
    return [
        replace(setting, group=(*setting.group, f"hash{place}")) if place in apart else setting
        for setting, place in zip(settings, places, strict=True)
    ]


def _entry(text: Text, setting: Setting) -> bool:
    """Tell whether a setting is an entry of a map, and no resource of its own."""
    at = setting.key_at
    if at is None or at.end_column is None:
        return False
    return text.lines[at.line - 1][at.end_column - 1 :].lstrip("\"' \t").startswith("=")


def _comment(line: str) -> tuple[str, str | None]:
    """Divide a line into code and comment; a `#` inside quotes is none, nor is the `#{` of an interpolation."""
    quote = ""
    for index, character in enumerate(line):
        if quote:
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        elif character == "#" and line[index + 1 : index + 2] != "{":
            return line[:index], line[index:]
    return line, None
