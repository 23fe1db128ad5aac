"""MIDI while it is played: bytes from ports become the engine's events. Files are `engine.midi_file`'s.

A message comes from a driver (`ports`, `jack_client`) with its time (`stamps`) to the `hub`, which keeps a translator
for each port: `decode`, `wide`, `zones`, `learn`, beside them `clock` and `held`; rows leave through the `outbox`.
"""
