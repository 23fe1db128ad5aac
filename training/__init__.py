"""How models are made: data, losses, generator, training loop, metrics, reports. Only here is torch imported."""
