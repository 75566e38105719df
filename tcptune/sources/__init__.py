"""Where settings are written: one file a format, text in, settings with exact places out.

A format's module has `NAME` (what `-v` shows), `claims(text) -> bool` (by content as well as name) and
`read(text) -> Reading`. `sources.detect` asks them in order; formats that hold others (a script inside YAML) hand a
part of their text on with `Text.part`, so that places stay exact.
"""
