"""What runs beside the sound device in compiled code: no GIL, no lock, no allocation, no call into Python.

The block function and the deck lie in `engine` itself, because offline rendering uses them too. Here are what
surrounds them while it is played live: clocks, rings, and the arrays that all threads share.
"""
