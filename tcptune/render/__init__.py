"""A profile written down for other tools: what a target can express is written, what it cannot is refused by name."""
