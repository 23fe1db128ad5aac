"""How models are made: data, losses, generator, training loop, metrics, reports. Only here is torch imported.

Modules at the top are what one runs; nothing in the packages imports them. `model` and `data` import no other package;
`measure` reads both; `checks` judges data, `adversarial` a model's sound, `run` trains, `results` tells what came out.
"""
