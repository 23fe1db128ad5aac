"""The excitation unit, bit for bit and cycle for cycle, and the situations that its bench must have met."""

from __future__ import annotations

import pytest

from accel.hardware.excite_cycles import excite_cycles
from accel.hardware.geometry import EXC_CHANNELS
from tests.rtl.bench import ROOT, simulate

SOURCES = [
    "systole_pkg.sv",
    "serial_gain.sv",
    "pitch_ramp.sv",
    "exp2_unit.sv",
    "shift_add_mul.sv",
    "sine_unit.sv",
    "fade_unit.sv",
    "excite.sv",
    "ram.sv",
    "ratio_unit.sv",
    "osc_bank.sv",
    str(ROOT / "tests" / "rtl" / "benches" / "excite_top.sv"),
]


def test_excitation_is_the_references_in_exactly_the_stated_cycles() -> None:
    counted = simulate("excite_bench", "excite_top", SOURCES, random_start=True)
    missed = [name for name, count in counted.items() if not count]
    assert not missed
    for name in ("exponent below zero", "exponent above its top", "gain fading", "frame at once after the last"):
        assert counted[name]
    assert {f"channels {count:02}" for count in range(1, EXC_CHANNELS + 1)} <= set(counted)
    assert {f"oscillators with records {count}" for count in range(5)} <= set(counted)
    for name in ("gate that rises", "ratio that moves, stepped", "ratio that moves, on lines"):
        assert counted[name] > 10
    for count in (17, 25, 32):
        assert counted[f"channels {count:02}"] > 1
    for bit in range((EXC_CHANNELS - 1).bit_length()):
        assert counted[f"value that bit {bit} of the channel's index decides"] > 1000
    assert {f"hop {hop:03}" for hop in (16, 32, 64, 128, 256)} <= set(counted)


@pytest.mark.parametrize(
    ("channels", "hop", "oscillators", "cycles"),
    [
        (3, 64, 0, 555),
        (8, 16, 0, 176),
        (13, 64, 0, 880),
        (16, 256, 0, 4144),
        (17, 16, 0, 320),
        (25, 64, 0, 1648),
        (32, 256, 0, 8240),
        (3, 64, 1, 562),
        (13, 64, 2, 1116),
        (32, 256, 4, 8367),
    ],
)
def test_cycles(channels: int, hop: int, oscillators: int, cycles: int) -> None:
    assert excite_cycles(channels, hop, oscillators) == cycles
