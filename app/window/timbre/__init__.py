"""The timbre map: two knobs as a place, gestures, and the picture behind them."""
