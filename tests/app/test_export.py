"""`systole export`: a shipped model as ONNX."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import onnxruntime

from accel.program_file import load_program
from tests.app.support import ROOT, Systole, one_line
from training.model.dequantise import dequantise


def test_a_model_by_name(systole: Systole, home: Path, tmp_path: Path) -> None:
    done = systole("export", "tiny", "--onnx", tmp_path / "tiny.onnx")
    assert done.returncode == 0, done.stderr
    assert b"of the float network in onnxruntime" in done.stderr
    network = dequantise(load_program(home / "models" / "tiny.safetensors"))
    session = onnxruntime.InferenceSession(tmp_path / "tiny.onnx", providers=["CPUExecutionProvider"])
    volts, knobs, noise = np.linspace(-1, 1, 9), np.full((9, 2), 0.3), np.zeros(512)
    given = {
        "excitation": network.excitation(volts, knobs, noise)[None].astype(np.float32),
        "control": np.column_stack([volts, knobs])[None].astype(np.float32),
    }
    audio = session.run(["audio"], given)[0][0]
    assert np.abs(audio - network.run(volts, knobs, noise)).max() < 1e-4


def test_what_cannot_be_exported_is_one_line(systole: Systole, home: Path, tmp_path: Path) -> None:
    assert systole("export", "tiny").returncode == 2
    missing = systole("export", "tiny", "--onnx", tmp_path / "no" / "x.onnx")
    assert missing.returncode == 2
    assert "does not exist" in one_line(missing)
    itself = home / "models" / "tiny.safetensors"
    assert systole("export", "tiny", "--onnx", itself).returncode == 2
    broken = tmp_path / "broken.safetensors"
    broken.write_bytes(b"nothing")
    done = systole("export", broken, "--onnx", tmp_path / "x.onnx")
    assert done.returncode == 1
    assert "not a Systole model" in one_line(done)
    assert not (tmp_path / "x.onnx").exists()


def test_without_the_extra_one_line_says_what_to_install(tmp_path: Path, environment: dict[str, str]) -> None:
    script = (
        "import sys; sys.modules['onnx'] = None; from app.cli import main; "
        f"main(['export', 'tiny', '--onnx', {str(tmp_path / 'x.onnx')!r}])"
    )
    call = [sys.executable, "-c", script]
    done = subprocess.run(call, capture_output=True, cwd=ROOT, env=environment, timeout=60)
    assert done.returncode == 1
    assert one_line(done) == "systole: onnx is missing: install the extra 'bench' (pip install 'systole-synth[bench]')"


def test_export_needs_neither_torch_nor_scipy(tmp_path: Path, environment: dict[str, str]) -> None:
    script = (
        "import sys; sys.modules['torch'] = sys.modules['scipy'] = None; from app.cli import main; "
        f"main(['export', 'tiny', '--onnx', {str(tmp_path / 'x.onnx')!r}])"
    )
    call = [sys.executable, "-c", script]
    done = subprocess.run(call, capture_output=True, cwd=ROOT, env=environment, timeout=60)
    assert done.returncode == 0, done.stderr
