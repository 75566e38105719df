"""Pages as text and as a document."""

from __future__ import annotations

from tcptune import __version__
from tcptune.formats.page import document, text
from tcptune.formats.style import Style
from tcptune.model.page import Item, Page, Section

PAGE = Page(
    title="net.ipv4.tcp_example",
    kind="parameter",
    summary="How long an example waits, told in a sentence that is long enough to be broken at eighty columns.",
    kernel="6.18",
    sections=(
        Section(
            "On Linux 6.18",
            (Item("60", "default"), Item("seconds of the kind that take a while to say what they are", "unit")),
            "facts",
        ),
        Section(
            "How it works",
            (Item("It waits for a time that nobody could have guessed before they read this line."), Item("It ends.")),
        ),
        Section("With others", (Item("Shorter there.", "a_name_that_is_too_long"),), "facts"),
        Section(
            "Often said, and not so",
            (Item("It is long.", "It is short.", ("RFC 9293", "measured: Linux 6.18")), Item("Never.", "It ends")),
            "claims",
        ),
        Section("Example", (Item("sysctl -w net.ipv4.tcp_example=60\n\ttab"),), "code"),
        Section("See also", (Item("TT404, TIME-WAIT"), Item("More.")), "text"),
    ),
)

AT_80_COLUMNS = """\
net.ipv4.tcp_example
How long an example waits, told in a sentence that is long enough to be broken
at eighty columns.

On Linux 6.18
  default  60
  unit     seconds of the kind that take a while to say what they are

How it works
  - It waits for a time that nobody could have guessed before they read this
    line.
  - It ends.

With others
  a_name_that_is_too_long
    Shorter there.

Often said, and not so
  "It is short"
    It is long.
    (RFC 9293)
    (measured: Linux 6.18)

  "It ends"
    Never.

Example
  sysctl -w net.ipv4.tcp_example=60
  \\ttab

See also
  TT404, TIME-WAIT

  More.
"""


def test_a_page_at_80_columns() -> None:
    assert text(PAGE, Style(False), 80) == AT_80_COLUMNS


def test_no_line_is_wider_than_the_width_or_100_columns() -> None:
    long = Page("long", "topic", "word " * 100, (Section("more", (Item("word " * 100),)), *PAGE.sections))
    for width in (40, 72, 100, 200):
        longest = max(map(len, text(long, Style(False), width).splitlines()))
        assert min(width, 100) - 8 < longest <= min(width, 100)


def test_colour_changes_nothing_but_the_colour() -> None:
    import re

    coloured = text(PAGE, Style(True), 80)
    assert coloured != AT_80_COLUMNS
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == AT_80_COLUMNS


def test_control_characters_never_reach_the_terminal() -> None:
    page = Page("a\x1b[31m", "topic", "b\x07", (Section("c\r", (Item("d\x1b]", "e\x1b"),), "facts"),))
    printed = text(page, Style(False), 80)
    assert not [char for char in printed if ord(char) < 32 and char != "\n"]


def test_a_document_keeps_labels_and_sources() -> None:
    made = document(PAGE)
    assert (made["schema"], made["command"]) == ("tcptune/explain/1", "explain")
    assert made["tool"] == {"name": "tcptune", "version": __version__}
    assert (made["title"], made["kind"], made["kernel"], made["value"]) == (PAGE.title, "parameter", "6.18", None)
    claims = made["sections"][3]
    assert claims["items"][0] == {
        "label": "It is short.",
        "text": "It is long.",
        "sources": ["RFC 9293", "measured: Linux 6.18"],
    }
    assert made["sections"][4]["items"][0]["label"] is None
