"""The instrument: parameters, patches, scores, voices and the one block function that renders them.

Everything that a person plays passes through here; the sound itself is computed by `accel`. Live playing
(`engine.live` and `engine.midi`, where alone devices are opened) and offline rendering call the same code.
"""
