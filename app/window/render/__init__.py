"""Rendering to a WAV, in a process of its own."""
