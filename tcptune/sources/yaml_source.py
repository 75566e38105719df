"""YAML and JSON files: one walk, all formats that are written in them."""

from __future__ import annotations

import re
from dataclasses import replace

from tcptune.model.late import late
from tcptune.sources import ansible_tags, sysctl_conf
from tcptune.sources.ansible import Ansible
from tcptune.sources.base import TEMPLATES, Problem, Reading, Text, is_object, named_modules, pure
from tcptune.sources.cloud_init import CloudInit
from tcptune.sources.compose import Compose
from tcptune.sources.ignition import Ignition
from tcptune.sources.kubernetes import Kubernetes
from tcptune.sources.machines import Machines
from tcptune.sources.pipelines import Pipelines
from tcptune.sources.salt_files import SaltFiles
from tcptune.sources.templates import DISTRIBUTIONS
from tcptune.sources.yaml_commands import Commands
from tcptune.sources.yaml_comments import scan_comments
from tcptune.sources.yaml_maps import Maps
from tcptune.sources.yaml_nodes import MARK, Parsed, parse
from tcptune.sources.yaml_walk import Format, Walk

NAME = "yaml"

_SUFFIXES = frozenset({".yml", ".yaml", ".json", ".conflist", ".sls", ".ign", ".bu", ".fcc"})
_JSON = frozenset({".json", ".conflist", ".ign"})
"""Of these, what reads them takes JSON alone."""

_PLACES = re.compile(r"\.ebextensions/|(?:group|host)_vars/(?:[^/]+/)*[^/.]+$")
"""Where YAML stands under any name, or under one without an ending."""

_CHARTS = frozenset({".tpl", ".gotmpl"})
_BEGINS = late(
    r"(?:[ \t]*(?:#[^\n]*|---[ \t]*|dnl\b[^\n]*)?\r?\n){0,99}"
    r"(?:apiVersion:[ \t]*\S[^\n]*\r?\nkind:|kind:[^\n]*\r?\napiVersion:|AWSTemplateFormatVersion:)"
)
"""How manifests and stacks begin, whose templates need not be named after YAML."""

_LISTED = late(
    r"(?:[ \t]*(?:#[^\n]*|---[ \t]*|(?:\{\{[^\n]*\}\}|\{%[^\n]*%\})[ \t]*)?\r?\n){0,99}"
    r"(?:[ \t]*-[ \t]+path:[ \t]*[\"'/{]"
    r"|(?P<indent>[ \t]*)[\w.-]{1,200}:[ \t]*[|>][-+\d]*[ \t]*\r?\n(?P=indent)[ \t]+\S)"
)
"""How a part of a document begins whose template is named after the file that the document writes."""

_OBJECTS = frozenset({"", ".conf", ".cfg", ".config", ".conflist", ".net"})
"""How the names of files end that some program wants in JSON: those of CNI."""

_LOOSE = TEMPLATES - {".sample", ".example", ".dist", ".j2", ".jinja", ".jinja2", ".erb"}
"""Templates in languages that are not masked: what keeps them from being YAML may be theirs."""

_OTHERS = frozenset({".conf", ".cfg", ".sh", ".bash", ".service", ".txt", ".tf", ".hcl"})
_CLOUD = re.compile(r"(?:##? template: ?jinja\n)?#cloud-config\b")
_DIRECTIVE = late(r"%\{~?\s*(?:if|else|endif|for|endfor)\b[^}\n]*\}")
_LONELY = late(rf"(?<=[ \t\n]){_DIRECTIVE.pattern}~?(?=[ \t]*\r?\n)")
_FILLED = late(r"\$\{[^{}\n]*\}|@[A-Za-z_]\w*@")
"""What Terraform and a build put into a template."""

_ALONE = late(r"^[ \t]*@[A-Za-z_]\w*@[ \t]*$", re.MULTILINE)
"""What a build puts between lines; nothing behind it has its place on that line."""

_LAX = re.compile(r"[,\[{:]\s{0,99}[\]},]|'|[{,]\s{0,99}[^\s\"{\[\]}\d.tfn-]|[\d\"]\s{0,99}\"")
"""What YAML takes in its flow style and JSON may not."""

_JSON_PART = late(r'"(?:[^"\\\n]|\\.)*"|//[^\n]*')
_NO_YAML = re.compile(r"#!\s*[\w|]*\b(?:py|pydsl|pyobjects|mako|wempy|cheetah|genshi|json5?|hjson)\b")
"""The first line of a state that Salt makes of something else than YAML."""

_TOLD = re.compile(r"argument_specs\.ya?ml$|[._-]schema\.(?:json|ya?ml)$|molecule.*\bverify[\w-]*\.ya?ml$")
"""Files that say what values may be, or look whether they are: of roles' arguments, of schemas, of Molecule's tests."""

_FACTS = frozenset({"default_facts.yml", "default_module_facts.yml"})
"""What Puppet's tests pretend of a host."""


_QUOTED = late(r"\"(?:[^\"\\]|\\.)*\"|'[^']*'")
_OF_A_RELEASE = re.compile(rf"(?:^|/)(?:vars|defaults|tasks)/(?:\S*/)?{DISTRIBUTIONS}[-_./]?\d", re.IGNORECASE)
"""A part of a role that is for one release of a distribution: `vars/CentOS-6.yml`, `tasks/Ubuntu/18/sysctl.yml`."""


def claims(text: Text) -> bool:
    """Claim YAML and JSON by name, templates of them too."""
    if text.rendered.suffix in _SUFFIXES or _CLOUD.match(text.text) or _PLACES.search(text.path):
        return True
    suffix = pure(text.path).suffix
    if text.rendered.suffix in _OBJECTS and "sysctl.d" not in text.path and is_object(text.text):
        return True
    if (suffix in TEMPLATES or not suffix) and (_BEGINS.match(text.text) or _LISTED.match(text.text)):
        return True
    if suffix not in _CHARTS or text.rendered.suffix in _OTHERS:
        return False
    return not text.text.startswith("#!") and not sysctl_conf.looks(text)


def read(text: Text) -> Reading:
    """Read all documents with every format. What does not parse is TT007, unless templates are the reason."""
    reading = Reading(NAME, modules=named_modules(text.text))
    if _NO_YAML.match(text.text) or text.name in _FACTS or _TOLD.search(text.path):
        return reading
    plain = _plain_text(text)
    parsed = parse(plain)
    kubernetes = Kubernetes()
    formats: list[Format] = [kubernetes, Compose(), CloudInit(), Ignition(), Ansible(), Pipelines(), Machines()]
    formats += [Commands(), Maps()]
    if text.path.endswith(".sls"):
        formats.insert(0, SaltFiles())
    walk = Walk(text, reading, formats)
    walk.comments = scan_comments(text, parsed, reading)
    filled = parsed.templated and not _own(text, parsed.problem)
    filled = filled or pure(text.path).suffix in _LOOSE
    if parsed.problem is not None and (filled or (plain is not text and text.rendered.suffix != ".json")):
        from tcptune.sources import yaml_by_line

        yaml_by_line.read(text, reading)
        return reading
    walk.run(parsed)
    problem = parsed.problem
    lax = not parsed.json and pure(text.path).suffix in _JSON
    if lax and (problem is not None or (reading.settings and _LAX.search(text.text))):
        from tcptune.sources import strict

        problem = strict.of_json(text) or problem
    if problem is not None and (text.rendered.suffix in _SUFFIXES or not is_object(text.text)):
        reading.problems.append(problem)
    reading.settings = kubernetes.settled(reading.settings)
    if "tags:" in text.text:
        reading.settings = ansible_tags.settled(reading.settings)
    if _OF_A_RELEASE.search(text.path):
        asks = frozenset({"kernel-condition"})
        reading.settings = [replace(setting, facts=setting.facts | asks) for setting in reading.settings]
    return reading


def _own(text: Text, problem: Problem | None) -> bool:
    """Tell whether a problem is the file's own, and not one of the templates in it: it is YAML before they are filled.

    So are Ansible's files, whose templates stand in quotes or in texts. A line that begins with a template tells that
    the whole file is one, and what is filled in without quotes may be anything.
    """
    named = pure(text.path).suffix in (".yml", ".yaml") or _PLACES.search(text.path)
    if problem is None or not named or "templates/" in text.path:
        return False
    rows = [_QUOTED.sub("", row) if "{{" in row or "{%" in row else "" for row in text.lines]
    if any(row.lstrip(" -").startswith(("{{", "{%")) for row in rows):
        return False
    line = problem.at.line - 1
    return not any("{{" in row or "{%" in row for row in rows[max(0, line - 2) : line + 1])


def _plain_text(text: Text) -> Text:
    """Return the text without Terraform's directives, and a JSON text without comments; all else is at its place."""
    source = text.text
    if "%{" in source:
        # Blanks alone would be more than the text of a block scalar may begin with.
        source = _LONELY.sub(lambda match: "#" + " " * (len(match[0]) - 1), source)
        source = _DIRECTIVE.sub(lambda match: " " * len(match[0]), source)
    if ("${" in source or "@" in source) and pure(text.path).suffix in TEMPLATES:
        source = _ALONE.sub("", source)
        source = _FILLED.sub(lambda match: MARK * len(match[0]), source)
    if text.rendered.suffix == ".json" and "//" in source:
        source = _JSON_PART.sub(lambda match: match[0] if match[0][0] == '"' else " " * len(match[0]), source)
    return text if source is text.text else Text(text.path, source, text.origin)


__all__ = ["NAME", "Parsed", "claims", "read"]
