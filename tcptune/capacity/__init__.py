"""What settings sustain, and what a wanted rate needs."""
