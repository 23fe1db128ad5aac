"""Recordings with the control voltages that made them, in memory."""
