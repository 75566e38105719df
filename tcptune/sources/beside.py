"""Which comment belongs to which setting: mostly the one above it; some files comment below their settings."""

from __future__ import annotations

from dataclasses import replace

from tcptune.model.late import late
from tcptune.model.setting import Setting
from tcptune.sources.base import joined

_OUT_OF_USE = late(r"[#;\s]*-?[\w./*-]+\s*=")
"""A setting that is commented out, which says nothing about where comments stand."""


class Beside:
    """The comments of a file whose lines are told one after the other.

    A paragraph (what stands between blank lines) that begins with a comment and ends with a setting speaks for
    comments above, one that begins with a setting and ends with a comment for comments below. What a paragraph begins
    with is above its first setting in any file.
    """

    def __init__(self) -> None:
        self.above = ""
        self._first = self._last = ""
        self._set = False
        self._balance = 0
        self._below: dict[int, str] = {}
        self._leads: set[int] = set()

    def blank(self) -> None:
        """Take an empty line, or the end: the paragraph is over."""
        if self._first != self._last:
            self._balance += 1 if self._last == "comment" else -1
        self.above = self._first = self._last = ""
        self._set = False

    def comment(self, row: str, settings: int) -> None:
        """Take a line of a comment after so many settings of the file."""
        self.above = joined(self.above, row)
        if not self._set:
            self._leads.add(settings)
        if "=" in row and _OUT_OF_USE.match(row):
            return
        self._first = self._first or "comment"
        self._last = "comment"
        if self._set:
            self._below[settings - 1] = joined(self._below.get(settings - 1, ""), row)

    def setting(self) -> None:
        """Take a line that is no comment."""
        self.above = ""
        self._first = self._first or "setting"
        self._last = "setting"
        self._set = True

    def settled(self, settings: list[Setting]) -> list[Setting]:
        """Return the settings of the whole file, with the comments below them where the file has them there."""
        self.blank()
        if self._balance <= 0:
            return settings
        return [replace(setting, comment=self._whole(index, setting)) for index, setting in enumerate(settings)]

    def _whole(self, index: int, setting: Setting) -> str:
        """Return what stands below a setting, and above it where it is the first of its paragraph."""
        above = setting.comment if index in self._leads else ""
        return joined(above, self._below.get(index, "")) if above else self._below.get(index, "")
