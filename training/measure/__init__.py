"""How far what a model plays is from what it should: of a clip, of a model, and what rounding costs."""
