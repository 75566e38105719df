"""What separates a host from a profile."""
