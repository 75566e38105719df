# Copyright: the tcptune project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What starts the program on a host that has a shell: a script for the standard input of `sh`, and what it printed.

A login shell and what it sources may print whatever they like before and after. So everything that counts stands
between lines of a word of chance and another word, on standard output and on standard error; the script itself has no
such line, so that its echo on a terminal is no answer either.
"""

from __future__ import annotations

import re
import secrets
from shlex import quote
from typing import TYPE_CHECKING

from ansible_collections.tcptune.tcptune.plugins.module_utils.task import (
    ABSENT,
    BARRED,
    BROKEN,
    CUT_OFF,
    DOCUMENT,
    ENVIRONMENT,
    FOLDERS,
    MISSING,
    NOT_ROOT,
    PREFIX,
    Ran,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

HEAD = r"""[ -t 0 ] && exit
say() { printf '\n%s %s\n' @TOKEN "$1"; }
path=$PATH
PATH=$PATH:/usr/bin:/bin
"""
"""It ends at once on a terminal, where it would be typed into the shell. Ending without a word means: not this way."""
ROOT = r"""user=$(id -u) || exit
[ "$user" = 0 ] || { say user; exit; }
"""
NAMED = r"""program=@PROGRAM
[ -e "$program" ] || { say absent; exit; }
[ -x "$program" ] && [ ! -d "$program" ] || { say barred; exit; }
"""
SEARCHED = r"""program=
folders=$path:/sbin:/usr/sbin:/usr/local/sbin:@FOLDERS
set -f
IFS=:
for folder in $folders; do
  [ -f "$folder/tcptune" ] && [ -x "$folder/tcptune" ] && program=$folder/tcptune && break
done
[ -n "$program" ] || { say missing; exit; }
"""
WRITTEN = r"""name=@TEMPLATE
folder=$(mktemp -d "/run/$name" 2>/dev/null || mktemp -d "${TMPDIR:-/tmp}/$name") || exit
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' HUP INT PIPE TERM
(umask 077; cat >"$folder/@DOCUMENT") <<'@TOKEN' || exit
@TEXT
@TOKEN
"""
"""The shell's own copy of the text is no file that anybody else can read."""
RUN = r"""case $program in *=*) exit ;; esac
say found
printf %s "$program"
say ran
say ran >&2
env PATH="$path" @ENVIRONMENT "$program" @WORDS </dev/null
say "ended $?"
say ended >&2
"""
"""env says why the kernel refused, and a path with an equals sign would be a variable to it."""
TROUBLES = {"user": NOT_ROOT, "missing": MISSING, "absent": ABSENT, "barred": BARRED}
REFUSED = re.compile(r"env: .*: (?P<why>.+)$", re.MULTILINE)
"""What env says when it cannot start a program; its status is 126 or 127 then."""
INTERRUPTED = 130
"""What the program ends with after an interrupt, having put back what it had done."""


class Script:
    """A script that starts the program with these arguments, as `Task.start` has them, and reads what came of it."""

    def __init__(
        self, program: str | None, words: Sequence[str | None], document: str | None = None, root: bool = False
    ) -> None:
        self._named = program
        token = secrets.token_hex(16)
        self._part = re.compile(rf"\n{token} (\w+)(?: (\d+))?\n")
        parts = [HEAD, ROOT if root else "", SEARCHED if program is None else NAMED]
        parts += [RUN] if document is None else [WRITTEN, RUN]
        place = f'"$folder/{DOCUMENT}"'
        values = {
            "TOKEN": token,
            "PROGRAM": quote(program or ""),
            "FOLDERS": ":".join(FOLDERS),
            "TEMPLATE": PREFIX + 10 * "X",  # mktemp puts characters of chance there
            "DOCUMENT": DOCUMENT,
            "TEXT": document or "",
            "ENVIRONMENT": " ".join(f"{name}={value}" for name, value in ENVIRONMENT.items()),
            "WORDS": " ".join(place if word is None else quote(word) for word in words),
        }
        self.text = re.sub(rf"@({'|'.join(values)})", lambda found: values[found.group(1)], "".join(parts))

    def read(self, out: str, err: str) -> Ran | None:
        """Return what the program came to; None where the script could not do its work, and did nothing."""
        parts, status = self._parts(out)
        for word, trouble in TROUBLES.items():
            if word in parts:
                return Ran(self._named, trouble)
        if "ran" not in parts:
            return None
        program, said = self._named or parts["found"], self._parts(err)[0].get("ran", err)
        refused = REFUSED.match(said) if status in (126, 127) else None
        if refused is not None:
            return Ran(program, BROKEN, err=refused.group("why"))
        if status is None:
            return Ran(program, CUT_OFF, err=said)
        ended_itself = status <= 128 or (status == INTERRUPTED and (parts["ran"] or said))
        return Ran(program, None, status if ended_itself else 128 - status, parts["ran"], said)

    def _parts(self, text: str) -> tuple[dict[str, str], int | None]:
        """Return what stands behind each word of the script's, and the status that the program ended with."""
        pieces = self._part.split(text)
        words, statuses = pieces[1::3], pieces[2::3]
        return dict(zip(words, pieces[3::3])), next((int(each) for each in statuses if each is not None), None)
