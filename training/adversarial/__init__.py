"""Networks that learn to tell a generator's crops from recorded ones, and what a recipe may ask of them."""
