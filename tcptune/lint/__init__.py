"""Configuration files checked without a kernel: files → settings → what is in force together → rules → report."""
