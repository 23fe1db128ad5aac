"""Synthesis, place and route of the accelerator."""
