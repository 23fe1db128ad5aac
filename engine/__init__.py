"""The instrument: parameters, patches, scores, voices and the one block function that renders them.

Everything that a person plays passes through here; the sound itself is computed by `accel`. Nothing in
this package opens a sound device or a window: live playing and offline rendering call the same code.
"""
