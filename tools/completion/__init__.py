"""Completion for shells, written from the commands: one file a shell."""
