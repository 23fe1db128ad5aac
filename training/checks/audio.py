"""Is a data set's audio fit to learn from: of the right length, unclipped, not silent, without DC, at like levels?"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from accel.errors import SystoleError
from accel.formats import RATE
from training.checks.findings import Finding, error, warning

Audio = NDArray[np.float32]

FULL_SCALE = 1 - 2.5 / 32768
"""At or beyond this a 16-bit sample is at its end, the negative one or one below it."""
CLIPPED_RUN = 3
SILENT_DB = -54.0
DC = 0.02
QUIETER_DB = 30.0
"""Clips so far below the set's median level are learnt late, and are often a gate that stayed shut."""


def read_audio(path: Path, clips: int, length: int) -> Audio:
    """All clips [N, T] as recorded, full scale +-1.

    Raises:
        SystoleError: not readable as audio.
    """
    import soundfile

    try:
        audio, _ = soundfile.read(path, dtype="float32")
    except (OSError, soundfile.SoundFileError) as reason:
        raise SystoleError(f"{path}: not readable audio: {reason}") from reason
    return np.asarray(audio, np.float32).reshape(clips, length)


def check_header(path: Path, clips: int, length: int) -> Iterator[Finding]:
    """Rate, channels and length of an audio file that should hold so many clips of so many samples."""
    import soundfile

    try:
        with soundfile.SoundFile(path) as file:
            rate, channels, frames = file.samplerate, file.channels, file.frames
    except (OSError, soundfile.SoundFileError) as reason:
        yield error("audio", f"{path.name} is not readable: {reason}", "a FLAC file beside the .npz")
        return
    if rate != RATE:
        yield error("audio", f"{rate} Hz", f"{RATE} Hz")
    if channels != 1:
        yield error("audio", f"{channels} channels", "1")
    if frames != clips * length:
        found = f"{frames} samples, {frames / max(length, 1):.2f} clips"
        yield error("audio", found, f"{clips * length}: {clips} clips of {length}")


def check_audio(audio: Audio) -> Iterator[Finding]:
    """Findings of clips [N, T], full scale +-1, as recorded."""
    broken = np.flatnonzero(~np.isfinite(audio).all(1))
    if len(broken):
        yield error("audio", "samples that are not finite (NaN or infinite)", "finite samples", broken)
        audio = np.nan_to_num(audio, posinf=0, neginf=0)
    yield from _check_clipping(audio)
    mean = audio.mean(1, dtype=np.float64)
    power = np.mean(np.square(audio), axis=1, dtype=np.float64) - mean**2
    level = 10 * np.log10(np.maximum(power, 1e-12))
    offset = np.flatnonzero(np.abs(mean) > DC)
    if len(offset):
        worst = mean[np.argmax(np.abs(mean))]
        allowed = f"up to {DC:g}; training takes it off, but it costs headroom"
        yield warning("DC", f"up to {worst:.2g} of full scale", allowed, offset)
    yield from _check_levels(level)


def _check_clipping(audio: Audio) -> Iterator[Finding]:
    suspects = np.flatnonzero(np.abs(audio).max(1) >= FULL_SCALE)
    clipped, most = [], 0
    for clip in suspects:
        full = np.abs(audio[clip]) >= FULL_SCALE
        runs = np.diff(np.flatnonzero(np.diff(np.concatenate([[False], full, [False]]).astype(np.int8))))[::2]
        lost = int(runs[runs >= CLIPPED_RUN].sum())
        if lost:
            clipped.append(int(clip))
            most = max(most, lost)
    if clipped:
        found = f"up to {most} samples of a clip stay at full scale"
        yield warning("clipping", found, f"runs shorter than {CLIPPED_RUN}; record at a lower level", clipped)


def _check_levels(level: NDArray[np.float64]) -> Iterator[Finding]:
    silent = level < SILENT_DB
    if silent.all():
        yield error("level", f"every clip is silent (the loudest at {level.max():.0f} dB)", f"above {SILENT_DB:g} dB")
        return
    if silent.any():
        yield warning("level", "silent clips", f"rms above {SILENT_DB:g} dB", np.flatnonzero(silent))
    median = float(np.median(level[~silent]))
    quiet = ~silent & (level < median - QUIETER_DB)
    if quiet.any():
        found = f"clips down to {level[quiet].min():.0f} dB, where most are near {median:.0f} dB"
        yield warning("level", found, f"within {QUIETER_DB:g} dB of the median", np.flatnonzero(quiet))
