"""The settings: sound, MIDI, control voltages, looks. All by asking the engine, which alone touches devices."""
