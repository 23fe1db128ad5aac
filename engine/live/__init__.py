"""The engine process and its client: what a window or a command needs to play, without being in the sound's way.

The client's side (`layout`, `protocol`, and what builds on them alone) imports neither Numba nor a sound library.
"""
