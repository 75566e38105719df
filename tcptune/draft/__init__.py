"""A new profile drafted from a host or from another tool's file: what can be carried over, with its reasons."""
