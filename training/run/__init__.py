"""A training from its recipe to its last checkpoint: what is drawn, what is minimised, where, and for how long."""
