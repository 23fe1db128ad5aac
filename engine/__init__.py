"""The instrument: parameters, patches, scores, voices and the one block function that renders them.

Everything that a person plays passes through here; the sound itself is computed by `accel`. Live playing
(`engine.live`, the only part that opens devices) and offline rendering call the same code.
"""
