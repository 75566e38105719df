"""The words of a shell: what reading them leaves behind."""

from __future__ import annotations

import gc

from tcptune.sources.shell_lexer import lex


def test_what_was_read_is_given_back_at_once() -> None:
    """Nothing refers to itself in a circle: a run does not look for such, and would keep every script to its end."""
    gc.collect()
    gc.disable()
    try:
        assert lex("a='b' \"c\" $d `e` \\f\ncat <<X\ng\nX\n").commands
        assert gc.collect() == 0
    finally:
        gc.enable()
