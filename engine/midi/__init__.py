"""MIDI while it is played: bytes from ports become the engine's events. Files are `engine.midi_file`'s."""
