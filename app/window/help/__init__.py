"""Help that the window shows."""
