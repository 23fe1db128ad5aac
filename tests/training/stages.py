"""The one stage, as TOML, of recipes that train for a moment on the tiny set."""

STAGE = """\
[[stages]]
until = 1.0
batch = 2
crop = 512
cold = 0.3
waveform = 0.0
spectral = 1.0
sizes = [64, 256]
convergence = 0.5
level = 0.1
"""
