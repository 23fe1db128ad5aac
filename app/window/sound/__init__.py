"""The sound's own controls: the model's knobs, envelopes, LFOs, voice, and what moves them."""
