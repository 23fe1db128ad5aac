"""Generators that others trained: checkpoints of Parallel WaveGAN in the layout of kan-bayashi's repository."""
