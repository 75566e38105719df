"""The commands as the program itself describes them, for what is generated from them."""

from __future__ import annotations

from tcptune.cli.described import HELP, Command, Parameter, commands

__all__ = ["HELP", "Command", "Parameter", "commands"]
