"""The pictures of an evaluation: spectrogram pairs, what each knob does to the brightness, clip by clip."""

from pathlib import Path

from training import pictures
from training.dataset import Dataset
from training.evaluate import VALIDATION, Evaluation, sweeps
from training.metrics import centroid_track, high_pass
from training.subject import Subject

SWEEP_NOTES = (36, 48, 60, 72)


def spread_of_clips(evaluation: Evaluation) -> list[int]:
    """Rows of the clips of the lowest, median and highest distance, of each part."""
    rows: list[int] = []
    for part in VALIDATION:
        order = [row for _, row in sorted((f.lsd, row) for row, f in enumerate(evaluation.clips) if f.part == part)]
        rows += dict.fromkeys(order[at] for at in (0, len(order) // 2, -1)) if order else ()
    return rows


def draw_evaluation(folder: Path, subject: Subject, data: Dataset, evaluation: Evaluation) -> list[Path]:
    """Write NAME_spectrograms.png, NAME_clips.png and NAME_knobs.png to a folder, made if missing; their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{subject.name}_{kind}.png" for kind in ("spectrograms", "clips", "knobs")]
    pairs = []
    for row in spread_of_clips(evaluation):
        figures = evaluation.clips[row]
        title = f"{figures.part} {figures.clip}, note {figures.note:.0f}: {figures.lsd:.2f} dB"
        output = subject.render(data.control[row], float(data.start_phase[row]))
        pairs.append((title, high_pass(data.audio[row]), high_pass(output)))
    pictures.spectrogram_pairs(paths[0], pairs)
    pictures.clip_scatter(paths[1], evaluation.clips)
    if not subject.knobs:
        return paths[:2]
    by_note = {note: sweeps(len(subject.knobs), data.control.shape[1], note) for note in SWEEP_NOTES}
    curves = {
        knob.label: {
            note: centroid_track(high_pass(subject.render(clips[index], 0.0))) for note, clips in by_note.items()
        }
        for index, knob in enumerate(subject.knobs)
    }
    pictures.knob_curves(paths[2], curves)
    return paths
