"""ADSR envelopes with exponential segments, as recursions: one multiplication per step, no exp in a loop.

Each segment heads for a point beyond its end, as a capacitor does towards a supply, and stops at its end: so it
ends after a stated time instead of creeping. Attack aims 30 % too high; decay and release aim 0.1 % below, which
makes them straight lines in dB until close to silence.
"""

from __future__ import annotations

import math
from typing import Any

from engine.jit import compiled

__all__ = ["ATTACK", "DECAY", "FADE", "IDLE", "RELEASE", "SUSTAIN", "advance_env2", "amplitude", "coefficient"]

IDLE, ATTACK, DECAY, SUSTAIN, RELEASE, FADE = range(6)
"""Stages. FADE is the short linear fall of a stolen voice."""

ATTACK_BEYOND, FALL_BEYOND = 0.3, 0.001
SILENCE = 1e-5
"""A decay to a sustain of nothing that falls below this (-100 dB) ends the note: idle voices cost nothing."""
FAINT = 1e-12
"""Below this the second envelope is 0: creeping on towards 0 it would end in subnormal numbers, which are slow."""


@compiled
def coefficient(seconds: float, steps_per_second: float, beyond: float) -> float:
    """Share of the remaining distance that one step goes, so that a full swing takes `seconds`."""
    steps = max(1.0, seconds * steps_per_second)
    return 1.0 - math.exp(-math.log((1.0 + beyond) / beyond) / steps)


@compiled
def amplitude(voice: Any, coefficients: Any, sustain: float, out: Any, count: int) -> int:
    """Advance the loudness envelope by `count` samples into out[:count]; returns how many came before it ended.

    Args:
        voice: VOICE record; `stage` and `env` change.
        coefficients: COEFFICIENTS record.
        sustain: height of the sustain, 0..1.
        out: float64, at least `count` long.
    """
    stage, env = voice.stage, voice.env
    done = 0
    while done < count and stage != IDLE:
        if stage == ATTACK:
            env += coefficients.amp_attack * (1.0 + ATTACK_BEYOND - env)
            if env >= 1.0:
                env, stage = 1.0, DECAY
        elif stage == DECAY:
            env += coefficients.amp_decay * (sustain - FALL_BEYOND - env)
            if env <= sustain:
                env, stage = sustain, SUSTAIN
        elif stage == SUSTAIN:
            # A sustain that moves while it sounds is followed at the release's speed, without a step.
            env += coefficients.amp_release * (sustain - env)
            if env < SILENCE and sustain < SILENCE:
                env, stage = 0.0, IDLE
        elif stage == RELEASE:
            env += coefficients.amp_release * (-FALL_BEYOND - env)
            if env <= 0.0:
                env, stage = 0.0, IDLE
        else:
            env -= coefficients.fade
            if env <= 0.0:
                env, stage = 0.0, IDLE
        out[done] = env
        done += 1
    voice.stage, voice.env = stage, env
    return done


@compiled
def advance_env2(voice: Any, coefficients: Any, sustain: float) -> None:
    """Advance the second envelope by one control frame; segments shorter than a frame take one frame."""
    stage, env = voice.env2_stage, voice.env2
    if stage == ATTACK:
        env += coefficients.env2_attack * (1.0 + ATTACK_BEYOND - env)
        if env >= 1.0:
            env, stage = 1.0, DECAY
    elif stage == DECAY:
        env += coefficients.env2_decay * (sustain - FALL_BEYOND - env)
        if env <= sustain:
            env, stage = sustain, SUSTAIN
    elif stage == SUSTAIN:
        env += coefficients.env2_release * (sustain - env)
        env = env if env > FAINT else 0.0
    elif stage == RELEASE:
        env += coefficients.env2_release * (-FALL_BEYOND - env)
        if env <= 0.0:
            env, stage = 0.0, IDLE
    voice.env2_stage, voice.env2 = stage, env
