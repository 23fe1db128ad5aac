"""Side by side with peers and with ourselves, as ratios in one run; writes the tables that the README quotes."""
