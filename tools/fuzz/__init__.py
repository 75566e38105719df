"""Coverage-guided fuzzing of everything that reads a file: each format, and a whole run of lint."""
