"""What is wrong, and why: one file a rule, found by its name. The same rules serve live hosts and files."""
