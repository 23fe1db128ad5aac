"""What a person touches: the `systole` command and, later, the window."""
