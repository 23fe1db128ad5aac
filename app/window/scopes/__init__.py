"""Oscilloscope, spectrum and spectrogram of what is played."""
