"""What things are: kernel versions, parameters, settings, findings, reports. No input, no output."""
