"""Widgets that every panel may use."""
