"""The network: its parts in float and as the accelerator computes them, and its files."""
