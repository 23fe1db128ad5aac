"""The numerics contract: rounding, saturation, ROM errors, oscillator, LFSR, volts."""

from __future__ import annotations

import zlib

import numpy as np
import pytest

from accel import formats


def test_round_half_up_is_the_adder_of_the_hardware():
    values = np.arange(-40, 41)
    for shift in (1, 2, 3, 5):
        expected = [int(np.floor(v / 2**shift + 0.5)) for v in values]
        assert formats.shift_round(values, shift).tolist() == expected


def test_shift_round_equals_the_form_that_never_leaves_int32():
    values = np.array([-(2**31), -(2**31) + 1, -1, 0, 1, 2**31 - 1])
    for shift in range(1, 32):
        narrow = ((values >> (shift - 1)) + 1) >> 1
        assert (formats.shift_round(values, shift) == narrow).all()


def test_saturate_clamps_at_both_ends():
    assert formats.saturate([-40000, -32768, 32767, 40000], 16).tolist() == [-32768, -32768, 32767, 32767]


def test_tanh_rom_error_and_symmetry():
    v = np.arange(-32768, 32768)
    out = formats.tanh_q15(v)
    assert np.abs(out / 32768 - np.tanh(v / 8192)).max() < 2.2e-4
    assert (out[1:] == -out[1:][::-1]).all()
    assert formats.tanh_q15(0) == 0
    assert np.diff(out).min() >= -1  # neighbouring lines meet within a step


def test_sigmoid_from_the_same_rom():
    v = np.arange(-32768, 32768)
    out = formats.sigmoid_q15(v)
    assert np.abs(out / 32768 - 1 / (1 + np.exp(-v / 4096))).max() < 2.2e-4
    assert out.min() >= 0
    assert out.max() <= 32767


def test_sine_rom_error():
    phase = np.random.default_rng(0).integers(0, 2**32, 200_000)
    assert np.abs(formats.sine_q15(phase) / 32768 - np.sin(2 * np.pi * phase / 2**32)).max() < 7e-5
    assert formats.sine_q15(1 << 30) == 32767


def test_roms_do_not_depend_on_the_machine():
    """A libm that rounds differently must be found here, not by ear."""
    roms = (formats.TANH_BASE, formats.TANH_SLOPE, formats.SINE_BASE, formats.SINE_SLOPE)
    roms += (formats.EXP2_BASE, formats.EXP2_SLOPE)
    assert [zlib.crc32(rom.astype("<i4").tobytes()) for rom in roms] == EXPECTED_ROMS


EXPECTED_ROMS = [1007338471, 2847586383, 3977611166, 4243055977, 2878127675, 3529184063]


@pytest.mark.parametrize("hop", formats.HOPS)
def test_pitch_is_within_a_hundredth_of_a_cent(hop):
    notes = np.linspace(24, 108, 337)
    words = formats.pitch_word(formats.midi_to_volts(notes)).astype(np.int64)
    step = formats.phase_increment(words * hop, hop, formats.exponent_offset(48_000))
    cents = 1200 * np.log2(step * 48_000 / 2**32 / (440 * 2 ** ((notes - 69) / 12)))
    assert np.abs(cents).max() < 0.012


def test_pitch_saturates_instead_of_wrapping():
    assert formats.pitch_word(9.0) == formats.PITCH_LIMIT
    assert formats.pitch_word(-9.0) == -formats.PITCH_LIMIT
    step = formats.phase_increment(formats.PITCH_LIMIT * 64, 64, formats.exponent_offset(24_000))
    assert 0 < step < 2**31


def test_harmonics_fade_before_nyquist():
    rate = 48_000
    step = int(1000 / rate * 2**32)
    assert formats.harmonic_gain(step, 1) == 32768
    assert formats.harmonic_gain(step, 15) >= 32768 - 8
    assert formats.harmonic_gain(step, 18) == pytest.approx(16384, abs=8)
    assert formats.harmonic_gain(step, 22) == 0


def test_lfsr_is_maximal():
    """x^32 + x^30 + x^26 + x^25 + 1 is primitive: its period is 2**32 - 1, by the factors of that number."""
    polynomial = (1 << 32) | (1 << 30) | (1 << 26) | (1 << 25) | 1

    def multiply(a: int, b: int) -> int:
        result = 0
        while b:
            result ^= a if b & 1 else 0
            b >>= 1
            a <<= 1
            a ^= polynomial if a >> 32 else 0
        return result

    def power(exponent: int) -> int:
        result, base = 1, 2
        while exponent:
            result = multiply(result, base) if exponent & 1 else result
            base, exponent = multiply(base, base), exponent >> 1
        return result

    period = 2**32 - 1
    assert power(period) == 1
    assert all(power(period // factor) != 1 for factor in (3, 5, 17, 257, 65537))


def test_lfsr_word_is_sixteen_single_steps():
    rng = np.random.default_rng(1)
    for _ in range(50):
        state = int(rng.integers(1, 1 << 32))
        after, word = formats.lfsr_next(state)
        single = state
        for _ in range(16):
            bit = ((single >> 31) ^ (single >> 29) ^ (single >> 25) ^ (single >> 24)) & 1
            single = ((single << 1) | bit) & 0xFFFFFFFF
        assert after == single
        assert word & 0xFFFF == single & 0xFFFF


def test_noise_is_white_and_centred():
    state, words = 12345, []
    for _ in range(20_000):
        state, word = formats.lfsr_next(state)
        words.append(word / 32768)
    noise = np.array(words)
    assert abs(noise.mean()) < 0.02
    assert noise.std() == pytest.approx(1 / np.sqrt(3), rel=0.02)
    correlation = [np.mean(noise[lag:] * noise[:-lag]) / noise.var() for lag in range(1, 65)]
    assert np.abs(correlation).max() < 0.04


def test_volts():
    assert formats.midi_to_volts(60) == 0
    assert formats.pitch_word(1.0) == 4000 << 8
    assert formats.pitch_counts(formats.pitch_word(1.0)) == 4000
    assert formats.knob_counts([-0.1, 0, 0.5, 1, 2]).tolist() == [0, 0, 10_000, 20_000, 20_000]


def test_descriptor_refuses_unknown_fields():
    with pytest.raises(KeyError):
        formats.descriptor(op=0, colour=3)
